"""Signals that end the program: the terminal is restored, the exit code says which it was."""

from __future__ import annotations

import asyncio
import math
import os
import select
import signal
import sys
import termios
import threading
import time
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any, Final, Self

from tui.ui.terminal.driver import RESTORE

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

FATAL: Final = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
"""Signals that end the program in order. SIGQUIT is left to dump core."""

_STOP: Final = b"\0"
_INTERRUPTED: Final = b"\xff"
"""In the pipe among the numbers of signals, which are smaller."""


class FatalSignals:
    """While it is entered, a fatal signal ends the app in order, or by force when the loop is stuck.

    Asks the app to leave; after `grace` seconds, or at once when a second signal insists, the
    terminal is restored by hand and the process ends. Exit codes are 128 + signal.

    A thread of its own listens, told by the interpreter through a pipe (`signal.set_wakeup_fd`):
    Python's handlers run in the main thread only, which may be what hangs, and may sleep on in a
    system call when the kernel has given the signal to another thread. SIGINT alone does go by a
    handler, so that whoever lends the terminal can put one of its own there: ctrl+c typed at the
    borrower reaches us too.

    Args:
        leave: Asks the app to leave with this exit code; called in the event loop.
        owns_terminal: Whether the terminal is in our modes; a borrower's is left alone.
        grace: Seconds that the app has for leaving.
    """

    def __init__(
        self,
        leave: Callable[[int], None],
        *,
        owns_terminal: Callable[[], bool] = lambda: True,
        grace: float = 3.0,
    ) -> None:
        self._leave = leave
        self._owns_terminal = owns_terminal
        self._grace = grace
        self._stack = ExitStack()
        self._attributes: list[Any] | None = None

    def __enter__(self) -> Self:
        with suppress(termios.error, OSError):
            self._attributes = termios.tcgetattr(0)
        told, tell = os.pipe()
        os.set_blocking(tell, False)
        watcher = threading.Thread(
            target=self._watch,
            args=(told, asyncio.get_running_loop()),
            name="fatal-signals",
            daemon=True,
        )
        watcher.start()
        with ExitStack() as stack:
            stack.callback(os.close, told)
            stack.callback(os.close, tell)
            stack.callback(watcher.join)
            stack.callback(os.write, tell, _STOP)
            before = signal.set_wakeup_fd(tell, warn_on_full_buffer=False)
            stack.callback(signal.set_wakeup_fd, before)
            for number in FATAL:
                # Replaces an inherited "ignore" too: under nohup Textual would spin on a dead terminal.
                handler = _noted if number != signal.SIGINT else _interrupts(tell)
                stack.callback(signal.signal, number, signal.signal(number, handler))
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _watch(self, told: int, loop: asyncio.AbstractEventLoop) -> None:
        code: int | None = None
        deadline = math.inf
        while select.select([told], [], [], _seconds_until(deadline))[0]:
            for byte in os.read(told, 64):
                if byte == _STOP[0]:
                    return
                number = signal.SIGINT if byte == _INTERRUPTED[0] else byte
                if number not in FATAL or byte == signal.SIGINT:
                    continue
                if code is None:
                    code, deadline = 128 + number, time.monotonic() + self._grace
                    with suppress(RuntimeError):  # the loop has ended by itself
                        loop.call_soon_threadsafe(self._leave, code)
                elif number != signal.SIGHUP:  # comes twice by itself, from shell and kernel
                    self._leave_by_force(code)
        self._leave_by_force(code or 1)

    def _leave_by_force(self, code: int) -> None:
        if self._owns_terminal():
            restore_by_hand(self._attributes)
        os._exit(code)


def _seconds_until(deadline: float) -> float | None:
    return None if deadline == math.inf else max(0.0, deadline - time.monotonic())


def _interrupts(tell: int) -> Callable[[int, FrameType | None], None]:
    def handle(_number: int, _frame: FrameType | None) -> None:
        os.write(tell, _INTERRUPTED)

    return handle


def _noted(_number: int, _frame: FrameType | None) -> None:
    """The watching thread does the work; only what has a handler is reported to it."""


def restore_by_hand(attributes: list[Any] | None) -> None:
    """Restore the terminal without Textual; never blocks, never raises.

    Args:
        attributes: What `termios.tcgetattr` said before the app began, or None to leave them.
    """
    with suppress(OSError, ValueError):
        _write_if_possible(RESTORE.encode())
    if attributes is not None:
        with suppress(termios.error, OSError):
            termios.tcsetattr(0, termios.TCSANOW, attributes)


def _write_if_possible(data: bytes) -> None:
    output = sys.__stderr__.fileno() if sys.__stderr__ is not None else 2
    # A description of our own: O_NONBLOCK on the inherited one would outlive us in the shell.
    flags = os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY
    try:
        own = os.open(os.ttyname(output), flags)
    except OSError:
        if select.select([], [output], [], 0.2)[1]:
            os.write(output, data)
        return
    try:
        os.write(own, data)
    finally:
        os.close(own)
