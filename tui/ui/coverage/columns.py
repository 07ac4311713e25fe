"""The columns of the table of files: which have room, and how a row looks. No Textual."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

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
_LEAST_NAME: Final = 22
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
"""The most useful first."""
_OF_BRANCHES: Final = (Column.BRANCHES, Column.HALF)


def columns_for(width: int, *, branches: bool) -> list[Column]:
    """The columns that have room beside the names, in their order."""
    chosen: list[Column] = []
    left = width - _LEAST_NAME
    for column in _BY_USE:
        if (branches or column not in _OF_BRANCHES) and column.cells + 2 <= left:
            chosen.append(column)
            left -= column.cells + 2
    return [column for column in Column if column in chosen]


def title_parts(files: Files, columns: Sequence[Column], width: int, glyphs: Glyphs) -> list[Part]:
    """The titles; the column that the table is sorted by has an arrow."""
    arrow = glyphs.of(_UP if files.reverse else _DOWN)
    name = "file" + (f" {arrow}" if files.order is Order.NAME else "")
    parts = [Part(f"   {name}".ljust(width - _cells(columns)), Tone.FAINT)]
    for column in columns:
        mark = arrow if column.order is files.order else ""
        tone = Tone.PLAIN if mark else Tone.FAINT
        parts.append(Part(f"{mark}{column.title}".rjust(column.cells + 2), tone))
    return parts


def row_parts(
    entry: Entry, report: Report, columns: Sequence[Column], width: int, glyphs: Glyphs, *, opened: bool
) -> list[Part]:
    """The parts of a row, together ``width`` cells wide."""
    arrow = glyphs.of(OPEN if opened else CLOSED) if entry.is_folder else " "
    head = f" {'  ' * entry.depth}{arrow} "
    room = max(0, width - _cells(columns) - len(head))
    name = f"{entry.name}/" if entry.is_folder else entry.name
    if entry.is_folder:
        shown = fit_middle(name, room, glyphs.of(CUT))
        _, used = fit(shown, room, glyphs.of(CUT))
    else:
        shown, used = fit(name, room, glyphs.of(CUT))
    parts = [Part(head), Part(shown, is_name=True), Part(" " * (room - used))]
    for column in columns:
        parts.append(Part("  "))
        parts += _cell(column, entry, report, glyphs)
    return parts


def _cells(columns: Sequence[Column]) -> int:
    return sum(column.cells + 2 for column in columns)


def _cell(column: Column, entry: Entry, report: Report, glyphs: Glyphs) -> list[Part]:
    numbers = entry.numbers
    if column is Column.BAR:
        return _bar(entry, report, glyphs)
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
        case Column.COVER:
            text = percent_text(numbers.percent, report.precision)
            tone = tone_of(numbers.percent, report.fail_under, report.precision)
        case Column.SINCE_RUN | Column.SINCE_HEAD:
            before = entry.before if column is Column.SINCE_RUN else entry.head
            text = difference_text(difference(numbers, before))
            tone = Tone.WHY if text.startswith("-") else Tone.GOOD
    return [Part(text.rjust(column.cells), tone)]


def _bar(entry: Entry, report: Report, glyphs: Glyphs) -> list[Part]:
    percent = entry.numbers.percent
    if percent is None:
        return [Part(" " * _BAR_CELLS)]
    done = int(percent * _BAR_CELLS / 100)
    tone = tone_of(percent, report.fail_under, report.precision)
    return [Part(glyphs.of(DONE) * done, tone), Part(glyphs.of(TO_DO) * (_BAR_CELLS - done), Tone.FAINT)]
