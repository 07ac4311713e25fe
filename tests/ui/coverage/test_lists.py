"""What a test covers, what has changed, and reports as files."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.app.driver import Sitting
from tests.ui.coverage.made_up import MadeUp, look
from tests.ui.coverage.test_file_screen import source_of
from tests.ui.coverage.test_report_screen import run, said
from tui.model.coverage import DiffCoverage
from tui.ui.coverage.changes_screen import ChangesScreen
from tui.ui.coverage.exporting import KINDS, Kinds
from tui.ui.coverage.file_screen import FileScreen
from tui.ui.coverage.report_screen import ReportScreen
from tui.ui.coverage.share_screen import ShareScreen
from tui.ui.screens.dialogs import Prompt, Question


def is_main(sitting: Sitting) -> bool:
    return sitting.app.screen is sitting.main


def at_line(sitting: Sitting) -> int:
    """The line under the cursor of a file."""
    assert isinstance(sitting.app.screen, FileScreen)
    return source_of(sitting).line


async def test_what_the_test_under_the_cursor_covers(folder: Path) -> None:
    async with look(folder, None, "l", "down", "down", "C") as (sitting, _):
        assert isinstance(sitting.app.screen, ShareScreen)
        assert sitting.bar == "test_a.py::test_one 6 lines in 2 files  1 by no other test"
        assert " ".join(sitting.lines[1].split()) == "shop/cart.py 4 lines only here: 6 of 4-6, 8"
        await sitting.press("enter")
        assert at_line(sitting) == 6
        await sitting.press("escape")
        assert await run(sitting, "r") == ["test_a.py::test_one"]
        await sitting.press("escape")
        await sitting.until(lambda: is_main(sitting), "the tree")


async def test_what_covers_nothing_yet(folder: Path) -> None:
    front = MadeUp()
    front.shares = []
    async with look(folder, front, "l", "down", "down", "C") as (sitting, _):
        assert "r runs it and records what it executes" in sitting.screen
        await sitting.press("enter", "e", "down")
        assert isinstance(sitting.app.screen, ShareScreen)


async def test_only_a_test_covers_something(folder: Path) -> None:
    async with look(folder, None, "C") as (sitting, _):
        assert sitting.app.screen is sitting.main
        assert sitting.footer.said == "put the cursor on a test, to see what it covers"


async def test_changes_since_head(folder: Path) -> None:
    async with look(folder, None, "c", "d") as (sitting, front):
        assert isinstance(sitting.app.screen, ChangesScreen)
        assert sitting.bar == "70% of the changes since HEAD  3 of 10 missing"
        rows = [" ".join(line.split()) for line in sitting.lines[1:4]]
        assert rows == [
            "shop/cart.py:10 raise KeyError(currency) 1 line",
            "shop/cart.py:13 total = 0 2 lines",
            "14 total += 1",
        ]
        await sitting.press("down", "down", "enter")
        assert at_line(sitting) == 14
        await sitting.press("escape", "d")
        assert isinstance(sitting.app.screen, ReportScreen)
        assert set(front.bases) == {"HEAD"}


async def test_changes_since_another_branch(folder: Path) -> None:
    async with look(folder, None, "c", "d", "b") as (sitting, front):
        assert isinstance(sitting.app.screen, Prompt)
        front.difference = DiffCoverage("main", words="main is no commit here.")
        await sitting.type("main", "enter")
        await sitting.until(lambda: front.bases[-1] == "main", "the other branch")
        await sitting.until(lambda: "main is no commit here." in sitting.screen, "the words")
        assert sitting.bar == "CHANGES since main are not known"
        await sitting.press("b", "escape")
        assert front.bases[-1] == "main"


async def test_nothing_has_changed(folder: Path) -> None:
    front = MadeUp()
    front.difference = DiffCoverage("HEAD")
    async with look(folder, front, "c", "d") as (sitting, _):
        assert sitting.bar == "NO CHANGES to statements since HEAD"
        await sitting.press("enter", "e", "down")
        assert isinstance(sitting.app.screen, ChangesScreen)


@pytest.mark.parametrize("number", range(len(KINDS)))
async def test_export(folder: Path, number: int) -> None:
    async with look(folder, None, "c", "x", *["down"] * number, "enter") as (sitting, front):
        assert isinstance(sitting.app.screen, Prompt)
        kind = KINDS[number]
        assert sitting.entry.value == kind.path
        await sitting.press("enter")
        await sitting.until(lambda: bool(front.exported), "the report")
        assert front.exported == [(kind.name, folder / kind.path)]
        await sitting.until(lambda: said(sitting) == f"written to {folder / kind.path}", "the words")


async def test_export_asks_before_it_writes_over_something(folder: Path) -> None:
    (folder / "htmlcov").mkdir()
    async with look(folder, None, "c", "x", "enter", "enter") as (sitting, front):
        await sitting.until(lambda: isinstance(sitting.app.screen, Question), "the question")
        await sitting.press("escape")
        assert isinstance(sitting.app.screen, ReportScreen)
        assert front.exported == []
        await sitting.press("x", "enter", "enter")
        await sitting.until(lambda: isinstance(sitting.app.screen, Question), "the question")
        await sitting.press("y")
        await sitting.until(lambda: bool(front.exported), "the report")


@pytest.mark.parametrize("keys", [("escape",), ("q",), ("x",), ("enter", "escape")])
async def test_export_can_be_left(folder: Path, keys: tuple[str, ...]) -> None:
    async with look(folder, None, "c", "x") as (sitting, front):
        assert isinstance(sitting.app.screen, Kinds)
        await sitting.press(*keys)
        assert isinstance(sitting.app.screen, ReportScreen)
        assert front.exported == []


async def test_export_to_a_path_from_home(folder: Path) -> None:
    async with look(folder, None, "c", "x", "enter") as (sitting, front):
        sitting.entry.value = "~/report"
        await sitting.press("enter")
        await sitting.until(lambda: bool(front.exported), "the report")
        assert front.exported == [("html", Path.home() / "report")]


@pytest.mark.parametrize("keys", [("c",), ("c", "d"), ("l", "down", "C")])
async def test_every_screen_has_help_and_palette(folder: Path, keys: tuple[str, ...]) -> None:
    async with look(folder, None, *keys) as (sitting, _):
        screen = sitting.app.screen
        for key in ("question_mark", "colon"):
            await sitting.press(key)
            assert sitting.app.screen is not screen
            await sitting.press("escape")
            assert sitting.app.screen is screen
