"""The source of a file with a gutter that tells what ran; however long it is, only the lines on screen are painted."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar, Final

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.strip import Strip

from tui.model.coverage import FileLines
from tui.ui.coverage.gutter import SIGNS, change_of, next_place, places, state_of
from tui.ui.coverage.search import Search
from tui.ui.detail.document import Line, Look
from tui.ui.detail.paint import clean, paint
from tui.ui.detail.strings import within_strings
from tui.ui.status import CUT, Sign, Tone
from tui.ui.widgets.listing import Listing

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence

    from rich.text import Text

    from tui.ui.status import Glyphs
    from tui.ui.widgets.row import Part

MARK: Final = Sign("┃", "|", Tone.LIVE, "marked")
"""Stands before lines that belong together: a function whose tests are listed, or what one test executes."""
_WIDE: Final = 110
"""Cells of a screen that has room for numbers beside the code."""
_SIDEWAYS: Final = 8
_LEAST_DIGITS: Final = 3
_HEAD: Final = 5
"""Cells before the code, without the digits."""
_PAINTED: Final = 512
"""Lines that are remembered with their colours."""
_PYTHON: Final = (".py", ".pyi", ".pyw")


class SourceList(Listing):
    """Lines with a cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,l", f"sideways({_SIDEWAYS})", "To the right", show=False, id="lines-right"),
        Binding("left,h", f"sideways(-{_SIDEWAYS})", "To the left", show=False, id="lines-left"),
    ]

    def __init__(self, glyphs: Glyphs) -> None:
        super().__init__()
        self._glyphs = glyphs
        self._lines = FileLines("")
        self._places: list[int] = []
        self._left = 0
        """Cells that are out of view to the left."""
        self._marked: Container[int] = ()
        self._numbers: Mapping[int, int] = {}
        self._cells = 0
        """Cells that the numbers take."""
        self._strings: frozenset[int] = frozenset()
        """The lines that go on with a string."""
        self.search = Search()
        """What is looked for in the lines."""

    @property
    def count(self) -> int:
        """How many lines there are."""
        return len(self._lines.source)

    @property
    def lines(self) -> FileLines:
        """What it shows."""
        return self._lines

    @property
    def line(self) -> int:
        """The number of the line under the cursor."""
        return self._cursor + 1

    @property
    def places(self) -> Sequence[int]:
        """The first lines of all places that are not covered, or only in part."""
        return self._places

    def show(self, lines: FileLines) -> None:
        """Show another state of the file; the cursor stays on its line, as far as there is one."""
        if lines.source != self._lines.source:
            self._strings = within_strings(lines.source) if lines.path.endswith(_PYTHON) else frozenset()
            self.search.look_in(lines.source)
        self._lines = lines
        self._places = places(lines.states)
        self._cursor = max(0, min(self._cursor, self.count - 1))
        self.rows_changed()
        self.tell()

    def show_numbers(self, numbers: Mapping[int, int]) -> None:
        """Show beside each line how many tests executed it."""
        if numbers != self._numbers:
            self._numbers = numbers
            self._cells = max((len(f"{number:,}") for number in numbers.values()), default=0) + 2 if numbers else 0
            self.refresh()

    def go_to(self, line: int) -> None:
        """Put the cursor on a line."""
        self.move_to_row(line - 1)

    def look_for(self, text: str) -> None:
        """Let a text stand out wherever it is; none if it is empty."""
        self.search.use(text)
        self.refresh()

    def go_to_match(self, line: int) -> None:
        """Put the cursor on a line, and have in view what is looked for in it."""
        span = next(self.search.spans(clean(self._lines.source[line - 1])), None)
        if span is not None:
            before, through = (cell_len(clean(self._lines.source[line - 1])[:end]) for end in span)
            room = self._code_cells
            if not self._left <= before <= through < self._left + room:
                self._left = 0 if through < room else max(0, through - room // 2)
                self.refresh()
        self.go_to(line)

    def mark(self, marked: Container[int]) -> None:
        """Let lines stand out that belong together."""
        if marked != self._marked:
            self._marked = marked
            self.refresh()

    def next_place(self, direction: int) -> bool:
        """Go to the next or previous place that is not covered; False if there is none."""
        line = next_place(self._places, self.line, direction)
        if line is None:
            return False
        self.go_to(line)
        return True

    def action_sideways(self, cells: int) -> None:
        """Move the code sideways."""
        self._left = max(0, self._left + cells)
        self.refresh()

    # Painting

    def parts_of(self, row: int, y: int, width: int) -> Sequence[Part]:  # pragma: no cover - it draws by itself
        """Not asked: code has more colours than tones."""
        raise NotImplementedError

    def render_line(self, y: int) -> Strip:
        """Draw one line: states, number, code."""
        width = self.whole_width
        row = y + self.scroll_offset.y
        plain = self.style_of(Tone.PLAIN)
        if row >= self.count:
            return Strip.blank(width, plain)
        head = self._head(row + 1, under_cursor=row == self._cursor)
        beside = self._beside
        strip = Strip([*head, *self._code(row + 1, self._code_cells, plain)])
        if beside:
            number = self._numbers.get(row + 1)
            text = f"{number:,} " if number else ""
            strip = Strip(
                [
                    *strip.adjust_cell_length(width - beside, plain),
                    Segment(text.rjust(beside), self.style_of(Tone.FAINT)),
                ]
            )
        return strip.adjust_cell_length(width, plain)

    @property
    def _beside(self) -> int:
        """Cells of the numbers beside the code, where there is room for them."""
        return self._cells if self.app.size.width >= _WIDE else 0

    @property
    def _digits(self) -> int:
        return max(_LEAST_DIGITS, len(str(self.count)))

    @property
    def _code_cells(self) -> int:
        """Cells of the code: what its signs, its number and the blanks around it leave."""
        return max(1, self.whole_width - self._beside - self._digits - _HEAD)

    def _head(self, number: int, *, under_cursor: bool) -> list[Segment]:
        state = SIGNS[state_of(self._lines, number)]
        change = change_of(self._lines, number)
        is_marked = number in self._marked
        look = self.style_of(Tone.LIVE if is_marked else Tone.FAINT)
        if under_cursor:
            look = self.style_of("cursor" if self.has_focus else "cursor-blurred")
        return [
            Segment(self._glyphs.of(state), self.style_of(state.tone)),
            Segment(self._glyphs.of(change) if change else " ", self.style_of(change.tone if change else Tone.PLAIN)),
            Segment(f" {number:>{self._digits}} ", look),
            Segment(self._glyphs.of(MARK) if is_marked else " ", self.style_of(MARK.tone if is_marked else Tone.PLAIN)),
        ]

    def _code(self, number: int, room: int, plain: Style) -> Sequence[Segment]:
        end, text = self._left + room, self._lines.source[number - 1]
        code = Look.STRING if number in self._strings else Look.CODE
        look = code if self._lines.path.endswith(_PYTHON) else Look.PLAIN
        painted = _painted(look, text[: end + 1], dark=not self.app.theme.endswith("light"))
        if self.search.text:
            painted = painted.copy()  # others show the line, too
            bold = number == self.line
            for span in self.search.spans(painted.plain):
                painted.stylize(Style(reverse=True, bold=bold), *span)
        whole = Strip(segment for segment in painted.render(self.app.console) if segment.text)
        shown = whole.crop(self._left, end)
        if whole.cell_length > end:
            cut = Segment(self._glyphs.of(CUT), Style(dim=True))
            shown = Strip.join([whole.crop(self._left, end - 1), Strip([cut])])
        return list(shown.apply_style(plain))


@lru_cache(maxsize=_PAINTED)
def _painted(look: Look, text: str, *, dark: bool) -> Text:
    return paint(Line(look, text), dark=dark)
