"""How every state looks: a glyph, its letter for ASCII, a colour, and the word.

Colour never says anything alone: glyph or letter always stands with it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from tui.model.outcome import Status
from tui.model.values import Value, value

if TYPE_CHECKING:
    from collections.abc import Mapping


class Tone(StrEnum):
    """What a colour means; the widgets' component classes are named after them."""

    PLAIN = "plain"
    GOOD = "good"
    """Green."""
    BAD = "bad"
    """Red and bold."""
    WHY = "why"
    """Red: the reason of something bad."""
    DEAD = "dead"
    """Red in reverse: the process died."""
    ODD = "odd"
    """Yellow: neither good nor bad."""
    LIVE = "live"
    """Cyan: happening now."""
    MARK = "mark"
    """Magenta: set by the person."""
    FAINT = "faint"
    """Dim: background knowledge."""


@value
class Sign(Value):
    """One thing to show. ``glyph`` and ``letter`` (its ASCII stand-in) are one cell wide."""

    glyph: str
    letter: str
    tone: Tone
    word: str


SIGNS: Final[Mapping[Status, Sign]] = {
    Status.NOT_RUN: Sign(" ", " ", Tone.FAINT, Status.NOT_RUN.word),
    Status.QUEUED: Sign("·", ",", Tone.FAINT, Status.QUEUED.word),
    Status.RUNNING: Sign("»", ">", Tone.LIVE, Status.RUNNING.word),
    Status.PASSED: Sign("✓", ".", Tone.GOOD, Status.PASSED.word),
    Status.SKIPPED: Sign("-", "s", Tone.ODD, Status.SKIPPED.word),
    Status.XFAILED: Sign("x", "x", Tone.ODD, Status.XFAILED.word),
    Status.XPASSED: Sign("X", "X", Tone.ODD, Status.XPASSED.word),
    Status.FAILED: Sign("✗", "F", Tone.BAD, Status.FAILED.word),
    Status.ERROR: Sign("E", "E", Tone.BAD, Status.ERROR.word),
    Status.CRASHED: Sign("!", "!", Tone.DEAD, Status.CRASHED.word),
}
"""The sign of each state of an item."""

STALE: Final = Sign("~", "~", Tone.FAINT, "stale")
MARKED: Final = Sign("◆", "*", Tone.MARK, "marked")
FROZEN: Final = Sign("❄", "*", Tone.LIVE, "frozen")
"""Stands after the name of a failure whose process is kept."""
BREAKPOINT: Final = Sign("●", "o", Tone.BAD, "breakpoint")
OPEN: Final = Sign("▾", "-", Tone.PLAIN, "open")
CLOSED: Final = Sign("▸", "+", Tone.PLAIN, "closed")
CUT: Final = Sign("…", "~", Tone.PLAIN, "cut")
"""Stands where text was cut off."""
DONE: Final = Sign("▰", "#", Tone.PLAIN, "done")
TO_DO: Final = Sign("▱", "-", Tone.PLAIN, "to do")
"""The cells of a progress bar."""


@value
class Glyphs(Value):
    """The choice between Unicode and ASCII, handed to every widget that draws."""

    ascii_only: bool = False

    def of(self, sign: Sign) -> str:
        """The one cell that shows a sign."""
        return sign.letter if self.ascii_only else sign.glyph


UNICODE: Final = Glyphs()
ASCII: Final = Glyphs(ascii_only=True)
