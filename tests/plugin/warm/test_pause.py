"""The finder that stops an import, and what is noted of what was read before."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui.plugin.warm.fresh import begin
from tui.plugin.warm.pause import PauseFinder


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package ``rb_pkg`` with the modules ``one``, which imports ``two``, and ``two``."""
    folder = tmp_path / "rb_pkg"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "one.py").write_text("from rb_pkg import two\n")
    (folder / "two.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    finders = list(sys.meta_path)
    yield folder
    sys.meta_path[:] = finders
    for name in [name for name in sys.modules if name.startswith("rb_pkg")]:
        del sys.modules[name]


@pytest.mark.parametrize(
    ("hot", "paused", "loaded"),
    [("two.py", "rb_pkg.two", True), ("one.py", "rb_pkg.one", False), ("__init__.py", "rb_pkg", False)],
)
def test_stops_right_before_the_file(package: Path, hot: str, paused: str, loaded: bool) -> None:
    seen: list[tuple[str, bool]] = []
    finder = PauseFinder([str(package / hot)], lambda name: seen.append((name, "rb_pkg.one" in sys.modules)))
    finder.in_front()
    assert finder.loaded() is None
    importlib.import_module("rb_pkg.one")
    finder.on = False
    assert seen[0] == (paused, loaded)
    assert finder.loaded() == str(package / hot)
    finder.withdraw()
    assert finder not in sys.meta_path


def test_another_file_of_that_name_is_no_matter(package: Path, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere" / "two.py"
    other.parent.mkdir()
    other.write_text("")
    seen: list[str] = []
    finder = PauseFinder([str(other)], seen.append)
    finder.in_front()
    importlib.import_module("rb_pkg.one")
    assert seen == []
    assert finder.loaded() is None


def test_the_finders_behind_it_have_their_turn(package: Path) -> None:
    """Switched off in the middle of an import it must not make the import system skip the next one."""
    asked: list[str] = []

    class Next:
        def find_spec(self, name: str, path: object = None, target: object = None) -> None:
            asked.append(name)

    finder = PauseFinder([str(package / "two.py")], lambda _name: setattr(finder, "on", False))
    sys.meta_path.insert(0, Next())
    finder.in_front()
    importlib.import_module("rb_pkg.one")
    assert "rb_pkg.two" in asked


READING = """
import sys
sys.path.insert(0, {root!r})
from tui.plugin.warm.reads import Reads
reads = Reads(({project!r} + "/",), {project!r} + "/parks/")
import os, glob, pathlib
open("data.json").read()
open("written.txt", "w").close()
open("parks/x").read()
open("/etc/hostname").read() if os.path.exists("/etc/hostname") else None
os.listdir("listed")
list(pathlib.Path("globbed").glob("*.json"))
import rb_module
reads.on = False
open("late.txt").read()
print(sorted(os.path.relpath(path) for path in reads.files), sorted(os.path.relpath(path) for path in reads.folders))
"""


def test_what_is_read_is_noted(tmp_path: Path) -> None:
    for name in ("listed", "globbed", "parks"):
        (tmp_path / name).mkdir()
    for name in ("data.json", "late.txt", "parks/x"):
        (tmp_path / name).write_text("{}")
    (tmp_path / "rb_module.py").write_text("")
    source = READING.format(root=str(Path(__file__).parents[3]), project=str(tmp_path))
    python = [sys.executable, "-B", "-c", source]
    done = subprocess.run(python, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['data.json', 'rb_module.py'] ['globbed', 'listed']"


def test_bytecode_of_edited_files_is_removed(package: Path) -> None:
    cache = package / "__pycache__"
    cache.mkdir()
    tag = sys.implementation.cache_tag
    ours = [f"one.{tag}.pyc", f"one.{tag}-pytest-9.2.0.pyc"]
    others = [f"one_more.{tag}.pyc", f"two.{tag}.pyc", "one.txt"]
    for name in (*ours, *others):
        (cache / name).touch()
    begin([str(package / "one.py"), str(package / "gone" / "x.py"), str(package / "data.json")])
    assert {path.name for path in cache.iterdir()} == set(others)
