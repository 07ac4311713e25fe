"""The watcher, told by hand what happens: saves, bursts, rules, its end."""

from __future__ import annotations

import asyncio

import pytest

from tests.engine.watching.hand import PATIENCE, Project
from tui.engine.watching import burst, watcher
from tui.engine.watching.burst import Burst
from tui.engine.watching.ledger import Ledger
from tui.engine.watching.source import STORM, Batch


async def test_a_save_is_given_with_its_hash(project: Project) -> None:
    project.put("a.py", "1")
    await project.watcher.start()
    project.save("a.py", "2")
    assert await project.next() == {"a.py": "2"}


async def test_only_what_is_another_content_is_given(project: Project) -> None:
    project.put("a.py", "1")
    project.put("b.py", "1")
    await project.watcher.start()
    project.tell("a.py")
    project.save("a.py", "1")
    project.put("temp", "x")
    project.tell(appeared=["temp"])
    (project.root / "temp").unlink()
    project.tell("temp", "never")
    project.save("b.py", "2")
    assert await project.next() == {"b.py": "2"}


async def test_there_and_back_while_nobody_fetches_is_nothing(project: Project) -> None:
    project.put("a.py", "1")
    await project.watcher.start()
    project.save("a.py", "2")
    project.save("b.py", "1")
    assert await project.next() == {"a.py": "2", "b.py": "1"}
    project.save("a.py", "3")
    project.save("a.py", "2")
    project.save("c.py", "1")
    assert await project.next() == {"c.py": "1"}


async def test_a_rename_and_a_removal(project: Project) -> None:
    for name in ("a.py", "b.py"):
        project.put(name, name)
    await project.watcher.start()
    (project.root / "a.py").rename(project.root / "c.py")
    (project.root / "b.py").unlink()
    project.tell("a.py", "b.py", appeared=["c.py"])
    assert await project.next() == {"a.py": None, "b.py": None, "c.py": "a.py"}


async def test_a_burst_in_many_batches_is_one(project: Project) -> None:
    await project.watcher.start()
    for number in range(300):
        project.save(f"f{number}.py", str(number))
    assert await project.next() == {f"f{number}.py": str(number) for number in range(300)}


async def test_an_edit_that_no_event_tells_of_is_found_while_the_contents_are_learnt(project: Project) -> None:
    for name in ("a.py", "b.py"):
        project.put(name, "1")
    project.watcher._ledger = Ledger(grain=-(2**62))  # as if the files were old
    await project.watcher.start()
    project.put("a.py", "2")  # nothing has been learnt: that begins when this test first waits
    (project.root / "b.py").unlink()
    assert await project.next() == {"a.py": "2", "b.py": None}


@pytest.mark.parametrize("batch", [Batch(count=STORM), Batch(scan=True, broken=True)])
async def test_lost_events_are_made_up_for(project: Project, batch: Batch) -> None:
    for name in ("a.py", "b.py", "p/c.py"):
        project.put(name, "1")
    await project.watcher.start()
    project.put("a.py", "2")
    (project.root / "b.py").unlink()
    (project.root / "p").rename(project.root / "q")
    project.hand.sink(batch)
    assert await project.next() == {"a.py": "2", "b.py": None, "p/c.py": None, "q/c.py": "1"}
    assert project.hand.watched[-1] == [str(project.root), f"{project.root}/q"]


async def test_nothing_is_given_before_a_burst_is_over(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    is_open = asyncio.Event()

    class Long(Burst):
        is_over = False

        @property
        def due(self) -> float:
            is_open.set()
            return self.last if Long.is_over else self.last + PATIENCE

        @property
        def end(self) -> float:
            return self.began + 2 * PATIENCE

    await project.watcher.start()
    project.save("a.py", "1")
    await project.watcher._ready.wait()
    monkeypatch.setattr(watcher, "Burst", Long)
    project.save("b.py", "1")
    await is_open.wait()
    given = asyncio.create_task(project.next())
    for _ in range(10):
        await asyncio.sleep(0)
    Long.is_over = True
    project.save("c.py", "1")
    assert await given == {"a.py": "1", "b.py": "1", "c.py": "1"}


@pytest.mark.parametrize(("near", "sizes"), [(1e9, [1, 2, 3]), (-1e9, [1, 1, 1])])
async def test_what_comes_right_after_a_burst_belongs_to_it(
    project: Project, monkeypatch: pytest.MonkeyPatch, near: float, sizes: list[int]
) -> None:
    seen = []

    class Seen(Burst):
        def add(self, now: float, *, size: int, doubtful: bool = False, locked: bool = False) -> None:
            seen.append(size)
            super().add(now, size=size, doubtful=doubtful, locked=locked)

    monkeypatch.setattr(watcher, "_NEAR", near)
    monkeypatch.setattr(watcher, "Burst", Seen)
    await project.watcher.start()
    for name in ("a.py", "b.py", "c.py"):
        project.save(name, "1")
        assert await project.next() == {name: "1"}
    assert seen == sizes


async def test_what_comes_when_a_burst_is_cut_is_not_lost(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(burst, "_PATIENCE", 0.001)
    await project.watcher.start()
    for number in range(50):
        project.save(f"f{number}.py", "1")
    names: set[str] = set()
    while len(names) < 50:
        names |= set(await project.next())


async def test_a_gitignore_holds_at_once(project: Project) -> None:
    project.put("a.log", "1")
    project.put(".gitignore", "*.txt\n")
    project.put("b.txt", "1")
    await project.watcher.start()
    project.put("a.log", "2")
    project.put(".gitignore", "*.log\n")
    project.tell("a.log", ".gitignore")
    assert await project.next() == {".gitignore": "*.log\n"}
    project.save("b.txt", "2")
    assert await project.next() == {"b.txt": "2"}
    project.save("a.log", "3")
    project.save("b.txt", "3")
    assert await project.next() == {"b.txt": "3"}


async def test_files_that_tests_need_are_watched_from_then_on(project: Project) -> None:
    project.put("gen/version.py", "1")
    project.put(".gitignore", "gen/\n")
    await project.watcher.start()
    project.put("gen/version.py", "made by a run")
    await project.watcher.need([f"{project.root}/gen/version.py"])
    assert f"{project.root}/gen" in project.hand.watched[-1]
    project.save("gen/version.py", "2")
    assert await project.next() == {"gen/version.py": "2"}


async def test_folders_that_pytest_leaves_out_are_watched_no_longer(project: Project) -> None:
    for name in ("a.py", "slow/b.py"):
        project.put(name, "1")
    await project.watcher.start()
    project.save("slow/b.py", "2")
    assert await project.next() == {"slow/b.py": "2"}
    await project.watcher.need(norecursedirs=["slow"])
    project.save("slow/b.py", "3")
    project.save("a.py", "2")
    assert await project.next() == {"a.py": "2"}
    await project.watcher.need([f"{project.root}/slow/b.py"], norecursedirs=["slow"])
    project.save("slow/b.py", "4")
    assert await project.next() == {"slow/b.py": "4"}


async def test_closing_ends_the_changes(project: Project) -> None:
    await project.watcher.start()
    project.save("a.py", "1")
    await project.watcher.close()
    with pytest.raises(StopAsyncIteration):
        await project.next()
    assert project.hand.is_closed


async def test_closing_without_a_start(project: Project) -> None:
    await project.watcher.close()


async def test_an_error_of_ours_is_not_silence(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    await project.watcher.start()

    def fail(*_: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(watcher, "look", fail)
    project.save("a.py", "1")
    with pytest.raises(RuntimeError, match="a bug"):
        await project.next()
