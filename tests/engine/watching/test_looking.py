"""What events turn out to mean, on real folders that are turned upside down."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from tempfile import mkdtemp

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from tests.engine.watching.hand import UNHURRIED
from tui.engine.watching import Rules
from tui.engine.watching.ledger import Ledger
from tui.engine.watching.looking import look, look_at_all
from tui.engine.watching.reading import read, walk

NAMES = st.sampled_from(
    ["a.py", "b.json", "p", "p/a.py", "p/q", "p/q/c.txt", "r", "r/q/c.txt", "s.log", "__pycache__/x"],
)
TEXTS = st.sampled_from(["", "1", "22"])


def folders_of(root: Path, path: Path) -> list[Path]:
    """Folders above a path that have to be made, from the top."""
    missing = []
    while path.parent != root and not path.parent.is_dir():
        path = path.parent
        missing.append(path)
    return missing[::-1]


class Tree(RuleBasedStateMachine):
    """Every step tells what inotify tells of it; looks join several steps. The consumer has to be right after each."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Path(mkdtemp())
        for name in ("a.py", "p/a.py", "p/q/c.txt", "__pycache__/x"):
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            (self.root / name).write_text("0")
        (self.root / ".gitignore").write_text("*.log\n")
        self.wanted = Rules(self.root)
        self.ledger = Ledger(grain=2_000_000_000)
        self.folders: frozenset[str] = frozenset()
        self.paths: set[str] = set()
        self.appeared: set[str] = set()
        self.take_in_all()
        self.believed = self.ledger.take()
        assert self.believed == self.actual()

    def teardown(self) -> None:
        shutil.rmtree(self.root)

    def actual(self) -> dict[str, str | None]:
        found = walk(self.wanted.root, self.wanted).files
        return {reading.path: reading.digest for reading in map(read, found) if reading is not None}

    def tell(self, *paths: Path, appeared: bool = False) -> None:
        texts = {f"{self.wanted.root}/{path.relative_to(self.root)}" for path in paths}
        self.paths |= {text for text in texts if self.wanted.event(text)}
        if appeared:
            self.appeared |= texts & self.paths

    def take_in_all(self) -> None:
        sight = look_at_all(self.wanted, self.ledger.contents)
        self.ledger.see(sight, 0.0)
        self.folders = sight.folders

    def made_room(self, path: Path) -> bool:
        """Make the folders above; whether that was possible."""
        missing = folders_of(self.root, path)
        if any(each.exists() for each in missing):
            return False
        for each in missing:
            each.mkdir()
        self.tell(*missing, appeared=True)
        return True

    @rule(name=NAMES, text=TEXTS)
    def write(self, name: str, text: str) -> None:
        path = self.root / name
        if path.is_dir() or not self.made_room(path):
            return
        is_new = not path.exists()
        path.write_text(text)
        self.tell(path, appeared=is_new)

    @rule(name=NAMES, text=TEXTS)
    def save_by_renaming(self, name: str, text: str) -> None:
        path = self.root / name
        if path.is_dir() or not self.made_room(path):
            return
        temp = path.with_name(path.name + ".new")
        temp.write_text(text)
        temp.replace(path)
        self.tell(temp)
        self.tell(path, appeared=True)

    @rule(name=NAMES)
    def make_folder(self, name: str) -> None:
        path = self.root / name
        if not path.exists() and self.made_room(path):
            path.mkdir()
            self.tell(path, appeared=True)

    @rule(name=NAMES)
    def touch(self, name: str) -> None:
        path = self.root / name
        if path.exists():
            os.utime(path)
            self.tell(path)

    @rule(name=NAMES)
    def remove(self, name: str) -> None:
        path = self.root / name
        if path.is_dir():
            self.tell(*path.rglob("*"), path)
            shutil.rmtree(path)
        elif path.exists():
            path.unlink()
            self.tell(path)

    @rule(name=NAMES, to=NAMES)
    def rename(self, name: str, to: str) -> None:
        """Of a folder that is renamed only its own name is told."""
        path, target = self.root / name, self.root / to
        is_below = path in target.parents or target in path.parents
        if not path.exists() or target.exists() or is_below or path == target or not self.made_room(target):
            return
        path.rename(target)
        self.tell(path)
        self.tell(target, appeared=True)

    @rule()
    def look(self) -> None:
        sight = look(self.paths, self.appeared, self.folders, self.wanted, self.ledger.contents)
        self.ledger.see(sight, 0.0)
        self.folders = sight.folders if sight.whole else self.folders | sight.folders
        self.check()

    @rule()
    def look_everywhere(self) -> None:
        self.take_in_all()
        self.check()

    def check(self) -> None:
        self.paths, self.appeared = set(), set()
        for path, digest in self.ledger.take().items():
            assert self.believed.get(path) != digest
            if digest is None:
                del self.believed[path]
            else:
                self.believed[path] = digest
        assert self.believed == self.actual()


Tree.TestCase.settings = settings(UNHURRIED, max_examples=60, stateful_step_count=20)
test_a_look_finds_every_change_and_no_other = Tree.TestCase


def known(root: Path) -> tuple[Rules, Ledger, frozenset[str]]:
    rules, ledger = Rules(root), Ledger(grain=2_000_000_000)
    sight = look_at_all(rules, ledger.contents)
    ledger.see(sight, 0.0)
    ledger.take()
    return rules, ledger, sight.folders


def test_many_folders_gone_at_once(tmp_path: Path) -> None:
    for number in range(60):
        (tmp_path / f"p/f{number}").mkdir(parents=True)
        (tmp_path / f"p/f{number}/a.py").touch()
    rules, ledger, folders = known(tmp_path)
    (tmp_path / "p").rename(tmp_path / "q")
    gone = [f"{tmp_path}/p/f{number}" for number in range(60)]
    sight = look([*gone, f"{tmp_path}/p", f"{tmp_path}/q"], [f"{tmp_path}/q"], folders, rules, ledger.contents)
    ledger.see(sight, 0.0)
    given = ledger.take()
    assert sight.whole
    assert sorted(path for path, digest in given.items() if digest is None) == sorted(f"{each}/a.py" for each in gone)
    assert len(given) == 120


def test_a_look_at_all_reads_only_what_has_another_signature(tmp_path: Path) -> None:
    for name in ("same.py", "other.py"):
        (tmp_path / name).write_text("1")
        os.utime(tmp_path / name, ns=(10**18, 10**18))
    rules, ledger = Rules(tmp_path), Ledger(grain=0)
    ledger.see(look_at_all(rules, ledger.contents), 0.0)
    (tmp_path / "other.py").write_text("2")
    assert [each.path for each in look_at_all(rules, ledger.contents).readings] == [f"{tmp_path}/other.py"]
    suspects = [f"{tmp_path}/same.py", f"{tmp_path}/no such file.py"]
    assert {each.path for each in look_at_all(rules, ledger.contents, suspects).readings} == {
        f"{tmp_path}/same.py",
        f"{tmp_path}/other.py",
    }


def test_a_file_that_may_not_be_read_any_more_is_not_called_gone(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("1")
    rules, ledger, folders = known(tmp_path)
    real = os.open

    def refuse(path: str, *rest: int) -> int:
        if path == f"{tmp_path}/a.py":
            raise PermissionError
        return real(path, *rest)

    os.open = refuse  # type: ignore[assignment]
    try:
        ledger.see(look([f"{tmp_path}/a.py"], [], folders, rules, ledger.contents), 0.0)
        ledger.see(look_at_all(rules, ledger.contents), 0.0)
    finally:
        os.open = real
    assert ledger.take() == {}
    assert f"{tmp_path}/a.py" in ledger.contents
