"""When there are no events, or none any more."""

from __future__ import annotations

import pytest

from tests.engine.watching.hand import Hand, Project
from tui.engine.watching import Rules, Watcher, mounts
from tui.engine.watching.source import Batch, SourceError


async def test_events_that_fail_again_and_again_are_given_up(project: Project) -> None:
    await project.watcher.start()
    for number in range(10):
        project.hand.sink(Batch(scan=True, broken=True))
        project.save("a.py", str(number))
        await project.next()
    assert project.watcher.notes == ("polling: the system's events cannot be read",)
    project.put("a.py", "found by looking")
    assert await project.next() == {"a.py": "found by looking"}


async def test_without_events_the_watcher_looks_for_itself(project: Project) -> None:
    project.put("a.py", "1")
    project.hand.failure = SourceError("the system's limit is reached")
    await project.watcher.start()
    assert project.watcher.notes == ("polling: the system's limit is reached",)
    project.put("a.py", "2")
    project.put("p/q/b.py", "1")
    await project.until(**{"a_py": "2", "p/q/b_py": "1"})
    (project.root / "a.py").unlink()
    assert await project.next() == {"a.py": None}


async def test_a_limit_reached_later_ends_in_polling_too(project: Project) -> None:
    await project.watcher.start()
    project.hand.failure = SourceError("the system's limit is reached")
    project.put("p/a.py", "1")
    project.tell(appeared=["p"])
    assert await project.next() == {"p/a.py": "1"}
    assert project.watcher.notes == ("polling: the system's limit is reached",)
    project.put("p/a.py", "2")
    assert await project.next() == {"p/a.py": "2"}


async def test_a_limit_reached_at_the_end_of_a_run_ends_in_polling_too(project: Project) -> None:
    await project.watcher.start()
    project.watcher.run_began()
    project.hand.failure = SourceError("the system's limit is reached")
    project.put("p/a.py", "1")
    await project.watcher.run_ended([f"{project.root}/p"])
    project.put("p/a.py", "2")
    assert await project.next() == {"p/a.py": "2"}


async def test_polling_when_asked_for(project: Project) -> None:
    project.put("a.py", "1")
    asked = Watcher(project.root, Rules(project.root), polling=True, source=project.hand)
    await asked.start()
    assert asked.notes == ("polling: as asked",)
    assert project.hand.watched == []
    project.put("a.py", "2")
    async for changes in asked.changes():
        assert list(changes.paths) == [f"{project.root}/a.py"]
        break
    await asked.close()


async def test_polling_where_the_file_system_gives_no_events(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mounts, "mounts", lambda: "server:/x / nfs4 rw 0 0\n")
    remote = Watcher(project.root, Rules(project.root), source=Hand())
    assert remote.notes == ("polling: nfs4 gives no events",)
    assert Watcher(project.root, Rules(project.root), source=Hand(), polling=False).notes == ()
