"""The watcher with the events of this system."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.engine.watching.hand import Project


def git(folder: Path, *words: str) -> None:
    who = {"GIT_AUTHOR_NAME": "x", "GIT_AUTHOR_EMAIL": "x@x", "GIT_COMMITTER_NAME": "x", "GIT_COMMITTER_EMAIL": "x@x"}
    mute = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    subprocess.run(
        ["git", "-C", str(folder), *words], check=True, capture_output=True, env={**os.environ, **who, **mute}
    )


async def test_saves_of_every_kind(live: Project) -> None:
    live.put("a.py", "1")
    await live.watcher.start()
    live.put("a.py", "2")
    assert await live.until(a_py="2")
    live.put("a.py.new", "3")
    (live.root / "a.py.new").replace(live.root / "a.py")
    given = await live.until(a_py="3")
    assert given == [{"a.py": "3"}]
    (live.root / "a.py").rename(live.root / "a.py~")
    live.put("a.py", "4")
    (live.root / "a.py~").unlink()
    assert (await live.until(a_py="4"))[-1] == {"a.py": "4"}


async def test_folders_made_renamed_removed_and_made_again(live: Project) -> None:
    await live.watcher.start()
    live.put("p/q/r/a.py", "1")
    await live.until(**{"p/q/r/a_py": "1"})
    live.put("p/q/r/a.py", "2")
    await live.until(**{"p/q/r/a_py": "2"})
    (live.root / "p/q").rename(live.root / "new")
    await live.until(**{"p/q/r/a_py": None, "new/r/a_py": "2"})
    live.put("new/r/a.py", "3")
    await live.until(**{"new/r/a_py": "3"})
    shutil.rmtree(live.root / "new")
    await live.until(**{"new/r/a_py": None})
    live.put("new/r/a.py", "4")
    await live.until(**{"new/r/a_py": "4"})
    live.put("new/r/a.py", "5")
    await live.until(**{"new/r/a_py": "5"})


async def test_a_name_that_is_no_utf_8_does_not_end_it(live: Project) -> None:
    await live.watcher.start()
    live.put(os.fsdecode(b"caf\xe9.txt"), "1")
    live.put("a.py", "1")
    await live.until(a_py="1")
    live.put("a.py", "2")
    await live.until(a_py="2")


async def test_the_root_goes_and_comes_back(live: Project) -> None:
    live.put("a.py", "1")
    await live.watcher.start()
    shutil.rmtree(live.root)
    await live.until(a_py=None)
    live.put("a.py", "2")
    await live.until(a_py="2")
    live.put("a.py", "3")
    await live.until(a_py="3")


async def test_a_checkout_is_one_change_and_one_there_and_back_is_none(live: Project) -> None:
    git(live.root, "init", "-q", "-b", "main")
    for number in range(300):
        live.put(f"p{number % 7}/f{number}.py", "main")
    git(live.root, "add", ".")
    git(live.root, "commit", "-qm", "x")
    git(live.root, "checkout", "-qb", "other")
    for number in range(300):
        live.put(f"p{number % 7}/f{number}.py", "other")
    git(live.root, "commit", "-qam", "x")
    await live.watcher.start()
    git(live.root, "checkout", "-q", "main")
    git(live.root, "checkout", "-q", "other")
    git(live.root, "checkout", "-q", "main")
    assert await live.next() == {f"p{number % 7}/f{number}.py": "main" for number in range(300)}
    git(live.root, "checkout", "-q", "other")
    git(live.root, "checkout", "-q", "main")
    live.put("a.py", "1")
    assert await live.until(a_py="1") == [{"a.py": "1"}]


@pytest.mark.parametrize("name", ["target.py", "outside"])
async def test_links_are_followed_to_files(live: Project, tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    target = (tmp_path_factory.mktemp("elsewhere") if name == "outside" else live.root) / name
    target.write_text("1")
    live.put("other.py", "2")
    (live.root / "link.py").symlink_to(target)
    (live.root / "loop").symlink_to(live.root)
    await live.watcher.start()
    (live.root / "new").symlink_to("other.py")
    (live.root / "new").replace(live.root / "link.py")
    await live.until(link_py="2")


async def test_what_lies_behind_links_is_watched(live: Project, tmp_path_factory: pytest.TempPathFactory) -> None:
    out = tmp_path_factory.mktemp("elsewhere")
    for name in ("data/a.json", "files/b.json", "more/deep/c.json"):
        (out / name).parent.mkdir(parents=True)
        (out / name).write_text(live.known("1"))
    (live.root / "data").symlink_to(out / "data")
    (live.root / "b.json").symlink_to(out / "files/b.json")
    await live.watcher.start()
    for number, name in enumerate(("data/a.json", "files/b.json", "data/new.json"), 2):
        (out / "temp").write_text(live.known(str(number)))
        (out / "temp").replace(out / name)
        changed = name.removeprefix("files/")
        assert await live.next() == {changed: str(number)}
    (live.root / "more").symlink_to(out / "more")
    assert await live.next() == {"more/deep/c.json": "1"}
    (out / "temp").write_text(live.known("22"))
    (out / "temp").replace(out / "more/deep/c.json")
    assert await live.next() == {"more/deep/c.json": "22"}
    (live.root / "more").unlink()
    assert await live.next() == {"more/deep/c.json": None}
