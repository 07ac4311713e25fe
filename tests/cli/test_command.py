"""The command as a process: what it says of itself, and where it refuses."""

from __future__ import annotations

import re

import pytest

import tui
from tests.headless.launch import PROGRAM, Project


def test_version_and_help(project: Project) -> None:
    version = project.redbar("--version")
    assert (version.code, version.out, version.err) == (0, f"redbar {tui.__version__}\n", "")
    for arguments in (["-h"], ["--help"], ["run", "--help"]):
        told = project.redbar(*arguments)
        assert (told.code, told.err) == (0, "")
        assert told.out.startswith("usage: redbar ")


@pytest.mark.parametrize("arguments", [["--json"], ["run", "--slow=never"], ["run", "--python"]])
def test_a_wrong_command_line(project: Project, arguments: list[str]) -> None:
    result = project.redbar(*arguments)
    assert (result.code, result.out) == (2, "")
    assert re.fullmatch(r"redbar: --\S+ .*\n", result.err)


def test_nothing_is_made_where_it_refuses(project: Project) -> None:
    project.redbar("run", "--slow=never")
    project.redbar("run", "--python", "nowhere")
    assert list(project.folder.iterdir()) == []


def test_collect(project: Project) -> None:
    project.write("test_a.py", "import pytest\n@pytest.mark.parametrize('n', [1, 2])\ndef test_a(n): assert 0\n")
    project.write("test_b.py", "import nowhere\n")
    whole = project.redbar("collect", "--python", project.python)
    assert whole.code == 2
    assert "test_a.py::test_a[1]\ntest_a.py::test_a[2]\n" in whole.out
    assert "ERROR collecting test_b.py\n" in whole.out
    assert re.fullmatch(r"2 tests collected, 1 errors in \d+\.\d\d s", whole.last)
    some = project.redbar("collect", "test_a.py", "-k", "1", "--python", project.python)
    assert some.code == 0
    assert some.out.startswith("test_a.py::test_a[1]\n\n1 tests collected in ")


def test_on_a_system_without_fork(project: Project) -> None:
    result = project.redbar("run", program=f"import os; del os.fork; {PROGRAM}")
    assert (result.code, result.out) == (2, "")
    assert result.err == "redbar: Redbar needs a POSIX system. On Windows it runs in WSL.\n"


def test_as_a_module(project: Project) -> None:
    program = PROGRAM.partition("from tui.cli")[0] + "import runpy; runpy.run_module('tui', run_name='__main__')"
    assert project.redbar("--version", program=program).out.startswith("redbar ")


def test_without_a_folder_for_the_run(project: Project) -> None:
    """The disk is full, say, when the folder of the run is to be made."""
    full = "from tui.engine.folders import Cache\ndef full(_): raise OSError(28, 'No space left on device')\n"
    program = f"{PROGRAM.partition('from tui.cli')[0]}\n{full}Cache.new_run = full\n{PROGRAM}"
    result = project.redbar("run", "--python", project.python, program=program)
    assert (result.code, result.out) == (2, "")
    assert result.err == "redbar: No folder for the run: [Errno 28] No space left on device\n"
