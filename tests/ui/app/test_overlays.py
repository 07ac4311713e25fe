"""What opens over the main screen: help, palette, and the dialog about keys of the person's own."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from textual import events
from textual.widgets import OptionList

from tests.gate import Gate
from tests.ui.app.driver import Sitting, sit_down, write
from tui.ui.screens.dialogs import Words
from tui.ui.screens.help import Help
from tui.ui.widgets.pane import DocumentPane

FILES = {"test_a.py": "def test_one(): pass\ndef test_two(): assert 0\n"}


def helped(sitting: Sitting) -> str:
    """All that help shows."""
    return sitting.app.screen.query_one(DocumentPane).document.plain_text()


def _has_size(sitting: Sitting, size: tuple[int, int]) -> bool:
    return sitting.app.size == size


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
        rest = ["Run", "Debug", "Find", "Look", "Take along", "Redbar"]
        inside = ["In the detail pane", "In the tab of the locals", "In lists and tables"]
        assert groups == ["In the tree", *rest, *inside, "Words of the filter"]
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
        assert "as pytest understands them" in " ".join(sitting.screen.split())


@pytest.mark.parametrize("size", [(80, 24), (160, 45), (40, 12), (80, 3)])
async def test_verdict_stays_in_view_under_all_that_opens(folder: Path, size: tuple[int, int]) -> None:
    write(folder, FILES)
    async with sit_down(folder, size=size) as sitting:
        await sitting.run("R")
        first = sitting.lines[0]
        assert first.startswith(" RED 1 failed")
        for opening in ("question_mark", "colon", "K", "X", "ctrl+c"):
            await sitting.press(opening)
            assert not is_main(sitting), opening
            assert sitting.lines[0] == first, opening
            await sitting.press("escape")
            await sitting.until(lambda: is_main(sitting), "the main screen")


async def test_verdict_goes_on_under_all_that_opens(folder: Path, gate: Gate) -> None:
    write(folder, {"test_a.py": "def test_one(): open('gate', 'rb', 0).readline()\n"})
    async with sit_down(folder) as sitting:
        await sitting.press("R")
        await sitting.press("question_mark")
        assert sitting.bar.startswith("RUNNING")
        gate.open()
        await sitting.until(lambda: sitting.bar.startswith("GREEN 1 passed"), "the verdict")
        assert isinstance(sitting.app.screen, Help)


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
            lambda: listed.option_count < 5 and "Run everything" in str(listed.get_option_at_index(0).prompt),
            "the command",
        )
        assert await sitting.run("enter") == ["test_a.py::test_one", "test_a.py::test_two"]


async def test_palette_finds_by_all_words_and_by_beginnings_first(folder: Path) -> None:
    async with sit_down(folder) as sitting:
        await sitting.press("colon")
        await sitting.type("the fail")
        listed = sitting.app.screen.query_one(OptionList)
        words = [str(listed.get_option_at_index(number).prompt) for number in range(listed.option_count)]
        assert words == ["Stop runs at the first failure  (x)"]
        await sitting.press(*["backspace"] * 8)
        await sitting.type("fail")
        words = [str(listed.get_option_at_index(number).prompt) for number in range(listed.option_count)]
        assert [" fail" in word for word in words] == [True] * len(words)
        await sitting.press(*["backspace"] * 4)
        await sitting.type("ou")
        words = [str(listed.get_option_at_index(number).prompt) for number in range(listed.option_count)]
        starts = [" ou" in word for word in words]
        assert starts == sorted(starts, reverse=True)
        assert {True, False} == set(starts)


async def test_palette_does_what_is_typed_in_one_burst(folder: Path) -> None:
    """The list has had no time to follow."""
    async with sit_down(folder) as sitting:
        await sitting.press("colon")
        await sitting.type("at the first", "enter")
        await sitting.until(lambda: is_main(sitting), "the main screen")
        await sitting.until(lambda: sitting.app.controller.stop_after == 1, "the setting")


async def test_palette_moves_in_its_list(folder: Path) -> None:
    async with sit_down(folder) as sitting:
        await sitting.press("colon")
        listed = sitting.app.screen.query_one(OptionList)
        await sitting.press("down", "down", "up")
        assert listed.highlighted == 1
        await sitting.press("pagedown")
        assert listed.highlighted is not None
        assert listed.highlighted > 10
        await sitting.press("pageup", "pageup")
        assert listed.highlighted == 0


async def test_palette_is_filled_again_when_there_is_room_again(folder: Path) -> None:
    async with sit_down(folder) as sitting:
        await sitting.press("colon")
        full = sitting.lines
        assert "Run everything" in sitting.screen
        for size in ((80, 3), (80, 24)):
            await sitting.pilot.resize_terminal(*size)
            await sitting.until(partial(_has_size, sitting, size), "the size")
        assert sitting.lines == full


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
