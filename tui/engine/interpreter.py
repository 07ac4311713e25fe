"""Finds the Python that the project's tests run in."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tui.model.values import Value, value

if TYPE_CHECKING:
    from collections.abc import Mapping


class InterpreterError(Exception):
    """No such interpreter; the message says in plain words what was looked for and what to do."""


@value
class Interpreter(Value):
    """``path`` of the executable, symlinks kept (they are what makes a venv); ``origin`` says who named it."""

    path: str
    origin: str

    @property
    def place(self) -> str:
        """Where it lives, in words for the person: the venv's folder, or the executable."""
        venv = Path(self.path).parent.parent
        return str(venv) if (venv / "pyvenv.cfg").exists() else self.path


def find(chosen: str | None, configured: str | None, cwd: Path, environ: Mapping[str, str]) -> Interpreter:
    """The interpreter: ``--python``, ``[tool.redbar] python``, VIRTUAL_ENV, .venv or venv upwards, then our own.

    A name may be an executable, a command on PATH or the folder of a venv; relative ones start at ``cwd``. Raises
    InterpreterError when what was named is not there, or cannot be executed.
    """
    for name, origin in ((chosen, "--python"), (configured, "[tool.redbar] python")):
        if name:
            return Interpreter(_resolve(name, origin, cwd, environ), origin)
    active = environ.get("VIRTUAL_ENV")
    if active and (path := _python_in(Path(active))):
        return Interpreter(path, "VIRTUAL_ENV")
    for folder in (cwd, *cwd.parents):
        for venv in (".venv", "venv"):
            if path := _python_in(folder / venv):
                return Interpreter(path, venv)
    return Interpreter(sys.executable, "Redbar's own")


def _resolve(name: str, origin: str, cwd: Path, environ: Mapping[str, str]) -> str:
    given = cwd / os.path.expanduser(name)  # noqa: PTH111 - Path's raises for a user that is not there
    if given.is_dir():
        path = _python_in(_without_dots(given))
        if path is None:
            raise InterpreterError(f"{origin}: {name} is a folder without bin/python.")
        return path
    if os.sep not in name and (on_path := shutil.which(name, path=environ.get("PATH"))):
        return on_path
    if not given.is_file():
        raise InterpreterError(f"{origin}: there is no Python at {name}. Give the path of an executable or of a venv.")
    if not os.access(given, os.X_OK):
        raise InterpreterError(f"{origin}: {name} cannot be executed. Give the path of a Python or of a venv.")
    return str(_without_dots(given.parent) / given.name)


def _without_dots(folder: Path) -> Path:
    """``folder`` without ``..``, if that is the same one: a symlink may lie before the dots."""
    plain = Path(os.path.normpath(folder))
    return plain if plain.exists() and plain.samefile(folder) else folder


def _python_in(folder: Path) -> str | None:
    python = folder / "bin" / "python"
    return str(python) if os.access(python, os.X_OK) else None
