"""A save while a person is in a debugger."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.engine.debugging.sitting import Tty, until
from tests.engine.loop.sitting import Sitting, VerdictReached, sit_down
from tui.engine import wishes
from tui.engine.debugging.policy import Policy
from tui.engine.explorer import Explorer, Project
from tui.engine.interpreter import Interpreter
from tui.engine.loop.partners import Policy as WatchPolicy
from tui.model import events as ev

STOPS = "def test_stops():\n    breakpoint()\n\ndef test_other(): pass\n"


@asynccontextmanager
async def saved_in_a_debugger(
    project: Path, tty: Tty, key: bytes
) -> AsyncIterator[tuple[Sitting, list[ev.SessionFinished]]]:
    """A save that touches ``test_other`` while ``test_stops`` is in pdb, which is then left by ``key``; at rest."""
    (project / "test_a.py").write_text(STOPS)
    (project / "b.py").write_text("")
    (project / "pytest.ini").write_text("[pytest]\n")
    explorer = Explorer(Project(project, Interpreter(sys.executable, "test")), Policy("pdb", attended=True))
    ends: list[ev.SessionFinished] = []
    try:
        async with sit_down(explorer, WatchPolicy(record="off", on_change="restart"), run=False) as sitting:
            sitting.runs.observers.append(
                lambda event: ends.append(event) if isinstance(event, ev.SessionFinished) else None
            )
            sitting.memory.touched = {"b.py": [(1, "test_a.py::test_other")]}
            sitting.runs.ask(wishes.EVERYTHING)
            await until(lambda: sitting.store.paused and explorer.desk.paused)
            before = len(sitting.told)
            await sitting.save("b.py", rest=False)
            await sitting.until(lambda: len(sitting.told) >= before + 2, "the selection")
            (pause,) = explorer.desk.paused
            task = asyncio.create_task(explorer.desk.attend(pause, tty))
            await tty.sees(b"(Pdb) ")
            assert not ends
            tty.press(key)
            assert await task == ""
            await sitting.until(lambda: any(event.stage == "rest" for event in sitting.of(VerdictReached)), "the rest")
            await sitting.idle()
            yield sitting, ends
    finally:
        explorer.close()


@pytest.fixture(autouse=True)
def _without_plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


async def test_waits_until_the_run_has_ended(tmp_path: Path, tty: Tty) -> None:
    async with saved_in_a_debugger(tmp_path, tty, b"c\n") as (sitting, ends):
        assert [(event.exit, event.completed) for event in ends] == [(0, True), (0, True)]
        assert sitting.verdicts == [("affected", "green"), ("rest", "green")]


async def test_is_answered_after_a_quit(tmp_path: Path, tty: Tty) -> None:
    async with saved_in_a_debugger(tmp_path, tty, b"q\n") as (sitting, ends):
        assert [event.completed for event in ends] == [True, True]
        assert sitting.outcomes == {"test_a.py::test_stops": "not run", "test_a.py::test_other": "passed"}
