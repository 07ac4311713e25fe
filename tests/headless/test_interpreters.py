"""Interpreters that cannot run the tests: each gets words that say what is missing."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.headless.launch import Project, heard

# Runs the code that it is given under another version number.
PRETENDS = """\
#!/bin/sh
exec {python} -c '
import sys
sys.version_info = {version}
code = sys.argv.pop(2)
del sys.argv[1]
exec(code)
' "$@"
"""


@pytest.fixture
def project(project: Project) -> Project:
    project.write("test_a.py", "def test_a(): pass\n")
    return project


def script(project: Project, name: str, text: str) -> str:
    path = project.write(name, text)
    path.chmod(0o755)
    return str(path)


def refused(project: Project, python: str) -> str:
    """The words about an interpreter that is there and does not do."""
    project.python = python
    lines, events = project.both()
    told = events.one("NotStarted")
    assert lines.code == 4
    assert events.events[-1]["exit"] == 4
    assert events.events[-1]["completed"] is False
    assert lines.last.startswith("BROKEN nothing ran in ")
    assert f"redbar: {told['words']}" in lines.err
    return str(told["words"])


def test_without_pytest(project: Project, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "bare"], check=True)
    for name in (tmp_path / "bare", tmp_path / "bare" / "bin" / "python", "../bare"):
        words = refused(project, str(name))
        place = tmp_path / "bare"
        assert words == f"pytest is not installed in {place}. Install it there, or choose another with --python."


def test_pytest_too_old(project: Project) -> None:
    project.write("pytest.py", "__version__ = '6.2.5'\n")
    assert "pytest 6.2.5 in " in refused(project, sys.executable)
    assert "Redbar needs 7.0 or newer" in refused(project, sys.executable)


def test_a_module_that_shadows_pytest(project: Project) -> None:
    project.write("pytest.py", "raise RuntimeError('not the real one')\n")
    words = refused(project, sys.executable)
    assert words.startswith("pytest cannot be imported in ")
    assert "not the real one" in words


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 6, 0), (3, 8, 20)])
def test_python_too_old(project: Project, version: tuple[int, ...]) -> None:
    python = script(project, "old", PRETENDS.format(python=sys.executable, version=version))
    words = refused(project, python)
    short = "{}.{}".format(*version[:2])
    assert words == f"Python {short} at {python} (--python) is too old: Redbar needs 3.9 or newer there."


def old_pythons() -> list[str]:
    folders = [Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"]
    readable = [folder for folder in folders if os.access(folder, os.R_OK | os.X_OK)]
    found = [str(path) for folder in readable for path in folder.glob("[23].[678].*/bin/python")]
    return found + [path for name in ("python2.7", "python3.7", "python3.8") if (path := shutil.which(name))]


def test_real_old_pythons(project: Project) -> None:
    pythons = [p for p in old_pythons() if subprocess.run([p, "-V"], capture_output=True, check=False).returncode == 0]
    if not pythons:
        pytest.skip("no Python before 3.9 here")
    for python in pythons:
        assert "is too old: Redbar needs 3.9 or newer there." in refused(project, python)


@pytest.mark.parametrize("program", ["false", "true", "cat", "ls"])
def test_another_program(project: Project, program: str) -> None:
    path = shutil.which(program)
    assert path is not None
    words = refused(project, path)
    assert words.startswith(f"{path} (--python) does not work as a Python: it ended at once (exit ")


def test_a_python_that_cannot_start(project: Project) -> None:
    python = script(project, "crooked", f'#!/bin/sh\nPYTHONHOME=/nowhere exec {sys.executable} "$@"\n')
    words = refused(project, python)
    assert "does not work as a Python" in words
    broken = script(project, "broken", "#!/bin/sh\nkill -9 $$\n")
    assert "(SIGKILL)" in refused(project, broken)
    shim = script(
        project, "shim", "#!/bin/sh\necho 'shim: no such version' >&2\necho 'hint: install one' >&2\nexit 127\n"
    )
    assert refused(project, shim).endswith("(exit 127): shim: no such version")
    assert "hint: install one" in project.run().err
    without = script(project, "format", "\x7fELF no program")
    assert "cannot be started" in refused(project, without) or "does not work" in refused(project, without)


@pytest.mark.parametrize("as_json", [False, True])
def test_an_interpreter_that_is_not_there(project: Project, as_json: bool) -> None:
    """Nothing can be made of it: exit code 2, words, and nothing on standard output."""
    project.write("text", "not executable")
    (project.folder / "empty").mkdir()
    for name, words in [
        ("nowhere/python", "there is no Python at nowhere/python"),
        ("text", "text cannot be executed"),
        ("empty", "empty is a folder without bin/python"),
        ("~nobody-of-that-name/x", "there is no Python at ~nobody-of-that-name/x"),
    ]:
        result = project.redbar("run", *(["--json"] if as_json else []), "--python", name)
        assert (result.code, result.out) == (2, "")
        assert result.err.startswith(f"redbar: --python: {words}")


# Waits until somebody listens (a wrong message gets an end of file for an answer), and then for nothing.
HANGS = """\
#!{python}
import socket, sys, time
end = socket.socket(socket.AF_UNIX)
end.connect(sys.argv[4])
end.sendall(b"\\x00\\x00\\x00\\x01?")
end.recv(1)
open({ready!r}, "w").close()
time.sleep(1000)
"""


def test_an_interpreter_that_hangs_can_be_stopped(project: Project, tmp_path: Path) -> None:
    """No run has begun, so there is nobody whom a command would reach."""
    ready = tmp_path / "ready"
    os.mkfifo(ready)
    python = script(project, "hangs", HANGS.format(python=sys.executable, ready=str(ready)))
    process = project.start("run", "--json", "--python", python)
    heard(ready)
    process.send_signal(signal.SIGINT)
    result = project.end(process)
    assert result.code == 130
    assert result.one("Interrupted")["reason"] == "stopped before pytest had started"
    assert result.named("NotStarted") == []
