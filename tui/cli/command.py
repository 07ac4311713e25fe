"""The ``redbar`` command. The host of the tests is started before anything heavy is imported."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tui.cli.commandline import CommandLine, UsageError, help_text, parse

USAGE_ERROR = 2
"""Exit code for a wrong command line or setting, for an interpreter that is not there, for a folder that is gone."""


def run(argv: list[str]) -> int:
    """Run the command with the arguments after its name; returns the exit code."""
    try:
        line = parse(argv)
    except UsageError as error:
        return _refuse(str(error))
    if line.help:
        sys.stdout.write(help_text())
        return 0
    if line.version:
        from tui import __version__

        sys.stdout.write(f"redbar {__version__}\n")
        return 0
    if not hasattr(os, "fork"):
        return _refuse("Redbar needs a POSIX system. On Windows it runs in WSL.")
    if line.demo:
        import tempfile

        from tui.demo import copy_project

        os.chdir(copy_project(Path(tempfile.mkdtemp(prefix="redbar-demo-"))))
    return _open(line)


def _open(line: CommandLine) -> int:
    from tui.engine.explorer import Explorer, Project
    from tui.engine.interpreter import InterpreterError, find
    from tui.engine.settings import SettingsError, load

    try:
        cwd = _cwd()
    except OSError as error:
        return _refuse(f"The current folder cannot be used: {error.strerror}.")
    try:
        settings = load(cwd, line.settings)
        interpreter = find(line.settings.get("python"), settings.python, cwd, os.environ)
        project = Project(cwd, interpreter, tuple(line.pytest), settings.cwd_on_path)
        explorer = Explorer(project)
    except (SettingsError, InterpreterError) as error:
        return _refuse(str(error))
    except OSError as error:
        return _refuse(f"No folder for the explorer's socket and its runs: {error}")
    try:
        if line.command:
            from tui.headless.front import start

            return start(explorer, line.command, as_json=line.json, stop_after=settings.stop_after)
        from tui.ui.start import start as open_screen

        return open_screen(explorer, settings)
    finally:
        explorer.close()


def _cwd() -> Path:
    """The current folder as the shell shows it, symlinks kept. Raises OSError when it is gone."""
    real = Path.cwd()
    shown = Path(os.environ.get("PWD") or real)
    try:
        return shown if shown.is_absolute() and shown.samefile(real) else real
    except OSError:
        return real


def _refuse(words: str) -> int:
    print(f"redbar: {words}", file=sys.stderr)  # print() bears it when stderr was closed before we came
    return USAGE_ERROR
