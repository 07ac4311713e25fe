"""A seat at a terminal of a test's own: what a debugger that is opened from the screen shows there, and keys for it."""

from __future__ import annotations

import os
import pty
import re
import termios
import tty
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager

import pytest

from tests.ui.app.driver import Sitting
from tui.engine.debugging.policy import Policy
from tui.ui.debugging import visits
from tui.ui.terminal.app import TerminalApp

_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b[()][A-Z0-9]|\x1b[=>]")


def policy(**changes: object) -> Policy:
    """Somebody who debugs with pdb."""
    chosen = {"debugger": "pdb", "limit": 20, "memory": 1 << 30, "attended": True, **changes}
    return Policy(**chosen)  # type: ignore[arg-type]  # the fields of it


class Seat:
    """The terminal that is lent in place of ours. ``times`` counts how often it was."""

    tells_of_resizing = False

    def __init__(self) -> None:
        self._master, slave = pty.openpty()
        tty.setraw(slave, termios.TCSANOW)
        os.set_blocking(self._master, False)
        self.input = self.output = slave
        self.environ: Mapping[str, str] = {"TERM": "xterm-256color"}
        self.times = 0
        self.refusal: Exception | None = None
        """Raised when somebody wants to have it."""
        self._text = ""

    @asynccontextmanager
    async def lent(self) -> AsyncIterator[None]:
        """Count it."""
        if self.refusal is not None:
            raise self.refusal
        self.times += 1
        yield

    @property
    def text(self) -> str:
        """All that was written to it, without escapes."""
        while True:
            try:
                data = os.read(self._master, 1 << 16)
            except BlockingIOError:
                return self._text
            self._text += _ESCAPES.sub("", data.decode(errors="replace"))

    def type(self, line: str) -> None:
        """Type a line; what was written before is forgotten."""
        assert self.text is not None
        self._text = ""
        os.write(self._master, f"{line}\r".encode())

    async def prompt(self, sitting: Sitting, *words: str) -> None:
        """Wait for a debugger's prompt that comes after these words."""
        await sitting.until(lambda: self.text.rstrip().endswith("(Pdb)"), "the debugger's prompt")
        assert all(word in self.text for word in words), self.text

    def close(self) -> None:
        """No more use."""
        for descriptor in (self._master, self.input):
            os.close(descriptor)


@contextmanager
def seated(monkeypatch: pytest.MonkeyPatch) -> Iterator[Seat]:
    """Debuggers open here."""
    seat = Seat()

    def instead(app: TerminalApp) -> Seat:
        del app
        return seat

    monkeypatch.setattr(visits, "OwnTerminal", instead)
    try:
        yield seat
    finally:
        seat.close()
