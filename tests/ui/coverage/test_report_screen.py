"""The table of files: it opens, fills, is sorted, filtered and folded, and the cursor is the person's."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.gate import Gate
from tests.ui.app.driver import Sitting, write
from tests.ui.coverage.made_up import CART, FILES, STOCK, MadeUp, look, report_of
from tui.model.coverage import FileCoverage, Report
from tui.ui.coverage.file_screen import FileScreen
from tui.ui.coverage.file_table import FileTable
from tui.ui.coverage.report_screen import ReportScreen
from tui.ui.screens.help import Help
from tui.ui.widgets.footer import Footer
from tui.ui.widgets.pane import DocumentPane


def table_of(sitting: Sitting) -> FileTable:
    return sitting.app.screen.query_one(FileTable)


def at(sitting: Sitting) -> str:
    entry = table_of(sitting).entry
    assert entry is not None
    return entry.path


def said(sitting: Sitting) -> str:
    return sitting.app.screen.query_one(Footer).said


@pytest.mark.parametrize("key", ["c", "escape"])
async def test_opens_and_closes(folder: Path, key: str) -> None:
    async with look(folder, None, "c") as (sitting, _):
        assert sitting.lines[0].startswith(" 93.4%")
        assert "cart.py" in sitting.screen
        await sitting.press(key)
        assert sitting.app.screen is sitting.main
        assert sitting.main.tree_view.has_focus


async def test_keys_typed_ahead_reach_it(folder: Path) -> None:
    async with look(folder) as (sitting, _):
        await sitting.type("c/cart", "enter", "down", "enter")
        await sitting.until(lambda: "class Cart" in sitting.screen, "the file")


async def test_a_second_escape_typed_ahead_does_not_harm(folder: Path) -> None:
    async with look(folder, None, "c") as (sitting, _):
        await sitting.type("", "escape", "escape")
        assert sitting.app.screen is sitting.main


async def test_says_that_it_counts_and_takes_keys_meanwhile(folder: Path) -> None:
    front = MadeUp()
    front.hold = asyncio.Event()
    async with look(folder, front, "c") as (sitting, _):
        assert sitting.bar == "COVERAGE being counted"
        await sitting.press("question_mark")
        assert isinstance(sitting.app.screen, Help)
        await sitting.press("escape")
        front.hold.set()
        await sitting.until(lambda: "cart.py" in sitting.screen, "the files")


async def test_closed_before_the_report_has_come(folder: Path) -> None:
    front = MadeUp()
    front.hold = asyncio.Event()
    async with look(folder, front, "c", "escape") as (sitting, _):
        front.hold.set()
        await sitting.quiet()
        assert sitting.app.screen is sitting.main
        await sitting.press("c")
        await sitting.until(lambda: "cart.py" in sitting.screen, "the files")


async def test_fills_without_moving_the_cursor(folder: Path) -> None:
    async with look(folder, None, "c") as (sitting, front):
        await sitting.press("down", "down", "down", "down")
        assert at(sitting) == CART.path
        line = table_of(sitting).cursor_line
        new = [FileCoverage(f"shop/a{number}.py", 10, 5) for number in range(40)]
        front.answer = report_of(*new, *FILES)
        front.on_change()
        await sitting.until(lambda: "93.4%" not in sitting.bar, "more files")
        assert at(sitting) == CART.path
        front.answer = report_of(STOCK)
        front.on_change()
        await sitting.until(lambda: "a1.py" not in sitting.screen, "fewer files")
        assert table_of(sitting).entry is not None
        assert line < 10


async def test_changes_during_a_report_lead_to_one_more(folder: Path) -> None:
    front = MadeUp()
    front.hold = asyncio.Event()
    async with look(folder, front, "c") as (sitting, _):
        for _ in range(5):
            front.on_change()
        assert front.asked == 1
        front.hold.set()
        await sitting.until(lambda: front.asked == 2, "the second report")
        await sitting.quiet()
        assert front.asked == 2


async def test_nothing_is_asked_while_another_screen_is_on_top(folder: Path) -> None:
    async with look(folder, None, "c") as (sitting, front):
        await sitting.press("down", "down", "down", "down", "enter")
        before = front.asked
        front.answer = report_of(CART)
        front.on_change()
        await sitting.quiet()
        assert front.asked == before
        await sitting.press("escape")
        await sitting.until(lambda: front.asked == before + 1, "the report")
        assert "stock.py" not in sitting.screen


async def test_what_the_person_arranged_is_there_when_it_opens_again(folder: Path) -> None:
    async with look(folder, None, "c") as (sitting, _):
        await sitting.press("o", "z", "c", "c")
        assert "▾miss" in sitting.lines[1]
        assert "cart.py" not in sitting.screen


async def test_order_goes_through_the_columns(folder: Path) -> None:
    async with look(folder, None, "c", size=(160, 45)) as (sitting, _):
        words = []
        for _ in range(5):
            await sitting.press("o")
            words.append(said(sitting))
        assert words == [
            "sorted by missing",
            "sorted by cover",
            "sorted by since the last run",
            "sorted by since HEAD",
            "sorted by name",
        ]
        await sitting.press("O")
        assert said(sitting) == "sorted by name, the other way round"


@pytest.mark.parametrize(
    ("keys", "path"),
    [
        ("left", "shop"),
        ("right", "shop/store"),
        ("right right", "shop/store/stock.py"),
        ("right right left", "shop/store"),
        ("right right backspace backspace", "shop"),
        ("right left left", "shop"),
        ("left right right", "shop/store"),
        ("end", "till.py"),
        ("end home", "shop"),
        ("left down", "till.py"),
        ("enter down", "till.py"),
        ("pagedown pageup", "shop"),
        ("j j k", "shop/store"),
    ],
)
async def test_moving(folder: Path, keys: str, path: str) -> None:
    async with look(folder, None, "c") as (sitting, _):
        for key in keys.split():
            await sitting.press(key)
        assert at(sitting) == path


async def test_filter_while_typing(folder: Path) -> None:
    async with look(folder, None, "c") as (sitting, _):
        await sitting.type("/sto")
        assert "stock.py" in sitting.screen
        assert "cart.py" not in sitting.screen
        assert "1 match" in sitting.lines[-1]
        assert sitting.lines[0].endswith("/sto (1)")
        await sitting.press("enter")
        assert table_of(sitting).has_focus
        assert "cart.py" not in sitting.screen
        await sitting.press("escape")
        assert "cart.py" in sitting.screen
        await sitting.press("escape")
        assert sitting.app.screen is sitting.main


async def test_escape_drops_what_is_typed(folder: Path) -> None:
    async with look(folder, None, "c") as (sitting, _):
        await sitting.type("/sto", "escape")
        assert "cart.py" in sitting.screen
        assert isinstance(sitting.app.screen, ReportScreen)


async def test_letters_typed_into_the_filter_are_no_keys(folder: Path) -> None:
    async with look(folder, None, "c") as (sitting, _):
        await sitting.type("/c?:xgo")
        assert sitting.entry.value == "c?:xgo"
        assert "no match" in sitting.lines[-1]


async def test_enter_opens_a_file(folder: Path) -> None:
    async with look(folder, None, "c") as (sitting, _):
        await sitting.type("/cart", "enter", "down", "enter")
        await sitting.quiet()
        assert isinstance(sitting.app.screen, FileScreen)
        assert "class Cart" in sitting.screen


async def test_notes_are_on_screen(folder: Path) -> None:
    front = MadeUp()
    front.answer = report_of(*FILES, notes=("coverage is not installed in .venv: ours counts.",))
    async with look(folder, front, "c") as (sitting, _):
        assert "coverage is not installed in .venv: ours counts." in sitting.screen
        front.answer = report_of(*FILES)
        front.on_change()
        await sitting.until(lambda: "not installed" not in sitting.screen, "no note")


async def test_without_a_record_it_says_what_to_press(folder: Path) -> None:
    front = MadeUp()
    front.answer = Report()
    async with look(folder, front, "c") as (sitting, _):
        assert sitting.bar == "NO COVERAGE nothing is recorded yet"
        assert "R runs all tests and records what they execute" in sitting.screen


async def test_where_nothing_can_be_recorded_it_advises_no_run(folder: Path) -> None:
    front = MadeUp()
    front.answer = Report(notes=("install coverage.py",), hindered=True)
    async with look(folder, front, "c") as (sitting, _):
        assert sitting.bar == "NO COVERAGE nothing could be measured"
        assert "install coverage.py" in sitting.screen
        assert "R runs all tests" not in sitting.screen
        await sitting.press("end", "down", "enter", "e", "o")
        ran = await run(sitting, "R")
        assert len(ran) == 4


async def run(sitting: Sitting, key: str) -> list[str]:
    """Press a key that starts a run, wait for its end; what it started."""
    before = set(sitting.store.ran)
    await sitting.press(key)
    controller = sitting.app.controller
    await sitting.until(lambda: not controller.busy and set(sitting.store.ran) != before, "the end of the run")
    (number,) = set(sitting.store.ran) - before
    return sitting.store.ran[number]


async def test_tests_run_meanwhile_and_can_be_stopped(folder: Path, gate: Gate) -> None:
    async with look(folder, None, "c") as (sitting, _):
        await sitting.press("s")
        assert said(sitting) == "nothing runs"
        # It is deaf: else it might be over, and what was said with it, before anybody can look.
        deaf = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        write(folder, {"test_a.py": f"{deaf}def test_one(): open('gate', 'rb', 0).readline()\n"})
        await sitting.press("R")
        await sitting.until(lambda: "running" in sitting.bar, "the run in the bar")
        await sitting.until(lambda: "test_a.py::test_one" in sitting.store.ran.get(sitting.run_state.number, ()))
        await sitting.press("s")
        assert said(sitting).startswith("stopping")
        gate.open()
        await sitting.until(lambda: not sitting.app.controller.busy, "the end of the run")


async def test_failures_are_told_of(folder: Path) -> None:
    async with look(folder, None, "c") as (sitting, _):
        await run(sitting, "R")
        await sitting.until(lambda: "1 test failed" in sitting.bar, "the verdict")


async def test_help_lists_the_keys_of_the_view_alone(folder: Path) -> None:
    async with look(folder, None, "c") as (sitting, _):
        await sitting.press("question_mark")
        text = sitting.app.screen.query_one(DocumentPane).document.plain_text()
        assert "Sort by the next column" in text
        assert "Open or fold all folders" in text
        assert "Mark" not in text
        assert "less than 80 percent is covered" in text


async def test_keys_of_the_persons_own(folder: Path) -> None:
    async with look(folder, None, "c", keys={"coverage-order": "9"}) as (sitting, _):
        await sitting.press("o", "9")
        assert "▾miss" in sitting.lines[1]


async def test_palette_has_the_commands_of_the_view(folder: Path) -> None:
    async with look(folder, None, "c") as (sitting, _):
        await sitting.press("colon")
        await sitting.type("next column", "enter")
        await sitting.until(lambda: "▾miss" in sitting.lines[1], "the order")


async def test_editor_opens_with_the_first_missing_line(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[tuple[str, int | None]] = []
    async with look(folder, None, "c") as (sitting, _):

        async def edit(path: str, line: int | None) -> None:
            opened.append((path, line))

        monkeypatch.setattr(sitting.app._outside, "edit", edit)
        await sitting.press("e")
        assert said(sitting) == "there is no file under the cursor"
        await sitting.press("down", "down", "e")
        assert opened == [(str(folder / STOCK.path), 7)]


async def test_arrow_can_be_clicked(folder: Path) -> None:
    async with look(folder, None, "c") as (sitting, _):
        await sitting.pilot.click(FileTable, offset=(1, 0))
        await sitting.quiet()
        assert "cart.py" not in sitting.screen
        await sitting.pilot.click(FileTable, offset=(1, 0))
        await sitting.quiet()
        assert "cart.py" in sitting.screen


@pytest.mark.parametrize("size", [(80, 24), (160, 45), (40, 12), (20, 4), (80, 3)])
async def test_any_size(folder: Path, size: tuple[int, int]) -> None:
    async with look(folder, None, "c", size=size) as (sitting, _):
        assert sitting.lines[0].strip().startswith("93")
        await sitting.press("end", "home", "o", "z")
        await sitting.press("enter")
        assert isinstance(sitting.app.screen, ReportScreen)


async def test_tests_of_a_file_or_a_folder_run(folder: Path) -> None:
    async with look(folder, None, "c") as (sitting, _):
        assert at(sitting) == "shop"
        ran = await run(sitting, "r")
        assert sorted(ran) == ["test_a.py::test_one", "test_a.py::test_total[usd]"]


async def test_file_that_no_test_executes(folder: Path) -> None:
    front = MadeUp()
    front.covering = {}
    async with look(folder, front, "c", "r") as (sitting, _):
        await sitting.until(lambda: said(sitting) == "no test has executed it", "the words")
