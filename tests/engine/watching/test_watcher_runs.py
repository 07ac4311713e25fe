"""What runs write, seen by the watcher."""

from __future__ import annotations

import shutil

from tests.engine.watching.hand import Project


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


async def test_a_source_that_changes_with_every_run_is_given_out_after_a_silence(project: Project) -> None:
    project.put("gen.py", "0")
    await project.watcher.start()
    for number in range(1, 4):
        project.watcher.run_began()
        project.save("gen.py", str(number))
        assert await project.next() == {"gen.py": str(number)}
        await project.watcher.run_ended([])
    project.watcher.run_began()
    project.put("gen.py", "4")
    project.save("other.py", "")
    assert await project.next() == {"other.py": ""}
    project.tell("gen.py")
    await project.watcher.run_ended([f"{project.root}/other.py"])
    assert await project.next() == {"gen.py": "4"}
