"""What opens over the main screen: help, palette, and the dialog about keys of the person's own."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual import events
from textual.widgets import OptionList

from tests.ui.app.driver import Sitting, sit_down, write
from tui.ui.screens.dialogs import Words
from tui.ui.screens.help import Help
from tui.ui.widgets.pane import DocumentPane

FILES = {"test_a.py": "def test_one(): pass\ndef test_two(): assert 0\n"}


def helped(sitting: Sitting) -> str:
    """All that help shows."""
    return sitting.app.screen.query_one(DocumentPane).document.plain_text()


def is_main(sitting: Sitting) -> bool:
    return sitting.app.screen is sitting.main


@pytest.mark.parametrize("close", ["escape", "question_mark"])
async def test_help_opens_and_closes(folder: Path, close: str) -> None:
    async with sit_down(folder) as sitting:
        await sitting.press("question_mark")
        assert isinstance(sitting.app.screen, Help)
        await sitting.press(close)
        await sitting.until(lambda: is_main(sitting), "the main screen")
        assert sitting.main.tree_view.has_focus


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_help_lists_all_keys_by_group(folder: Path, size: tuple[int, int]) -> None:
    async with sit_down(folder, size=size) as sitting:
        await sitting.press("question_mark")
        text = helped(sitting)
        groups = [line for line in text.splitlines() if line and not line.startswith(" ")]
        rest = ["Run", "Find", "Look", "Take along", "Redbar"]
        assert groups == ["In the tree", *rest, "In the detail pane", "Words of the filter"]
        assert "  space          Mark" in text
        assert "  r              Run what is marked, else the node under the cursor" in text
        assert "is:STATE" in text
        assert "Go to parent" in sitting.screen


async def test_help_begins_with_the_keys_of_the_pane_that_has_the_focus(folder: Path) -> None:
    async with sit_down(folder) as sitting:
        await sitting.press("tab", "question_mark")
        assert helped(sitting).startswith("In the detail pane\n  j ↓ ")
        assert sum(line == "In the detail pane" for line in helped(sitting).splitlines()) == 1


async def test_help_finds_a_key_by_its_words(folder: Path) -> None:
    async with sit_down(folder) as sitting:
        await sitting.press("question_mark")
        await sitting.type("CLIPB")
        await sitting.quiet()
        assert helped(sitting).strip() == ""
        await sitting.press(*["backspace"] * 5)
        await sitting.type("nodeid")
        await sitting.quiet()
        assert helped(sitting).split("\n") == ["Take along", "  y              Copy the nodeid", ""]


async def test_help_scrolls_under_the_line_that_one_types_in(folder: Path) -> None:
    async with sit_down(folder) as sitting:
        await sitting.press("question_mark")
        pane = sitting.app.screen.query_one(DocumentPane)
        await sitting.press("down", "down")
        assert pane.scroll_offset.y == 2
        await sitting.press("pagedown", "up")
        assert pane.scroll_offset.y == 11


async def test_a_long_help_is_whole_below_its_end(folder: Path) -> None:
    async with sit_down(folder, size=(40, 12)) as sitting:
        await sitting.press("question_mark")
        await sitting.press(*["pagedown"] * 20)
        await sitting.quiet()
        inside = "".join(line.partition("│")[2].partition("│")[0] for line in sitting.lines)
        assert "aspytestunderstandsthem" in inside.replace(" ", "")


@pytest.mark.parametrize("key", ["ctrl+p", "colon"])
async def test_palette_closes_by_esc_and_by_its_own_keys(folder: Path, key: str) -> None:
    async with sit_down(folder) as sitting:
        for close in ("escape", key):
            await sitting.press(key)
            assert not is_main(sitting)
            await sitting.press(close)
            await sitting.until(lambda: is_main(sitting), "the main screen")


async def test_palette_lists_what_can_be_done_now(folder: Path) -> None:
    async with sit_down(folder, size=(160, 45)) as sitting:
        await sitting.press("colon")
        listed = sitting.app.screen.query_one(OptionList)
        await sitting.until(lambda: listed.option_count > 20, "the commands")
        words = [str(listed.get_option_at_index(number).prompt) for number in range(listed.option_count)]
        assert len(words) == len(set(words))
        text = "\n".join(words)
        assert "Run everything  (R)" in text
        assert "Stop as ctrl+c would" not in text


async def test_palette_runs_an_action(folder: Path) -> None:
    write(folder, FILES)
    async with sit_down(folder) as sitting:
        await sitting.press("colon")
        await sitting.type("run everything")
        listed = sitting.app.screen.query_one(OptionList)
        await sitting.until(
            lambda: listed.option_count == 1 and "Run everything" in str(listed.get_option_at_index(0).prompt),
            "the one command",
        )
        assert await sitting.run("enter") == ["test_a.py::test_one", "test_a.py::test_two"]


async def test_keys_of_ones_own(folder: Path) -> None:
    write(folder, {"test_a.py": "def test_one(): pass\ndef test_two(): pass\n"})
    async with sit_down(folder, keys={"run-all": "a,f5", "tree-down": "t"}) as sitting:
        assert "a run all" in sitting.screen
        await sitting.press("R")
        await sitting.quiet()
        assert sitting.store.ran == {}
        assert len(await sitting.run("a")) == 2
        assert len(await sitting.run("f5")) == 2
        await sitting.go("test_a.py")
        await sitting.press("l", "t", "j")
        assert sitting.at == "test_a.py::test_one"
        await sitting.press("question_mark")
        assert "  a f5           Run everything" in helped(sitting)


async def test_a_wrong_id_of_a_binding_is_told(folder: Path) -> None:
    async with sit_down(folder, keys={"run-al": "a", "run-last": "b"}) as sitting:
        assert isinstance(sitting.app.screen, Words)
        assert "keys.run-al is not the id of a binding." in sitting.dialog
        assert "run-all, run-expression" in sitting.dialog.replace("\n", " ")
        assert "run-al is not" in sitting.screen
        await sitting.press("escape")
        await sitting.until(lambda: is_main(sitting), "the main screen")
        assert sitting.app.screen.active_bindings.keys() >= {"R"}


@pytest.mark.parametrize("key", ["escape", "enter", "q"])
async def test_words_stay_until_a_key_closes_them(folder: Path, key: str) -> None:
    async with sit_down(folder, keys={"nothing": "b"}) as sitting:
        await sitting.press("r", "R", "space")
        assert isinstance(sitting.app.screen, Words)
        assert sitting.store.ran == {}
        await sitting.press(key)
        await sitting.until(lambda: is_main(sitting), "the main screen")
        assert sitting.app.is_running


@pytest.mark.parametrize("opening", ["question_mark", "K", "ctrl+c", "colon"])
async def test_what_is_closed_twice_closes_once(folder: Path, opening: str) -> None:
    async with sit_down(folder) as sitting:
        await sitting.press(opening)
        screen = sitting.app.screen
        assert not is_main(sitting)
        for _ in range(3):
            screen.dismiss(None)
        await sitting.until(lambda: is_main(sitting), "the main screen")


async def test_palette_takes_a_page_key_before_its_list_is_there(folder: Path) -> None:
    async with sit_down(folder) as sitting:
        for key in ("colon", "pagedown", "pageup", "end"):
            sitting.app.post_message(events.Key(key, ":" if key == "colon" else None))
        await sitting.until(lambda: not is_main(sitting), "the palette")
        await sitting.press("escape")
        await sitting.until(lambda: is_main(sitting), "the main screen")
