"""Which functions of a file a test executes, as the project's own interpreter sees it."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_PLUGIN = """
import json, os, sys, threading
import pytest

wanted = os.environ["REDBAR_BENCHMARK_FILE"]
lines, files = [], {}

def profile(frame, event, argument):
    code = frame.f_code
    if event == "call":
        if code.co_filename not in files:
            files[code.co_filename] = os.path.realpath(code.co_filename) == wanted
        if files[code.co_filename] and code.co_firstlineno not in lines:
            lines.append(code.co_firstlineno)

@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_call(item):
    threading.setprofile(profile)  # of those that the test starts: a client of a web application has one
    sys.setprofile(profile)
    yield
    sys.setprofile(None)
    threading.setprofile(None)

def pytest_unconfigure():
    with open(os.environ["REDBAR_BENCHMARK_LINES"], "w") as file:
        json.dump(lines, file)
"""


class ProbeError(Exception):
    """The test does not pass."""


def lines_of(argv: Sequence[str], folder: Path, file: str, environment: Mapping[str, str]) -> list[int]:
    """First lines of the functions of ``file`` that are called while pytest runs, in the order of their first calls.

    ``argv`` is the command line of pytest with one test. Raises ProbeError when that does not pass.
    """
    with tempfile.TemporaryDirectory() as place:
        Path(place, "redbar_benchmark_probe.py").write_text(_PLUGIN)
        answer = Path(place, "lines.json")
        paths = [place, environment.get("PYTHONPATH", "")]
        done = subprocess.run(
            [*argv, "-p", "redbar_benchmark_probe"],
            cwd=folder,
            env={
                **environment,
                "PYTHONPATH": os.pathsep.join(filter(None, paths)),
                "REDBAR_BENCHMARK_FILE": str((folder / file).resolve()),
                "REDBAR_BENCHMARK_LINES": str(answer),
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode or not answer.exists():
            raise ProbeError(f"{' '.join(argv)} does not pass:\n{done.stdout[-2000:]}")
        found: list[int] = json.loads(answer.read_text())
        return found
