"""Which columns a width has room for, and what stands in them."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from tests.ui.coverage.made_up import FILES, STOCK, report_of
from tui.model.coverage import FileCoverage
from tui.ui.coverage.columns import Column, has_changed, layout, name_cells, row_parts, title_parts
from tui.ui.coverage.file_table import FileTable
from tui.ui.coverage.files import Entry, Files, Order
from tui.ui.status import ASCII, UNICODE, Glyphs, Tone


def lines(width: int, *, branches: bool = True, glyphs: Glyphs = UNICODE, **more: object) -> list[str]:
    """The table as text, titles first."""
    files = Files()
    files.show(report_of(*FILES, **more), 50)
    placed = layout(width, max(map(name_cells, files.rows)), branches=branches)
    rows = [row_parts(entry, files.report, placed, glyphs, opened=True) for entry in files.rows]
    return ["".join(part.text for part in parts) for parts in (title_parts(files, placed, glyphs), *rows)]


def test_all_columns_where_there_is_room() -> None:
    titles, *rows = lines(160, head={STOCK.path: FileCoverage(STOCK.path, 200, 20, 0, 60, 6)}, precision=2)
    assert " ".join(titles.split()) == "file ▾ stmts miss branch part cover since run since HEAD"
    stock = next(row for row in rows if "stock.py" in row)
    assert stock.split()[:6] == ["stock.py", "200", "10", "60", "4", "93.85%"]
    assert stock.rstrip().endswith("+3.8")


@pytest.mark.parametrize(
    ("width", "titles"),
    [
        (79, "file ▾ stmts miss part cover since run"),
        (60, "file ▾ stmts miss cover since run"),
        (39, "file ▾ miss cover"),
        (30, "file ▾ cover"),
        (20, "file ▾"),
    ],
)
def test_columns_go_where_there_is_no_room(width: int, titles: str) -> None:
    assert lines(width)[0].split() == titles.split()


@pytest.mark.parametrize(
    ("width", "titles"),
    [
        (159, "stmts miss branch part cover tests"),
        (79, "stmts miss branch part cover tests"),
        (60, "miss cover tests"),
        (39, "miss cover"),
    ],
)
def test_columns_of_functions(width: int, titles: str) -> None:
    found = layout(width, 30, branches=True, functions=True)
    assert [column.title for column, _ in found.columns if column.title] == titles.split()
    unbranched = layout(width, 30, branches=False, functions=True)
    assert Column.HALF not in dict(unbranched.columns)


def test_no_column_for_branches_that_are_not_measured() -> None:
    assert " ".join(lines(160, branches=False)[0].split()) == "file ▾ stmts miss cover since run since HEAD"


@pytest.mark.parametrize("width", [24, 39, 60, 79, 110, 159, 300])
@pytest.mark.parametrize("glyphs", [UNICODE, ASCII])
def test_every_row_is_as_wide_as_the_titles_and_fits(width: int, glyphs: Glyphs) -> None:
    widths = {cell_len(line) for line in lines(width, glyphs=glyphs)}
    assert len(widths) == 1
    assert widths.pop() <= width


def test_numbers_do_not_drift_away_from_short_names() -> None:
    row = lines(300)[-1]
    assert row.index("40") < 60


def test_ascii_is_ascii() -> None:
    assert "".join(lines(160, glyphs=ASCII)).isascii()


def test_long_names_are_cut_so_that_numbers_stay_in_view() -> None:
    files = Files()
    files.show(report_of(FileCoverage(f"{'x' * 300}.py", 10, 5)), 50)
    placed = layout(79, name_cells(files.rows[0]), branches=False)
    text = "".join(part.text for part in row_parts(files.rows[0], files.report, placed, UNICODE, opened=False))
    assert cell_len(text) == 79
    assert "50%" in text


def test_names_of_strangers_cannot_move_the_cursor() -> None:
    files = Files()
    files.show(report_of(FileCoverage("a\x1b[2J\n.py", 10, 5)), 50)
    placed = layout(79, name_cells(files.rows[0]), branches=False)
    text = "".join(part.text for part in row_parts(files.rows[0], files.report, placed, UNICODE, opened=False))
    assert text.isprintable()


def test_column_that_the_table_is_sorted_by_has_an_arrow() -> None:
    files = Files()
    files.show(report_of(*FILES), 50)
    placed = layout(159, 20, branches=True)
    files.sort_by(Order.COVER, reverse=False)
    assert "▾cover" in "".join(part.text for part in title_parts(files, placed, UNICODE))
    files.sort_by(Order.SINCE_HEAD, reverse=True)
    titles = "".join(part.text for part in title_parts(files, placed, UNICODE))
    assert "▴since HEAD" in titles
    assert "cover" in titles
    assert "▾" not in titles


def test_without_a_commit_nothing_is_since_it() -> None:
    files = Files()
    files.show(report_of(*FILES, committed=False), 50)
    assert Column.SINCE_HEAD in dict(layout(159, 20, branches=True).columns)
    placed = layout(159, 20, branches=True, committed=False)
    assert Column.SINCE_HEAD not in dict(placed.columns)
    assert "HEAD" not in "".join(part.text for part in title_parts(files, placed, UNICODE))
    table = FileTable(files, UNICODE)
    orders = []
    for _ in range(4):
        table.action_order()
        orders.append(files.order)
    assert orders == [Order.MISSING, Order.COVER, Order.SINCE_RUN, Order.NAME]


def test_threshold_colours_percent_and_bar() -> None:
    files = Files()
    files.show(report_of(FileCoverage("bad.py", 10, 5), FileCoverage("good.py", 10, 0), fail_under=80.0), 50)
    placed = layout(79, 20, branches=False)
    tones = [
        {part.tone for part in row_parts(entry, files.report, placed, UNICODE, opened=False) if "%" in part.text}
        for entry in files.rows
    ]
    assert tones == [{Tone.WHY}, {Tone.GOOD}]


def test_names_have_the_room_of_columns_that_would_be_blank() -> None:
    kept, given = (dict(layout(79, 30, branches=True, changed=changed).columns) for changed in (True, False))
    assert Column.SINCE_RUN in kept
    assert Column.SINCE_RUN not in given
    assert Column.HALF in given
    assert layout(79, 30, branches=True, changed=False).name >= 30 > layout(79, 30, branches=True).name
    assert layout(79, 20, branches=True, changed=False) == layout(79, 20, branches=True)
    now = FileCoverage("a.py", 10, 5)
    assert has_changed(Entry("a.py", "a.py", now, before=FileCoverage("a.py", 10, 6)))
    assert not has_changed(Entry("a.py", "a.py", now, head=now))
