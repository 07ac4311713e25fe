"""The watcher, told by hand what happens."""

from __future__ import annotations

import shutil

import pytest

from tests.engine.watching.hand import Hand, Project
from tui.engine.watching import Rules, Watcher, mounts, watcher
from tui.engine.watching.source import STORM, Batch, SourceError


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


async def test_what_happens_while_folders_are_being_watched_belongs_to_the_start(project: Project) -> None:
    project.put("a.py", "1")

    def late() -> None:
        project.put("a.py", "2")
        project.put("new/b.py", "2")

    project.hand.on_watch = late
    await project.watcher.start()
    project.hand.on_watch = lambda: None
    assert project.hand.watched[-1] == [str(project.root), f"{project.root}/new"]
    project.tell("a.py", appeared=["new"])
    project.save("new/b.py", "3")
    assert await project.next() == {"new/b.py": "3"}


async def test_new_folders_are_watched_and_what_was_put_there_before_is_found(project: Project) -> None:
    await project.watcher.start()
    project.put("p/q/a.py", "1")
    project.hand.on_watch = lambda: project.put("p/q/r/late.py", "2")
    project.tell(appeared=["p"])
    assert await project.next() == {"p/q/a.py": "1", "p/q/r/late.py": "2"}
    while f"{project.root}/p/q/r" not in project.hand.watched[-1]:  # not too often in a row
        project.save("b.py", f"text {project.texts}")
        await project.next()
    assert set(project.hand.watched[-1]) == {str(project.root / each) for each in ("", "p", "p/q", "p/q/r")}


async def test_folders_that_keep_coming_are_watched_together_later(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watcher, "_WATCH_SHARE", 1e9)
    await project.watcher.start()
    for number in range(10):
        project.put(f"f{number}/a.py", str(number))
        project.tell(appeared=[f"f{number}"])
        assert await project.next() == {f"f{number}/a.py": str(number)}
    assert len(project.hand.watched) == 2
    monkeypatch.setattr(project.watcher, "_watch_next", 0.0)
    project.put("f5/late.py", "1")
    project.watcher._watch_now()
    assert await project.next() == {"f5/late.py": "1"}
    assert set(project.hand.watched[2]) == {str(project.root), *(f"{project.root}/f{number}" for number in range(10))}


async def test_a_renamed_folder(project: Project) -> None:
    project.put("p/q/a.py", "1")
    await project.watcher.start()
    (project.root / "p").rename(project.root / "new")
    project.tell("p", appeared=["new"])
    assert await project.next() == {"p/q/a.py": None, "new/q/a.py": "1"}


async def test_a_folder_removed_and_made_anew_with_the_same_files_is_nothing(project: Project) -> None:
    project.put("p/a.py", "1")
    project.put("p/b.py", "1")
    await project.watcher.start()
    shutil.rmtree(project.root / "p")
    project.put("p/a.py", "1")
    project.tell("p", "p/a.py", "p/b.py", appeared=["p"])
    assert await project.next() == {"p/b.py": None}
    assert len(project.hand.watched) > 1


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
    await project.watcher.need([f"{project.root}/gen/version.py"])
    assert f"{project.root}/gen" in project.hand.watched[-1]
    project.save("gen/version.py", "2")
    assert await project.next() == {"gen/version.py": "2"}


async def test_what_a_run_wrote_is_no_change_and_the_rest_is_one_at_its_end(project: Project) -> None:
    for name in ("own.json", "other.json", "a.py"):
        project.put(name, "1")
    await project.watcher.start()
    project.watcher.run_began()
    project.save("own.json", "2")
    project.save("other.json", "2")
    project.save("a.py", "2")
    assert await project.next() == {"a.py": "2"}
    project.put("own.json", "3")
    await project.watcher.run_ended([f"{project.root}/own.json"])
    assert await project.next() == {"other.json": "2"}
    project.tell("own.json")
    project.save("own.json", "1")
    assert await project.next() == {"own.json": "1"}


async def test_what_a_run_wrote_where_no_event_has_told_of_it_yet(project: Project) -> None:
    project.put("kept", "1")
    project.put("out/gone", "1")
    await project.watcher.start()
    project.watcher.run_began()
    shutil.rmtree(project.root / "out")
    project.put("made/deep/x", "1")
    project.watcher.run_wrote([f"{project.root}/made/deep"])
    await project.watcher.run_ended([f"{project.root}/out", f"{project.root}/made/deep", "/elsewhere", ""])
    project.tell("out", "out/gone", "made/deep/x", appeared=["made", "made/deep"])
    project.save("kept", "2")
    assert await project.next() == {"kept": "2"}


async def test_noisy_files_are_named(project: Project) -> None:
    for name in ("x.txt", "y.txt"):
        project.put(name, "0")
    await project.watcher.start()
    for number in range(1, 4):
        project.watcher.run_began()
        project.put("x.txt", str(number))
        await project.watcher.run_ended([f"{project.root}/x.txt"])
    assert project.watcher.notes == ("x.txt changes at every run: ignored",)
    for number in range(4, 7):
        project.watcher.run_began()
        project.put("y.txt", str(number))
        await project.watcher.run_ended([f"{project.root}/y.txt"])
    assert project.watcher.notes == ("x.txt and 1 more change at every run: ignored",)


async def test_a_root_that_goes_and_comes_back(project: Project) -> None:
    project.put("a.py", "1")
    project.put("p/b.py", "1")
    await project.watcher.start()
    shutil.rmtree(project.root)
    project.tell(".", "a.py", "p")
    assert await project.next() == {"a.py": None, "p/b.py": None}
    assert project.watcher.notes == (f"{project.root} is gone",)
    watched = len(project.hand.watched)
    project.put("a.py", "1")
    assert await project.next() == {"a.py": "1"}
    assert len(project.hand.watched) > watched


async def test_nothing_is_said_of_a_root_that_is_back(project: Project) -> None:
    project.put("a.py", "1")
    await project.watcher.start()
    shutil.rmtree(project.root)
    project.tell(".")
    await project.next()
    project.put("a.py", "1")
    await project.next()
    assert project.watcher.notes == ()


async def test_a_root_that_is_not_there(project: Project) -> None:
    project.root.rmdir()
    with pytest.raises(FileNotFoundError):
        await project.watcher.start()


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
