"""Runs of one explorer, one after the other, on a real project."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.headless.launch import heard
from tui.engine.explorer import Explorer, Order, Project
from tui.engine.interpreter import Interpreter
from tui.engine.request import Selection
from tui.model import events as ev

SECONDS = 60
Make = Callable[..., Explorer]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    write(folder, "test_a.py", "def test_1(): pass\ndef test_2(): assert 0\ndef test_3(): pass\n")
    return folder


@pytest.fixture
def make(project: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    """Makes an explorer of the project with arguments for pytest."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    made = []

    def explorer(*args: str, python: str = sys.executable) -> Explorer:
        made.append(Explorer(Project(project, Interpreter(python, "test"), args)))
        return made[-1]

    yield explorer
    for each in made:
        each.close()


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(textwrap.dedent(text))


async def run(explorer: Explorer, order: Order | None = None) -> list[ev.Event]:
    """All events of a run."""
    async with asyncio.timeout(SECONDS):
        return [event async for batch in explorer.run(order or Order()).batches() for event in batch]


def outcomes(events: list[ev.Event]) -> dict[str, str]:
    return {event.nodeid: event.status.word for event in events if isinstance(event, ev.ItemFinished)}


def the_end(events: list[ev.Event]) -> ev.SessionFinished:
    (end,) = [event for event in events if isinstance(event, ev.SessionFinished)]
    assert events[-1] is end
    return end


def one(project: Path, name: str) -> Selection:
    return Selection(items=((f"test_a.py::{name}", 0, str(project / "test_a.py")),), size=1)


async def test_runs_follow_each_other(make: Make, project: Path) -> None:
    """One host serves them all; changed files count at once."""
    explorer = make()
    first = await run(explorer)
    assert outcomes(first) == {
        "test_a.py::test_1": "passed",
        "test_a.py::test_2": "failed",
        "test_a.py::test_3": "passed",
    }
    assert the_end(first) == ev.SessionFinished(1, 1, completed=True)
    host = explorer._host
    write(project, "test_a.py", "def test_1(): pass\ndef test_2(): pass\n")
    second = await run(explorer, Order(one(project, "test_2")))
    assert outcomes(second) == {"test_a.py::test_2": "passed"}
    assert {event.run for event in second} == {2}
    assert explorer._host is host


async def test_a_run_prepared_before_there_is_a_loop_is_the_first(make: Make) -> None:
    explorer = make()
    order = Order(collect_only=True)
    assert explorer.prepare(order) == 1
    events = await run(explorer, order)
    assert the_end(events).exit == 0
    assert {event.run for event in events} == {1}
    assert outcomes(events) == {}
    (collection,) = [event for event in events if isinstance(event, ev.CollectionFinished)]
    assert [item.nodeid for item in collection.items] == ["test_a.py::test_1", "test_a.py::test_2", "test_a.py::test_3"]


async def test_another_order_than_the_prepared_one(make: Make, project: Path) -> None:
    explorer = make()
    explorer.prepare(Order(collect_only=True))
    events = await run(explorer, Order(one(project, "test_1")))
    assert outcomes(events) == {"test_a.py::test_1": "passed"}
    assert {event.run for event in events} == {2}


async def test_what_is_gone_is_missing_and_the_rest_runs(make: Make, project: Path) -> None:
    file = str(project / "test_a.py")
    selection = Selection(items=(("test_a.py::test_1", 0, file), ("test_a.py::test_gone", 0, file)), size=2)
    events = await run(make(), Order(selection))
    assert outcomes(events) == {"test_a.py::test_1": "passed"}
    (missing,) = [event for event in events if isinstance(event, ev.ItemsMissing)]
    assert missing.keys == (("test_a.py::test_gone", 0),)
    assert the_end(events).exit == 0


async def test_phases_that_passed_come_only_when_asked_for(make: Make) -> None:
    explorer = make()
    few = [event for event in await run(explorer) if isinstance(event, ev.PhaseReported)]
    assert [(phase.when, phase.outcome) for phase in few] == [("call", "failed")]
    many = [event for event in await run(explorer, Order(phases=True)) if isinstance(event, ev.PhaseReported)]
    assert len(many) == 9


async def test_every_place_leads_to_its_line(make: Make) -> None:
    explorer = make()
    for event in await run(explorer):
        ref = getattr(event, "ref", None)
        if ref is not None:
            line = explorer.shelf.line(ref)
            assert line is not None
            assert line["event"] == type(event).__name__
            assert explorer.shelf.folder(ref).name == "1"


SLEEPS = """
    import time
    def test_1(): pass
    def test_2():
        {before}
        open("ready", "w").close()
        time.sleep(600)
    def test_3(): pass
"""


async def stopped(explorer: Explorer, project: Path, times: int, before: str = "pass") -> list[ev.Event]:
    """A run that is stopped while its second test sleeps."""
    write(project, "test_a.py", SLEEPS.format(before=before))
    ready = project / "ready"
    os.mkfifo(ready)
    stream = explorer.run(Order())
    descriptor = os.open(ready, os.O_RDONLY | os.O_NONBLOCK)
    opened = asyncio.Event()
    asyncio.get_running_loop().add_reader(descriptor, opened.set)

    async def stop() -> None:
        await opened.wait()
        asyncio.get_running_loop().remove_reader(descriptor)
        for count in range(1, times + 1):
            assert explorer.stop() == count

    async with asyncio.timeout(SECONDS):
        _, events = await asyncio.gather(stop(), collect(stream.batches()))
    os.close(descriptor)
    ready.unlink()
    return events


async def collect(batches: object) -> list[ev.Event]:
    return [event async for batch in batches for event in batch]  # type: ignore[attr-defined]


async def test_stop_and_run_again(make: Make, project: Path) -> None:
    explorer = make()
    events = await stopped(explorer, project, 1)
    assert outcomes(events) == {"test_a.py::test_1": "passed"}
    assert the_end(events) == ev.SessionFinished(1, 2, completed=True)
    (interrupted,) = [event for event in events if isinstance(event, ev.Interrupted)]
    assert not interrupted.by_exit
    write(project, "test_a.py", "def test_1(): pass\n")
    assert the_end(await run(explorer)).exit == 0


async def test_kill_and_run_again(make: Make, project: Path) -> None:
    """No item is crashed by the person's own doing."""
    explorer = make()
    events = await stopped(explorer, project, 2, before="import signal; signal.signal(2, signal.SIG_IGN)")
    assert outcomes(events) == {"test_a.py::test_1": "passed"}
    assert the_end(events) == ev.SessionFinished(1, -9, completed=False)
    assert [event.reason for event in events if isinstance(event, ev.Interrupted)] == ["stopped"]
    write(project, "test_a.py", "def test_1(): pass\n")
    assert the_end(await run(explorer)).exit == 0


async def test_after_a_crash_the_next_run_is_as_good_as_any(make: Make, project: Path) -> None:
    explorer = make()
    write(project, "test_a.py", "import os\ndef test_1(): os._exit(3)\n")
    first = await run(explorer)
    assert outcomes(first) == {"test_a.py::test_1": "crashed"}
    (report,) = [event for event in first if isinstance(event, ev.PhaseReported)]
    assert report.ref is not None
    line = explorer.shelf.line(report.ref)
    assert line is not None
    assert line["longrepr"] == report.longrepr
    write(project, "test_a.py", "def test_1(): pass\n")
    assert outcomes(await run(explorer)) == {"test_a.py::test_1": "passed"}


async def test_after_the_death_of_the_host_there_is_a_new_one(make: Make, project: Path) -> None:
    explorer = make()
    write(project, "test_a.py", "import os, time\ndef test_1(): os.kill(os.getppid(), 9); time.sleep(600)\n")
    first = await run(explorer)
    assert outcomes(first) == {"test_a.py::test_1": "crashed"}
    write(project, "test_a.py", "def test_1(): pass\n")
    assert outcomes(await run(explorer)) == {"test_a.py::test_1": "passed"}


async def test_an_interpreter_that_does_not_work_can_be_mended(make: Make, project: Path) -> None:
    python = project / "python"
    python.symlink_to(shutil.which("false") or "/bin/false")
    explorer = make(python=str(python))
    first = await run(explorer)
    assert any(isinstance(event, ev.NotStarted) for event in first)
    assert the_end(first).exit == 4
    python.unlink()
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    assert outcomes(await run(explorer))["test_a.py::test_1"] == "passed"


async def test_two_explorers_in_one_project(make: Make) -> None:
    both = await asyncio.gather(run(make()), run(make()))
    assert [len(outcomes(events)) for events in both] == [3, 3]
    assert {events[0].run for events in both} == {1, 2}


async def test_maxfail_can_be_set_while_it_runs(make: Make, project: Path) -> None:
    write(
        project,
        "test_a.py",
        """
        import os, pytest
        def test_0():
            open("ready", "w").close()
            open("go").close()
        @pytest.mark.parametrize("n", range(5))
        def test_fails(n): assert 0
        """,
    )
    for name in ("ready", "go"):
        os.mkfifo(project / name)
    explorer = make()
    stream = explorer.run(Order())

    async def set_it() -> None:
        await asyncio.to_thread(heard, project / "ready")
        explorer.set_maxfail(2)
        opened.append(os.open(project / "go", os.O_RDWR))

    opened: list[int] = []
    async with asyncio.timeout(SECONDS):
        _, events = await asyncio.gather(set_it(), collect(stream.batches()))
    os.close(opened[0])
    assert list(outcomes(events).values()) == ["passed", "failed", "failed"]


async def test_columns_are_the_width_of_pytests_text(make: Make) -> None:
    explorer = make()
    await run(explorer, Order(columns=50))
    assert explorer.stream is not None
    text = explorer.stream.output.read_text()
    assert "=" * 10 in text
    assert "=" * 51 not in text
    assert "\x1b[" in text
