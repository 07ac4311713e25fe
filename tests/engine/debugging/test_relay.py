"""The relay between two terminals: bytes, sizes, signals, and how it ends."""

from __future__ import annotations

import asyncio
import fcntl
import os
import signal
import struct
import subprocess
import sys
import termios
import tty as modes
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from tests.engine.debugging.sitting import Tty, until
from tui.engine.debugging.guard import RESET
from tui.engine.debugging.relay import Relay, environ_for


@asynccontextmanager
async def relaying(tty: Tty, pid: int | None = None) -> AsyncIterator[tuple[Relay, asyncio.Event, asyncio.Task[None]]]:
    """A relay at work, the event that ends it, and its task."""
    relay = Relay(tty, pid=pid)
    over = asyncio.Event()
    task = asyncio.create_task(relay.run(over))
    await until(lambda: not termios.tcgetattr(tty.slave)[3] & termios.ICANON, "raw mode")
    try:
        yield relay, over, task
    finally:
        over.set()
        await task
        relay.close()


def read(descriptor: int) -> bytes:
    os.set_blocking(descriptor, False)
    try:
        return os.read(descriptor, 65536)
    except BlockingIOError:
        return b""


async def test_bytes_go_both_ways_and_the_terminal_is_given_back(tty: Tty, monkeypatch: pytest.MonkeyPatch) -> None:
    # Of a busy machine: all the time that last words may take has gone by before we are on again.
    monkeypatch.setattr("tui.engine.debugging.relay._LAST", 0.0)
    async with relaying(tty) as (relay, over, task):
        modes.setraw(relay.slave)
        os.write(relay.slave, b"what a debugger shows")
        await tty.sees(b"what a debugger shows")
        tty.press(b"keys \xc3\xa4\x03\x1a")
        got = b""
        while len(got) < 9:
            got += read(relay.slave)
            await asyncio.sleep(0.001)
        assert got == b"keys \xc3\xa4\x03\x1a"
        os.write(relay.slave, b"last words")
        over.set()
        await task
    assert b"last words" in tty.look()
    assert tty.seen.endswith(RESET)
    assert tty.is_as_before


async def test_what_nobody_reads_holds_up_neither_the_loop_nor_the_debugger_for_ever(tty: Tty) -> None:
    """A terminal that takes nothing (ctrl+s, a dead line) while the debugger writes megabytes."""
    async with relaying(tty) as (relay, over, task):
        modes.setraw(relay.slave)
        os.set_blocking(relay.slave, False)
        written = 0
        for _ in range(200):
            with suppress(BlockingIOError):
                written += os.write(relay.slave, b"x" * 65536)
            await asyncio.sleep(0)
        assert written < 200 * 65536
        tty.press(b"typed meanwhile")
        await until(lambda: read(relay.slave) == b"typed meanwhile")
        await until(lambda: tty.look().count(b"x") == written)
        over.set()
        await task


async def stall(tty: Tty) -> None:
    """Fill it until it takes nothing more; what it has taken it still moves about for a while."""
    filling = os.open(os.ttyname(tty.slave), os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
    refused = 0
    while refused < 10:
        try:
            os.write(filling, b"x")
            refused = 0
        except BlockingIOError:
            refused += 1
            await asyncio.sleep(0.002)
    os.close(filling)


async def test_a_terminal_that_takes_nothing_for_now_is_reset_before_anybody_else_has_it(tty: Tty) -> None:
    async with relaying(tty) as (relay, over, task):
        os.write(relay.slave, b"\x1b[?1000h")
        await tty.sees(b"\x1b[?1000h")
        await stall(tty)
        over.set()
        done, _ = await asyncio.wait([task], timeout=0.6)
        assert not done
        await until(lambda: tty.look().endswith(RESET))
        await task
    assert tty.is_as_before


async def test_a_terminal_that_takes_nothing_keeps_nobody_who_gives_up(tty: Tty) -> None:
    relay = Relay(tty)
    over = asyncio.Event()
    task = asyncio.create_task(relay.run(over))
    await until(lambda: not termios.tcgetattr(tty.slave)[3] & termios.ICANON, "raw mode")
    await stall(tty)
    over.set()
    await asyncio.wait([task], timeout=0.6)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    relay.close()
    assert tty.is_as_before


async def test_what_a_debugger_does_not_read_is_kept_up_to_a_limit(tty: Tty) -> None:
    async with relaying(tty) as (relay, _over, _task):
        modes.setraw(relay.slave)
        pasted = 0
        for _ in range(2000):
            with suppress(BlockingIOError):
                pasted += os.write(tty.master, b"p" * 1024)
            await asyncio.sleep(0)
        assert pasted > 1 << 18
        got = b""
        while piece := read(relay.slave):
            got += piece
            await asyncio.sleep(0.005)
        assert 1 << 18 <= len(got) <= pasted


async def test_size_at_the_start_and_when_it_changes(tty: Tty) -> None:
    def size(descriptor: int) -> tuple[int, ...]:
        return struct.unpack("HHHH", fcntl.ioctl(descriptor, termios.TIOCGWINSZ, b"\0" * 8))[:2]

    async with relaying(tty) as (relay, _over, _task):
        assert size(relay.slave) == (30, 100)
        tty.resize(200, 50)
        await until(lambda: size(relay.slave) == (50, 200))


async def test_size_is_told_by_a_signal_where_there_is_one(tty: Tty) -> None:
    tty.tells_of_resizing = True
    before = signal.getsignal(signal.SIGWINCH)
    async with relaying(tty) as (relay, _over, _task):
        tty.resize(132, 43)
        os.kill(os.getpid(), signal.SIGWINCH)
        await until(
            lambda: struct.unpack("HHHH", fcntl.ioctl(relay.slave, termios.TIOCGWINSZ, b"\0" * 8))[:2] == (43, 132)
        )
    assert signal.getsignal(signal.SIGWINCH) is before


LIVE = """
import signal, sys
for number in (signal.SIGINT, signal.SIGWINCH):
    signal.signal(number, lambda number, _: print(signal.Signals(number).name, flush=True))
print("ready", flush=True)
while True:
    signal.pause()
"""


@asynccontextmanager
async def live() -> AsyncIterator[asyncio.subprocess.Process]:
    """A process that tells of its signals."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", LIVE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert await process.stdout.readline() == b"ready\n"
    try:
        yield process
    finally:
        process.kill()
        await process.wait()


async def test_a_process_without_a_terminal_of_its_own_gets_its_signals(tty: Tty) -> None:
    async with live() as process, relaying(tty, process.pid) as (relay, _over, _task):
        assert process.stdout is not None
        tty.press(b"\x03")
        assert await process.stdout.readline() == b"SIGINT\n"
        tty.resize(77, 22)
        assert await process.stdout.readline() == b"SIGWINCH\n"
        modes.setraw(relay.slave)  # as IPython does: then ctrl+c is a key like any other
        tty.press(b"\x03")
        await until(lambda: read(relay.slave) == b"\x03")
        tty.resize(78, 22)
        assert await process.stdout.readline() == b"SIGWINCH\n"


async def test_what_is_typed_behind_a_ctrl_c_comes_behind_its_signal(tty: Tty, monkeypatch: pytest.MonkeyPatch) -> None:
    async with relaying(tty, os.getpid()) as (relay, _over, _task):
        modes.setcbreak(relay.slave)
        before: list[bytes] = []
        monkeypatch.setattr(relay, "_signal", lambda _: before.append(read(relay.slave)))
        tty.press(b"\x03\x03q")
        await until(lambda: len(before) == 2)
        assert before == [b"", b""]
        await until(lambda: read(relay.slave) == b"q")


async def test_ctrl_backslash_twice_ends_by_force(tty: Tty) -> None:
    forced = []
    async with relaying(tty) as (relay, _over, _task):
        relay.on_force = lambda: forced.append(1)
        modes.setraw(relay.slave)
        tty.press(b"a\x1cb")  # the pty would make a signal of it, which ends a debugger of lines
        await until(lambda: read(relay.slave) == b"ab")
        assert not forced
        tty.press(b"\x1c")
        await until(lambda: forced)


async def test_ends_when_the_debugger_has_closed_its_terminal(tty: Tty) -> None:
    relay = Relay(tty)
    over = asyncio.Event()
    os.write(relay.slave, b"goodbye")
    task = asyncio.create_task(relay.run(over))
    await tty.sees(b"goodbye")
    relay.lent_slave()  # the only one
    asyncio.get_running_loop().call_later(0.05, over.set)
    await task
    relay.close()
    assert tty.is_as_before


async def test_ends_when_the_terminal_hangs_up(tty: Tty) -> None:
    relay = Relay(tty)
    task = asyncio.create_task(relay.run(asyncio.Event()))
    await until(lambda: not termios.tcgetattr(tty.slave)[3] & termios.ICANON, "raw mode")
    tty.hang_up()
    async with asyncio.timeout(10):
        await task
    relay.close()


async def test_cancelled_it_gives_the_terminal_back(tty: Tty) -> None:
    relay = Relay(tty)
    task = asyncio.create_task(relay.run(asyncio.Event()))
    await until(lambda: not termios.tcgetattr(tty.slave)[3] & termios.ICANON, "raw mode")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    relay.close()
    assert tty.is_as_before
    assert tty.look().endswith(RESET)


async def test_any_pair_of_descriptors_will_do() -> None:
    """Pipes are no terminal: there is nothing to make raw, and their blocking is as it was afterwards."""

    class Pipes(Tty):
        def __init__(self) -> None:
            super().__init__()
            self.keys, self.typing = os.pipe()
            self.screen, self.paint = os.pipe()

        @property
        def input(self) -> int:
            return self.keys

        @property
        def output(self) -> int:
            return self.paint

    pipes = Pipes()
    relay = Relay(pipes)
    over = asyncio.Event()
    task = asyncio.create_task(relay.run(over))
    modes.setraw(relay.slave)
    os.write(pipes.typing, b"typed")
    await until(lambda: read(relay.slave) == b"typed")
    os.write(relay.slave, b"shown")
    await until(lambda: b"shown" in read(pipes.screen))
    over.set()
    await task
    relay.close()
    assert os.get_blocking(pipes.keys)
    assert os.get_blocking(pipes.paint)
    for end in (pipes.keys, pipes.typing, pipes.screen, pipes.paint):
        os.close(end)
    pipes.close()


KILLED = """
import asyncio, os, sys
sys.path.insert(0, {root!r})
from tests.engine.debugging.sitting import Tty
from tui.engine.debugging.relay import Relay

class Given(Tty):
    def __init__(self):
        self.slave = 0

async def main():
    relay = Relay(Given())
    os.write(relay.slave, b"in the debugger\\x1b[?1049h\\x1b[?1000h")
    await relay.run(asyncio.Event())

asyncio.run(main())
"""


async def test_killed_by_force_the_terminal_is_given_back_all_the_same(tty: Tty) -> None:
    root = str(Path(__file__).parents[3])
    program = KILLED.format(root=root)
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stdin=tty.slave, stdout=tty.slave)
    await tty.sees(b"\x1b[?1000h")
    process.kill()
    await process.wait()
    await until(lambda: tty.look().endswith(RESET) and tty.is_as_before)


async def test_killed_by_force_with_a_terminal_that_takes_nothing_for_now(tty: Tty) -> None:
    root = str(Path(__file__).parents[3])
    program = KILLED.format(root=root)
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stdin=tty.slave, stdout=tty.slave)
    await tty.sees(b"\x1b[?1000h")
    await stall(tty)
    process.kill()
    await process.wait()
    await until(lambda: tty.is_as_before)
    await until(lambda: tty.look().endswith(RESET))


def test_variables_of_the_terminal_and_of_the_person(tty: Tty, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/person")
    monkeypatch.setenv("TERM", "other")
    monkeypatch.setenv("COLUMNS", "7")
    found = environ_for(tty)
    assert (found["HOME"], found["TERM"]) == ("/home/person", "made-up")
    assert "COLUMNS" not in found
