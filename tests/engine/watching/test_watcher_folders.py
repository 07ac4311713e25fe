"""The watcher, told by hand what happens to folders and to the root."""

from __future__ import annotations

import shutil

import pytest

from tests.engine.watching.hand import Project
from tui.engine.watching import watcher


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
    monkeypatch.setattr(watcher, "_WATCH_PAUSE", 1e9)
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


async def test_a_folder_that_is_renamed_before_it_could_be_watched(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    await project.watcher.start()
    monkeypatch.setattr(project.watcher, "_watch_next", 1e9)
    project.put("p/q/a.py", "1")
    project.tell(appeared=["p"])
    assert await project.next() == {"p/q/a.py": "1"}
    (project.root / "p").rename(project.root / "new")
    project.tell("p", appeared=["new"])
    assert await project.next() == {"p/q/a.py": None, "new/q/a.py": "1"}


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


async def test_another_root_in_place_of_the_one_that_was_watched(project: Project) -> None:
    project.put("a.py", "1")
    await project.watcher.start()
    shutil.rmtree(project.root)
    project.put("a.py", "2")
    watched = len(project.hand.watched)
    project.tell("a.py")
    assert await project.next() == {"a.py": "2"}
    assert len(project.hand.watched) > watched
    project.put("a.py", "3")
    watched = len(project.hand.watched)
    project.tell("a.py")
    assert await project.next() == {"a.py": "3"}
    assert len(project.hand.watched) == watched


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
