"""A pane that shows a document: long lines wrapped, only the lines on screen painted."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.ui.detail.document import Document, Line, Look
from tui.ui.detail.paint import clean, paint

if TYPE_CHECKING:
    from textual import events

_DIM = Style(dim=True)
_LOUD = Style(color="red", bold=True)
_PROSE = (Look.PLAIN, Look.DIM, Look.BAD, Look.GOOD, Look.WARN, Look.HEADING)
_LEAST_PROSE = 20
"""Cells that prose needs to be broken between words at all."""
_CLIPPED = (Look.CODE, Look.FAILING)
"""Code is cut at the edge: wrapped, its shape is lost."""


class DocumentPane(ScrollView, can_focus=True):
    """Shows one document at a time."""

    DEFAULT_CSS = """
    DocumentPane { height: 1fr; overflow-x: hidden; overflow-y: scroll; scrollbar-size-vertical: 1; }
    DocumentPane:focus { background-tint: transparent; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "scroll_by(1)", "Down", show=False, id="pane-down"),
        Binding("k,up", "scroll_by(-1)", "Up", show=False, id="pane-up"),
        Binding("pagedown", "scroll_pages(1)", "Page down", show=False, id="pane-page-down"),
        Binding("pageup", "scroll_pages(-1)", "Page up", show=False, id="pane-page-up"),
        Binding("ctrl+d", "scroll_pages(0.5)", "Half a page down", show=False, id="pane-half-down"),
        Binding("ctrl+u", "scroll_pages(-0.5)", "Half a page up", show=False, id="pane-half-up"),
        Binding("g,home", "scroll_to_end(-1)", "Top", show=False, id="pane-top"),
        Binding("G,end", "scroll_to_end(1)", "Bottom", show=False, id="pane-bottom"),
    ]

    def __init__(self, *, dark: bool = True, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._dark = dark
        self._document = Document()
        self._shown: list[Line] = []
        self._starts: list[int] = [0]
        """First row of each line, and the number of all rows."""

    @property
    def document(self) -> Document:
        """What it shows."""
        return self._document

    @property
    def text_width(self) -> int:
        """Cells that a line has before it is wrapped."""
        return self.scrollable_content_region.width

    def show(self, document: Document, *, keep_place: bool = False) -> None:
        """Show a document from its top (or its end, if that is to be followed)."""
        if keep_place and document.lines == self._document.lines:
            return
        at_end = self.scroll_offset.y >= self.max_scroll_y
        self._document = document
        self._layout_lines()
        if document.follow and (at_end or not keep_place):
            self.scroll_to(y=self._starts[-1], animate=False, force=True)
        elif not keep_place:
            self.scroll_to(y=0, animate=False, force=True)
        self.refresh()

    def on_resize(self, _: events.Resize) -> None:
        """Wrap anew."""
        self._layout_lines()

    def _wrapped(self, width: int) -> list[Line]:
        """The lines, those of prose broken between words."""
        shown: list[Line] = []
        for line in self._document.lines:
            room = width - len(line.gutter)
            if line.look in _PROSE and cell_len(line.text) > room > _LEAST_PROSE:
                parts = Text(clean(line.text)).wrap(self.app.console, room)
                blank = " " * len(line.gutter)
                shown += [Line(line.look, p.plain.rstrip(), blank if n else line.gutter) for n, p in enumerate(parts)]
            else:
                shown.append(line)
        return shown

    def _layout_lines(self) -> None:
        width = max(1, self.text_width)
        starts = [0]
        self._shown = self._wrapped(width)
        for line in self._shown:
            if line.look in _CLIPPED:
                starts.append(starts[-1] + 1)
                continue
            room = max(1, width - len(line.gutter))
            text = line.text
            cells = len(text) if text.isascii() and text.isprintable() else cell_len(clean(text))
            starts.append(starts[-1] + max(1, -(-cells // room)))
        self._starts = starts
        self.virtual_size = Size(width, starts[-1])

    def render_line(self, y: int) -> Strip:
        """One row of the screen."""
        width = self.text_width
        row = y + self.scroll_offset.y
        lines = self._shown
        base = self.rich_style
        if row >= self._starts[-1] or not lines:
            return Strip.blank(width, base)
        number = bisect_right(self._starts, row) - 1
        return self._strip(lines[number], row - self._starts[number], width, base)

    def _strip(self, line: Line, part: int, width: int, base: Style) -> Strip:
        room = max(1, width - len(line.gutter))
        text = paint(line, dark=self._dark)
        segments = [segment for segment in text.render(self.app.console) if segment.text]
        strip = Strip(segments)
        if line.look in _CLIPPED and strip.cell_length > room:
            strip = Strip.join([strip.crop(0, room - 1), Strip([Segment("…", _DIM)])])
        strip = strip.crop(part * room, (part + 1) * room)
        gutter = line.gutter if not part else " " * len(line.gutter)
        head = [Segment(gutter, _LOUD if gutter[:1] in (">", "E") else _DIM)]
        return Strip.join([Strip(head), strip]).apply_style(base).extend_cell_length(width, base).crop(0, width)

    def action_scroll_by(self, rows: int) -> None:
        """Scroll by rows."""
        self.scroll_to(y=self.scroll_offset.y + rows, animate=False)

    def action_scroll_pages(self, pages: float) -> None:
        """Scroll by heights of the pane."""
        self.action_scroll_by(int(pages * max(1, self.size.height - 1)))

    def action_scroll_to_end(self, direction: int) -> None:
        """Scroll to the top or the bottom."""
        self.scroll_to(y=0 if direction < 0 else self._starts[-1], animate=False)
