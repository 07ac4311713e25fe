"""Where commands without a screen print, and what becomes of one that nobody listens to any more."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable

CANNOT = 2
"""Exit code where not even a run could be made, or nothing can be printed."""


class OutputGoneError(Exception):
    """Nobody takes what we print: whoever read our lines has read enough. The cause is the OSError."""


def stream_of(stream: TextIO | None) -> TextIO:
    """``stream``, able to take any text; a sink if it was closed before we came."""
    if stream is None:
        return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123 - stays open to the end, as stdout does
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="backslashreplace")
    return stream


def put(tell: Callable[[], object], out: TextIO) -> None:
    """Print, and have it taken. Raises OutputGoneError."""
    try:
        tell()
        out.flush()
    except OSError as error:
        raise OutputGoneError from error


def forsaken(cause: BaseException | None, out: TextIO) -> int:
    """The exit code when our output is not taken, for ``cause``. What still waits to be written goes nowhere."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, out.fileno())
    os.close(null)
    if isinstance(cause, BrokenPipeError):
        return 128 + signal.SIGPIPE
    print(f"redbar: The output cannot be written: {cause}", file=sys.stderr)
    return CANNOT
