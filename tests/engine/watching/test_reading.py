"""What is found at a path, whatever is there."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from tui.engine.watching import Rules, links, reading
from tui.engine.watching.reading import read, read_all, walk


def digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def digest_at(path: Path) -> str | None:
    found = read(str(path))
    assert found is not None
    return found.digest


@pytest.mark.parametrize("data", [b"", b"x = 1\n", bytes(range(256)) * 10_000])
def test_the_hash_is_that_of_the_content(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "f").write_bytes(data)
    assert digest_at(tmp_path / "f") == digest(data)


def test_what_is_no_file_is_none(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "file").touch()
    (tmp_path / "broken").symlink_to("nowhere")
    (tmp_path / "circle").symlink_to("circle")
    (tmp_path / "to a folder").symlink_to(tmp_path)
    for name in ("missing", "fifo", ".", "file/below", "broken", "circle", "to a folder"):
        assert digest_at(tmp_path / name) is None, name


def test_a_link_holds_what_its_target_holds(tmp_path: Path) -> None:
    (tmp_path / "target").write_bytes(b"1")
    (tmp_path / "link").symlink_to("target")
    assert digest_at(tmp_path / "link") == digest(b"1")


def test_a_file_that_may_not_be_read_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "f").touch()

    def refuse(*_: object) -> int:
        raise PermissionError

    monkeypatch.setattr(os, "open", refuse)
    assert read(str(tmp_path / "f")) is None
    assert read_all([str(tmp_path / "f")]) == []


def test_a_file_that_cannot_be_read_to_its_end_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "f").touch()

    def fail(*_: object) -> bytes:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "read", fail)
    assert read(str(tmp_path / "f")) is None


def test_a_large_file_is_known_by_size_and_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LARGE", 3)
    file = tmp_path / "f"
    file.write_bytes(b"1234")
    os.utime(file, ns=(1, 1))
    before = digest_at(file)
    file.chmod(0o600)
    assert digest_at(file) == before
    file.write_bytes(b"5678")
    os.utime(file, ns=(1, 1))
    assert digest_at(file) == before
    os.utime(file, ns=(2, 2))
    assert digest_at(file) != before


def test_a_walk_finds_files_and_folders(tmp_path: Path) -> None:
    for name in ("a.py", "p/q/b.json", "__pycache__/c.pyc"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "p/loop").symlink_to(tmp_path)
    (tmp_path / "link.py").symlink_to("a.py")
    (tmp_path / "broken.py").symlink_to("nowhere")
    os.mkfifo(tmp_path / "fifo")
    listing = walk(str(tmp_path), Rules(tmp_path))
    assert sorted(listing.folders) == [str(tmp_path), f"{tmp_path}/p", f"{tmp_path}/p/q"]
    assert set(listing.files) == {f"{tmp_path}/{name}" for name in ("a.py", "p/q/b.json", "link.py")}
    found = read(f"{tmp_path}/link.py")
    assert found is not None
    assert listing.files[found.path] == found.signature
    assert walk(str(tmp_path), Rules(tmp_path), files=False).files == {}


def test_a_walk_follows_links_that_lead_out(tmp_path: Path) -> None:
    root, out = tmp_path / "project", tmp_path / "outside"
    for path in (root / "a.py", out / "deep/b.py", out / "c.json", tmp_path / "lib/site-packages/d.py"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    for link, target in (
        ("out", out),
        ("c.json", out / "c.json"),
        ("up", tmp_path),
        ("lib", tmp_path / "lib/site-packages"),
    ):
        (root / link).symlink_to(target)
    for link, target in (("back", root), ("again", out), ("sideways", tmp_path / "lib")):
        (out / link).symlink_to(target)
    listing = walk(str(root), Rules(root))
    assert sorted(listing.folders) == [str(out), str(root), f"{root}/out", f"{root}/out/deep"]
    assert set(listing.files) == {f"{root}/{name}" for name in ("a.py", "c.json", "out/c.json", "out/deep/b.py")}
    found = read(f"{root}/c.json")
    assert found is not None
    assert listing.files[found.path] == found.signature


def test_what_is_too_large_behind_a_link_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST", 2)
    monkeypatch.setattr(links, "MOST", 1)
    root = tmp_path / "project"
    for number in range(3):
        (tmp_path / f"out/{number}").mkdir(parents=True)
        (tmp_path / f"out/{number}/x.json").touch()
    root.mkdir()
    (root / "large").symlink_to(tmp_path / "out")
    for number in range(2):
        (root / f"{number}.json").symlink_to(tmp_path / f"out/{number}/x.json")
    rules = Rules(root)
    listing = walk(str(root), rules)
    assert str(root) in listing.folders
    assert len(listing.folders) == 2  # one of the two that files lead to
    assert set(listing.files) == {f"{root}/0.json", f"{root}/1.json"}
    assert rules.links.notes == ("large leads to too many folders: not watched",)
    (root / "large").unlink()
    (root / "large").symlink_to(tmp_path / "out/1")
    assert f"{root}/large" in walk(str(root), rules).folders
    assert not rules.links.notes


def test_a_walk_of_nothing_finds_nothing(tmp_path: Path) -> None:
    listing = walk(str(tmp_path / "missing"), Rules(tmp_path))
    assert (listing.folders, listing.files) == ([], {})
