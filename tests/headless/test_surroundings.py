"""Where ``redbar run`` is started: folders, variables and settings of every kind."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.headless.launch import PROGRAM, Project


@pytest.fixture
def project(project: Project) -> Project:
    project.write("test_a.py", "def test_a(): pass\ndef test_b(): assert 0\n")
    return project


@pytest.fixture
def short() -> Iterator[Path]:
    """A folder whose path leaves room for a socket."""
    folder = Path(tempfile.mkdtemp(prefix="t", dir="/tmp"))
    yield folder
    shutil.rmtree(folder)


def runs(project: Project, **options: object) -> None:
    """Both tests run and have their outcomes."""
    result = project.json(**options)
    assert (result.code, result.err) == (1, "")
    assert list(result.outcomes.values()) == ["passed", "failed"]


# Not with ``::`` or ``[``: there pytest itself does not start.
@pytest.mark.parametrize("name", ["two words", "üñ✓", "new\nline", "-x", "$HOME;ls", "%s{}"])
def test_odd_folders(project: Project, tmp_path: Path, name: str) -> None:
    project.folder = project.folder.rename(tmp_path / name)
    runs(project)


def test_a_folder_whose_name_is_no_text(project: Project, tmp_path: Path) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff"))
    try:
        project.folder = project.folder.rename(folder)
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    runs(project)


def test_through_a_symlink(project: Project, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(project.folder)
    real, project.folder = project.folder, link
    project.env["PWD"] = str(link)
    runs(project)
    assert (real / ".redbar_cache" / "runs" / "1").is_dir()


@pytest.mark.parametrize("shown", ["/nowhere", "/", "relative", ""])
def test_a_shell_that_shows_another_folder(project: Project, shown: str) -> None:
    project.env["PWD"] = shown
    runs(project)


def test_without_home(project: Project) -> None:
    del project.env["HOME"]
    runs(project)


def test_an_output_that_takes_little(project: Project) -> None:
    """What the encoding does not know is written as an escape."""
    project.env["PYTHONIOENCODING"] = "ascii:strict"
    project.write("test_a.py", "def test_a(): assert 0, 'ü\\udcff✓'\n")
    lines, events = project.both()
    assert "FAILED test_a.py::test_a (test_a.py:1): AssertionError: \\xfc\\udcff\\u2713" in lines.out
    assert events.code == 1


def test_without_any_variable(project: Project) -> None:
    project.env = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    runs(project)


@pytest.mark.parametrize("variable", ["TMPDIR", "XDG_RUNTIME_DIR"])
@pytest.mark.parametrize("kind", ["long", "missing", "a file"])
def test_odd_temporary_folders(project: Project, tmp_path: Path, variable: str, kind: str) -> None:
    """The socket's path has to be short; it then lies elsewhere."""
    folder = tmp_path / ("d" * 100) / ("e" * 100)
    if kind == "long":
        folder.mkdir(parents=True)
    elif kind == "a file":
        folder.parent.mkdir()
        folder.write_text("")
    project.env[variable] = str(folder)
    runs(project)


def test_nothing_is_left_but_the_runs(project: Project, short: Path) -> None:
    project.env["XDG_RUNTIME_DIR"] = str(short)
    runs(project)
    project.run()
    assert list(short.iterdir()) == []
    cache = project.folder / ".redbar_cache"
    assert {path.name for path in cache.iterdir()} == {".gitignore", "CACHEDIR.TAG", "runs"}
    assert (cache / ".gitignore").read_text() == "*\n"
    assert {path.name for path in (cache / "runs").iterdir()} == {"1", "2"}


def test_what_a_killed_explorer_left_is_swept(project: Project, short: Path) -> None:
    project.env["XDG_RUNTIME_DIR"] = str(short)
    dead = short / "rb-dead"
    dead.mkdir()
    (dead / "alive").write_text("")
    (dead / "s").write_text("")
    stranger = short / "rb-of-somebody-else"
    stranger.mkdir()
    runs(project)
    assert list(short.iterdir()) == [stranger]


def test_a_current_folder_that_is_gone(project: Project, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    result = project.run(cwd=gone, program=f"import os; os.rmdir({str(gone)!r}); {PROGRAM}")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("redbar: The current folder cannot be used: ")


def test_a_test_that_leaves_and_removes_its_folder(project: Project, tmp_path: Path) -> None:
    away = tmp_path / "away"
    leaves = f"os.mkdir({str(away)!r}); os.chdir({str(away)!r}); os.rmdir({str(away)!r})"
    project.write("test_a.py", f"import os\ndef test_a(): {leaves}\ndef test_b(): assert 0\n")
    assert list(project.json().outcomes.values()) == ["passed", "failed"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('[tool.redbar]\nthem = "dark"', "tool.redbar.them is not a setting of Redbar. Did you mean theme?"),
        ("[tool.redbar]\nzzz = 1", "tool.redbar.zzz is not a setting of Redbar. Known are python, "),
        (
            '[tool.redbar]\ntheme = "x"',
            "tool.redbar.theme has to be one of ansi, dark, light, high-contrast, not 'x'.",
        ),
        ('[tool.redbar]\nmouse = "no"', "tool.redbar.mouse has to be true or false, not 'no'."),
        ("[tool.redbar]\nstop_after = -1", "tool.redbar.stop_after has to be a whole number from 0, not -1."),
        ("[tool.redbar]\nslow = nan", "tool.redbar.slow has to be a number from 0, not nan."),
        ("[tool.redbar.keys]\nquit = 3", "tool.redbar.keys.quit has to be a text: the keys of that binding, not 3."),
        ("[tool]\nredbar = 3", "tool.redbar has to be a table, not 3."),
        ("tool = 3", "tool has to be a table, not 3."),
    ],
)
def test_bad_settings(project: Project, content: str, words: str) -> None:
    file = project.write("pyproject.toml", content + "\n")
    for arguments in (["run"], ["run", "--json"], ["collect"]):
        result = project.redbar(*arguments, "--python", project.python)
        assert (result.code, result.out) == (2, "")
        assert result.err.startswith(f"redbar: {file}: {words}")


@pytest.mark.parametrize("content", [b"[tool.redbar\n", b"\xff\xfe", b"a = 1\na = 2\n"])
def test_broken_toml(project: Project, content: bytes) -> None:
    file = project.folder / "pyproject.toml"
    file.write_bytes(content)
    result = project.run()
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"redbar: {file} is not valid TOML: ")


def test_bad_settings_of_the_user(project: Project) -> None:
    project.env["XDG_CONFIG_HOME"] = str(project.folder / "config")
    file = project.write("config/redbar/config.toml", "detail = 'half'\n")
    if sys.platform != "linux":
        pytest.skip("elsewhere the folder has another name")
    result = project.run()
    assert result.code == 2
    assert result.err == f"redbar: {file}: detail has to be one of third, full, off, not 'half'.\n"


def test_the_interpreter_of_the_project(project: Project) -> None:
    """``[tool.redbar] python`` starts at the file that says it, from whatever folder below."""
    (project.folder / "its-python").symlink_to(sys.executable)
    project.write("pyproject.toml", "[tool.redbar]\npython = 'its-python'\n")
    below = project.folder / "below"
    below.mkdir()
    shutil.copy(project.folder / "test_a.py", below)
    result = project.redbar("run", "--json", cwd=below)
    assert result.code == 4 or result.one("SessionStarted")["executable"].endswith("its-python")
    project.write("pyproject.toml", "[tool.redbar]\npython = 'nowhere/python'\n")
    result = project.redbar("run", cwd=below)
    assert result.code == 2
    assert result.err.startswith("redbar: [tool.redbar] python: there is no Python at nowhere/python.")
