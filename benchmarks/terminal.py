"""A program in a pseudo-terminal of its own: what it writes, when, and answers to what it asks."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

ANSWERS = {
    b"\x1b[6n": b"\x1b[1;1R",  # where is the cursor
    b"\x1b[?2026$p": b"\x1b[?2026;2$y",  # synchronised output: there, and off
}
"""Questions of a program that every present terminal answers."""

_ASKED = re.compile(b"|".join(map(re.escape, ANSWERS)))
_LONGEST = max(map(len, ANSWERS))


class TerminalError(Exception):
    """The program ended, or did not show what was waited for."""


class Terminal:
    """Starts the program; `close` (or the end of a ``with`` block) kills it.

    Args:
        argv: The program, by its full path.
        cwd: Its folder.
        env: Its environment.
        columns: Width of the terminal.
        rows: Height of the terminal.
        answers: Whether it answers what the program asks; else somebody else has to.
    """

    def __init__(
        self,
        argv: Sequence[str],
        cwd: Path,
        env: Mapping[str, str],
        *,
        columns: int = 80,
        rows: int = 24,
        answers: bool = True,
    ) -> None:
        self.written = 0
        """Bytes that the program has written so far."""
        self.started = time.perf_counter()
        self.answers = answers
        self._unasked = b""
        self.pid, self._master = pty.fork()
        if self.pid == 0:
            try:
                fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
                os.chdir(cwd)
                os.execve(argv[0], list(argv), env)
            finally:
                os._exit(127)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def read(self, timeout: float) -> tuple[float, bytes]:
        """What the program wrote within so many seconds (empty if nothing), and when; questions are answered.

        Raises TerminalError when it has ended.
        """
        ready, _, _ = select.select([self._master], [], [], timeout)
        if not ready:
            return time.perf_counter(), b""
        try:
            data = os.read(self._master, 65536)
        except OSError:
            data = b""
        now = time.perf_counter()
        if not data:
            raise TerminalError("The program has ended.")
        self.written += len(data)
        if self.answers:
            for answer in self.answers_to(data):
                self.write(answer)
        return now, data

    def answers_to(self, data: bytes) -> list[bytes]:
        """Answers to the questions that ``data`` completes; it has to be given all that the program writes."""
        text = self._unasked + data
        found = list(_ASKED.finditer(text))
        end = found[-1].end() if found else 0
        self._unasked = text[end:][1 - _LONGEST :]  # the rest of a question may come with the next read
        return [ANSWERS[question.group()] for question in found]

    def write(self, data: bytes) -> float:
        """Press keys; the time at which that was."""
        now = time.perf_counter()
        os.write(self._master, data)
        return now

    def wait_for(self, seen: Callable[[bytes], bool], timeout: float = 30.0) -> tuple[float, bytes]:
        """When all that was written from now on satisfies ``seen``, and what that is. Raises TerminalError."""
        text = b""
        until = time.perf_counter() + timeout
        while (left := until - time.perf_counter()) > 0:
            now, data = self.read(left)
            text += data
            if data and seen(text):
                return now, text
        raise TerminalError(f"Nothing of what was waited for in {timeout:.0f} s: {text[-400:]!r}")

    def rest(self, seconds: float) -> bytes:
        """Read for so many seconds."""
        text = b""
        until = time.perf_counter() + seconds
        while (left := until - time.perf_counter()) > 0:
            text += self.read(left)[1]
        return text

    def close(self) -> None:
        """End the program as a terminal that is closed does, then by force."""
        for number in (signal.SIGHUP, signal.SIGKILL):
            with suppress(OSError):
                os.kill(self.pid, number)
            until = time.perf_counter() + 3.0
            while time.perf_counter() < until:
                with suppress(OSError):
                    if select.select([self._master], [], [], 0.02)[0]:
                        os.read(self._master, 65536)  # it may wait for us to read
                if self._ended():
                    with suppress(OSError):
                        os.close(self._master)
                    return

    def _ended(self) -> bool:
        try:
            return os.waitpid(self.pid, os.WNOHANG)[0] == self.pid
        except ChildProcessError:
            return True
