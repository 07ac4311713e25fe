"""The first line on the screen, drawn before Textual is imported.

Importing Textual takes a quarter of a second; this takes a write. Keep it free of imports that cost.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

# Alternate screen, no cursor, cleared: the Linux console has no alternate screen.
_SHOW = "\x1b[?1049h\x1b[?25l\x1b[H\x1b[2J"
_UNDO = "\x1b[?1049l\x1b[?25h"
_SIGNALS = (signal.SIGTERM, signal.SIGHUP)

_shown = False


@contextmanager
def shown(word: str = "COLLECTING", *, output: int = 2) -> Iterator[None]:
    """Show a bar with one word until the app takes over; undo it if the block ends before that.

    Put the import of the app and its run inside the block. SIGTERM and SIGHUP, which would leave the
    terminal on the alternate screen, end the block meanwhile.

    Args:
        word: What the bar says.
        output: Descriptor of the terminal. Nothing is shown where it is none.

    Raises:
        SystemExit: SIGTERM or SIGHUP came before the app took over; the code is 128 + signal.
    """
    global _shown  # noqa: PLW0603 - there is one terminal
    try:
        width = os.get_terminal_size(output).columns or 80
    except OSError:
        yield
        return
    handlers = {number: signal.signal(number, _exit) for number in _SIGNALS}
    try:
        _write(output, f"{_SHOW}\x1b[7m{f' {word}'[:width]:{width}}\x1b[m")
        _shown = True
        yield
    finally:
        if take_over():
            _write(output, _UNDO)
        for number, handler in handlers.items():
            signal.signal(number, handler)


def take_over() -> bool:
    """Whether the placeholder is on the screen; from now on it belongs to the caller."""
    global _shown
    was, _shown = _shown, False
    return was


def _exit(number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + number)


def _write(output: int, text: str) -> None:
    with suppress(OSError):
        os.write(output, text.encode())
