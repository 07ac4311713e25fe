"""The ``redbar`` command. The host of the tests is started before anything heavy is imported."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tui.cli.commandline import CommandLine
    from tui.engine.explorer import Explorer
    from tui.engine.settings import Settings

USAGE_ERROR = 2
"""Exit code for a wrong command line or setting, for an interpreter that is not there, for a folder that is gone."""


_WITHOUT_SCREEN = ("run", "watch", "collect")
_TELLING = frozenset(["-h", "--help", "--version"])


def run(argv: list[str]) -> int:
    """Run the command with the arguments after its name; returns the exit code."""
    try:
        if (argv[:1] and argv[0] in _WITHOUT_SCREEN) or _TELLING & set(argv) or os.environ.get("TERM") == "dumb":
            return _obey(argv)
        from tui.ui.terminal import placeholder

        with placeholder.shown():  # before all else: what it takes to read the command line can be seen
            return _obey(argv)
    except _Refusal as refusal:
        return _refuse(str(refusal))


def _obey(argv: list[str]) -> int:
    from tui.cli.commandline import UsageError, help_text, parse

    try:
        line = parse(argv)
    except UsageError as error:
        raise _Refusal(str(error)) from None
    if line.help:
        sys.stdout.write(help_text())
        return 0
    if line.version:
        from tui import __version__

        sys.stdout.write(f"redbar {__version__}\n")
        return 0
    if not hasattr(os, "fork"):
        message = "Redbar needs a POSIX system. On Windows it runs in WSL."
        raise _Refusal(message)
    if line.demo:
        import tempfile

        from tui.demo import copy_project

        os.chdir(copy_project(Path(tempfile.mkdtemp(prefix="redbar-demo-"))))
    return _run(line) if line.command else _explore(line)


class _Refusal(Exception):  # noqa: N818 - no error of ours: what the person asked for cannot be had
    """Why nothing can be opened, in words for the person."""


def _run(line: CommandLine) -> int:
    with _explorer(line) as (explorer, settings):
        from tui.headless.front import start, start_watching

        if line.command == "watch":
            return start_watching(explorer, settings, as_json=line.json)
        return start(explorer, settings, line.command, as_json=line.json, covering=line.cov)


def _explore(line: CommandLine) -> int:
    from tui.ui.terminal.colour import refusal

    reason = refusal(os.environ, input_is_terminal=sys.stdin.isatty(), output_is_terminal=sys.stderr.isatty())
    if reason is not None:
        raise _Refusal(reason)
    gc.disable()  # until the first frame: what is imported stays, and to look through it again and again costs a tenth
    with _explorer(line) as (explorer, settings):
        from tui.ui.start import start

        return start(explorer, settings)


@contextmanager
def _explorer(line: CommandLine) -> Iterator[tuple[Explorer, Settings]]:
    """An explorer of the project in the current folder, closed at the end. Raises _Refusal."""
    from tui.engine.debugging.policy import Policy, policy_of
    from tui.engine.explorer import Explorer, Project
    from tui.engine.interpreter import InterpreterError, find
    from tui.engine.settings import SettingsError, load

    try:
        cwd = _cwd()
    except OSError as error:
        message = f"The current folder cannot be used: {error.strerror}."
        raise _Refusal(message) from None
    try:
        settings = load(cwd, line.settings)
        interpreter = find(line.settings.get("python"), settings.python, cwd, os.environ)
        project = Project(cwd, interpreter, tuple(line.pytest), settings.cwd_on_path)
        policy = Policy() if line.command else policy_of(settings)  # without a screen nobody is there to debug
        explorer = Explorer(project, policy)
    except (SettingsError, InterpreterError) as error:
        raise _Refusal(str(error)) from None
    except OSError as error:
        message = f"No folder for the explorer's socket and its runs: {error}"
        raise _Refusal(message) from None
    try:
        yield explorer, settings
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
