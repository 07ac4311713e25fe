"""Draws without any colour, for NO_COLOR."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from rich.color import ColorType
from rich.segment import Segment
from rich.style import Style
from textual.filter import LineFilter

if TYPE_CHECKING:
    from rich.color import Color as RichColor
    from textual.color import Color

_BLACK: Final = 0


class Colourless(LineFilter):
    """Takes every colour out of a line; what had a background of its own is shown in reverse.

    Textual's own filters leave grey RGB or explicit default colours, and a cursor line or a bar
    that is only a background would be gone.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002
        """Translate the segments of a line."""
        return [
            segment if segment.style is None else Segment(segment.text, without_colour(segment.style), segment.control)
            for segment in segments
        ]


@lru_cache(maxsize=1024)
def without_colour(style: Style) -> Style:
    """The style without colours, in reverse if its background stood out."""
    plain = style.without_color
    if style.reverse or not _stands_out(style.bgcolor):
        return plain
    return plain + Style(reverse=True)


def _stands_out(background: RichColor | None) -> bool:
    if background is None or background.type is ColorType.DEFAULT:
        return False
    if background.triplet is not None:
        # A theme of RGB colours paints every background, so no single one stands out.
        return False
    return background.number != _BLACK
