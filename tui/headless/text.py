"""Text of the tests' side as it may go to a terminal: no escape sequences, and on one line where one line is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from tui.engine.plain import plain

if TYPE_CHECKING:
    from collections.abc import Mapping


def one_line(text: str) -> str:
    """``text`` on one line: control characters and lone surrogates are written as escapes, all else stays as it is."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def indented(text: str) -> str:
    """``text`` without escape sequences, every line of it pushed in."""
    return "\n".join(f"    {line}".rstrip() for line in plain(text).splitlines())


class Ink:
    """Colours for words, or none."""

    def __init__(self, *, colour: bool) -> None:
        self._colour = colour

    def red(self, text: str) -> str:
        """``text`` in bold red."""
        return self._painted("1;31", text)

    def green(self, text: str) -> str:
        """``text`` in bold green."""
        return self._painted("1;32", text)

    def yellow(self, text: str) -> str:
        """``text`` in bold yellow."""
        return self._painted("1;33", text)

    def _painted(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._colour else text


def wants_colour(out: TextIO, environ: Mapping[str, str]) -> bool:
    """Whether ``out`` is a terminal that shows colours to somebody who wants them."""
    return out.isatty() and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"
