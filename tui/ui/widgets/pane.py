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

    from tui.ui.detail.document import Place

_DIM = Style(dim=True)
_CURSOR = Style(reverse=True)
_LOUD = Style(color="red", bold=True)
_PROSE = (Look.PLAIN, Look.DIM, Look.BAD, Look.GOOD, Look.WARN, Look.HEADING)
_LEAST_PROSE = 20
"""Cells that prose needs to be broken between words at all."""
_CLIPPED = (Look.CODE, Look.STRING, Look.FAILING)
"""Code is cut at the edge: wrapped, its shape is lost."""


class DocumentPane(ScrollView, can_focus=True):
    """Shows one document at a time."""

    DEFAULT_CSS = """
    DocumentPane { height: 1fr; overflow-x: hidden; overflow-y: scroll; scrollbar-size-vertical: 1; }
    DocumentPane:focus { background-tint: transparent; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", "Down", show=False, id="pane-down"),
        Binding("k,up", "move(-1)", "Up", show=False, id="pane-up"),
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
        self._cursor = -1
        """The line that keys move, of those that are shown; -1 where nothing can be done with one."""

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
        first = self._first_place()
        if not keep_place or first < 0 or not 0 <= self._cursor < len(self._shown):
            self._cursor = first
        if document.follow and (at_end or not keep_place):
            self.scroll_to(y=self._starts[-1], animate=False, force=True)
        elif not keep_place:
            self.scroll_to(y=0, animate=False, force=True)
        self.refresh()

    def _first_place(self) -> int:
        """The line that failed, else the first that stands in a file; -1 if none does."""
        places = [number for number, line in enumerate(self._shown) if line.place is not None]
        failing = (number for number in places if self._shown[number].look is Look.FAILING)
        return next(failing, places[0] if places else -1)

    @property
    def place(self) -> Place | None:
        """Where the line under the cursor stands."""
        return self._shown[self._cursor].place if 0 <= self._cursor < len(self._shown) else None

    def on_focus(self) -> None:
        """Show the cursor, where one looks."""
        self._keep_cursor_in_view()
        self.refresh()

    def on_blur(self) -> None:
        """Show no cursor."""
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on a line."""
        row = event.y + self.scroll_offset.y
        if self._cursor >= 0 and row < self._starts[-1]:
            self._cursor = bisect_right(self._starts, row) - 1
            self.refresh()

    def on_resize(self, _: events.Resize) -> None:
        """Wrap anew, and stay at the end of what is followed."""
        at_end = self.scroll_offset.y >= self.max_scroll_y
        self._layout_lines()
        if self._document.follow and at_end:
            self.scroll_to(y=self._starts[-1], animate=False, force=True)
        self.refresh()

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

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002 - Textual's
        """Rows of the document at a width, for a pane that is as high as that."""
        return self._starts_of(self._wrapped(max(1, width)), max(1, width))[-1]

    def _layout_lines(self) -> None:
        width = max(1, self.text_width)
        self._shown = self._wrapped(width)
        self._starts = starts = self._starts_of(self._shown, width)
        self.virtual_size = Size(width, starts[-1])

    @staticmethod
    def _starts_of(lines: list[Line], width: int) -> list[int]:
        starts = [0]
        for line in lines:
            if line.look in _CLIPPED:
                starts.append(starts[-1] + 1)
                continue
            room = max(1, width - len(line.gutter))
            text = line.text
            cells = len(text) if text.isascii() and text.isprintable() else cell_len(clean(text))
            starts.append(starts[-1] + max(1, -(-cells // room)))
        return starts

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
        head = [Segment(gutter, _LOUD if gutter[:1] in (">", "E") or gutter[-1:] not in ("", " ") else _DIM)]
        strip = Strip.join([Strip(head), strip]).apply_style(base).extend_cell_length(width, base).crop(0, width)
        if line is not self._under_cursor:
            return strip
        return Strip([Segment("".join(segment.text for segment in strip), base + _CURSOR)])

    @property
    def _under_cursor(self) -> Line | None:
        """The line under the cursor, while keys move it."""
        return self._shown[self._cursor] if self.has_focus and 0 <= self._cursor < len(self._shown) else None

    def action_move(self, lines: int) -> None:
        """Move the cursor by lines; scroll where there is none."""
        if self._cursor < 0:
            self.action_scroll_by(lines)
            return
        self._cursor = max(0, min(self._cursor + lines, len(self._shown) - 1))
        row, top, height = self._starts[self._cursor], self.scroll_offset.y, max(1, self.size.height)
        if not top <= row < top + height:
            self.scroll_to(y=row if lines < 0 else row - height + 1, animate=False)
        self.refresh()

    def _keep_cursor_in_view(self) -> None:
        """After scrolling: the cursor goes along."""
        if self._cursor < 0 or not self._shown:
            return
        top, last = self.scroll_target_y, self.scroll_target_y + max(1, self.size.height) - 1
        first = bisect_right(self._starts, top) - 1
        end = bisect_right(self._starts, min(last, self._starts[-1] - 1)) - 1
        self._cursor = max(int(first), min(self._cursor, int(end)))

    def action_scroll_by(self, rows: int) -> None:
        """Scroll by rows."""
        self.scroll_to(y=self.scroll_offset.y + rows, animate=False)

    def action_scroll_pages(self, pages: float) -> None:
        """Scroll by heights of the pane."""
        self.action_scroll_by(int(pages * max(1, self.size.height - 1)))
        self._keep_cursor_in_view()

    def action_scroll_to_end(self, direction: int) -> None:
        """Scroll to the top or the bottom."""
        self.scroll_to(y=0 if direction < 0 else self._starts[-1], animate=False)
        if self._cursor >= 0:
            self._cursor = 0 if direction < 0 else len(self._shown) - 1
            self.refresh()
