"""Debugging a kept failure at the desk, from the key to the end, however that comes."""

from __future__ import annotations

import asyncio
import os
from typing import Any

import pytest

from tests.engine.debugging.sitting import KEY, Child, Join, Tty, freeze, until
from tui.engine.debugging.contact import GONE
from tui.engine.debugging.desk import Desk, _unstarted
from tui.engine.debugging.values import FrozenFailure


async def receives(descriptor: int, data: bytes) -> None:
    """Wait until that comes in."""

    def received() -> bytes:
        try:
            return os.read(descriptor, 100)
        except BlockingIOError:
            return b""

    os.set_blocking(descriptor, False)
    await until(lambda: received() == data)


async def sit(desk: Desk, failure: FrozenFailure, tty: Tty, child: Child, **place: int) -> tuple[Any, dict[str, Any]]:
    """Somebody who debugs, and what the frozen failure was asked."""
    task = asyncio.create_task(desk.debug(failure, tty, **place))
    return task, await child.hears(do="debug")


async def test_a_session_from_the_key_to_the_end(desk: Desk, join: Join, tty: Tty) -> None:
    child, failure = await freeze(desk, join)
    for number in (1, 2):
        task, asked = await sit(desk, failure, tty, child)
        assert (asked["exception"], asked["frame"], asked["pristine"]) == (0, 0, False)
        assert (asked["debugger"], asked["environ"]["TERM"]) == ("pudb", "made-up")
        pty = child.pty()
        child.say({"began": asked["session"], "pid": os.getpid()})
        await until(lambda: tty.is_lent)
        assert failure.state == "debugged"
        os.write(pty, b"prompt %d" % number)
        await tty.sees(b"prompt %d" % number)
        tty.press(b"q\n")
        await receives(pty, b"q\n")
        os.close(pty)
        child.say({"ended": asked["session"], "status": 0, "words": ""})
        assert await task == ""
        if number == 1:
            await child.hears(do="preload")  # for the next time
        assert (failure.state, tty.is_lent, tty.is_as_before) == ("frozen", False, True)


async def test_another_frame_and_words_at_the_end(desk: Desk, join: Join, tty: Tty) -> None:
    child, failure = await freeze(desk, join)
    task, asked = await sit(desk, failure, tty, child, frame=1)
    assert (asked["exception"], asked["frame"]) == (0, 1)
    child.say({"ended": asked["session"], "status": 1, "words": "pudb is not there: this was pdb."})
    assert await task == "pudb is not there: this was pdb."


async def test_a_session_that_cannot_start_is_begun_again_without_what_the_test_patched(
    desk: Desk, join: Join, tty: Tty
) -> None:
    child, failure = await freeze(desk, join)
    task, asked = await sit(desk, failure, tty, child)
    os.close(child.pty())
    child.say({"ended": asked["session"], "status": 70, "words": "odd"})
    again = await child.hears(do="debug", pristine=True)
    assert again["session"] != asked["session"]
    os.write(child.pty(), b"second")
    await tty.sees(b"second")
    child.say({"ended": again["session"], "status": 70, "words": "It cannot start."})
    assert await task == "The debugger could not be started: It cannot start."
    assert tty.is_as_before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "The debugger could not be started: the test has replaced what it needs."),
        (
            "Traceback:\n  File ...\nOSError: no\n",
            "The debugger could not be started: OSError: no\n\nTraceback:\n  File ...\nOSError: no",
        ),
    ],
)
def test_why_no_debugger_came(words: str, said: str) -> None:
    assert _unstarted(words) == said


async def test_a_frozen_failure_that_dies_meanwhile_gives_the_terminal_back(desk: Desk, join: Join, tty: Tty) -> None:
    child, failure = await freeze(desk, join)
    task, _ = await sit(desk, failure, tty, child)
    child.close()
    assert "ended" in await task
    assert (tty.is_lent, tty.is_as_before) == (False, True)
    assert await desk.debug(failure, tty) == GONE


async def test_a_terminal_that_hangs_up_ends_the_session(desk: Desk, join: Join, tty: Tty) -> None:
    child, failure = await freeze(desk, join)
    task, asked = await sit(desk, failure, tty, child)
    await until(lambda: tty.is_lent)
    tty.hang_up()
    await child.hears(do="kill", session=asked["session"])
    await task


async def test_a_terminal_that_cannot_be_lent_ends_the_session(desk: Desk, join: Join, tty: Tty) -> None:
    class Refusing(Tty):
        def lent(self) -> Any:
            raise RuntimeError("lent already")

    child, failure = await freeze(desk, join)
    refusing = Refusing()
    with pytest.raises(RuntimeError):
        await desk.debug(failure, refusing)
    refusing.close()
    asked = await child.hears(do="debug")
    await child.hears(do="kill", session=asked["session"])
    assert failure.state == "frozen"


async def test_cancelled_it_ends_the_session(desk: Desk, join: Join, tty: Tty) -> None:
    child, failure = await freeze(desk, join)
    task, asked = await sit(desk, failure, tty, child)
    await until(lambda: tty.is_lent)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await child.hears(do="kill", session=asked["session"])
    assert (tty.is_lent, tty.is_as_before) == (False, True)


async def test_one_session_at_a_time_and_no_end_for_what_is_debugged(desk: Desk, join: Join, tty: Tty) -> None:
    child, failure = await freeze(desk, join)
    task, asked = await sit(desk, failure, tty, child)
    assert "already" in await desk.debug(failure, tty)
    desk.started(failure.run + 1, KEY)
    assert failure.state == "debugged"
    desk.kill_session()
    await child.hears(do="kill", session=asked["session"])
    child.say({"ended": asked["session"], "status": -9, "words": ""})
    await task
    assert not desk.frozen
    await child.hears(do="leave")


async def test_a_look_that_lasts_loads_the_debugger_once(
    desk: Desk, join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.engine.debugging.desk._HIGHLIGHTED", 0.01)
    child, failure = await freeze(desk, join)
    other, another = await freeze(desk, join, "1-main-2", nodeid="a.py::b")
    desk.highlight(failure)
    desk.highlight(another)
    await other.hears(do="preload", debugger="pudb")
    desk.highlight(None)
    desk.highlight(another)
    desk.highlight(failure)
    await child.hears(do="preload")
    desk.started(2, another.key)
    await other.hears(do="leave")
