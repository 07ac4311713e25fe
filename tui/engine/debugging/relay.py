"""Lends a terminal through a pty: copies both ways on the running event loop, and never blocks it."""

from __future__ import annotations

import asyncio
import fcntl
import os
import signal
import struct
import termios
import threading
import time
import tty
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any

from tui.engine.debugging.guard import RESET, Guard
from tui.plugin import wire

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.engine.debugging.terminal import Terminal

_PIECE = 1 << 16
"""Bytes that are read at once."""
_TYPED = 1 << 18
"""Bytes of input that wait for a debugger that does not read. More is dropped: what stops it has to get through."""
_LOOKS = 0.1
"""Seconds between two looks at the size of a terminal that does not tell when it changes."""
_GRACE = 2.0
"""Seconds in which a debugger whose terminal has fallen silent may say that it has ended."""
_LAST = 0.3
"""Seconds that a terminal which takes nothing may hold up the last of its output."""
_LAST_BYTES = 1 << 18
"""So much of that is looked at: more than a pty holds, and not all of one who never ends."""
_FLUSHED = 0.01
"""Seconds in which the pty has taken notice of a ctrl+c: it drops what was typed ahead and what was not shown yet, and
must not do so to the answer."""
_TWICE = 1.0
"""Seconds within which ctrl+backslash has to come twice to end a debugger by force."""
_INTERRUPT, _FORCE = 0x03, 0x1C


def environ_for(terminal: Terminal) -> dict[str, str]:
    """The variables by which a debugger knows the terminal and the person's files; those of a test may be its own."""
    known = {**os.environ, **terminal.environ}
    return {name: known[name] for name in (*wire.TERMINAL_VARIABLES, *wire.PERSONS_VARIABLES) if name in known}


class Relay:
    """A pty of the size of ``terminal``, and what copies between the two.

    ``pid`` is a process that cannot have the pty as its controlling terminal: the relay sends it the signals that the
    terminal would. Raises OSError when there is no pty to be had.
    """

    def __init__(self, terminal: Terminal, *, pid: int | None = None) -> None:
        self.on_force: Callable[[], None] = lambda: None
        """Called when the person presses ctrl+backslash twice: whatever hangs there is to end."""
        self._terminal = terminal
        self._pid = pid
        self._master, self.slave = os.openpty()
        os.set_blocking(self._master, False)
        self._size = b""
        self._fit()
        self._over = asyncio.Event()
        """Nothing more can be copied."""
        self._silent = False
        """Whether nobody has the other side open any more."""
        self._is_reset = False
        self._typed = _Pipe(self._master)
        self._shown: _Pipe | None = None
        self._forced = -_TWICE
        self._interrupting: asyncio.TimerHandle | None = None
        self._held = b""
        """Keys behind a ctrl+c whose signal is still to come."""

    def lent_slave(self) -> None:
        """The other process has its own descriptor of the slave now."""
        if self.slave >= 0:
            os.close(self.slave)
            self.slave = -1

    def close(self) -> None:
        """Take the pty away; whoever still has it open is hung up."""
        self.lent_slave()
        if self._master >= 0:
            os.close(self._master)
            self._master = -1

    async def run(self, over: asyncio.Event) -> None:
        """Copy until ``over`` is set, or the terminal or the other side of the pty is gone for good.

        The terminal is raw meanwhile, and afterwards in the modes in which it was found. One that takes nothing for now
        is still the debugger's: whoever has it next must not write before those modes are undone.
        """
        with ExitStack() as stack:
            source, target = self._open(stack)
            self._shown = _Pipe(target)
            before = _attributes(source)
            if before is not None:
                guard = Guard(source, target, before)
                stack.callback(guard.dismiss)
                stack.callback(_give_back, source, before)
            stack.callback(self._reset_at_once)
            stack.callback(self._stop, source)
            if before is not None:
                tty.setraw(source, termios.TCSANOW)
            self._watch_size(stack)
            loop = asyncio.get_running_loop()
            loop.add_reader(source, self._type, source)
            loop.add_reader(self._master, self._show)
            await self._until(over)
            await self._last_words()
            await self._reset()

    async def _until(self, over: asyncio.Event) -> None:
        """Wait for the end, whoever makes it."""
        ends = [asyncio.ensure_future(over.wait()), asyncio.ensure_future(self._over.wait())]
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            if not over.is_set() and self._silent:
                await asyncio.wait(ends[:1], timeout=_GRACE)
        finally:
            for end in ends:
                end.cancel()

    def _open(self, stack: ExitStack) -> tuple[int, int]:
        """Descriptors of our own for both directions that do not block; those that we were given stay as they are."""
        opened = []
        for descriptor, mode in ((self._terminal.input, os.O_RDONLY), (self._terminal.output, os.O_WRONLY)):
            try:
                own = os.open(os.ttyname(descriptor), mode | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
            except OSError:  # no terminal, or one whose name means nothing here
                own = os.dup(descriptor)
                stack.callback(os.set_blocking, descriptor, os.get_blocking(descriptor))
                os.set_blocking(own, False)
            stack.callback(os.close, own)
            opened.append(own)
        return opened[0], opened[1]

    # Copying

    def _type(self, source: int) -> None:
        try:
            data = os.read(source, _PIECE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            asyncio.get_running_loop().remove_reader(source)
            self._over.set()
            return
        if data.count(_FORCE):
            if self._is_forced(data.count(_FORCE)):
                self.on_force()
            data = data.replace(bytes((_FORCE,)), b"")  # the pty would end a debugger of lines at the first
        if self._interrupting is None:
            self._pass_on(data)
        else:
            self._held = (self._held + data)[:_TYPED]

    def _pass_on(self, keys: bytes) -> None:
        """Give them to the debugger; what was typed behind a ctrl+c that is a signal comes behind the signal."""
        end = keys.find(_INTERRUPT) + 1 if self._pid is not None and self._has_signals else 0
        self._typed.write(keys[:end] if end else keys, limit=_TYPED)
        if end:
            self._held = keys[end:]
            self._interrupting = asyncio.get_running_loop().call_later(_FLUSHED, self._interrupt)

    def _interrupt(self) -> None:
        self._interrupting = None
        self._signal(signal.SIGINT)
        held, self._held = self._held, b""
        self._pass_on(held)

    def _is_forced(self, times: int) -> bool:
        now = time.monotonic()
        again = times > 1 or now - self._forced < _TWICE
        self._forced = now
        return again

    @property
    def _has_signals(self) -> bool:
        """Whether the debugger has left it to the terminal to turn ctrl+c into a signal."""
        attributes = _attributes(self._master)
        return attributes is not None and bool(attributes[3] & termios.ISIG)

    def _show(self) -> None:
        assert self._shown is not None  # noqa: S101 - run() registered this callback
        loop = asyncio.get_running_loop()
        try:
            data = os.read(self._master, _PIECE)
        except BlockingIOError:
            return
        except OSError:  # EIO: nobody has the slave open
            data = b""
        if not data:
            loop.remove_reader(self._master)
            self._silent = True
            self._over.set()
        elif not self._shown.write(data):
            loop.remove_reader(self._master)
            self._shown.on_empty = lambda: loop.add_reader(self._master, self._show)

    async def _last_words(self) -> None:
        """Copy what it wrote before its end; a terminal that takes nothing does not hold us up for long."""
        assert self._shown is not None  # noqa: S101 - run() has made it
        loop = asyncio.get_running_loop()
        end = loop.time() + _LAST
        loop.remove_reader(self._master)
        self._shown.on_empty = lambda: None
        left = _LAST_BYTES
        while left > 0:
            if self._shown.waiting:
                if loop.time() >= end:
                    break
                await asyncio.sleep(_LAST / 20)
                continue
            try:
                data = os.read(self._master, _PIECE)
            except OSError:
                break
            if not data:
                break
            left -= len(data)
            self._shown.write(data)

    def _stop(self, source: int) -> None:
        loop = asyncio.get_running_loop()
        for descriptor in (source, self._master):
            loop.remove_reader(descriptor)
        if self._interrupting is not None:
            self._interrupting.cancel()
        self._typed.close()
        if self._shown is not None:
            self._shown.close()

    async def _reset(self) -> None:
        """Undo the modes that the other side may have left on, as soon as the terminal takes that."""
        assert self._shown is not None  # noqa: S101 - run() has made it
        taken = asyncio.Event()
        self._shown.on_empty = taken.set
        if not self._shown.write(RESET):
            await taken.wait()
        self._is_reset = True

    def _reset_at_once(self) -> None:
        """The same where nobody can wait any more."""
        if self._shown is not None and not self._is_reset:
            with suppress(OSError):
                os.write(self._shown.target, RESET)

    # Size and signals

    def _watch_size(self, stack: ExitStack) -> None:
        if self._terminal.tells_of_resizing and threading.current_thread() is threading.main_thread():
            before = signal.signal(signal.SIGWINCH, lambda *_: self._fit())
            stack.callback(signal.signal, signal.SIGWINCH, before or signal.SIG_DFL)
            self._fit()  # a change until now was told to somebody else
        else:
            looking = asyncio.create_task(self._keep_fitting())
            stack.callback(looking.cancel)

    async def _keep_fitting(self) -> None:
        while True:
            self._fit()
            await asyncio.sleep(_LOOKS)

    def _fit(self) -> None:
        """Give the pty the size of the terminal."""
        try:
            size = fcntl.ioctl(self._terminal.output, termios.TIOCGWINSZ, b"\0" * 8)
        except OSError:
            size = struct.pack("HHHH", 24, 80, 0, 0)
        if size == self._size or self._master < 0:
            return
        known, self._size = self._size, size
        with suppress(OSError):
            fcntl.ioctl(self._master, termios.TIOCSWINSZ, size)
        if known and self._pid is not None:
            self._signal(signal.SIGWINCH)

    def _signal(self, number: int) -> None:
        assert self._pid is not None  # noqa: S101 - both callers have looked
        with suppress(OSError):
            os.kill(self._pid, number)


class _Pipe:
    """Writes to a descriptor that does not block; what it does not take waits."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.waiting = b""
        self.on_empty: Callable[[], None] = lambda: None
        """Called when nothing waits any more."""

    def write(self, data: bytes, limit: int | None = None) -> bool:
        """Write, or keep; whether nothing has to wait. With a ``limit`` what is beyond it is dropped."""
        nothing_waited = not self.waiting
        self.waiting += data
        if limit is not None:
            self.waiting = self.waiting[:limit]
        if nothing_waited:
            self._flush()
            if self.waiting:
                asyncio.get_running_loop().add_writer(self.target, self._writable)
        return not self.waiting

    def close(self) -> None:
        """Write nothing any more."""
        self.waiting = b""
        asyncio.get_running_loop().remove_writer(self.target)

    def _writable(self) -> None:
        self._flush()
        if not self.waiting:
            asyncio.get_running_loop().remove_writer(self.target)
            self.on_empty()

    def _flush(self) -> None:
        while self.waiting:
            try:
                self.waiting = self.waiting[os.write(self.target, self.waiting) :]
            except BlockingIOError:
                return
            except OSError:  # it is gone, as whoever reads it will tell
                self.waiting = b""


def _attributes(descriptor: int) -> list[Any] | None:
    """The modes of a terminal; None if it is none, or gone."""
    try:
        return termios.tcgetattr(descriptor)
    except (termios.error, OSError):
        return None


def _give_back(source: int, before: list[Any]) -> None:
    """The modes of before, and no late answers to questions that a debugger asked the terminal.

    Not by TCSAFLUSH, which waits for a terminal that takes no output.
    """
    with suppress(termios.error, OSError):
        termios.tcflush(source, termios.TCIFLUSH)
        termios.tcsetattr(source, termios.TCSANOW, before)
