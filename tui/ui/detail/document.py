"""A document: lines with a kind each, painted only when they come on screen."""

from __future__ import annotations

import re
from dataclasses import field
from enum import Enum, auto
from typing import TYPE_CHECKING

from tui.model.values import Value, state, value

if TYPE_CHECKING:
    from pathlib import Path


class Look(Enum):
    """What a line is, and so how it is painted."""

    PLAIN = auto()
    DIM = auto()
    HEADING = auto()
    CODE = auto()
    STRING = auto()
    """A line of code within a string that began above it."""
    FAILING = auto()
    """The line of code that failed."""
    ERROR = auto()
    """pytest's ``E`` lines."""
    PLACE = auto()
    """``path:line: Error``"""
    ANSI = auto()
    """Foreign text with colours of its own."""
    GOOD = auto()
    BAD = auto()
    WARN = auto()


Place = tuple[str, int]
"""Path, as it stands in the report, and line (1-based)."""


@value
class Line(Value):
    """One line; ``gutter`` stands before its text and is not part of it. ``place`` is where it stands in a file."""

    look: Look
    text: str
    gutter: str = ""
    place: Place | None = None


@state
class Document:
    """Lines to be shown. ``file`` holds the whole of what was cut, for the pager; ``follow`` keeps its end in view.

    The title begins with ``name``, which may be shortened where there is no room for both.
    """

    title: str = ""
    name: str = ""
    lines: list[Line] = field(default_factory=list)
    file: Path | None = None
    follow: bool = False

    def add(self, look: Look, text: str, gutter: str = "") -> None:
        """Add text of one look, line by line; a colour of foreign text that goes on is begun anew on each line."""
        going_on: list[str] = []
        for line in text.split("\n"):
            self.lines.append(Line(look, "".join(going_on) + line, gutter))
            if look is Look.ANSI and "\x1b" in line:
                going_on = _going_on(going_on, line)

    def heading(self, text: str) -> None:
        """Begin a part, with a blank line before it if there is anything above."""
        if self.lines:
            self.lines.append(Line(Look.PLAIN, ""))
        self.lines.append(Line(Look.HEADING, text))

    def plain_text(self) -> str:
        """All of it without colours, for the pager."""
        return "\n".join(line.gutter + line.text for line in self.lines) + "\n"


_COLOUR = re.compile(r"\x1b\[[0-9;:]*m")
_RESET = re.compile(r"\x1b\[0*m")
_KEPT = 8


def _going_on(before: list[str], line: str) -> list[str]:
    """The colours that hold at the end of a line."""
    for colour in _COLOUR.findall(line):
        before = [] if _RESET.fullmatch(colour) else [*before, colour][-_KEPT:]
    return before
