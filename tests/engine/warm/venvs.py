"""Environments with pytest-cov and the plugins that shuffle tests, as far as they are prepared."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

MATRIX = os.environ.get("REDBAR_MATRIX", os.devnull)
COVERING = sorted(str(path) for path in Path(MATRIX).glob("cov*/bin/python"))
NONE = "REDBAR_MATRIX names no folder with a Python that has pytest-cov"
VENVS = [pytest.param(python, id=Path(python).parts[-3], marks=pytest.mark.matrix) for python in COVERING] or [
    pytest.param("", marks=pytest.mark.skip(reason=NONE))
]
NEWEST = VENVS[-1:]


def has(python: str, module: str) -> bool:
    """Whether that interpreter can import it."""
    found = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({module!r}) is None)"
    return subprocess.run([python, "-c", found], check=False).returncode == 0
