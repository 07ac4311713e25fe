"""A document: lines with a kind each, painted only when they come on screen."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class Look(Enum):
    """What a line is, and so how it is painted."""

    PLAIN = auto()
    DIM = auto()
    HEADING = auto()
    CODE = auto()
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


@dataclass(frozen=True, slots=True)
class Line:
    """One line; ``gutter`` stands before its text and is not part of it."""

    look: Look
    text: str
    gutter: str = ""


@dataclass(slots=True)
class Document:
    """Lines to be shown. ``file`` holds the whole of what was cut, for the pager; ``follow`` keeps its end in view."""

    title: str = ""
    lines: list[Line] = field(default_factory=list)
    file: Path | None = None
    follow: bool = False

    def add(self, look: Look, text: str, gutter: str = "") -> None:
        """Add text of one look, line by line."""
        self.lines += [Line(look, line, gutter) for line in text.split("\n")]

    def heading(self, text: str) -> None:
        """Begin a part, with a blank line before it if there is anything above."""
        if self.lines:
            self.lines.append(Line(Look.PLAIN, ""))
        self.lines.append(Line(Look.HEADING, text))

    def plain_text(self) -> str:
        """All of it without colours, for the pager."""
        return "\n".join(line.gutter + line.text for line in self.lines) + "\n"
