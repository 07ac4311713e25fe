"""What to install where something is wanting, in words that can be copied into a shell.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import shlex
import sys
from importlib.machinery import PathFinder

COVERAGE = "coverage>=7.2"


def command(requirement: str) -> str:
    """The command that installs it into this interpreter's environment."""
    python, wanted = shlex.quote(sys.executable), shlex.quote(requirement)
    if PathFinder.find_spec("pip") is None:
        return f"uv pip install --python {python} {wanted}"
    return f"{python} -m pip install {wanted}"


def coverage_words(what: str) -> str:
    """``what`` is wrong with coverage.py here, and what to do about it."""
    version = ".".join(map(str, sys.version_info[:2]))
    return f"{what}, and Python {version} needs it to record what tests execute; install it: {command(COVERAGE)}"
