from __future__ import annotations

import os
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tui.engine.explorer import Explorer, Project
from tui.engine.interpreter import Interpreter

Make = Callable[[dict[str, str]], Explorer]


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    """Makes an explorer of a project of these files."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    made: list[Explorer] = []

    def explorer(files: dict[str, str]) -> Explorer:
        folder = tmp_path / "project"
        folder.mkdir()
        for name, text in files.items():
            (folder / name).write_text(textwrap.dedent(text))
        made.append(Explorer(Project(folder, Interpreter(sys.executable, "test"))))
        return made[-1]

    yield explorer
    for each in made:
        each.close()


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[int]:
    """Descriptor of what holds whoever reads a line of ``gate``: every line written there lets one through."""
    os.mkfifo(tmp_path / "gate")
    descriptor = os.open(tmp_path / "gate", os.O_RDWR)
    yield descriptor
    os.close(descriptor)


def linked(explorer: Explorer) -> Explorer:
    """The same, with the gate in its project."""
    folder = explorer.project.cwd
    (folder / "gate").symlink_to(folder.parent / "gate")
    return explorer
