"""Folders of explorers: private ones that are swept, numbers of runs, what is kept."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import platformdirs
import pytest

from tui.engine import folders
from tui.engine.folders import Cache, Private
from tui.engine.history import History, Result
from tui.model.outcome import Status


@pytest.fixture
def base(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A short folder for private ones."""
    folder = Path(tempfile.mkdtemp(prefix="t", dir="/tmp"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    yield folder
    shutil.rmtree(folder)


def test_private_folder(base: Path) -> None:
    private = Private()
    assert private.folder.parent == base
    assert private.folder.stat().st_mode & 0o777 == 0o700
    assert len(private.socket) < 104
    private.remove()
    assert list(base.iterdir()) == []


def test_living_explorers_are_not_swept(base: Path) -> None:
    first = Private()
    second = Private()
    third = Private()
    assert len({first.folder, second.folder, third.folder}) == 3
    assert all(private.folder.is_dir() for private in (first, second, third))
    first.remove()
    second.remove()
    third.remove()


def test_dead_explorers_are_swept(base: Path) -> None:
    dies = "import os; from tui.engine.folders import Private; Private(); os.kill(os.getpid(), 9)"
    subprocess.run([sys.executable, "-c", dies], cwd=Path(folders.__file__).parents[2], check=False)
    (dead,) = base.iterdir()
    (base / "rb-not-ours").mkdir()
    private = Private()
    assert not dead.exists()
    assert {path.name for path in base.iterdir()} == {private.folder.name, "rb-not-ours"}
    private.remove()


def test_a_folder_is_locked_from_its_first_moment(base: Path) -> None:
    """While another explorer starts, nobody takes its folder for a dead one's."""
    with ThreadPoolExecutor(8) as pool:
        all_of_them = list(pool.map(lambda _: Private(), range(40)))
    assert all(private.folder.is_dir() for private in all_of_them)
    for private in all_of_them:
        private.remove()


def take_runs(project: str, count: int, numbers: multiprocessing.Queue[int]) -> None:
    cache = Cache(Path(project))
    for _ in range(count):
        numbers.put(cache.new_run()[0])
    os._exit(0) if count % 2 else cache.close()


def test_numbers_are_taken_once(tmp_path: Path) -> None:
    """Several explorers at once, each in its own process."""
    context = multiprocessing.get_context("spawn")
    numbers: multiprocessing.Queue[int] = context.Queue()
    processes = [context.Process(target=take_runs, args=(str(tmp_path), 8, numbers)) for _ in range(3)]
    for process in processes:
        process.start()
    taken = [numbers.get(timeout=60) for _ in range(24)]
    for process in processes:
        process.join()
    assert sorted(taken) == list(range(1, 25))


def test_a_number_that_another_explorer_took_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = Cache(tmp_path)
    taken = {first.new_run()[1] for _ in range(3)}
    late = Cache(tmp_path)
    monkeypatch.setattr(late, "_numbers", list)  # what it saw before the others came
    number, folder = late.new_run()
    assert number == 4
    assert folder not in taken


def test_numbers_grow_although_runs_are_removed(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    for expected in (1, 2, 3):
        number, folder = cache.new_run()
        assert number == expected
        assert folder.stat().st_mode & 0o777 == 0o700
    shutil.rmtree(cache.folder / "runs" / "1")
    (cache.folder / "runs" / "notes").mkdir()
    assert Cache(tmp_path).new_run()[0] == 4


def runs(cache: Cache) -> list[int]:
    return sorted(int(path.name) for path in (cache.folder / "runs").iterdir())


def test_the_newest_runs_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "_RUNS_KEPT", 3)
    old = Cache(tmp_path)
    for _ in range(6):
        old.new_run()
    assert runs(old) == [1, 2, 3, 4, 5, 6]
    old.close()
    assert runs(old) == [4, 5, 6]
    assert list(old.folder.glob("explorer-*")) == []


def test_large_runs_are_removed_but_the_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "_BYTES_KEPT", 100)
    cache = Cache(tmp_path)
    for _ in range(3):
        (cache.new_run()[1] / "output").write_bytes(b"x" * 150)
    cache.close()
    assert runs(cache) == [3]


def test_what_a_living_explorer_may_show_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "_RUNS_KEPT", 1)
    old, living, last = Cache(tmp_path), Cache(tmp_path), Cache(tmp_path)
    old.new_run()
    living.new_run()
    for _ in range(4):
        last.new_run()
    old.close()
    last.close()
    assert runs(living) == [2, 3, 4, 5, 6]
    living.close()
    assert runs(living) == [6]


def test_a_cache_that_somebody_removes(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.new_run()
    shutil.rmtree(cache.folder)
    cache.new_run()
    shutil.rmtree(cache.folder)
    cache.close()


def test_a_project_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two projects of one name have two caches."""
    monkeypatch.setattr(platformdirs, "user_cache_path", lambda _: tmp_path / "cache")
    projects = [tmp_path / parent / ("long" * 60) for parent in "ab"]
    for project in projects:
        project.mkdir(parents=True)
        (project / ".redbar_cache").write_text("in the way")
    caches = [Cache(project) for project in projects]
    assert caches[0].folder != caches[1].folder
    assert {cache.folder.parent for cache in caches} == {tmp_path / "cache"}
    monkeypatch.setattr(platformdirs, "user_cache_path", lambda _: Path("/dev/null"))
    nowhere = Cache(projects[0])
    assert nowhere.new_run()[0] == 1
    shutil.rmtree(nowhere.folder)


def test_the_cache_ignores_itself(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    assert (cache.folder / ".gitignore").read_text() == "*\n"
    assert (cache.folder / "CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d172789f06886806bc55")


def test_runs_that_the_last_session_is_shown_from_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "_RUNS_KEPT", 2)
    cache = Cache(tmp_path)
    for _ in range(6):
        cache.new_run()
    history = History(cache.folder, "one")
    history.ended(2, tells_all=True)
    history.record([Result("a.py::t", 0, Status.PASSED, 0.0, 3), Result("a.py::u", 0, Status.FAILED, 0.0, 4)])
    cache.close()
    assert runs(cache) == [2, 4, 5, 6]
    monkeypatch.setattr(folders, "_BYTES_KEPT", 100)
    again = Cache(tmp_path)
    (again.new_run()[1] / "output").write_bytes(b"x" * 150)
    again.close()
    assert runs(again) == [7]
