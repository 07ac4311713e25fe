"""Rows with a cursor: only those that one sees cost anything, whatever their number."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.ui.status import Tone
from tui.ui.widgets.tones import TONE_CLASSES, tone_styles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style
    from textual import events

    from tui.ui.widgets.row import Part


class RowList(ScrollView, can_focus=True, inherit_bindings=False):
    """A list that is drawn line by line. What its rows are, how they look and which keys there are is its subclass's.

    The cursor is the person's: what a subclass does to its rows must leave it where it is.
    """

    ALLOW_SELECT = False

    COMPONENT_CLASSES: ClassVar[set[str]] = {"row--cursor", "row--cursor-blurred", *TONE_CLASSES}
    """
    | Class | Description |
    | :- | :- |
    | `row--cursor` | The row under the cursor. |
    | `row--cursor-blurred` | Its name, while the list has no focus. |
    | `row--good`, and so on for every tone | Glyphs, names, messages and counts. |
    """

    DEFAULT_CSS = """
    RowList {
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
        background: $background;
        color: $foreground;
        & > .row--cursor { background: $block-cursor-background; color: $block-cursor-foreground; text-style: bold; }
        & > .row--cursor-blurred { text-style: reverse; }
        &:ansi {
            background: ansi_default;
            color: ansi_default;
            & > .row--cursor { background: ansi_default; color: ansi_default; text-style: reverse; }
        }
        &:nocolor > .row--cursor { text-style: bold underline; }  /* in reverse is the line above the first row */
    }
    """ + tone_styles("RowList")

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._cursor = 0
        self._styles: dict[str, Style] = {}

    @property
    def count(self) -> int:
        """How many rows there are."""
        raise NotImplementedError

    def parts_of(self, row: int, y: int, width: int) -> Sequence[Part]:
        """How a row looks that is drawn on line ``y`` of the widget, in at most ``width`` cells."""
        raise NotImplementedError

    def tell(self) -> None:
        """Post that another row is under the cursor, if it is another."""

    def clicked(self, row: int, x: int) -> None:
        """A row was clicked in cell ``x``."""

    def action_choose(self) -> None:
        """Ask for more of the row under the cursor."""

    # Painting

    @property
    def row_width(self) -> int:
        """Cells of a row: a blank parts it from the scrollbar, or from the pane beside it."""
        return max(1, self.whole_width - 1)

    @property
    def whole_width(self) -> int:
        """Cells of a line without the scrollbar."""
        return self.scrollable_content_region.width

    def render_line(self, y: int) -> Strip:
        """Draw one line; ``y`` counts from the top of the widget."""
        width, whole = self.row_width, self.whole_width
        row = y + self.scroll_offset.y
        if row >= self.count:
            return Strip.blank(whole, self.style_of(Tone.PLAIN))
        parts = self.parts_of(row, y, width)
        under_cursor = row == self._cursor
        if under_cursor and self.has_focus:
            whole_row = Strip([Segment("".join(part.text for part in parts), self.style_of("cursor"))])
            return whole_row.crop(0, width).extend_cell_length(whole, self.style_of("cursor"))
        segments = [
            Segment(part.text, self.style_of("cursor-blurred" if under_cursor and part.is_name else part.tone))
            for part in parts
        ]
        return Strip(segments).crop(0, width).extend_cell_length(whole, self.style_of(Tone.PLAIN))

    def style_of(self, name: str) -> Style:
        """The style of a tone, or of the cursor."""
        if not self._styles:
            base = self.rich_style
            names = ("cursor", "cursor-blurred", *Tone)
            self._styles = {name: base + self.get_component_rich_style(f"row--{name}", partial=True) for name in names}
        return self._styles[name]

    def notify_style_update(self) -> None:
        """Forget the colours of another theme."""
        super().notify_style_update()
        self._styles = {}

    def rows_changed(self) -> None:
        """Take over that there are other rows."""
        self.virtual_size = Size(self.whole_width, self.count)
        self.refresh()

    # The cursor

    @property
    def cursor_row(self) -> int:
        """The row under the cursor."""
        return self._cursor

    def move_to_row(self, row: int) -> None:
        """Put the cursor on a row, or on the nearest that there is."""
        row = max(0, min(row, self.count - 1))
        self._refresh_cursor()
        self._cursor = row
        self._refresh_cursor()
        self.keep_in_view()
        self.tell()

    def _refresh_cursor(self) -> None:
        if 0 <= self.cursor_line < self.size.height:
            self.refresh_line(self._cursor)

    def keep_in_view(self) -> None:
        """Scroll so that the cursor is seen: half a page at once, since every scroll draws the whole screen."""
        height, top = self.size.height, self.scroll_offset.y
        if height and not top <= self._cursor < top + height:
            self.scroll_to(y=self._cursor - height // 2, animate=False, force=True)

    def keep_line(self, line: int) -> None:
        """Scroll so that the cursor is on a line of the screen again, if it was seen there."""
        if 0 <= line < self.size.height:
            self.scroll_to(y=self._cursor - line, animate=False, force=True)

    @property
    def cursor_line(self) -> int:
        """The line of the screen that the cursor is on, counted from the top of the widget."""
        return self._cursor - self.scroll_offset.y

    def on_resize(self) -> None:
        """Keep the cursor in view when the room gets smaller."""
        self.keep_in_view()

    def on_focus(self) -> None:
        """Show the cursor as the one that keys move."""
        self._refresh_cursor()

    def on_blur(self) -> None:
        """Show that keys go elsewhere."""
        self._refresh_cursor()

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the row; a double click chooses it."""
        row = event.y + self.scroll_offset.y
        if 0 <= row < self.count:
            self.move_to_row(row)
            self.clicked(row, event.x)
            if event.chain == 2:  # noqa: PLR2004
                self.action_choose()

    # What keys do

    def action_move(self, rows: int) -> None:
        """Move the cursor."""
        self.move_to_row(self._cursor + rows)

    def action_first(self) -> None:
        """Move to the first row."""
        self.move_to_row(0)

    def action_last(self) -> None:
        """Move to the last row."""
        self.move_to_row(self.count - 1)

    def action_page(self, direction: int) -> None:
        """Move by a screen, less one row."""
        self.move_to_row(self._cursor + direction * max(1, self.size.height - 1))

    def action_half_page(self, direction: int) -> None:
        """Move by half a screen."""
        self.move_to_row(self._cursor + direction * max(1, self.size.height // 2))
