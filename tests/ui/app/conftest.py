"""An environment without the person's own settings, and folders for projects."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gate import Gate

_KEPT = ("PATH", "LC_ALL", "PYENV_ROOT", "TMPDIR", "PYTEST_DEBUG_TEMPROOT")


@pytest.fixture(autouse=True)
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the person's own, no plugins or programs but those that a test names, a terminal of 256 colours."""
    for name in list(os.environ):
        if name not in _KEPT:
            monkeypatch.delenv(name)
    home = tmp_path / "home"
    home.mkdir()
    known = {
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "EDITOR": "true",
        "PAGER": "true",
    }
    for name, value in known.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty project, below which pytest does not look for settings."""
    path = tmp_path / "shop"
    path.mkdir()
    (path / "pytest.ini").write_text("[pytest]\n")
    return path


@pytest.fixture
def gate(folder: Path) -> Iterator[Gate]:
    """What holds tests of the project."""
    made = Gate(folder)
    yield made
    made.close()
