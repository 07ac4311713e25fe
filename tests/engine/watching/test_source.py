"""The thread that waits for events, on a RustNotify of our own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from threading import Event
from typing import Any, Self

import pytest
from watchfiles import Change
from watchfiles._rust_notify import RustNotify, WatchfilesRustInternalError

from tui.engine.watching import source
from tui.engine.watching.source import STORM, Batch, Events, SourceError

Found = set[tuple[int, str]]


class Notify:
    """Gives what is put into it, and forgets what it has when it is told to stop, as the real one does."""

    def __init__(self) -> None:
        self.events: list[Found | Exception] = []
        self.is_closed = False
        self.gate = Event()
        self.gate.set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.is_closed = True

    def watch(self, debounce: int, step: int, timeout: int, stop: Any) -> Found | str:
        assert timeout == 0
        assert 0 < step < debounce
        while True:
            self.gate.wait(10)
            if stop.is_set():
                self.events.clear()
                return "stop"
            if self.events:
                match self.events.pop(0):
                    case Exception() as error:
                        raise error
                    case found:
                        return found


class Edge:
    """Events on fakes; what they hand on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.notifies: list[Notify] = []
        self.batches: asyncio.Queue[Batch] = asyncio.Queue()
        self.events = Events("/p", lambda path: not path.endswith(".log"), self.batches.put_nowait)
        monkeypatch.setattr(source, "_notify", self.made)

    def made(self, root: str, folders: Sequence[str]) -> Notify:
        self.notifies.append(Notify())
        return self.notifies[-1]

    async def next(self) -> Batch:
        return await asyncio.wait_for(self.batches.get(), 10)


@pytest.fixture
def edge(monkeypatch: pytest.MonkeyPatch) -> Edge:
    return Edge(monkeypatch)


async def test_events_are_filtered_before_the_loop_is_woken(edge: Edge) -> None:
    await edge.events.watch(["/p"])
    edge.notifies[0].events += [
        {(Change.modified, "/p/x.log")},
        {(Change.modified, "/p/x.log"), (Change.modified, "/p/a.py"), (Change.added, "/p/b.py")},
    ]
    assert await edge.next() == Batch(frozenset({"/p/a.py", "/p/b.py"}), frozenset({"/p/b.py"}), 3)
    await edge.events.close()
    assert edge.notifies[0].is_closed
    assert edge.batches.empty()


async def test_a_storm_is_told_even_if_nothing_in_it_matters(edge: Edge) -> None:
    await edge.events.watch(["/p"])
    edge.notifies[0].events.append({(Change.modified, f"/p/{number}.log") for number in range(STORM)})
    assert await edge.next() == Batch(count=STORM)
    await edge.events.close()


async def test_what_the_old_thread_has_is_handed_on_when_a_new_one_takes_over(edge: Edge) -> None:
    await edge.events.watch(["/p"])
    old = edge.notifies[0]
    old.gate.clear()
    await edge.events.watch(["/p", "/p/new"])
    old.events += [{(Change.modified, "/p/a.py")}, {(Change.modified, "/p/b.py")}]
    old.gate.set()
    assert (await edge.next()).paths == {"/p/a.py"}
    assert (await edge.next()).paths == {"/p/b.py"}
    edge.notifies[1].events.append({(Change.modified, "/p/new/c.py")})
    assert (await edge.next()).paths == {"/p/new/c.py"}
    await edge.events.close()
    assert all(notify.is_closed for notify in edge.notifies)


async def test_a_failure_asks_for_a_look_at_everything(edge: Edge) -> None:
    await edge.events.watch(["/p"])
    edge.notifies[0].events.append(WatchfilesRustInternalError("Unable to decode path"))
    assert await edge.next() == Batch(scan=True, broken=True)
    await edge.events.watch(["/p"])
    edge.notifies[1].events.append({(Change.deleted, "/p/a.py")})
    assert (await edge.next()).paths == {"/p/a.py"}
    await edge.events.close()


async def test_closing_what_never_began(edge: Edge) -> None:
    await edge.events.close()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError("OS file watch limit reached. (Error {..})"), "max_user_watches"),
        (WatchfilesRustInternalError("Error creating recommended watcher: Too many open files"), "max_user_instances"),
        (OSError("something else"), "something else"),
    ],
)
async def test_limits_of_the_system_are_named(monkeypatch: pytest.MonkeyPatch, error: Exception, words: str) -> None:
    def fail(*_: object, **__: object) -> RustNotify:
        raise error

    monkeypatch.setattr("watchfiles._rust_notify.RustNotify", fail)
    with pytest.raises(SourceError, match=words):
        await Events("/", lambda _: True, lambda _: None).watch(["/"])


async def test_folders_that_are_gone_again_are_left_out(tmp_path: Path) -> None:
    events = Events(str(tmp_path), lambda _: True, lambda _: None)
    await events.watch([str(tmp_path), str(tmp_path / "gone")])
    await events.close()
