"""Which files are the project's own, and by which names."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui.plugin.territory import Territory


def test_what_lies_behind_links_that_lead_out_is_the_projects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root, out = tmp_path / "project", tmp_path / "outside"
    for path in (root / "pack/a.py", out / "deep/b.py", tmp_path / "env/pyvenv.cfg", tmp_path / "site-packages/c.py"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    for link, target in (
        ("inner", root / "pack"),
        ("out", out),
        ("b.py", out / "deep/b.py"),
        ("up", tmp_path),
        ("env", tmp_path / "env"),
        ("packages", tmp_path / "site-packages"),
    ):
        (root / link).symlink_to(target)
    (out / "back").symlink_to(root)
    monkeypatch.chdir(root)
    territory = Territory()
    for name, found in (
        ("inner/a.py", "pack/a.py"),
        ("out/deep/b.py", "out/deep/b.py"),
        ("b.py", "b.py"),
        ("out/back/pack/a.py", "pack/a.py"),
        ("up/outside/deep/b.py", None),
        ("env/lib/d.py", None),
        ("packages/c.py", None),
        ("../outside/deep/b.py", None),
    ):
        assert territory.path(f"{root}/{name}") == (found and f"{root}/{found}"), name
