"""The two lists of the inspector: frames, and the variables of the one that is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from tui.ui.locals.rows import FrameRow, NoteRow, ValueRow, heading_of, place_of
from tui.ui.status import BREAKPOINT, CLOSED, CUT, OPEN, Tone
from tui.ui.widgets.listing import Listing
from tui.ui.widgets.row import Part
from tui.ui.widgets.visible import fit, fit_middle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tui.ui.detail.document import Place
    from tui.ui.status import Glyphs

_LEAST_TEXT = 24
"""Cells of a value before its type is shown as well."""


class Frames(Listing):
    """Exceptions, and below each its frames; ``root`` is the folder that paths are shown from."""

    def __init__(self, glyphs: Glyphs, is_breakpoint: Callable[[Place], bool]) -> None:
        super().__init__(id="frames")
        self._glyphs = glyphs
        self._is_breakpoint = is_breakpoint
        self._rows: Sequence[FrameRow] = ()
        self.root = ""

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self._rows)

    @property
    def chosen(self) -> FrameRow | None:
        """The row under the cursor."""
        return self._rows[self._cursor] if self._cursor < len(self._rows) else None

    def show(self, rows: Sequence[FrameRow], row: int) -> None:
        """Show other rows, with the cursor on one of them."""
        self._rows, self._cursor = rows, row
        self.rows_changed()
        self.keep_in_view()

    def parts_of(self, row: int, y: int, width: int) -> Sequence[Part]:
        """An exception, or a frame: function, place, and whether it stops there."""
        del y
        each, cut = self._rows[row], self._glyphs.of(CUT)
        if each.shown is None:
            text, _ = fit(heading_of(each), width - 1, cut)
            return [Part(" "), Part(text, Tone.WHY, is_name=True)]
        frame = each.shown
        is_set = self._is_breakpoint((frame.path, frame.line))
        tone = Tone.PLAIN if frame.own and not frame.hidden else Tone.FAINT
        place = place_of(frame, self.root)
        room = width - 5
        name, taken = fit(frame.function, max(room - len(place), room // 2), cut)
        place = fit_middle(place, room - taken, cut)
        sign = Part(self._glyphs.of(BREAKPOINT), BREAKPOINT.tone) if is_set else Part(" ")
        return [Part(" "), sign, Part(" "), Part(name, tone, is_name=True), Part("  "), Part(place, Tone.FAINT)]


class Variables(Listing):
    """Names and values; what has more in it can be opened."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,l", "enter", "Open", show=False, id="locals-open"),
        Binding("left,h", "leave", "Close, or go to what it is in", show=False, id="locals-close"),
    ]

    class Opened(Message):
        """The person wants to see what is in a value, of which nothing is known yet."""

        def __init__(self, row: ValueRow) -> None:
            super().__init__()
            self.row = row

    def __init__(self, glyphs: Glyphs) -> None:
        super().__init__(id="variables")
        self._glyphs = glyphs
        self._top: list[ValueRow | NoteRow] = []
        self._rows: list[ValueRow | NoteRow] = []

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self._rows)

    @property
    def rows(self) -> list[ValueRow | NoteRow]:
        """What it shows, in order."""
        return self._rows

    def show(self, rows: list[ValueRow | NoteRow]) -> None:
        """Show the variables of another frame."""
        self._top, self._cursor = rows, 0
        self.update()
        self.scroll_to(y=0, animate=False, force=True)

    def update(self) -> None:
        """Something has been opened or closed."""
        self._rows = list(_opened(self._top))
        self.rows_changed()

    def parts_of(self, row: int, y: int, width: int) -> Sequence[Part]:
        """A variable: arrow, name, value, and its type where there is room; or words."""
        del y
        each, cut = self._rows[row], self._glyphs.of(CUT)
        indent = Part(" " * (1 + 2 * min(each.depth, max(0, width // 6))))
        if isinstance(each, NoteRow):
            text, _ = fit(each.text, width - len(indent.text) - 2, cut)
            return [indent, Part("  "), Part(text, Tone.WHY if each.is_bad else Tone.FAINT)]
        shown = each.value
        arrow = self._glyphs.of(OPEN if each.opened else CLOSED) if shown.more else " "
        name, taken = fit(shown.name, max(8, width // 2), cut)
        room = width - len(indent.text) - 2 - taken - 3
        kind, kind_cells = fit(shown.type, max(0, min(20, room - _LEAST_TEXT)), cut)
        words = shown.why or shown.text
        text, cells = fit(words, room - kind_cells - 2 * bool(kind), cut)
        blanks = room - cells - kind_cells
        return [
            indent,
            Part(f"{arrow} "),
            Part(name, Tone.LIVE),
            Part(" = ", Tone.FAINT),
            Part(text, Tone.ODD if shown.why else Tone.PLAIN),
            Part(" " * blanks),
            Part(kind, Tone.FAINT),
        ]

    @property
    def _chosen(self) -> ValueRow | None:
        row = self._rows[self._cursor] if self._cursor < len(self._rows) else None
        return row if isinstance(row, ValueRow) else None

    def _open(self, row: ValueRow) -> None:
        row.opened = True
        if row.below is None:
            self.post_message(self.Opened(row))
        self.update()

    def action_enter(self) -> None:
        """Open the value, or go to the first thing in it."""
        row = self._chosen
        if row is None or not row.value.more:
            return
        if row.opened:
            self.move_to_row(self._cursor + 1)
        else:
            self._open(row)

    def action_leave(self) -> None:
        """Close the value, or go to what it is in."""
        row = self._chosen
        if row is not None and row.opened:
            row.opened = False
            self.update()
            return
        depth = self._rows[self._cursor].depth if self._rows else 0
        above = (at for at in range(self._cursor - 1, -1, -1) if self._rows[at].depth < depth)
        if (at := next(above, None)) is not None:
            self.move_to_row(at)

    def action_choose(self) -> None:
        """Open or close the value."""
        row = self._chosen
        if row is not None and row.value.more:
            if row.opened:
                self.action_leave()
            else:
                self._open(row)

    def clicked(self, row: int, x: int) -> None:
        """Open or close a value whose arrow was clicked."""
        each = self._rows[row]
        if x <= 2 + 2 * each.depth:
            self.action_choose()


def _opened(rows: Sequence[ValueRow | NoteRow]) -> Iterator[ValueRow | NoteRow]:
    for row in rows:
        yield row
        if isinstance(row, ValueRow) and row.opened and row.below:
            yield from _opened(row.below)
