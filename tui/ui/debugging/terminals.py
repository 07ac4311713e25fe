"""The two places in which a debugger can be seen: our own terminal, and a pane of tmux beside it."""

from __future__ import annotations

import asyncio
import errno
import os
import shlex
import sys
import tempfile
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

    from tui.ui.terminal.app import TerminalApp

_SPLIT = ("split-window", "-h", "-P", "-F", "#{pane_id} #{pane_tty}")
_WAITS = "trap '' INT QUIT TSTP; exec cat {fifo}"
"""What runs in a pane: it reads from us alone, and ends when we do, however that may be."""
_SECONDS = 10.0
"""In which a new pane has to begin to read."""
_LOOK = 0.005
"""Seconds between two looks whether it does."""


class OwnTerminal:
    """Ours. While it is lent, nothing of the explorer is on it."""

    tells_of_resizing = True

    def __init__(self, app: TerminalApp) -> None:
        self._app = app
        self.input = sys.__stdin__.fileno() if sys.__stdin__ is not None else 0
        self.output = sys.__stderr__.fileno() if sys.__stderr__ is not None else 2
        self.environ: Mapping[str, str] = os.environ

    @asynccontextmanager
    async def lent(self) -> AsyncIterator[None]:
        """Have it alone. Raises what `TerminalApp.lend_terminal` does."""
        await self._app.hear_answers()
        with self._app.lend_terminal():
            yield


class Pane:
    """A pane of tmux. ``number`` is tmux's own, with its ``%``."""

    tells_of_resizing = False

    def __init__(self, number: str, terminal: int, environ: Mapping[str, str]) -> None:
        self.number = number
        self.input = self.output = terminal
        self.environ = environ

    @asynccontextmanager
    async def lent(self) -> AsyncIterator[None]:
        """Nobody else has it."""
        yield


class PaneError(Exception):
    """There is no pane, and no way to one; the message is for the person."""


def is_inside_tmux(environ: Mapping[str, str]) -> bool:
    """Whether there can be panes."""
    return bool(environ.get("TMUX"))


@asynccontextmanager
async def pane() -> AsyncIterator[Pane]:
    """A new pane beside ours, which gets the keys; it closes at the end. Raises PaneError."""
    with tempfile.TemporaryDirectory(prefix="rb-") as folder:
        fifo = Path(folder, "pane")
        os.mkfifo(fifo, 0o600)
        beside = ["-t", os.environ["TMUX_PANE"]] if os.environ.get("TMUX_PANE") else []
        command = _WAITS.format(fifo=shlex.quote(str(fifo)))
        number, _, name = (await _tmux(*_SPLIT, *beside, command)).strip().partition(" ")
        try:
            ours = await _writing_end(fifo)
            try:
                with _opened(number, name) as terminal:
                    yield Pane(number, terminal, os.environ)
            finally:
                os.close(ours)
        finally:
            with suppress(PaneError):
                await _tmux("kill-pane", "-t", number)


async def _writing_end(fifo: Path) -> int:
    """Ours, once the pane reads: what opens a fifo after its writer has ended waits for ever. Raises PaneError."""
    try:
        async with asyncio.timeout(_SECONDS):
            while True:
                try:
                    return os.open(fifo, os.O_WRONLY | os.O_NONBLOCK)
                except OSError as error:
                    if error.errno != errno.ENXIO:  # nobody reads yet
                        raise
                await asyncio.sleep(_LOOK)
    except (OSError, TimeoutError) as error:
        raise PaneError(f"nothing runs in the pane of tmux: {str(error) or 'no answer'}") from None


@contextmanager
def _opened(number: str, name: str) -> Iterator[int]:
    try:
        terminal = os.open(name, os.O_RDWR | os.O_NOCTTY)
    except OSError as error:
        raise PaneError(f"the pane {number} of tmux cannot be opened: {error.strerror}") from None
    try:
        yield terminal
    finally:
        os.close(terminal)


async def _tmux(*arguments: str) -> str:
    """What tmux answers. Raises PaneError."""
    pipe = asyncio.subprocess.PIPE
    try:
        process = await asyncio.create_subprocess_exec(
            "tmux", *arguments, stdin=asyncio.subprocess.DEVNULL, stdout=pipe, stderr=pipe
        )
    except OSError as error:
        raise PaneError(f"tmux: {error.strerror}") from None
    out, err = await process.communicate()
    if process.returncode:
        words = err.decode(errors="replace").strip().partition("\n")[0]
        raise PaneError(f"tmux opened no pane: {words or process.returncode}")
    return out.decode(errors="replace")
