"""The columns of the table of files: which have room, and how a row looks. No Textual."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

from tui.model.values import Value, value
from tui.ui.coverage.figures import difference, difference_text, percent_text, tone_of
from tui.ui.coverage.files import Order
from tui.ui.status import CLOSED, CUT, DONE, OPEN, TO_DO, Sign, Tone
from tui.ui.widgets.row import Part
from tui.ui.widgets.visible import fit, fit_middle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.model.coverage import Report
    from tui.ui.coverage.files import Entry, Files
    from tui.ui.status import Glyphs

_BAR_CELLS: Final = 10
_MOST_BAR: Final = 30
_LEAST_NAME: Final = 22
_USUAL_NAME: Final = 36
_DOWN: Final = Sign("▾", "v", Tone.PLAIN, "downwards")
_UP: Final = Sign("▴", "^", Tone.PLAIN, "upwards")


class Column(Enum):
    """A column: its title, its cells without the blanks before it, and what sorts by it."""

    STATEMENTS = ("stmts", 6, None)
    MISSING = ("miss", 6, Order.MISSING)
    BRANCHES = ("branch", 6, None)
    HALF = ("part", 5, None)
    COVER = ("cover", 6, Order.COVER)
    BAR = ("", _BAR_CELLS, None)
    TESTS = ("tests", 7, Order.TESTS)
    SINCE_RUN = ("since run", 9, Order.SINCE_RUN)
    SINCE_HEAD = ("since HEAD", 10, Order.SINCE_HEAD)

    def __init__(self, title: str, cells: int, order: Order | None) -> None:
        self.title = title
        self.cells = cells
        self.order = order


_BY_USE: Final = (
    Column.COVER,
    Column.MISSING,
    Column.SINCE_RUN,
    Column.BAR,
    Column.STATEMENTS,
    Column.SINCE_HEAD,
    Column.HALF,
    Column.BRANCHES,
)
"""Of files, the most useful first."""
_OF_FUNCTIONS: Final = (
    Column.COVER,
    Column.MISSING,
    Column.TESTS,
    Column.STATEMENTS,
    Column.HALF,
    Column.BAR,
    Column.BRANCHES,
)
_OF_BRANCHES: Final = frozenset({Column.BRANCHES, Column.HALF})
_OF_CHANGES: Final = frozenset({Column.SINCE_RUN, Column.SINCE_HEAD})


@value
class Layout(Value):
    """Which columns have room, in their order, with the cells that each takes, and those of the names."""

    name: int
    columns: tuple[tuple[Column, int], ...]


def layout(
    width: int,
    longest: int,
    *,
    branches: bool,
    committed: bool = True,
    changed: bool = True,
    functions: bool = False,
) -> Layout:
    """The columns for a width. Names, of which the longest takes ``longest`` cells, do not push them further apart.

    ``committed``: whether there is a commit to compare with; ``changed``: whether any row has other numbers than
    before; ``functions``: whether the rows are those of one file. Columns that would be blank have no room where names
    are cut.
    """
    absent = {*(() if branches else _OF_BRANCHES), *(() if committed else (Column.SINCE_HEAD,))}
    wanted = [column for column in (_OF_FUNCTIONS if functions else _BY_USE) if column not in absent]
    if functions:
        return _placed(width, longest, wanted, max(_LEAST_NAME, min(longest, _USUAL_NAME, width // 2)))
    placed = _placed(width, longest, wanted, _LEAST_NAME)
    if changed or placed.name >= longest:
        return placed
    wanted = [column for column in wanted if column not in _OF_CHANGES]
    return _placed(width, longest, wanted, max(_LEAST_NAME, min(longest, _USUAL_NAME)))


def _placed(width: int, longest: int, wanted: Sequence[Column], least: int) -> Layout:
    """The ``wanted`` columns, the most useful first, for which there is room beside names of ``least`` cells."""
    chosen: list[Column] = []
    left = width - least
    for column in wanted:
        if column.cells + 2 <= left:
            chosen.append(column)
            left -= column.cells + 2
    room = least + left
    name = min(room, max(longest, _USUAL_NAME))
    bar = min(_BAR_CELLS + room - name, _MOST_BAR)
    cells = ((column, bar if column is Column.BAR else column.cells) for column in Column if column in chosen)
    return Layout(name, tuple(cells))


def title_parts(files: Files, placed: Layout, glyphs: Glyphs) -> list[Part]:
    """The titles; the column that the table is sorted by has an arrow."""
    arrow = glyphs.of(_UP if files.reverse else _DOWN)
    name = files.noun + (f" {arrow}" if files.order is files.first_order else "")
    parts = [Part(f"   {name}".ljust(placed.name), Tone.FAINT)]
    for column, cells in placed.columns:
        mark = arrow if column.order is files.order else ""
        tone = Tone.PLAIN if mark else Tone.FAINT
        parts.append(Part(f"{mark}{column.title}".rjust(cells + 2), tone))
    return parts


def name_cells(entry: Entry) -> int:
    """Cells that the name of a row would like to have, with what stands before it."""
    return 2 * entry.depth + len(entry.name) + 4


def has_changed(entry: Entry) -> bool:
    """Whether a row says that its numbers are others than before."""
    return any(difference_text(difference(entry.numbers, each)) for each in (entry.before, entry.head))


def row_parts(entry: Entry, report: Report, placed: Layout, glyphs: Glyphs, *, opened: bool) -> list[Part]:
    """The parts of a row."""
    arrow = glyphs.of(OPEN if opened else CLOSED) if entry.is_folder else " "
    head = f" {'  ' * entry.depth}{arrow} "
    room = max(0, placed.name - len(head))
    if entry.is_folder:
        shown = fit_middle(entry.title, room, glyphs.of(CUT))
        _, used = fit(shown, room, glyphs.of(CUT))
    else:
        shown, used = fit(entry.title, room, glyphs.of(CUT))
    parts = [Part(head), Part(shown, is_name=True), Part(" " * (room - used))]
    for column, cells in placed.columns:
        parts.append(Part("  "))
        parts += _bar(entry, report, cells, glyphs) if column is Column.BAR else [_number(column, entry, report)]
    return parts


def _number(column: Column, entry: Entry, report: Report) -> Part:
    numbers = entry.numbers
    text, tone = "", Tone.PLAIN
    match column:
        case Column.STATEMENTS:
            text, tone = f"{numbers.statements:,}", Tone.FAINT
        case Column.MISSING:
            text = f"{numbers.missing:,}" if numbers.missing else ""
        case Column.BRANCHES:
            text, tone = f"{numbers.branches:,}" if numbers.branches else "", Tone.FAINT
        case Column.HALF:
            text = f"{numbers.half:,}" if numbers.half else ""
        case Column.TESTS:
            text = f"{entry.tests:,}" if entry.tests is not None else ""
        case Column.COVER:
            text = percent_text(numbers.percent, report.precision)
            tone = tone_of(numbers.percent, report)
        case Column.SINCE_RUN | Column.SINCE_HEAD:
            before = entry.before if column is Column.SINCE_RUN else entry.head
            text = difference_text(difference(numbers, before))
            tone = Tone.WHY if text.startswith("-") else Tone.GOOD
        case Column.BAR:
            raise AssertionError("a bar is no number")
    return Part(text.rjust(column.cells), tone)


def _bar(entry: Entry, report: Report, cells: int, glyphs: Glyphs) -> list[Part]:
    percent = entry.numbers.percent
    if percent is None:
        return [Part(" " * cells)]
    done = int(percent * cells / 100)
    tone = tone_of(percent, report)
    return [Part(glyphs.of(DONE) * done, tone), Part(glyphs.of(TO_DO) * (cells - done), Tone.FAINT)]
