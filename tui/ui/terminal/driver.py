"""Textual's driver for a real terminal, with what job control and bad lines ask of it."""

from __future__ import annotations

import os
import sys
import termios
import tty
from abc import abstractmethod
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver

from tui.ui.terminal import placeholder
from tui.ui.terminal.keys import Waker, read_keys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ENTER_ALTERNATE: Final = "\x1b[?1049h"

RESTORE: Final = (
    "\x1b[?2026l"  # synchronised output
    "\x1b[?2004l"  # bracketed paste
    "\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1016l"  # mouse
    "\x1b[?2048l\x1b[?1004l"  # reports of size and focus
    "\x1b[<u"  # kitty keyboard, before the alternate screen is left
    "\x1b[?7h\x1b[?1049l\x1b[?25h\x1b[0m"
)
"""Undoes every mode that Textual sets, for when its own way out is blocked."""

_REASSERT: Final = f"{ENTER_ALTERNATE}\x1b[?25l\x1b[?1004h\x1b[?2004h\x1b[?7l"


class Frame:
    """The writes that belong to one frame."""

    def __init__(self) -> None:
        self._parts: list[str] = []

    def add(self, data: str) -> None:
        """Append one write."""
        self._parts.append(data)

    def drop(self) -> None:
        """Write none of it."""
        self._parts.clear()

    @property
    def data(self) -> str:
        """All writes in one."""
        return "".join(self._parts)

    @property
    def size(self) -> int:
        """Bytes on the line."""
        data = self.data
        return len(data) if data.isascii() else len(data.encode(errors="replace"))


class FramedDriver(Driver):
    """Base of drivers that `TerminalApp` can pace: the writes of a frame reach the terminal as one."""

    _frame: Frame | None = None

    @property
    def queued(self) -> int:
        """Writes that the terminal has not taken yet."""
        return 0

    @abstractmethod
    def send(self, data: str) -> None:
        """Write to the terminal now."""

    def write(self, data: str) -> None:
        """Write to the terminal, or to the open frame."""
        if self._frame is None:
            self.send(data)
        else:
            self._frame.add(data)

    @contextmanager
    def frame(self) -> Iterator[Frame]:
        """Collect all writes; they are sent as one at the end, also when an exception ends it."""
        self._frame = frame = Frame()
        try:
            yield frame
        finally:
            self._frame = None
            if data := frame.data:
                self.send(data)


class SafeDriver(FramedDriver, LinuxDriver):
    """`LinuxDriver` that survives job control, a frozen terminal and a redirected stdout.

    * Only what SIGTSTP suspended is resumed by SIGCONT. Textual answers every SIGCONT (a debugger's,
      `kill -CONT`) with a second input thread and takes the raw terminal for its original state.
    * Writes never block the event loop: Textual's queue to the writer thread holds 30, and the
      31st waits for a terminal that may be frozen or lent to somebody. Here it has no end; `queued`
      says whether painting makes sense.
    """

    on_continued: Callable[[], None] | None = None
    """Called in the event loop after a SIGCONT that resumed nothing: the picture may be gone."""

    _inherits_alternate = False
    _waker: Waker | None = None

    @property
    def queued(self) -> int:
        """Writes that wait for the writer thread."""
        writer = self._writer_thread
        return 0 if writer is None else writer._queue.qsize()  # noqa: SLF001 - see internals

    @property
    def lent(self) -> bool:
        """Whether somebody else has the terminal (see `lend`)."""
        return not self._auto_restart

    def send(self, data: str) -> None:
        """Write, but do not enter the alternate screen that the placeholder has entered."""
        if self._inherits_alternate and data == ENTER_ALTERNATE:
            self._inherits_alternate = False
            return
        LinuxDriver.write(self, data)

    def start_application_mode(self) -> None:
        """Take the terminal."""
        self._inherits_alternate = placeholder.take_over()
        self._waker = self._waker or Waker()
        super().start_application_mode()  # type: ignore[no-untyped-call]
        if self._writer_thread is not None:
            self._writer_thread._queue.maxsize = 0  # noqa: SLF001 - see the class

    def run_input_thread(self) -> None:
        """Read keys, until `disable_input`."""
        assert self._waker is not None  # noqa: S101 - start_application_mode() made it
        read_keys(self.fileno, self._waker, self.exit_event.is_set, self.process_message)

    def disable_input(self) -> None:
        """Read no keys any more."""
        waker, self._waker = self._waker, None
        if waker is not None:
            waker.wake()
        super().disable_input()
        if waker is not None:
            waker.close()

    def reassert(self) -> None:
        """Put the terminal back into our modes without starting anything."""
        if self.lent or self.attrs_before is None:
            return
        attributes = [*self.attrs_before]
        attributes[tty.LFLAG] = self._patch_lflag(attributes[tty.LFLAG])
        attributes[tty.IFLAG] = self._patch_iflag(attributes[tty.IFLAG])
        attributes[tty.CC] = [*attributes[tty.CC]]
        attributes[tty.CC][termios.VMIN] = 1
        try:
            termios.tcsetattr(self.fileno, termios.TCSANOW, attributes)
        except termios.error:
            return
        self.write(_REASSERT)
        self._enable_mouse_support()
        if self.on_continued is not None:
            self.on_continued()

    def _get_terminal_size(self) -> tuple[int, int]:
        # Textual asks stdout, which may be a pipe, and believes COLUMNS, which may be old.
        try:
            width, height = os.get_terminal_size(sys.__stderr__.fileno() if sys.__stderr__ else 2)
        except (OSError, ValueError):
            return super()._get_terminal_size()
        return (width, height) if width and height else super()._get_terminal_size()

    def _sigtstp_application(self, *_: object) -> None:
        # Not in the signal handler: it may have interrupted a write, whose lock it would want too.
        self._loop.call_soon_threadsafe(super()._sigtstp_application)

    def _sigcont_application(self, *_: object) -> None:
        if self._must_signal_resume:
            super()._sigcont_application()
        else:
            self._loop.call_soon_threadsafe(self.reassert)
