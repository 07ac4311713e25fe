"""What is said while answers are on their way."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.gate import Gate
from tests.ui.coverage.made_up import FILES, STOCK, MadeUp, look, report_of
from tests.ui.coverage.test_beside_lines import shown
from tests.ui.coverage.test_file_screen import TO_CART, source_of
from tests.ui.coverage.test_report_screen import said
from tui.model.coverage import FileLines, LineState, Report
from tui.ui.coverage import view

_WAITING = """
    def test_one(): open("gate", "rb", 0).readline()
    def test_two(): open("gate", "rb", 0).readline()
"""


async def test_no_verdict_while_tests_run_for_the_first_time(folder: Path, gate: Gate) -> None:
    front = MadeUp()
    front.answer = report_of(*FILES, fail_under=95.0)
    async with look(folder, front, "c", files={"test_a.py": _WAITING}) as (sitting, _):
        assert "below 95%" in sitting.bar
        for expected in (False, True):  # the second time it is known what they cover
            await sitting.press("R")
            await sitting.until(lambda: "running 0 of 2" in sitting.bar, "the run in the bar")
            assert ("below 95%" in sitting.bar) is expected
            gate.open(2)
            await sitting.until(lambda: not sitting.app.controller.busy, "the end of the run")
            await sitting.until(lambda: "below 95%" in sitting.bar, "the verdict")


async def test_a_run_that_is_not_recorded_fills_nothing(folder: Path, gate: Gate) -> None:
    front = MadeUp()
    front.answer = Report(unrecorded=True)
    async with look(folder, front, files={"test_a.py": _WAITING}) as (sitting, _):
        await sitting.press("R")
        await sitting.until(lambda: sitting.bar.startswith("RUNNING"), "the run")
        await sitting.press("c")
        await sitting.until(lambda: "are not recorded: they were started before" in sitting.screen, "the reason")
        assert "R runs all tests and records what they execute." in sitting.screen
        assert "It fills" not in sitting.screen
        gate.open(2)
        await sitting.until(lambda: not sitting.app.controller.busy, "the end of the run")


async def test_an_answer_that_takes_its_time_is_announced(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view, "_PATIENCE", 0.0)
    async with look(folder, None, "c") as (sitting, front):
        assert "being counted" not in sitting.bar
        front.hold = asyncio.Event()
        front.on_change()
        await sitting.until(lambda: sitting.bar.endswith("being counted"), "the words")
        front.hold.set()
        await sitting.until(lambda: "being counted" not in sitting.bar, "the answer")


async def test_keys_while_the_lines_are_being_counted(folder: Path) -> None:
    async with look(folder, None, *TO_CART[:-1]) as (sitting, front):
        front.hold = asyncio.Event()
        await sitting.press("enter", "n")
        assert said(sitting) == "the lines are still being counted"
        await sitting.press("r")
        assert said(sitting) == "the lines are still being counted"
        front.hold.set()
        await sitting.until(lambda: "currency" in sitting.screen, "the lines")
        await sitting.press("n")
        assert source_of(sitting).line == 10


async def test_a_file_stays_until_the_lines_of_the_next_are_there(folder: Path) -> None:
    front = MadeUp()
    front.files[STOCK.path] = FileLines(STOCK.path, ("stock = 1",), (LineState.COVERED,))
    async with look(folder, front, "c", "end", "up", "enter") as (sitting, _):
        await sitting.until(lambda: "class Cart" in sitting.screen, "the cart")
        front.hold = asyncio.Event()
        await sitting.press("left_square_bracket", "left_square_bracket")
        assert said(sitting) == "shop/store/stock.py: being counted"
        assert "class Cart" in sitting.screen
        await sitting.press("n")
        assert (source_of(sitting).line, sitting.lines[10][:7]) == (10, "█   10 ")
        front.hold.set()
        await shown(sitting, STOCK.path)
        assert "stock = 1" in sitting.screen
        assert "class Cart" not in sitting.screen
        assert STOCK.path in sitting.bar


async def test_who_types_is_not_taken_to_another_file(folder: Path) -> None:
    async with look(folder, None, "c", "end", "up", "enter") as (sitting, front):
        await sitting.until(lambda: "class Cart" in sitting.screen, "the cart")
        front.hold = asyncio.Event()
        await sitting.press("right_square_bracket")
        await sitting.type("/cart")
        front.hold.set()
        await sitting.quiet()
        await sitting.press("enter")
        assert "class Cart" in sitting.screen
        assert sitting.lines[0].endswith("/cart (2)")


async def test_which_tests_execute_a_line_is_known_at_the_end_of_a_run(folder: Path, gate: Gate) -> None:
    front = MadeUp()
    front.covering = {}
    async with look(folder, front, *TO_CART, size=(160, 45), files={"test_a.py": _WAITING}) as (sitting, _):
        assert "no test of line 9" in sitting.screen
        sitting.app.coverage.run_all()
        await sitting.until(lambda: "running 0 of 2" in sitting.bar, "the run in the bar")
        await sitting.until(lambda: "which tests: known" in sitting.screen, "the words above the list")
        await sitting.press("r")
        assert said(sitting) == "which tests: known when the run is over"
        assert "no test" not in sitting.screen
        gate.open(2)
        await sitting.until(lambda: not sitting.app.controller.busy, "the end of the run")
        front.on_change()
        await sitting.until(lambda: "no test of line 9" in sitting.screen, "the answer")
