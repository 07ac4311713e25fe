"""The command line: what is Redbar's is taken, all the rest goes to pytest as it stands."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

from tui.engine.settings import Settings, SettingsError, checked

COMMANDS = ("run", "collect")

_USAGE = """\
usage: redbar [PATHS or NODEIDS …] [options] [-- PYTEST ARGS]
       redbar run [--json] …       run without the screen
       redbar collect [--json] …   list the tests without the screen
       redbar --demo               open the bundled sample project

What is not Redbar's own goes to pytest as it stands: paths, nodeids, -k, -m, -n auto …

options:
  --json                    with run and collect: one JSON object per event
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
    demo: bool = False
    version: bool = False
    help: bool = False
    settings: dict[str, Any] = field(default_factory=dict)
    pytest: list[str] = field(default_factory=list)


def parse(argv: list[str]) -> CommandLine:
    """Read the arguments without the program's name. Raises UsageError."""
    line = CommandLine()
    rest = list(argv)
    if rest and rest[0] in COMMANDS:
        line.command = rest.pop(0)
    known = {f"--{each.name.replace('_', '-')}": each for each in fields(Settings) if each.metadata["kind"] is not dict}
    while rest:
        word = rest.pop(0)
        name, equals, value = word.partition("=")
        if word == "--":
            line.pytest += rest
            break
        if word in ("--json", "--demo", "--version"):
            setattr(line, word[2:], True)
        elif word in ("-h", "--help"):
            line.help = True
        elif name in known and known[name].metadata["kind"] is not bool:
            if not equals:
                if not rest:
                    message = f"{name} needs a value."
                    raise UsageError(message)
                value = rest.pop(0)
            line.settings[known[name].name] = _value(value, known[name].metadata, name)
        elif word in known:
            line.settings[known[word].name] = True
        elif word.startswith("--no-") and f"--{word[5:]}" in known:
            line.settings[known[f"--{word[5:]}"].name] = False
        else:
            line.pytest.append(word)
    if line.json and not line.command:
        message = "--json goes with run or collect."
        raise UsageError(message)
    return line


def _value(text: str, metadata: Any, name: str) -> Any:
    value: Any = text
    if metadata["kind"] in (int, float):
        try:
            value = metadata["kind"](text)
        except ValueError:
            value = text
    try:
        return checked(value, metadata, name)
    except SettingsError as error:
        raise UsageError(str(error)) from None


def help_text() -> str:
    """What ``redbar --help`` says."""
    lines = []
    for each in fields(Settings):
        kind, allowed = each.metadata["kind"], each.metadata["allowed"]
        if kind is dict:
            continue
        name = f"--{each.name.replace('_', '-')}"
        shown = f"--[no-]{name[2:]}" if kind is bool else f"{name} {'|'.join(allowed) or kind.__name__.upper()}"
        words = each.metadata["words"]
        lines.append(f"  {shown:<26}{words}" if len(shown) < 26 else f"  {shown}\n{'':<28}{words}")
    return _USAGE + "\n".join(lines) + "\n"
