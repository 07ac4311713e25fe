"""One file line by line, from what coverage.py counted."""

from __future__ import annotations

import io
import re
import tokenize
from typing import TYPE_CHECKING

from tui.model.coverage import LineState

if TYPE_CHECKING:
    from pathlib import Path

    from tui.engine.coverage.counts import FileCount
    from tui.model.executed import Executed

_ENDS = re.compile(r"\r\n|\r|\n")
_BYTES = 20 * 1024 * 1024


def source_of(file: Path) -> tuple[tuple[str, ...], str]:
    """The lines of a source file, ending where the parser's do; words if it cannot be read as its encoding says."""
    try:
        data = file.read_bytes()
    except OSError as error:
        return (), f"{file.name} cannot be read: {error.strerror}"
    if len(data) > _BYTES:
        return (), f"{file.name} has {len(data) >> 20:,} MB: too large to be shown"
    words = ""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        text = data.decode(encoding)
    except (SyntaxError, UnicodeDecodeError, LookupError) as error:
        text = data.decode("utf-8", "replace")
        words = f"{file.name} is not written in the encoding that it says: {error}"
    lines = _ENDS.split(text)
    return tuple(lines[:-1] if not lines[-1] else lines), words


def states_of(length: int, count: FileCount, done: Executed) -> tuple[LineState, ...]:
    """The state of each of that many lines."""
    if done.stale < 0:
        return outdated(length)
    half = set(count.half)
    missing, excluded, stale = (_flags(each, length) for each in (count.missing, count.excluded, done.stale))
    statements = _flags(count.statements | count.excluded | done.stale, length)
    states = []
    for line in range(1, length + 1):
        if statements[line] == _NO:
            states.append(LineState.PLAIN)
        elif excluded[line] != _NO:
            states.append(LineState.EXCLUDED)
        elif stale[line] != _NO:
            states.append(LineState.STALE)
        elif missing[line] != _NO:
            states.append(LineState.MISSED)
        else:
            states.append(LineState.PARTIAL if line in half else LineState.COVERED)
    return tuple(states)


_NO = "0"


def _flags(lines: int, length: int) -> str:
    """A character for each line from 0 on: to ask a set of tens of thousands for each is slow."""
    return f"{lines:b}"[::-1].ljust(length + 1, _NO)


def outdated(length: int) -> tuple[LineState, ...]:
    """So many lines that are not any more those that were counted."""
    return (LineState.STALE,) * length


def unknown(length: int) -> tuple[LineState, ...]:
    """So many lines of which nothing is known."""
    return (LineState.UNKNOWN,) * length
