"""Projects in temporary folders, and the interpreters of the matrix."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.plugin.driver import HERE, PYTHONS, Driver, clean_environ, write_files

Start = Callable[..., Driver]
Plainly = Callable[..., subprocess.CompletedProcess[str]]

MATRIX = [
    pytest.param(python, marks=pytest.mark.matrix if python != sys.executable else (), id=Path(python).parts[-3])
    for python in PYTHONS
]


@pytest.fixture(params=MATRIX)
def python(request: pytest.FixtureRequest) -> str:
    """Every interpreter that there is."""
    return str(request.param)


@pytest.fixture(params=[MATRIX[0], MATRIX[-1]] if len(MATRIX) > 1 else MATRIX)
def edge(request: pytest.FixtureRequest) -> str:
    """The oldest and the newest, where those between would hardly tell more."""
    return str(request.param)


@pytest.fixture
def drive(tmp_path: Path) -> Iterator[Start]:
    """Writes a project and starts a host in it: ``drive(files, python=..., environ=...)``."""
    with ExitStack() as stack:

        def start(files: dict[str, str], *, python: str = HERE, **options: Any) -> Driver:
            project = tmp_path / "project"
            project.mkdir()
            # Without it pytest looks for settings in the folders above.
            write_files(project, {"pytest.ini": "[pytest]\n", **files})
            return stack.enter_context(Driver(python, project, tmp_path / "runs", **options))

        yield start


@pytest.fixture
def plainly() -> Plainly:
    """Runs ``python -m pytest`` without Redbar: ``plainly(python, folder, *args)``."""

    def run(python: str, folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [python, "-m", "pytest", *args],
            cwd=folder,
            env=clean_environ(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="surrogateescape",
            start_new_session=True,
            check=False,
        )

    return run
