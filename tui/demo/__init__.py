"""The bundled sample project: a small shop whose tests show all that can happen to a test."""

from __future__ import annotations

import shutil
from pathlib import Path

__all__ = ["PROJECT_NAME", "copy_project"]

PROJECT_NAME = "corner-shop"
"""Name of the folder that the sample project is copied to."""

_SOURCE = Path(__file__).parent / "project"
# What a run inside the package's own folder may have left behind.
_LEFTOVERS = shutil.ignore_patterns("__pycache__", ".pytest_cache", ".redbar_cache")


def copy_project(to: Path) -> Path:
    """Copy the sample project into a folder of its own, so that it can be edited and run freely.

    Args:
        to: An existing or new folder; the project becomes its subfolder `PROJECT_NAME`.

    Returns:
        The root of the copy, which holds its pyproject.toml.

    Raises:
        FileExistsError: The folder already has a subfolder of that name.
        OSError: The copy cannot be written.
    """
    root = to / PROJECT_NAME
    shutil.copytree(_SOURCE, root, ignore=_LEFTOVERS)
    # An installation may be read-only, the copy is there to be changed.
    for path in (root, *root.rglob("*")):
        path.chmod(path.stat().st_mode | 0o200)
    return root
