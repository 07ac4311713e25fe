"""Real runs whose failures are kept, and runs that wait: from the request to a prompt on a terminal."""

from __future__ import annotations

import asyncio
import shutil
import sys
import textwrap
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.engine.debugging.sitting import Tty, until
from tests.plugin.driver import lives
from tui.engine import wishes
from tui.engine.debugging.policy import Policy
from tui.engine.debugging.values import FrozenFailure
from tui.engine.explorer import Explorer, Order, Project
from tui.engine.interpreter import Interpreter
from tui.engine.runs import Runs
from tui.model import events as ev
from tui.model.store import Store

needs_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="failures are kept on Linux alone")
SECONDS = 60
FAILING = """
    def test_red():
        wanted = [1, 2, 3]
        assert len(wanted) == 4

    def test_green(): pass
"""
PAUSING = """
    def test_stops():
        number = 41
        breakpoint()
        assert number == 42
"""


class Room:
    """An explorer with everything that a screen has of it, but the screen."""

    def __init__(self, folder: Path, *args: str, policy: Policy | None = None) -> None:
        policy = policy or Policy("pdb", limit=20, memory=1 << 40, attended=True)
        interpreter = Interpreter(sys.executable, "test")
        self.folder = folder
        self.explorer = Explorer(Project(folder, interpreter, ("-p", "no:cacheprovider", *args)), policy)
        self.is_closed = False
        self.store = Store()
        self.runs = Runs(self.explorer, self.store, lambda: None)
        self.events: list[ev.Event] = []
        self.runs.observers.append(self.events.append)

    @property
    def kept(self) -> list[FrozenFailure]:
        """Newest first."""
        return [failure for failures in self.explorer.desk.frozen.values() for failure in failures]

    def failure(self, name: str) -> FrozenFailure:
        (found,) = [failure for failure in self.kept if failure.key[0].endswith(f"::{name}")]
        return found

    def close(self) -> None:
        """End the explorer, once."""
        if not self.is_closed:
            self.is_closed = True
            self.explorer.close()

    async def run(self, wish: wishes.Wish = wishes.EVERYTHING) -> None:
        self.events.clear()
        self.runs.ask(wish)
        await self.rests()

    async def rests(self) -> None:
        async with asyncio.timeout(SECONDS):
            while self.runs.busy:  # noqa: ASYNC110 - the end of a run is not told to anybody
                await asyncio.sleep(0.01)

    def told(self, kind: type[ev.Event]) -> list[ev.Event]:
        return [event for event in self.events if isinstance(event, kind)]

    def of(self, name: str, mode: str) -> wishes.Wish:
        """The wish to debug the item of that name."""
        (item,) = [item for item in self.store.tree.items() if item.nodeid.endswith(f"::{name}")]
        return wishes.debugging(item, mode)


Enter = Callable[..., Room]


@pytest.fixture
def enter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Enter]:
    """Writes a project and gives its room: ``enter(text of test_a.py, *arguments)``."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    rooms: list[Room] = []

    def make(text: str, *args: str, policy: Policy | None = None) -> Room:
        folder = tmp_path / f"project{len(rooms)}"
        folder.mkdir()
        (folder / "pytest.ini").write_text("[pytest]\n")
        (folder / "test_a.py").write_text(textwrap.dedent(text))
        rooms.append(Room(folder, *args, policy=policy))
        return rooms[-1]

    yield make
    for room in rooms:
        room.close()


@asynccontextmanager
async def debugging(room: Room, failure: FrozenFailure, tty: Tty) -> AsyncIterator[None]:
    """At the prompt of pdb, in that failure; it is left at the end."""
    task = asyncio.create_task(room.explorer.desk.debug(failure, tty))
    await tty.sees(b"(Pdb) ")
    tty.seen = b""
    yield
    tty.press(b"q\n")
    assert await task == ""
    tty.seen = b""
    assert tty.is_as_before


async def says(tty: Tty, line: str, answer: str) -> None:
    tty.press(line.encode() + b"\n")
    await tty.sees(answer.encode() + b"\r\n")


@needs_linux
async def test_a_failure_is_kept_as_it_was_and_can_be_visited_again(enter: Enter, tty: Tty) -> None:
    room = enter(FAILING)
    await room.run()
    (frozen,) = room.told(ev.Frozen)
    assert isinstance(frozen, ev.Frozen)
    failure = room.failure("test_red")
    assert (failure.id, failure.pid, failure.when) == (frozen.frozen, frozen.pid, "call")
    assert failure.exceptions[0].frames[failure.default[1]].line == 4
    assert list(room.store.frozen) == [failure.key]
    for _ in range(2):
        async with debugging(room, failure, tty):
            await says(tty, "len(wanted)", "3")
            tty.press(b"wanted.append(4)\n")  # of this visit alone
    answer = await room.explorer.desk.locals(failure, *failure.default)
    assert [(value.name, value.text) for value in answer.values if value.name == "wanted"] == [("wanted", "[1, 2, 3]")]
    inside = await room.explorer.desk.expand(failure, *failure.default, (answer.values[0].step,))
    assert [value.text for value in inside.values] == ["1", "2", "3"]
    assert (await room.explorer.desk.evaluate(failure, *failure.default, "sum(wanted)")).text == "6"


@needs_linux
async def test_what_is_kept_goes_when_the_item_runs_again_and_at_the_end(enter: Enter) -> None:
    room = enter(FAILING)
    await room.run()
    first = room.failure("test_red")
    await room.run()
    second = room.failure("test_red")
    assert first.is_gone
    await until(lambda: not lives(first.pid))
    assert lives(second.pid)
    (room.folder / "test_a.py").write_text("def test_red(): pass\n")
    await room.run()
    assert (room.kept, room.store.frozen) == ([], {})
    await until(lambda: not lives(second.pid))
    (room.folder / "test_a.py").write_text("def test_red(): assert 0\n")
    await room.run()
    pid = room.failure("test_red").pid
    room.close()
    await until(lambda: not lives(pid))


@needs_linux
async def test_a_host_that_makes_way_leaves_what_is_kept_and_goes_with_it(enter: Enter, tty: Tty) -> None:
    room = enter(FAILING)
    room.runs.cold = True
    await room.run()
    failure = room.failure("test_red")
    old = room.explorer._layers.host
    assert old is not None
    room.explorer._layers.start(None)
    async with debugging(room, failure, tty):
        await says(tty, "len(wanted)", "3")
    assert old.alive
    room.explorer.desk.started(failure.run + 1, failure.key)
    await until(lambda: not old.alive)


@needs_linux
async def test_workers_keep_theirs_and_no_more_than_the_limit_remains(enter: Enter, tty: Tty) -> None:
    many = "import pytest\n@pytest.mark.parametrize('n', range(12))\ndef test_red(n):\n    assert n < 0\n"
    policy = Policy("pdb", limit=4, memory=1 << 40, attended=True)
    room = enter(many, "-p", "xdist", "-n2", policy=policy)
    await room.run()
    assert len(room.kept) == 4
    assert {failure.worker for failure in room.kept} <= {"gw0", "gw1"}
    assert len(room.store.frozen) == 4
    async with debugging(room, room.kept[0], tty):
        await says(tty, "print(n < 0)", "False")


async def test_nothing_is_kept_where_it_is_not_wanted(enter: Enter) -> None:
    room = enter(FAILING, policy=Policy("pdb", limit=0, attended=True))
    await room.run()
    assert (room.told(ev.Frozen), room.kept) == ([], [])


async def test_a_run_waits_and_goes_on(enter: Enter, tty: Tty) -> None:
    room = enter(PAUSING)
    room.runs.ask(wishes.EVERYTHING)
    await until(lambda: room.explorer.desk.paused)
    (pause,) = room.explorer.desk.paused
    assert (pause.key, pause.why, pause.debugger) == (("test_a.py::test_stops", 0), "breakpoint", "pdb")
    await until(lambda: room.store.paused)
    assert [event.path for event in room.store.paused.values()] == ["test_a.py"]
    assert room.runs.debugging
    task = asyncio.create_task(room.explorer.desk.attend(pause, tty))
    await tty.sees(b"(Pdb) ")
    await says(tty, "number += 1", "(Pdb) number += 1")
    tty.press(b"c\n")
    assert await task == ""
    await room.rests()
    assert (room.store.paused, room.explorer.desk.paused) == ({}, ())
    (ended,) = room.told(ev.ItemFinished)
    assert isinstance(ended, ev.ItemFinished)
    assert ended.status.word == "passed"
    assert room.runs.history.took([("test_a.py::test_stops", 0)])[0] == 0  # what a person takes is no test's duration


async def test_without_anybody_a_run_goes_on_by_itself(enter: Enter) -> None:
    room = enter(PAUSING, policy=Policy())
    await room.run()
    assert len(room.told(ev.Paused)) == len(room.told(ev.Resumed)) == 1
    (ended,) = room.told(ev.ItemFinished)
    assert isinstance(ended, ev.ItemFinished)
    assert ended.status.word == "failed"


async def test_stopped_while_it_waits(enter: Enter) -> None:
    room = enter(PAUSING)
    room.runs.ask(wishes.EVERYTHING)
    await until(lambda: room.store.paused)
    room.runs.stop()
    await room.rests()
    assert room.explorer.desk.paused == ()
    assert room.store.run is not None
    assert room.store.run.stopped


ADDOPTS = "[pytest]\naddopts = -p xdist -n2 -x --capture=fd\n"


@pytest.mark.parametrize(
    ("mode", "where", "typed", "answer"),
    [("trace", "trace", "__name__", "'test_a'"), ("hold", "post-mortem", "len(wanted)", "3")],
)
async def test_one_test_in_a_debugger_whatever_the_project_asks_for(
    enter: Enter, tty: Tty, mode: str, where: str, typed: str, answer: str
) -> None:
    room = enter(FAILING)
    (room.folder / "pytest.ini").write_text(ADDOPTS)
    await room.run(wishes.COLLECT)
    room.runs.ask(room.of("test_red", mode))
    await until(lambda: room.explorer.desk.paused)
    (pause,) = room.explorer.desk.paused
    assert pause.why == where
    task = asyncio.create_task(room.explorer.desk.attend(pause, tty))
    await tty.sees(b"(Pdb) ")
    await says(tty, typed, answer)
    tty.press(b"c\n")
    assert await task == ""
    await room.rests()
    (ended,) = room.told(ev.ItemFinished)
    assert isinstance(ended, ev.ItemFinished)
    assert (ended.nodeid, ended.worker, ended.status.word) == ("test_a.py::test_red", None, "failed")
    assert room.kept == []
    assert room.runs.history.took([("test_a.py::test_red", 0)])[0] == 0


async def test_a_run_that_is_debugged_stops_at_the_breakpoints(enter: Enter, tty: Tty) -> None:
    room = enter(FAILING)
    await room.run(wishes.COLLECT)
    room.explorer.desk.toggle_breakpoint(str(room.folder / "test_a.py"), 4)
    room.runs.ask(room.of("test_red", "breakpoints"))
    await until(lambda: room.explorer.desk.paused)
    (pause,) = room.explorer.desk.paused
    assert (pause.why, pause.line) == ("breakpoint", 4)
    task = asyncio.create_task(room.explorer.desk.attend(pause, tty))
    await tty.sees(b"(Pdb) ")
    tty.press(b"c\n")
    await task
    await room.rests()
    assert room.events[-1] == ev.SessionFinished(2, 1, completed=True)


def test_an_order_to_debug_is_neither_distributed_nor_recorded_nor_kept(enter: Enter) -> None:
    room = enter(FAILING, "-n2")
    ready = room.explorer._ready(Order(record="selection", debug="trace"))
    request = ready.request
    assert request["debug"] == {"mode": "trace", "debugger": "pdb"}
    assert (request["sequential"], request["record"], request["freeze"]) == (True, "off", 0)
    shutil.rmtree(ready.folder)
