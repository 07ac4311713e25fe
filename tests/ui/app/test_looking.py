"""Looking: the detail pane's sizes and tabs, and which pane has the keys."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.ui.app.driver import Sitting, sit_down, write
from tui.ui.widgets.detail_title import DetailTitle

FILES = {
    "test_a.py": '''
        import sys, warnings

        def helper(number):
            return 1 / number

        def test_red(tmp_path):
            """Divides."""
            print("said", "\\x1b[32mgreen\\x1b[0m", "\\x1b]0;evil\\x07")
            print("complained", file=sys.stderr)
            warnings.warn("look out")
            helper(0)

        def test_long():
            print(*range(100), sep="\\n")
            assert list(range(60)) == list(range(61))
    '''
}
SIZES = [(80, 24), (160, 45)]


@pytest.fixture
def suite(folder: Path) -> Path:
    write(folder, FILES)
    return folder


def is_tree_shown(sitting: Sitting) -> bool:
    return sitting.main.tree_view.display and sitting.main.tree_view.size.height > 0


def is_detail_shown(sitting: Sitting) -> bool:
    return sitting.main.detail.display


@pytest.mark.parametrize("size", SIZES)
async def test_what_the_tabs_say_of_a_failure(suite: Path, size: tuple[int, int]) -> None:
    async with sit_down(suite, size=size) as sitting:
        await sitting.run("R")
        await sitting.press("n")
        assert sitting.at == "test_a.py::test_red"
        assert sitting.document.startswith("test_red  call failed in test_a.py:5, helper\n")
        assert "E   ZeroDivisionError: division by zero" in sitting.document
        assert "number = 0" in sitting.document
        assert "> " in sitting.document
        await sitting.press("2")
        assert "Captured stdout call\nsaid \x1b[32mgreen\x1b[0m" in sitting.document
        assert "Captured stderr call\ncomplained" in sitting.document
        assert "said green" in sitting.screen
        assert "evil" not in sitting.screen
        await sitting.press("3")
        assert "def test_red(tmp_path):" in sitting.document
        assert "def helper" not in sitting.document
        await sitting.press("4")
        assert "Divides." in sitting.document
        assert "tmp_path" in sitting.document
        assert "1 warning\n" in sitting.document
        await sitting.press("5")
        assert "UserWarning: look out" in sitting.document
        await sitting.press("6")
        assert "short test summary info" in sitting.document
        assert "2 failed" in sitting.screen
        await sitting.press("1")
        assert "ZeroDivisionError" in sitting.screen


@pytest.mark.parametrize("size", SIZES)
async def test_a_tab_stays_for_the_next_node(suite: Path, size: tuple[int, int]) -> None:
    async with sit_down(suite, size=size) as sitting:
        await sitting.press("l", "3", "j")
        assert "def test_red" in sitting.document
        await sitting.press("j")
        assert "def test_long" in sitting.document
        assert ("3/8 Source" if size[0] == 80 else "3 Source") in sitting.screen


@pytest.mark.parametrize("size", SIZES)
async def test_of_a_long_id_the_middle_goes_and_what_failed_where_stays(folder: Path, size: tuple[int, int]) -> None:
    write(folder, {"test_a.py": LONG})
    async with sit_down(folder, size=size) as sitting:
        await sitting.run("R")
        await sitting.press("n")
        title = sitting.main.query_one(DetailTitle)
        line = sitting.lines[title.region.bottom - 1][title.region.x :]
        assert re.match(r"─ test_long\[th.*….*people\]  call failed in test_a.py:4, test_long\b", line)


LONG = """
    import pytest
    @pytest.mark.parametrize("text", ["the second of " + "all the " * 8 + "people"])
    def test_long(text): assert not text
"""


@pytest.mark.parametrize("size", SIZES)
async def test_branch_lists_what_the_filter_shows(folder: Path, size: tuple[int, int]) -> None:
    tests = "def test_a(): assert 0\ndef test_b(): assert 0\ndef test_ab(): assert 0\n"
    write(folder, {"test_x.py": tests})
    async with sit_down(folder, size=size) as sitting:
        await sitting.run("R")
        await sitting.go("test_x.py")
        assert "\ntest_b\n" in sitting.document
        assert "hidden" not in sitting.document
        await sitting.type("/_a", "enter")
        await sitting.until(lambda: "hidden" in sitting.document, "the shorter list")
        assert "\ntest_a\n" in sitting.document
        assert "\ntest_ab\n" in sitting.document
        assert "\ntest_b\n" not in sitting.document
        assert sitting.document.endswith("\n1 more failure hidden by the filter\n")
        await sitting.press("escape")
        await sitting.until(lambda: "hidden" not in sitting.document, "the whole list")


async def test_wide_screen_shows_all_tabs_and_a_click_opens_one(suite: Path) -> None:
    async with sit_down(suite, size=(160, 45)) as sitting:
        await sitting.press("l", "j")
        title = sitting.main.query_one(DetailTitle)
        line = sitting.lines[title.region.y]
        words = ["1 Failure", "2 Output", "3 Source", "4 Info", "5 Warnings", "6 Terminal"]
        assert [line.index(word) for word in words] == sorted(line.index(word) for word in words)
        await sitting.pilot.click(title, offset=(line.index("3 Source") - title.region.x, 0))
        await sitting.quiet()
        assert "def test_red" in sitting.document
        assert sitting.main.tree_view.has_focus


async def test_narrow_screen_shows_one_tab_and_a_click_opens_the_next(suite: Path) -> None:
    async with sit_down(suite) as sitting:
        await sitting.press("l", "j", "2")
        title = sitting.main.query_one(DetailTitle)
        assert sitting.lines[title.region.y].endswith("2/8 Output")
        await sitting.pilot.click(title, offset=(75, 0))
        await sitting.quiet()
        assert sitting.lines[title.region.y].endswith("3/8 Source")


@pytest.mark.parametrize("size", SIZES)
async def test_a_third_full_off(suite: Path, size: tuple[int, int]) -> None:
    async with sit_down(suite, size=size) as sitting:
        detail = sitting.main.detail
        assert is_tree_shown(sitting)
        assert is_detail_shown(sitting)
        await sitting.press("v")
        assert not is_tree_shown(sitting)
        assert detail.size.width >= size[0] - 1
        assert detail.pane.has_focus
        await sitting.press("v")
        assert is_tree_shown(sitting)
        assert not is_detail_shown(sitting)
        assert sitting.main.tree_view.size.width == size[0]
        assert sitting.main.tree_view.has_focus
        await sitting.press("v")
        assert is_tree_shown(sitting)
        assert is_detail_shown(sitting)
        assert sitting.main.tree_view.has_focus


async def test_a_tab_brings_the_pane_back(suite: Path) -> None:
    async with sit_down(suite, detail="off") as sitting:
        assert not is_detail_shown(sitting)
        await sitting.press("l", "j", "3")
        assert is_detail_shown(sitting)
        assert "def test_red" in sitting.screen


async def test_enter_shows_all_of_it_and_esc_goes_back(suite: Path) -> None:
    async with sit_down(suite) as sitting:
        await sitting.run("R")
        await sitting.press("n", "enter")
        assert not is_tree_shown(sitting)
        assert sitting.main.detail.size.height == 22
        assert sitting.main.detail.pane.has_focus
        await sitting.press("G")
        assert sitting.main.detail.pane.scroll_offset.y > 0
        await sitting.press("g")
        assert sitting.main.detail.pane.scroll_offset.y == 0
        await sitting.press("escape")
        assert is_tree_shown(sitting)
        assert sitting.main.tree_view.has_focus
        assert sitting.at == "test_a.py::test_red"


async def test_failures_one_after_the_other_in_full(suite: Path) -> None:
    async with sit_down(suite) as sitting:
        await sitting.run("R")
        await sitting.press("n", "enter", "n")
        assert not is_tree_shown(sitting)
        assert "test_long" in sitting.lines[1]
        await sitting.press("escape")
        assert sitting.at == "test_a.py::test_long"


@pytest.mark.parametrize("size", SIZES)
async def test_the_other_pane_takes_the_keys(suite: Path, size: tuple[int, int]) -> None:
    async with sit_down(suite, size=size) as sitting:
        await sitting.run("R")
        await sitting.press("n", "n", "2", "tab")
        pane = sitting.main.detail.pane
        assert pane.has_focus
        at = sitting.at
        await sitting.press("pagedown", "pagedown")
        assert pane.scroll_offset.y > 0
        assert sitting.at == at
        await sitting.press("tab")
        assert sitting.main.tree_view.has_focus
        await sitting.press("shift+tab")
        assert pane.has_focus
        await sitting.press("escape")
        assert sitting.main.tree_view.has_focus


async def test_what_one_reads_stays_in_its_place_while_results_come(suite: Path) -> None:
    async with sit_down(suite) as sitting:
        await sitting.run("R")
        await sitting.press("n", "n", "tab", "pagedown")
        offset = sitting.main.detail.pane.scroll_offset.y
        assert offset
        await sitting.press("u")
        await sitting.rest()
        assert sitting.main.detail.pane.scroll_offset.y == offset


async def test_size_of_the_screen_changes_the_layout(suite: Path) -> None:
    async with sit_down(suite) as sitting:
        assert sitting.main.tree_view.size.width == 80
        await sitting.pilot.resize_terminal(160, 45)
        await sitting.until(lambda: sitting.main.tree_view.size.width < 80)
        assert sitting.main.detail.region.x > sitting.main.tree_view.region.x
        await sitting.pilot.resize_terminal(40, 12)
        await sitting.until(lambda: sitting.main.tree_view.size.width == 40)
        assert sitting.main.detail.region.y > sitting.main.tree_view.region.y
        assert sitting.main.tree_view.size.height >= 4
