"""The table of the functions of a file."""

from __future__ import annotations

from pathlib import Path

from tests.ui.app.driver import Sitting
from tests.ui.coverage.made_up import CART, MadeUp, look
from tests.ui.coverage.test_file_screen import TO_CART, screen_of, source_of
from tests.ui.coverage.test_report_screen import at, run, said
from tui.model.coverage import FileRegions
from tui.ui.coverage.file_screen import FileScreen
from tui.ui.coverage.functions_screen import FunctionsScreen
from tui.ui.coverage.report_screen import ReportScreen
from tui.ui.screens.help import Help

TO_FUNCTIONS = ("c", "end", "up", "f")
"""Keys from the tree to the functions of the cart."""


def words(sitting: Sitting, row: int) -> list[str]:
    return [word for word in sitting.lines[row].split() if not set(word) <= set("▰▱▾")]


def kind(sitting: Sitting) -> type:
    return type(sitting.app.screen)


async def test_from_the_table_of_files_and_back(folder: Path) -> None:
    async with look(folder, None, *TO_FUNCTIONS) as (sitting, _):
        assert kind(sitting) is FunctionsScreen
        assert sitting.bar == "72.2% shop/cart.py  3 of 14 missing  2 in part"
        assert words(sitting, 1) == ["function", "stmts", "miss", "part", "cover", "tests"]
        assert words(sitting, 2) == ["outside", "of", "functions", "6", "100%", "0"]
        assert words(sitting, 3) == ["class", "Cart", "8", "3", "2", "58%", "2"]
        assert words(sitting, 5) == ["total", "6", "3", "2", "50%", "2"]
        await sitting.press("down", "down", "down", "enter")
        await sitting.until(lambda: kind(sitting) is FileScreen, "the file")
        await sitting.until(lambda: "class Cart" in sitting.screen, "its lines")
        assert source_of(sitting).line == 8
        await sitting.press("escape")
        assert at(sitting) == "Cart/total"
        await sitting.press("f")
        assert kind(sitting) is ReportScreen


async def test_from_a_file_to_a_function_and_back_to_its_lines(folder: Path) -> None:
    async with look(folder, None, *TO_CART) as (sitting, _):
        file = screen_of(sitting)
        await sitting.press("f")
        assert at(sitting) == "Cart/total"
        await sitting.press("down", "enter")
        assert sitting.app.screen is file
        assert source_of(sitting).line == 17
        await sitting.press("f", "home", "escape")
        assert (sitting.app.screen is file, source_of(sitting).line) == (True, 17)


async def test_sorted_folded_and_filtered_as_files_are(folder: Path) -> None:
    async with look(folder, None, *TO_FUNCTIONS) as (sitting, _):
        await sitting.press("o")
        assert said(sitting) == "sorted by missing"
        assert words(sitting, 3)[0] == "total"
        await sitting.press("o", "o", "O")
        assert said(sitting) == "sorted by tests, the other way round"
        await sitting.press("o", "z")
        assert "total" not in sitting.screen
        await sitting.press("z")
        await sitting.type("/new", "enter")
        assert "total" not in sitting.screen
        assert sitting.lines[0].endswith("/new (1)")
        await sitting.press("escape")
        assert "total" in sitting.screen
        await sitting.press("question_mark")
        assert isinstance(sitting.app.screen, Help)


async def test_tests_of_a_function_run(folder: Path) -> None:
    async with look(folder, None, *TO_FUNCTIONS, "down", "down", "down") as (sitting, _):
        assert at(sitting) == "Cart/total"
        assert await run(sitting, "r") == ["test_a.py::test_total[usd]", "test_a.py::test_one"]
        await sitting.press("end", "r")
        assert said(sitting) == "no test has executed it"


async def test_what_is_new_is_shown_and_the_cursor_stays(folder: Path) -> None:
    async with look(folder, None, *TO_FUNCTIONS, "end") as (sitting, front):
        assert at(sitting) == "Cart/new"
        found = front.regions[CART.path]
        front.regions[CART.path] = FileRegions(CART.path, (*found.regions[:3], *found.regions[4:]), "words of it")
        front.outdated.add(CART.path)
        await sitting.until(lambda: "words of it" in sitting.screen, "the words")
        assert "total" not in sitting.screen
        assert at(sitting) == "Cart/new"


async def test_where_there_are_none(folder: Path) -> None:
    front = MadeUp()
    front.regions = {}
    async with look(folder, front, *TO_FUNCTIONS, "enter", "r", "e", "down") as (sitting, _):
        assert kind(sitting) is FunctionsScreen
        assert "shop/cart.py is not there any more." in sitting.screen
        assert "stmts" not in sitting.screen
        assert sitting.bar == "cart.py shop/cart.py"
        await sitting.press("escape", "home", "f")
        assert said(sitting) == "there is no file under the cursor"
