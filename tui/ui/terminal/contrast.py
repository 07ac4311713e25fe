"""Text that can be read: colours are moved away from their background until they stand out enough.

For themes of RGB colours alone. Of the terminal's own 16 colours nobody here knows how they look.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from rich.color import Color as RichColor
from rich.color_triplet import ColorTriplet
from rich.segment import Segment
from rich.style import Style
from textual.filter import LineFilter

if TYPE_CHECKING:
    from textual.color import Color

AA: Final = 4.5
"""What WCAG 2 asks of text, as the ratio of the two luminances."""
AAA: Final = 7.0
"""The same, for people who see less well."""

_BLACK: Final = ColorTriplet(0, 0, 0)
_WHITE: Final = ColorTriplet(255, 255, 255)
_STEPS: Final = 20
"""Between a colour and black or white."""
_NO_TEXT: Final = "".join((" ", *map(chr, range(0x2580, 0x25A0))))
"""Blanks and block elements: of these a scrollbar is made, in the colours that it has to have."""
_NO_DIM: Final = Style(dim=False)
_NO_REVERSE: Final = Style(reverse=False)


def ratio(one: ColorTriplet, other: ColorTriplet) -> float:
    """The contrast ratio of two colours by WCAG 2: from 1, the same, to 21, black and white."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: ColorTriplet) -> float:
    red, green, blue = (
        part / 255 / 12.92 if part / 255 <= 0.03928 else ((part / 255 + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - WCAG's
        for part in colour
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@lru_cache(maxsize=1024)
def apart(colour: ColorTriplet, background: ColorTriplet, least: float) -> ColorTriplet:
    """The colour, or the nearest one towards black or white that has so much contrast (or the most there is)."""
    if ratio(colour, background) >= least:
        return colour
    end = max(_BLACK, _WHITE, key=lambda each: ratio(each, background))
    for step in range(1, _STEPS):
        red, green, blue = (round(a + (b - a) * step / _STEPS) for a, b in zip(colour, end, strict=True))
        nearer = ColorTriplet(red, green, blue)
        if ratio(nearer, background) >= least:
            return nearer
    return end


@lru_cache(maxsize=1024)
def readable(style: Style, background: ColorTriplet, least: float) -> Style:
    """The style with a colour of the text that stands out; ``background`` is what lies behind where it has none."""
    text, behind = style.color, style.bgcolor
    front = text.triplet if text is not None else None
    back = behind.triplet if behind is not None and behind.triplet is not None else background
    if front is None:
        return style
    if style.reverse:
        front, back = back, front
        style += _NO_REVERSE
    return style + Style(color=RichColor.from_triplet(apart(front, back, least)), bgcolor=RichColor.from_triplet(back))


class Readable(LineFilter):
    """Gives all text at least the contrast ratio ``least``. It must come after the filters that make colours RGB."""

    def __init__(self, least: float) -> None:
        super().__init__()
        self._least = least

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Translate the segments of a line."""
        behind = background.rich_color.triplet or _BLACK
        return [
            segment
            if segment.style is None or segment.control or not segment.text.strip(_NO_TEXT)
            else Segment(segment.text, readable(segment.style, behind, self._least))
            for segment in segments
        ]


class Undimmed(LineFilter):
    """Takes away what is dim. It must come before the filters that turn dim into a colour."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002
        """Translate the segments of a line."""
        return [
            Segment(segment.text, segment.style + _NO_DIM, segment.control)
            if segment.style is not None and segment.style.dim
            else segment
            for segment in segments
        ]
