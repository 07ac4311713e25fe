"""The tab of what a test covers, beside the tree."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.ui.app.driver import Sitting, sit_down, write
from tests.ui.coverage.made_up import CART, MadeUp, look
from tests.ui.coverage.test_file_screen import source_of
from tests.ui.coverage.test_lists import is_main
from tests.ui.coverage.test_real import FILES
from tests.ui.coverage.test_report_screen import run
from tui.model.coverage import Share
from tui.ui.coverage.file_screen import FileScreen
from tui.ui.coverage.room import _KEPT
from tui.ui.detail.tabs import Tab

ONE, TWO = "test_a.py::test_one", "test_a.py::test_two"
TO_ONE = ("l", "down", "down", "8")


async def rows(sitting: Sitting, count: int) -> list[str]:
    """What the tab lists, as soon as it is so much."""
    await sitting.until(lambda: len(sitting.main.detail.text.splitlines()) == count, f"{count} rows")
    return [" ".join(row.split()) for row in sitting.main.detail.text.splitlines()]


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_files_and_lines_of_the_test_under_the_cursor(folder: Path, size: tuple[int, int]) -> None:
    async with look(folder, None, *TO_ONE, size=size) as (sitting, _):
        assert await rows(sitting, 2) == [
            "shop/cart.py 4 lines only here: 6 of 4-6, 8",
            "till.py 2 lines 1-2",
        ]
        assert "test_one  covers 6 lines in 2 files, 1 by no other test" in sitting.screen
        assert "8 Covers" in sitting.screen or "8/8 Covers" in sitting.screen


async def test_enter_opens_the_file_where_only_this_test_covers_it(folder: Path) -> None:
    async with look(folder, None, *TO_ONE) as (sitting, _):
        await rows(sitting, 2)
        await sitting.press("tab", "enter")
        assert isinstance(sitting.app.screen, FileScreen)
        await sitting.until(lambda: source_of(sitting).line == 6, "the line")
        marked = [line for line in sitting.lines if "┃" in line]
        assert [line.split()[1] for line in marked[:-1]] == ["4", "5", "6", "8"]
        assert marked[-1].strip() == "┃ marks what test_one executes"
        await sitting.press("escape")
        assert is_main(sitting)
        assert sitting.main.detail.place == (CART.path, 6)


async def test_nothing_is_looked_up_before_the_tab_is_opened_nor_twice(folder: Path) -> None:
    async with look(folder) as (sitting, front):
        await sitting.press("l", "down", "down", "1", "2", "down", "up")
        assert front.looked_up == []
        await sitting.press("8")
        await rows(sitting, 2)
        await sitting.press("1", "8", "7", "8")
        await rows(sitting, 2)
        assert front.looked_up == [(ONE, 0)]
        front.version += 1
        front.shares = [Share("till.py", (1, 2, 3), ())]
        front.on_change()
        assert await rows(sitting, 1) == ["till.py 3 lines 1-3"]
        assert front.looked_up == [(ONE, 0), (ONE, 0)]


async def test_another_test_is_looked_up_when_the_cursor_rests_on_it(folder: Path) -> None:
    async with look(folder, None, *TO_ONE) as (sitting, front):
        await rows(sitting, 2)
        front.shares = []
        await sitting.press("down")
        await sitting.until(lambda: "Nothing is recorded of this test yet" in sitting.screen, "the words")
        assert front.looked_up == [(ONE, 0), (TWO, 0)]
        await sitting.press("tab", "enter", "e", "o")
        await sitting.until(lambda: not sitting.app.workers._workers, "the end of the editor and of the pager")
        assert sitting.app.screen is sitting.main


async def test_what_takes_long_stays_under_its_own_name_and_then_says_so(folder: Path) -> None:
    async with look(folder, None, *TO_ONE) as (sitting, front):
        await rows(sitting, 2)
        front.hold = asyncio.Event()
        await sitting.press("down")
        await sitting.until(lambda: "being looked up" in sitting.screen, "the words")
        assert sitting.main.detail.text == ""
        front.hold.set()
        await rows(sitting, 2)
        assert "test_two  covers" in sitting.screen


async def test_answer_that_comes_when_the_tab_is_closed_changes_nothing(folder: Path) -> None:
    front = MadeUp()
    front.hold = asyncio.Event()
    async with look(folder, front, "l", "down", "down", "8") as (sitting, _):
        await sitting.until(lambda: bool(front.looked_up), "the question")
        await sitting.press("4")
        front.hold.set()
        await sitting.quiet()
        assert sitting.main.tab is Tab.INFO
        assert not sitting.main.detail.shows_covers


async def test_only_a_test_covers_something(folder: Path) -> None:
    async with look(folder, None, "8") as (sitting, front):
        assert "the files and lines that a test covers: put the cursor on one" in sitting.screen
        assert front.looked_up == []


async def test_no_breakpoint_in_a_list_of_files(folder: Path) -> None:
    async with look(folder, None, *TO_ONE, "tab", "b") as (sitting, _):
        assert sitting.footer.said.startswith("no line here")


async def test_so_much_is_remembered_and_no_more(folder: Path) -> None:
    async with look(folder, None) as (sitting, front):
        room = sitting.app.coverage
        for number in range(_KEPT + 1):
            await room.shares(("test_a.py::test_one", number))
        assert room.known_shares((ONE, 0)) is None
        assert room.known_shares((ONE, _KEPT)) == front.shares


async def test_of_real_runs(folder: Path) -> None:
    write(folder, FILES)
    async with sit_down(folder) as sitting:
        await sitting.go("test_cart.py::test_eur")
        await sitting.press("8")
        await sitting.until(lambda: "Nothing is recorded of this test yet. r runs it" in sitting.screen, "the words")
        await run(sitting, "R")
        await sitting.until(lambda: "shop/cart.py" in sitting.main.detail.text, "the files")
        assert await rows(sitting, 2) == [
            "shop/cart.py 2 lines only here: 4 of 3-4",
            "test_cart.py 1 line 4",
        ]


async def test_of_what_an_earlier_session_has_recorded(folder: Path) -> None:
    write(folder, FILES)
    async with sit_down(folder) as sitting:
        await sitting.press("c")
        await run(sitting, "R")
    async with sit_down(folder) as sitting:
        await sitting.go("test_cart.py::test_eur")
        await sitting.press("8")
        await sitting.until(lambda: "shop/cart.py" in sitting.main.detail.text, "the files")
        await sitting.press("C")
        await sitting.until(lambda: "only here: 4  of 3-4" in sitting.screen, "the same in full height")
