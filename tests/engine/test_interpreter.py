"""Which Python runs the tests."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tui.engine.interpreter import Interpreter, InterpreterError, find


def venv(folder: Path) -> str:
    """Something that looks like a venv; the path of its Python."""
    python = folder / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\n")
    python.chmod(0o755)
    (folder / "pyvenv.cfg").write_text("")
    return str(python)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project" / "below"
    folder.mkdir(parents=True)
    return folder


def test_the_order(project: Path, tmp_path: Path) -> None:
    """The command line, the settings, VIRTUAL_ENV, .venv before venv, near before far, our own."""
    chosen, configured, active = (venv(tmp_path / name) for name in ("chosen", "configured", "active"))
    environ = {"VIRTUAL_ENV": str(tmp_path / "active")}

    def found(chosen: str | None = None, configured: str | None = None, environ: dict[str, str] | None = None) -> str:
        return find(chosen, configured, project, environ or {}).path

    assert found() == sys.executable
    far = venv(project.parent / "venv")
    assert found() == far
    farther_up_but_dotted = venv(project.parent / ".venv")
    assert found() == farther_up_but_dotted
    near = venv(project / "venv")
    assert found() == near
    nearest = venv(project / ".venv")
    assert found() == nearest
    assert found(environ=environ) == active
    assert found(environ={"VIRTUAL_ENV": "/nowhere"}) == nearest
    assert found(configured=configured, environ=environ) == configured
    assert found(chosen, configured, environ) == chosen
    assert found(chosen="", configured="") == nearest


def test_who_named_it(project: Path) -> None:
    python = venv(project / "env")
    assert find("env", None, project, {}).origin == "--python"
    assert find(None, "env", project, {}).origin == "[tool.redbar] python"
    assert find(None, None, project, {"VIRTUAL_ENV": str(project / "env")}).origin == "VIRTUAL_ENV"
    venv(project / ".venv")
    assert find(None, None, project, {}).origin == ".venv"
    assert find("env", None, project, {}).path == python


def test_what_a_name_can_be(project: Path, tmp_path: Path) -> None:
    python = venv(project / "env")
    (tmp_path / "link").symlink_to(python)
    path = {"PATH": f"/nowhere:{project}/env/bin"}
    for name, expected in [
        ("env", python),
        ("./env", python),
        ("../below/env", python),
        ("env/bin/python", python),
        ("env/../env/bin/python", python),
        (python, python),
        (str(tmp_path / "link"), str(tmp_path / "link")),
        ("../../link", str(tmp_path / "link")),
        ("python", python),
    ]:
        assert find(name, None, project, path).path == expected, name


def test_dots_behind_a_symlink_are_left_alone(project: Path, tmp_path: Path) -> None:
    python = venv(tmp_path / "elsewhere" / "env")
    (tmp_path / "elsewhere" / "folder").mkdir()
    (project / "link").symlink_to(tmp_path / "elsewhere" / "folder")
    found = find("link/../env", None, project, {}).path
    assert Path(found).samefile(python)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nowhere", "--python: there is no Python at nowhere. Give the path of an executable or of a venv."),
        ("no/where", "--python: there is no Python at no/where. Give the path of an executable or of a venv."),
        (".", "--python: . is a folder without bin/python."),
        ("text", "--python: text cannot be executed. Give the path of a Python or of a venv."),
    ],
)
def test_what_is_not_there(project: Path, name: str, words: str) -> None:
    (project / "text").write_text("")
    with pytest.raises(InterpreterError) as error:
        find(name, None, project, {"PATH": "/nowhere"})
    assert str(error.value) == words


def test_the_place_in_words(tmp_path: Path) -> None:
    assert Interpreter(venv(tmp_path / "env"), "").place == str(tmp_path / "env")
    assert Interpreter("/usr/bin/python3", "").place == "/usr/bin/python3"
