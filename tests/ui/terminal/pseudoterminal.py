"""A process in a pseudo-terminal of its own, with a terminal's answers and a shell's view of it."""

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.ui.terminal.recording import Cell, picture, text_of

ROOT = Path(__file__).parents[3]
DEADLINE = 20.0
"""Seconds after which something that should have happened counts as a failure."""

_PRIVATE = re.compile(rb"\x1b\[[?>=<][0-9;]*\$?[puqcmt]")
_MODE = re.compile(rb"\x1b\[\?([0-9;]+)([hl])")


class PseudoTerminal:
    """The master side: reads what the process writes, answers its questions, presses keys."""

    def __init__(self, pid: int, master: int) -> None:
        self.pid = pid
        self.master = master
        self.data = b""
        self.status: int | None = None
        self.gone = False
        self._answered = 0
        self.attributes_before = termios.tcgetattr(master)

    def press(self, keys: str) -> None:
        """Type."""
        os.write(self.master, keys.encode())

    def wait(self, ready: Callable[[], object], what: str) -> None:
        """Read until `ready`; fails with what is on the screen."""
        end = time.monotonic() + DEADLINE
        while not ready():
            if time.monotonic() > end:
                raise AssertionError(f"never: {what}\n{self.text}")
            self._read()

    def wait_for(self, text: str, start: int = 0) -> None:
        """Read until the process has written `text` (after byte `start`)."""
        self.wait(lambda: text.encode() in self.data[start:], f"{text!r}")

    def wait_for_exit(self) -> int:
        """Exit code, or minus the signal."""
        self.wait(self.exited, "exit")
        assert self.status is not None
        while not self.gone and select.select([self.master], [], [], 0)[0]:
            self._read()
        return os.waitstatus_to_exitcode(self.status)

    def exited(self) -> bool:
        """Whether the process has ended."""
        return self.status is not None or self._reap(0)

    def wait_for_stop(self) -> None:
        """Wait until the process is stopped, as a shell would."""
        self.wait(lambda: self._reap(os.WUNTRACED) and os.WIFSTOPPED(self.status or 0), "stop")
        self.status = None

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the process."""
        os.kill(self.pid, number)

    @property
    def attributes(self) -> list[object]:
        """State of the terminal line."""
        return termios.tcgetattr(self.master)

    def is_raw(self) -> bool:
        """Whether the line is in the app's mode: neither echo nor lines."""
        flags = termios.tcgetattr(self.master)[3]
        return not flags & (termios.ECHO | termios.ICANON)

    def make_cooked(self) -> None:
        """What a shell does when its job stops."""
        termios.tcsetattr(self.master, termios.TCSANOW, self.attributes_before)

    @property
    def modes(self) -> dict[int, bool]:
        """The private modes that were set or reset, as they are now."""
        state = {}
        for match in _MODE.finditer(self.data):
            for mode in match[1].split(b";"):
                state[int(mode)] = match[2] == b"h"
        return state

    @property
    def text(self) -> str:
        """What is on the screen."""
        return text_of(self.picture())

    def picture(self, start: int = 0) -> list[list[Cell]]:
        """What a terminal shows that has seen everything since byte `start`."""
        data = _PRIVATE.sub(b"", self.data[start:])
        return picture(data.decode(errors="replace"))

    def close(self) -> None:
        """End the process, whatever state it is in."""
        if self.status is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(self.pid, 0)
        os.close(self.master)

    def _read(self) -> None:
        if self.gone or not select.select([self.master], [], [], 0.02)[0]:
            if self.gone:
                time.sleep(0.005)
            return
        try:
            self.data += os.read(self.master, 65536)
        except OSError:
            self.gone = True
            return
        asked = self.data.count(b"\x1b[6n")
        if asked > self._answered:
            os.write(self.master, b"\x1b[1;1R" * (asked - self._answered))
            self._answered = asked

    def _reap(self, options: int) -> bool:
        pid, status = os.waitpid(self.pid, os.WNOHANG | options)
        if pid:
            self.status = status
        return bool(pid)


def wait_until(ready: Callable[[], object]) -> None:
    """Wait without reading from any terminal."""
    end = time.monotonic() + DEADLINE
    while not ready():
        assert time.monotonic() < end
        time.sleep(0.01)


@contextlib.contextmanager
def start(*arguments: str, env: dict[str, str] | None = None) -> Iterator[PseudoTerminal]:
    """Run Python with these arguments in a terminal of 80x24."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(ROOT),
        "TEXTUAL_DISABLE_KITTY_KEY": "0",
        **(env or {}),
    }
    pid, master = pty.fork()
    if pid == 0:
        try:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
            os.execve(sys.executable, [sys.executable, *arguments], environment)
        finally:
            os._exit(127)
    terminal = PseudoTerminal(pid, master)
    try:
        yield terminal
    finally:
        terminal.close()
