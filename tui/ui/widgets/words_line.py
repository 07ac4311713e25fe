"""A line of words in several tones: titles of a table, or what there is to say of the row under the cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from tui.ui.widgets.tones import TONE_CLASSES, tone_styles

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tui.ui.widgets.row import Part


class WordsLine(Widget):
    """One line of parts; ``parts`` makes them for a width in cells whenever the line is drawn."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {*TONE_CLASSES}
    """
    | Class | Description |
    | :- | :- |
    | `row--good`, and so on for every tone | The parts. |
    """

    DEFAULT_CSS = "WordsLine { height: 1; }" + tone_styles("WordsLine")

    def __init__(self, parts: Callable[[int], Sequence[Part]], *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._parts = parts

    def render_line(self, y: int) -> Strip:
        """Draw the line."""
        width, plain = self.size.width, self.rich_style
        if y:
            return Strip.blank(width, plain)
        segments = [
            Segment(part.text, plain + self.get_component_rich_style(f"row--{part.tone}", partial=True))
            for part in self._parts(width)
        ]
        return Strip(segments).adjust_cell_length(width, plain)
