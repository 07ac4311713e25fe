"""A file line by line: gutter, places, tests of a line or a function."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from tests.ui.app.driver import Sitting
from tests.ui.coverage.made_up import CART, SOURCE, MadeUp, lines_of_cart, look, report_of
from tests.ui.coverage.test_report_screen import run, said
from tests.ui.widgets.scene import screen_segments
from tui.model.coverage import FileCoverage, FileLines, LineState
from tui.ui.coverage.file_screen import FileScreen
from tui.ui.coverage.report_screen import ReportScreen
from tui.ui.coverage.share_screen import ShareScreen
from tui.ui.coverage.source_list import SourceList
from tui.ui.screens.dialogs import Prompt

TO_CART = ("c", "slash", "c", "a", "r", "t", "enter", "down", "enter")
"""Keys from the tree to the cart's lines."""


def source_of(sitting: Sitting) -> SourceList:
    return sitting.app.screen.query_one(SourceList)


def screen_of(sitting: Sitting) -> FileScreen:
    assert isinstance(sitting.app.screen, FileScreen)
    return sitting.app.screen


async def listed(sitting: Sitting, count: int) -> None:
    """Wait until so many tests are listed."""
    await sitting.until(lambda: len(screen_of(sitting)._beside.rows) == count, f"{count} tests")


async def test_gutter(folder: Path) -> None:
    async with look(folder, None, *TO_CART) as (sitting, _):
        lines = sitting.lines
        assert lines[0] == " 72.2% shop/cart.py  3 of 14 missing  2 in part"
        assert lines[1] == "│    1  import math"
        assert lines[9] == "▌    9          if currency not in self.prices:"
        assert lines[10].startswith("█   10  ")
        assert lines[12].startswith("▌:  12  ")
        assert lines[17].startswith("-   17  ")
        assert lines[20].startswith("~+  20  ")


async def test_a_file_that_was_saved_is_shown_as_it_is_now(folder: Path) -> None:
    async with look(folder, None, *TO_CART) as (sitting, front):
        saved = ("import math", "def broken(:")
        words = "cart.py cannot be compiled"
        front.files[CART.path] = FileLines(CART.path, saved, (LineState.UNKNOWN,) * 2, words=words)
        front.outdated.add(CART.path)
        await sitting.until(lambda: "def broken(:" in sitting.screen, "what was saved")
        assert words in sitting.screen
        assert sitting.lines[1].startswith("?    1  import math")
        assert " 2 ? not known" in sitting.screen
        assert "%" not in sitting.lines[0]
        front.files[CART.path] = replace(lines_of_cart(), numbers=FileCoverage(CART.path, 10, 5))
        front.outdated.add(CART.path)
        await sitting.until(lambda: sitting.bar == "50.0% shop/cart.py  5 of 10 missing", "the numbers of these lines")
        front.files[CART.path] = FileLines(CART.path, saved, (LineState.UNKNOWN,) * 2, words=words)
        front.outdated.add(CART.path)
        await sitting.until(lambda: "def broken(:" in sitting.screen, "what was saved")
        assert "self.prices" not in sitting.screen
        asked = front.asked
        await sitting.press("escape")
        await sitting.until(lambda: front.asked > asked, "the table as it is now")


async def test_gutter_in_ascii(folder: Path) -> None:
    async with look(folder, None, *TO_CART, ascii=True) as (sitting, _):
        assert [line[:2] for line in sitting.lines[9:14]] == ["/ ", "! ", "| ", "/:", "! "]
        assert sitting.screen.isascii()


async def test_states_keep_their_colours_and_the_code_has_its_own(folder: Path) -> None:
    async with look(folder, None, *TO_CART) as (sitting, _):
        heads = [line[0] for line in screen_segments(sitting.app)[1:21]]
        colours = {text[:1]: style.color.number for text, style in heads if style.color}
        assert (colours["│"], colours["█"], colours["▌"]) == (2, 1, 3)
        code = screen_segments(sitting.app)[4][4:]
        assert len({style.color for text, style in code if text.strip()}) > 1


async def test_cursor_begins_at_the_first_place_and_keys_go_on(folder: Path) -> None:
    async with look(folder, None, *TO_CART) as (sitting, _):
        source = source_of(sitting)
        found = [source.line]
        for key in ("n", "n", "n", "n", "N", "N"):
            await sitting.press(key)
            found.append(source.line)
        assert found == [9, 10, 12, 13, 9, 13, 12]


async def test_line_below_follows_the_cursor(folder: Path) -> None:
    async with look(folder, None, *TO_CART, size=(120, 24)) as (sitting, _):
        await listed(sitting, 2)
        assert "9 ▌ 2 tests, in part: never jumped to line 10: test_one, test_total[usd]" in sitting.lines[-2]
        await sitting.press("down")
        await listed(sitting, 0)
        assert sitting.lines[-2].split() == ["10", "█", "not", "covered"]


async def test_all_covered_says_so(folder: Path) -> None:
    front = MadeUp()
    front.files[CART.path] = FileLines(CART.path, ("a = 1", "b = 2"), (LineState.COVERED,) * 2)
    async with look(folder, front, *TO_CART) as (sitting, _):
        await sitting.press("n")
        assert said(sitting) == "no uncovered line to go to"


async def test_tests_of_the_line(folder: Path) -> None:
    async with look(folder, None, *TO_CART) as (sitting, _):
        await listed(sitting, 2)
        assert "test_a.py::test_one" not in sitting.screen
        await sitting.press("t")
        assert "2 tests of line 9" in sitting.screen
        assert "test_a.py::test_total[usd]" in sitting.screen
        await sitting.press("t")
        assert source_of(sitting).has_focus
        assert "test_a.py::test_one" not in sitting.screen
        await sitting.press("t", "escape")
        assert source_of(sitting).has_focus
        await sitting.press("escape")
        assert isinstance(sitting.app.screen, ReportScreen)


async def test_tests_are_there_for_a_key_that_comes_at_once(folder: Path) -> None:
    async with look(folder, None, *TO_CART) as (sitting, _):
        await sitting.type("nt")
        assert said(sitting) == "no test has executed this line"
        await sitting.type("Nt")
        assert "2 tests of line 9" in sitting.screen


async def test_long_names_of_tests_fit_below(folder: Path) -> None:
    front = MadeUp()
    front.covering = {9: [(f"test_a.py::test_{'x' * 200}[{number}]", 0) for number in range(40)]}
    async with look(folder, front, *TO_CART, "t") as (sitting, _):
        assert "[0]  " in sitting.lines[16]
        assert sitting.lines[16].split()[1] == "gone"


async def test_says_that_it_counts(folder: Path) -> None:
    front = MadeUp()
    async with look(folder, front, "c") as (sitting, _):
        front.hold = asyncio.Event()
        await sitting.type("/cart", "enter", "down", "enter")
        await sitting.until(lambda: "being counted" in sitting.screen, "the words")
        front.hold.set()
        await sitting.until(lambda: "class Cart" in sitting.screen, "the file")
        assert "being counted" not in sitting.screen


async def test_tests_stand_beside_where_there_is_room(folder: Path) -> None:
    async with look(folder, None, *TO_CART, size=(160, 45)) as (sitting, _):
        await listed(sitting, 2)
        assert "2 tests of line 9" in sitting.lines[1]
        assert "test_a.py::test_one" in sitting.lines[2]


async def test_no_tests_of_a_line(folder: Path) -> None:
    async with look(folder, None, *TO_CART) as (sitting, _):
        await sitting.press("n")
        await listed(sitting, 0)
        assert "T function: tests" in sitting.lines[-1]
        assert "C covers" not in sitting.lines[-1]
        await sitting.press("enter")
        assert said(sitting) == "no test has executed this line"
        for key in ("t", "r", "C"):
            await sitting.press(key)
            assert said(sitting) == "no test has executed this line"


async def test_enter_on_a_test_leads_to_the_tree(folder: Path) -> None:
    async with look(folder, None, *TO_CART) as (sitting, _):
        await listed(sitting, 2)
        await sitting.press("enter", "down", "enter")
        await sitting.until(lambda: sitting.app.screen is sitting.main, "the tree")
        assert sitting.at == "test_a.py::test_total[usd]"


async def test_a_test_that_is_gone(folder: Path) -> None:
    front = MadeUp()
    front.covering = {9: [("test_a.py::test_old", 0)]}
    async with look(folder, front, *TO_CART) as (sitting, _):
        await listed(sitting, 1)
        await sitting.press("t", "enter")
        assert said(sitting) == "this test is no longer there"
        await sitting.press("r")
        assert said(sitting) == "there is nothing to run"


async def test_just_these_run(folder: Path) -> None:
    async with look(folder, None, *TO_CART) as (sitting, _):
        await listed(sitting, 2)
        assert said(sitting) == ""
        ran = await run(sitting, "r")
        await sitting.until(lambda: said(sitting) == "", "the keys")
        await sitting.press("t")
        assert [line.split()[0] for line in sitting.lines[16:18]] == ["✓", "✓"]
        assert ran == ["test_a.py::test_total[usd]", "test_a.py::test_one"]


async def test_tests_of_the_function(folder: Path) -> None:
    front = MadeUp()
    front.covering[15] = [("test_a.py::test_two", 0)]
    async with look(folder, front, *TO_CART) as (sitting, _):
        await listed(sitting, 2)
        await sitting.press("T")
        await listed(sitting, 3)
        assert "3 tests of Cart.total" in sitting.screen
        assert sitting.lines[-2].startswith(" Cart.total 8-15 3 tests")
        assert [line[7:8] for line in sitting.lines[7:10]] == ["", "┃", "┃"]
        await sitting.press("T")
        await listed(sitting, 2)
        assert "┃" not in sitting.screen


async def test_line_in_no_function(folder: Path) -> None:
    async with look(folder, None, *TO_CART, "home") as (sitting, _):
        await sitting.press("T")
        await sitting.until(lambda: said(sitting) == "this line is in no function", "the words")


async def test_what_a_listed_test_covers(folder: Path) -> None:
    async with look(folder, None, *TO_CART) as (sitting, _):
        await listed(sitting, 2)
        await sitting.press("C")
        assert isinstance(sitting.app.screen, ShareScreen)
        assert sitting.bar.startswith("test_a.py::test_one")


async def test_editor_opens_at_the_line(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[tuple[str, int | None]] = []
    async with look(folder, None, *TO_CART) as (sitting, _):

        async def edit(path: str, line: int | None) -> None:
            opened.append((path, line))

        monkeypatch.setattr(sitting.app._outside, "edit", edit)
        await sitting.press("n", "e")
        assert opened == [(str(folder / CART.path), 10)]


async def test_more_is_shown_where_the_cursor_is(folder: Path) -> None:
    async with look(folder, None, *TO_CART) as (sitting, front):
        await sitting.press("n", "n")
        lines = lines_of_cart()
        states = (*lines.states[:9], LineState.COVERED, *lines.states[10:])
        front.files[CART.path] = FileLines(CART.path, SOURCE, states, lines.why)
        front.on_change()
        await sitting.until(lambda: sitting.lines[10].startswith("│   10"), "the new state")
        assert source_of(sitting).line == 12


async def test_file_gets_shorter(folder: Path) -> None:
    async with look(folder, None, *TO_CART, "end") as (sitting, front):
        front.files[CART.path] = FileLines(CART.path, SOURCE[:5], (LineState.STALE,) * 5)
        front.on_change()
        await sitting.until(lambda: "new(self)" not in sitting.screen, "the new lines")
        assert source_of(sitting).line == 5


@pytest.mark.parametrize("words", ["shop/cart.py is not there any more.", "shop/cart.py is not UTF-8 (line 3)."])
async def test_what_cannot_be_shown_is_said(folder: Path, words: str) -> None:
    front = MadeUp()
    front.files[CART.path] = FileLines(CART.path, words=words)
    async with look(folder, front, *TO_CART) as (sitting, _):
        assert words in sitting.screen
        assert "%" not in sitting.lines[0]
        await sitting.press("down", "n", "t", "T", "r", "C", "enter", "right")
        await sitting.press("escape")
        assert isinstance(sitting.app.screen, ReportScreen)


async def test_long_lines_are_cut_and_can_be_moved(folder: Path) -> None:
    front = MadeUp()
    front.files[CART.path] = FileLines(CART.path, ("x = '" + "abcdefgh" * 50_000 + "'",), (LineState.COVERED,))
    async with look(folder, front, *TO_CART) as (sitting, _):
        assert sitting.lines[1].startswith("│    1  x = 'abcdefgh")
        assert sitting.lines[1].endswith("…")
        await sitting.press("right", "right")
        assert sitting.lines[1].startswith("│    1  defghabc")
        await sitting.press("left", "left", "left")
        assert sitting.lines[1].startswith("│    1  x = '")


async def test_what_stands_in_a_file_cannot_reach_the_terminal(folder: Path) -> None:
    front = MadeUp()
    front.files[CART.path] = FileLines(CART.path, ("a\x1b[2Jb\x07\rc\td",), (LineState.COVERED,))
    async with look(folder, front, *TO_CART) as (sitting, _):
        assert "".join(sitting.lines).isprintable()


async def test_only_what_is_on_screen_is_painted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    painted: list[str] = []
    from tui.ui.coverage import source_list

    paint = source_list._painted

    def noted(look: object, text: str, *, dark: bool) -> object:
        painted.append(text)
        return paint(look, text, dark=dark)

    monkeypatch.setattr(source_list, "_painted", noted)
    front = MadeUp()
    source = tuple(f"value_{number} = {number}" for number in range(50_000))
    front.files[CART.path] = FileLines(CART.path, source, (LineState.COVERED,) * 49_999 + (LineState.MISSED,))
    async with look(folder, front, *TO_CART) as (sitting, _):
        assert source_of(sitting).line == 50_000
        await sitting.press("home", "pagedown", "pagedown", "end")
    assert len(set(painted)) < 200


async def test_changes_open_from_here(folder: Path) -> None:
    async with look(folder, None, *TO_CART, "d") as (sitting, _):
        assert sitting.bar.startswith("70% of the changes since HEAD")
        await sitting.press("b")
        assert isinstance(sitting.app.screen, Prompt)


async def test_report_is_asked_for_where_there_is_none_yet(folder: Path) -> None:
    front = MadeUp()
    front.answer = report_of(CART)
    async with look(folder, front, "l", "down", "down", "C", "enter") as (sitting, _):
        assert front.asked == 1
        assert sitting.bar.startswith("72.2% shop/cart.py")


@pytest.mark.parametrize("size", [(80, 24), (160, 45), (40, 12), (20, 4), (80, 3)])
async def test_any_size(folder: Path, size: tuple[int, int]) -> None:
    async with look(folder, None, *TO_CART, size=size) as (sitting, _):
        await sitting.press("end", "home", "n", "t", "down", "t", "right")
        assert isinstance(sitting.app.screen, FileScreen)


async def test_first_and_last_line_by_the_keys_of_the_tree(folder: Path) -> None:
    async with look(folder, None, *TO_CART) as (sitting, _):
        for key, line in (("G", len(SOURCE)), ("g", 1), ("end", len(SOURCE)), ("home", 1)):
            await sitting.press(key)
            assert source_of(sitting).line == line
