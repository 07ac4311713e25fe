"""The rows of lists: tests, what a test covers, lines that are not covered; and the first lines of the screens."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rich.cells import cell_len

from tests.model.making import Player
from tests.ui.coverage.made_up import CART, FILES, STOCK, report_of
from tests.ui.widgets.scene import add, finish
from tui.model.coverage import NOTHING, DiffCoverage, FileCoverage, Report, Share
from tui.model.outcome import Status
from tui.model.store import Store
from tui.model.tree import Tree
from tui.model.verdict import Colour
from tui.ui.coverage.files import Files
from tui.ui.coverage.heads import diff_state, file_state, report_state, share_state
from tui.ui.coverage.rows import PlaceRow, ShareRow, TestRow, only_lines, place_rows, share_rows
from tui.ui.coverage.rows_list import Row
from tui.ui.status import ASCII, UNICODE
from tui.ui.widgets.bar import BarState
from tui.ui.widgets.bar_line import bar_line


def text_of(row: Row, width: int = 79) -> str:
    return "".join(part.text for part in row.parts(width))


def said(state: BarState, width: int = 80) -> str:
    return "".join(bar_line(state, width, UNICODE)).strip()


def test_test_has_glyph_and_duration() -> None:
    tree = Tree()
    add(tree, "test_a.py::test_one", "test_a.py::test_two")
    passed = finish(tree, "test_a.py::test_one", Status.PASSED, 0.004)
    assert text_of(TestRow(("test_a.py::test_one", 0), passed, UNICODE)).split() == ["✓", "test_a.py::test_one", "4ms"]
    never = tree.item("test_a.py::test_two", 0)
    assert text_of(TestRow(("test_a.py::test_two", 0), never, UNICODE)).split() == ["test_a.py::test_two"]


def test_test_that_is_no_longer_there_says_so() -> None:
    assert text_of(TestRow(("test_a.py::test_old", 0), None, ASCII)).split() == ["test_a.py::test_old", "gone"]


def test_share_tells_which_lines_nobody_else_covers() -> None:
    row = ShareRow(Share("shop/cart.py", (1, 2, 3, 7), (2, 3, 7)), UNICODE)
    assert " ".join(text_of(row).split()) == "shop/cart.py 4 lines only here: 2-3, 7 of 1-3, 7"
    assert " ".join(text_of(ShareRow(Share("a.py", (1,), ()), UNICODE)).split()) == "a.py 1 line 1"


def test_own_file_of_a_test_comes_last_and_does_not_count() -> None:
    shares = [Share("a.py", (1, 2), ()), Share("b.py", (3,), (3,)), Share("A_test.py", (1, 2, 3), (2, 3))]
    rows = share_rows(shares, UNICODE, "A_test.py")
    assert [row.share.path for row in rows] == ["b.py", "a.py", "A_test.py"]
    assert only_lines(shares, "A_test.py") == 1


@pytest.mark.parametrize("width", [40, 79, 159])
@pytest.mark.parametrize(
    "row",
    [
        ShareRow(Share("x/" * 100 + "a.py", tuple(range(1, 400, 2)), tuple(range(1, 400, 2))), UNICODE),
        PlaceRow("日本/" * 40 + "a.py", 100_000, UNICODE, 8, "x = 1", 200),
        PlaceRow("a.py", 3, UNICODE, 0, "日本" * 100, 16),
        TestRow(("test_a.py::test_x[" + "y" * 200 + "]", 0), None, UNICODE),
        TestRow(("test_a.py::test_x[\x1b[2J\n]", 0), None, UNICODE),
    ],
)
def test_rows_fit(row: Row, width: int) -> None:
    assert cell_len(text_of(row, width)) <= width
    assert text_of(row, width).isprintable()


def test_place_keeps_its_lines_in_view() -> None:
    assert ":13 " in text_of(PlaceRow("x" * 300, 13, UNICODE), 40)


def test_lines_of_a_difference_have_their_text() -> None:
    code = {4: "\tif x:\x1b[2J", 5: "\t\treturn 'a long text'", 9: "y = 1"}
    diff = DiffCoverage("HEAD", 4, 1, {"a/till.py": (4, 5, 9)}, code={"a/till.py": code})
    rows = [text_of(row, 50) for row in place_rows(diff, UNICODE)]
    assert rows == [
        " a/till.py:4       if x:                   2 lines",
        "           5               return 'a long text'   ",
        " a/till.py:9       y = 1                    1 line",
    ]
    assert text_of(place_rows(diff, UNICODE)[1], 34).rstrip() == "           5               return…"
    assert [row.line for row in place_rows(replace(diff, code={}), UNICODE)] == [4, 5, 9]


def files_of(report: Report) -> Files:
    made = Files()
    made.show(report, 20)
    return made


def test_total_comes_with_percent_difference_threshold_and_what_was_measured() -> None:
    before = {STOCK.path: FileCoverage(STOCK.path, 200, 30, 0, 60, 6)}
    state = report_state(files_of(report_of(*FILES, fail_under=95.0, before=before)), Store())
    assert said(state) == "93.4% +6.3 since last run  13 of 254 missing  below 95%  branches"
    assert state.colour is Colour.RED
    without = Report(FILES, report_of(*FILES).total)
    state = report_state(files_of(without), Store())
    assert said(state) == "93.4% 13 of 254 missing  lines only"
    assert state.colour is Colour.NEUTRAL
    assert report_state(files_of(report_of(*FILES, fail_under=90.0)), Store()).colour is Colour.GREEN


def test_numbers_of_a_run_that_has_not_been_taken_in_are_not_the_last_word() -> None:
    report = replace(report_of(*FILES, fail_under=95.0), filling=True)
    state = report_state(files_of(report), Store())
    assert said(state) == "93.4% 13 of 254 missing  being counted"
    assert state.colour is file_state(STOCK.path, STOCK, report, Store()).colour is Colour.NEUTRAL


def test_threshold_is_compared_as_coverage_compares_it() -> None:
    nearly = FileCoverage("a.py", 1000, 204)
    assert report_state(files_of(report_of(nearly, fail_under=80.0)), Store()).colour is Colour.GREEN
    assert report_state(files_of(report_of(nearly, fail_under=80.0, precision=1)), Store()).colour is Colour.RED
    whole = FileCoverage("a.py", 1000, 1)
    assert report_state(files_of(report_of(whole, fail_under=100.0, precision=0)), Store()).colour is Colour.RED
    exact = Report((nearly,), nearly, fail_under=79.8, threshold_decimals=1)
    assert report_state(files_of(exact), Store()).colour is Colour.RED


def test_without_a_record_the_line_says_so() -> None:
    assert said(report_state(None, Store())) == "COVERAGE being counted"
    assert said(report_state(files_of(Report()), Store())) == "NO COVERAGE nothing is recorded yet"


def test_line_of_a_file() -> None:
    state = file_state(CART.path, CART, report_of(CART, fail_under=80.0), Store())
    assert said(state) == "72.2% shop/cart.py  3 of 14 missing  2 in part"
    assert state.colour is Colour.RED
    assert said(file_state("a/gone.py", None, Report(), Store())) == "gone.py a/gone.py"
    assert said(file_state("gone.py", None, Report(), Store())) == "gone.py"
    assert said(file_state("a/empty.py", NOTHING, Report(), Store())) == "empty.py"


def test_line_of_changes() -> None:
    assert said(diff_state(None, Report(), Store())) == "CHANGES being counted"
    assert said(diff_state(DiffCoverage("main"), Report(), Store())) == "NO CHANGES to statements since main"
    some = DiffCoverage("main", 10, 7, {"a.py": (1, 2, 3)})
    assert said(diff_state(some, Report(), Store())) == "70% of the changes since main  3 of 10 missing"
    assert diff_state(some, report_of(fail_under=80.0), Store()).colour is Colour.RED
    assert diff_state(DiffCoverage("main", 10, 10), Report(), Store()).colour is Colour.GREEN


def test_line_of_a_test() -> None:
    assert said(share_state("test_a.py::test_one", 6, 2, 1, Store())) == (
        "test_a.py::test_one 6 lines in 2 files  1 by no other test"
    )


def test_what_could_not_be_collected_is_no_failed_test() -> None:
    player = Player()
    player.collect("test_a.py::test_x", "test_a.py::test_y", broken=["test_b.py"])
    player.run("test_a.py::test_x", "test_a.py::test_y", whole=False, test_x="failed")
    state = report_state(files_of(report_of(*FILES)), player.store)
    assert state.toggles == ("branches", "1 test failed", "1 file not collected")
