"""What stands beside and below the lines of a file, and the way back from them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.app.driver import Sitting
from tests.ui.coverage.made_up import STOCK, MadeUp, look
from tests.ui.coverage.test_file_screen import TO_CART, listed, screen_of, source_of
from tests.ui.coverage.test_report_screen import said
from tui.ui.coverage.report_screen import ReportScreen


async def shown(sitting: Sitting, path: str) -> None:
    """Wait until another file is shown: between two screens there is nothing to look at."""
    await sitting.until(lambda: getattr(sitting.app.screen, "_path", "") == path, path)
    await sitting.quiet()


async def test_q_leads_back_screen_by_screen(folder: Path) -> None:
    async with look(folder, None, *TO_CART, "d") as (sitting, _):
        seen = []
        for key in ("q", "t", "q", "q", "q", "q"):  # the first in the table drops its filter
            await sitting.press(key)
            seen.append(type(sitting.app.screen).__name__)
        assert seen == [*["FileScreen"] * 3, *["ReportScreen"] * 2, "MainScreen"]


async def test_line_within_a_statement_is_executed_with_it(folder: Path) -> None:
    front = MadeUp()
    front.covering[7] = [("test_a.py::test_one", 0)]
    async with look(folder, front, *TO_CART, size=(160, 45)) as (sitting, _):
        await sitting.press("g", *["down"] * 6)
        await listed(sitting, 1)
        assert sitting.lines[-2].strip() == "7   1 test, in a statement: test_one"
        await sitting.press("down", "down", "down")
        await listed(sitting, 0)
        assert "no test of line 10" in sitting.screen


async def test_number_of_tests_beside_each_line_where_there_is_room(folder: Path) -> None:
    async with look(folder, None, *TO_CART, size=(160, 45)) as (sitting, front):
        source = source_of(sitting)
        await sitting.until(lambda: sitting.lines[5][: source.region.width].rstrip().endswith("2"), "the numbers")
        rows = [line[: source.region.width].rstrip() for line in sitting.lines]
        assert rows[5].split()[-1] == rows[11].split()[-1] == "2"
        assert rows[10].endswith("KeyError(currency)")
        front.covering = {}
        front.on_change()
        await sitting.until(lambda: not sitting.lines[5][: source.region.width].rstrip().endswith("2"), "no numbers")


async def test_no_numbers_of_tests_on_a_narrow_screen(folder: Path) -> None:
    async with look(folder, None, *TO_CART) as (sitting, _):
        assert sitting.lines[6].endswith("self.prices = prices")


async def test_next_and_previous_file_of_the_table(folder: Path) -> None:
    async with look(folder, None, "c", "end", "enter") as (sitting, _):
        table = sitting.app.coverage.files
        assert "till.py" in sitting.bar
        for key, path in (("[", "cart.py"), ("[", "__init__.py"), ("]", "cart.py")):
            await sitting.type(key)
            await shown(sitting, f"shop/{path}")
        await sitting.type("]")
        await shown(sitting, "till.py")
        await sitting.type("]")
        await shown(sitting, STOCK.path)
        assert "stock.py" in sitting.bar  # round
        await sitting.press("escape")
        assert isinstance(sitting.app.screen, ReportScreen)
        table.filter_by("cart")
        await sitting.press("home", "down", "enter", "right_square_bracket")
        assert said(sitting) == "there is no other file"


async def test_words_of_what_runs_and_of_what_no_test_executes(folder: Path) -> None:
    async with look(folder, None, *TO_CART) as (sitting, front):
        await listed(sitting, 2)
        assert sitting.app.coverage.run([], "cart.py:9") == "there is nothing to run"
        items = [row.item for row in screen_of(sitting)._beside.rows if row.item is not None]
        assert sitting.app.coverage.run(items, "cart.py:9") == "running 2 tests of cart.py:9"
        front.covering = {}
        await sitting.until(lambda: not sitting.app.controller.busy, "the end of the run")
        await sitting.press("T")
        await sitting.until(lambda: "Cart.total 8-15 no test" in sitting.screen, "the function")
        await sitting.press("r")
        assert said(sitting) == "no test has executed this function"


@pytest.mark.parametrize("of_run", [False, True])
async def test_only_words_of_a_run_go_when_it_is_over(folder: Path, of_run: bool) -> None:
    async with look(folder, None, *TO_CART) as (sitting, _):
        screen = screen_of(sitting)
        screen.say_of_run(sitting.app.coverage.run_all() or "running")
        screen.show_bar()
        if not of_run:
            screen.say("of something else")
        await sitting.until(lambda: not sitting.app.controller.busy, "the end of the run")
        screen.show_bar()
        assert said(sitting) == ("" if of_run else "of something else")


async def test_a_run_may_end_while_one_leaves(folder: Path) -> None:
    async with look(folder, None, *TO_CART) as (sitting, _):
        screen = screen_of(sitting)
        screen.say_of_run(sitting.app.coverage.run_all() or "running")
        await sitting.press("escape", "escape")
        await sitting.until(lambda: not screen.is_mounted or not screen.query("Footer"), "the end of the screen")
        await sitting.until(lambda: not sitting.app.controller.busy, "the end of the run")
        screen.show_bar()  # an answer that was on its way
        screen.say("of something else")


async def test_cursor_stays_on_its_test_when_their_order_is_another(folder: Path) -> None:
    async with look(folder, None, *TO_CART) as (sitting, front):
        await listed(sitting, 2)
        await sitting.press("t")
        tests = screen_of(sitting)._beside.list
        assert (tests.cursor_row, tests.rows[0].key[0]) == (0, "test_a.py::test_one")
        front.covering[9] = list(reversed(front.covering[9]))
        front.on_change()
        await sitting.until(lambda: tests.rows[1].key[0] == "test_a.py::test_one", "the other order")
        assert tests.cursor_row == 1
        await sitting.press("escape", "down")
        await listed(sitting, 0)
        await sitting.press("up")
        await listed(sitting, 2)
        assert tests.cursor_row == 0  # of another line the best is what one wants
