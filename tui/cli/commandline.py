"""The command line: what is Redbar's is taken, all the rest goes to pytest as it stands."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from tui.engine.settings import Settings, SettingsError, checked

if TYPE_CHECKING:
    from collections.abc import Mapping

COMMANDS = ("run", "watch", "collect")
_FLAGS = {"--json": "json", "--cov": "cov", "--demo": "demo", "--version": "version", "-h": "help", "--help": "help"}
_SETTINGS = {
    f"--{each.name.replace('_', '-')}": each for each in fields(Settings) if each.metadata["kind"] not in (dict, tuple)
}
_COLUMN = 26
"""Where the words about an option begin."""

_USAGE = """\
usage: redbar [PATHS or NODEIDS …] [options] [-- PYTEST ARGS]
       redbar run [--json] …       run without the screen; with --cov say what is covered, too
       redbar watch [--json] …     run what every save touches, without the screen
       redbar collect [--json] …   list the tests without the screen
       redbar --demo               open the bundled sample project

What is not Redbar's own goes to pytest as it stands: paths, nodeids, -k, -m, -n auto …

options:
  --json                    with run, watch and collect: one JSON object per event
  --cov                     with run: record what the tests execute, and report the coverage
  --demo                    explore a copy of the sample project
  --version                 say the version
  -h, --help                say this
"""


class UsageError(Exception):
    """The command line is not right; the message says why."""


@dataclass(slots=True)
class CommandLine:
    """``settings`` by the names of their fields; ``pytest`` are the arguments that pytest gets."""

    command: str = ""
    json: bool = False
    cov: bool = False
    demo: bool = False
    version: bool = False
    help: bool = False
    settings: dict[str, Any] = field(default_factory=dict)
    pytest: list[str] = field(default_factory=list)


def parse(argv: list[str]) -> CommandLine:
    """Read the arguments without the program's name. Raises UsageError.

    Before a command there may be options of Redbar's own, and nothing for pytest.
    """
    line = CommandLine()
    rest = list(argv)
    while rest:
        word = rest.pop(0)
        if word == "--":
            line.pytest += rest
            break
        if word in COMMANDS and not (line.command or line.pytest):
            line.command = word
        elif word in _FLAGS:
            setattr(line, _FLAGS[word], True)
        elif not _takes_setting(line, word, rest):
            line.pytest.append(word)
    if line.json and not line.command:
        raise UsageError("--json goes with run, watch or collect.")
    if line.cov and line.command != "run":
        raise UsageError("--cov goes with run; pytest gets it behind --.")
    return line


def _takes_setting(line: CommandLine, word: str, rest: list[str]) -> bool:
    """Whether ``word`` is a setting, now taken into ``line``; its value may be the first of ``rest``."""
    name, equals, value = word.partition("=")
    off = f"--{name[5:]}" if name.startswith("--no-") else ""
    each = _SETTINGS.get(name) or _SETTINGS.get(off)
    if each is None or (off and each.metadata["kind"] is not bool):
        return False
    if each.metadata["kind"] is bool:
        if equals:
            known = each.name.replace("_", "-")
            raise UsageError(f"{name} takes no value: say --{known} or --no-{known}.")
        line.settings[each.name] = not off
        return True
    if not equals and not rest:
        raise UsageError(f"{name} needs a value.")
    line.settings[each.name] = _value(value if equals else rest.pop(0), each.metadata, name)
    return True


def _value(text: str, metadata: Mapping[str, Any], name: str) -> object:
    value: object = text
    if metadata["kind"] in (int, float):
        with contextlib.suppress(ValueError):
            value = metadata["kind"](text)
    try:
        return checked(value, metadata, name)
    except SettingsError as error:
        raise UsageError(str(error)) from None


def help_text() -> str:
    """What ``redbar --help`` says."""
    lines = []
    for name, each in _SETTINGS.items():
        kind, allowed = each.metadata["kind"], each.metadata["allowed"]
        shown = f"--[no-]{name[2:]}" if kind is bool else f"{name} {'|'.join(allowed) or kind.__name__.upper()}"
        words = each.metadata["words"]
        lines.append(
            f"  {shown:<{_COLUMN}}{words}" if len(shown) < _COLUMN else f"  {shown}\n{'':<{_COLUMN + 2}}{words}"
        )
    return _USAGE + "\n".join(lines) + "\n"
