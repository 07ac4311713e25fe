"""Leaving, and ctrl+c."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.gate import Gate
from tests.ui.app.driver import Sitting, sit_down, write
from tui.engine.runs import Runs
from tui.engine.stream import RunStream
from tui.ui.screens.dialogs import Question

HELD = {
    "test_held.py": """
        import pytest
        from pathlib import Path

        @pytest.fixture
        def resource():
            yield
            Path("torn").touch()

        def test_held(resource): open("gate", "rb", 0).readline()
    """
}
HOLDS = "test_held.py::test_held"


async def hold(sitting: Sitting) -> None:
    await sitting.press("R")
    await sitting.until(lambda: sitting.outcomes.get(HOLDS) == "running", "the test that is held")


def has_left(sitting: Sitting) -> bool:
    return sitting.app._exit


def is_asked(sitting: Sitting) -> bool:
    return isinstance(sitting.app.screen, Question)


@pytest.mark.parametrize("key", ["q", "ctrl+q"])
async def test_at_rest_at_once(folder: Path, key: str) -> None:
    write(folder, HELD)
    async with sit_down(folder) as sitting:
        await sitting.press(key)
        assert has_left(sitting)
        assert sitting.app.return_value == 0


async def test_while_it_collects_at_once(folder: Path, gate: Gate) -> None:
    write(folder, {"test_slow.py": "open('gate', 'rb', 0).readline()\n"})
    async with sit_down(folder, wait=False) as sitting:
        await sitting.until(lambda: sitting.explorer.pids, "the process that collects")
        await sitting.press("q")
        assert has_left(sitting)


@pytest.mark.parametrize("key", ["q", "ctrl+q"])
@pytest.mark.parametrize("answer", ["q", "y"])
async def test_during_a_run_after_a_question(folder: Path, gate: Gate, key: str, answer: str) -> None:
    write(folder, HELD)
    async with sit_down(folder) as sitting:
        await hold(sitting)
        await sitting.press(key)
        assert is_asked(sitting)
        assert "A run is going on. Leave all the same?" in sitting.screen
        assert "q or y: yes" in sitting.screen
        assert not has_left(sitting)
        await sitting.press(answer)
        assert has_left(sitting)


async def test_a_run_that_ends_while_it_asks_answers_for_itself(folder: Path, gate: Gate) -> None:
    write(folder, HELD)
    async with sit_down(folder) as sitting:
        await hold(sitting)
        await sitting.press("q")
        assert is_asked(sitting)
        gate.open()
        await sitting.until(lambda: has_left(sitting))
        assert sitting.app.return_value == 0
        assert not sitting.app.controller.busy


async def test_a_run_that_ends_after_a_no_does_not_leave(folder: Path, gate: Gate) -> None:
    write(folder, HELD)
    async with sit_down(folder) as sitting:
        await hold(sitting)
        await sitting.press("q", "escape", "?")
        gate.open()
        await sitting.rest()
        assert not has_left(sitting)


async def test_after_a_run_when_its_results_are_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A slow disk is no run that goes on."""
    write(folder, {"test_a.py": "def test_a(): pass\n"})
    kept = asyncio.Event()
    remember = Runs._remember

    async def remember_slowly(runs: Runs, stream: RunStream) -> None:
        await kept.wait()
        await remember(runs, stream)

    async with sit_down(folder) as sitting:
        monkeypatch.setattr(Runs, "_remember", remember_slowly)
        await sitting.press("R")
        await sitting.until(lambda: sitting.bar.startswith("GREEN"))
        await sitting.press("ctrl+c")
        assert "Leave Redbar?" in sitting.screen  # there is nothing left to stop
        await sitting.press("escape")
        await sitting.until(lambda: sitting.app.screen is sitting.main)
        await sitting.press("q")
        assert not is_asked(sitting)
        assert not has_left(sitting)
        kept.set()
        await sitting.until(lambda: has_left(sitting))
        assert not sitting.app.controller.busy


@pytest.mark.parametrize("answer", ["escape", "n"])
async def test_the_run_goes_on_after_a_no(folder: Path, gate: Gate, answer: str) -> None:
    write(folder, HELD)
    async with sit_down(folder) as sitting:
        await hold(sitting)
        await sitting.press("q", "x", answer)
        await sitting.until(lambda: sitting.app.screen is sitting.main)
        assert not has_left(sitting)
        assert sitting.app.controller.stop_after == 0
        gate.open()
        await sitting.rest()
        assert sitting.bar.startswith("GREEN")


async def test_ctrl_c_stops_the_run_first(folder: Path, gate: Gate) -> None:
    write(folder, HELD)
    async with sit_down(folder) as sitting:
        await hold(sitting)
        await sitting.press("ctrl+c")
        await sitting.rest()
        assert (folder / "torn").exists()
        assert sitting.bar == "STOPPED 1 not run"
        assert not has_left(sitting)


async def test_ctrl_c_stops_the_run_from_the_line_of_the_filter(folder: Path, gate: Gate) -> None:
    write(folder, HELD)
    async with sit_down(folder) as sitting:
        await hold(sitting)
        await sitting.type("/held")
        await sitting.press("ctrl+c")
        await sitting.rest()
        assert sitting.bar == "STOPPED 1 not run  /held (1)"


@pytest.mark.parametrize("answer", ["ctrl+c", "y"])
async def test_ctrl_c_at_rest_asks_and_twice_leaves(folder: Path, answer: str) -> None:
    async with sit_down(folder) as sitting:
        await sitting.press("ctrl+c")
        assert "Leave Redbar?" in sitting.screen
        assert "ctrl+c or y: yes" in sitting.screen
        assert not has_left(sitting)
        await sitting.press(answer)
        assert has_left(sitting)


async def test_ctrl_c_at_rest_and_a_no(folder: Path) -> None:
    async with sit_down(folder) as sitting:
        await sitting.press("ctrl+c", "escape")
        await sitting.until(lambda: sitting.app.screen is sitting.main)
        assert not has_left(sitting)


async def test_q_leaves_only_from_the_main_screen(folder: Path) -> None:
    async with sit_down(folder) as sitting:
        await sitting.press("question_mark", "q", "ctrl+q")
        assert not has_left(sitting)
        await sitting.press("escape", "K", "q")
        assert sitting.entry.value.endswith("q")
        assert not has_left(sitting)
