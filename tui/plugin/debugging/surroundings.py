"""The person's own settings: a test may have changed HOME by the time a debugger reads its configuration.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from .. import wire

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

_OF_THE_PERSON = (*wire.PERSONS_VARIABLES, "LANGUAGE", "PATH", "SHELL", "IPYTHONDIR", "INPUTRC")
_STARTS = ("LC_", "XDG_", "PUDB_", "TERM_")
"""Of further names that a debugger and its terminal go by."""
_NEVER = ("LINES", "COLUMNS")
"""They would hide the real size of a terminal, and every change of it."""
_environ = os.environ


class Variables:
    """These variables have these values (None: they are not there) while it is entered."""

    def __init__(self, values: Mapping[str, str | None]) -> None:
        self._values = dict(values)
        self._before: dict[str, str | None] = {}

    def __enter__(self) -> None:
        self._before = {name: os.environ.get(name) for name in self._values}
        _put(self._values)

    def __exit__(self, *_: object) -> None:
        _put(self._before)


def _put(values: Mapping[str, str | None]) -> None:
    for name, value in values.items():
        if value is None:
            os.environ.pop(name, None)
        elif os.environ.get(name) != value:
            os.environ[name] = value


_started = {name: os.environ.get(name) for name in _OF_THE_PERSON}


def of_the_person() -> Variables:
    """What debuggers find their configuration by, as it was before the first line of the project ran."""
    return Variables(_started)


def of_a_terminal(environ: Mapping[str, str]) -> Variables:
    """What the engine says of the terminal that it lends, and of the person before it."""
    return Variables({**dict.fromkeys(_NEVER), **environ})


def become(wanted: Mapping[str, str]) -> None:
    """Take from ``wanted`` for good what a debugger and its terminal go by, and leave the rest as the test made it."""
    present: MutableMapping[str, str]
    for present in {id(each): each for each in (_environ, os.environ)}.values():
        for name in [*present]:
            if _is_the_persons(name) or name in _NEVER:
                del present[name]
        for name, value in wanted.items():
            if _is_the_persons(name):
                present[name] = value


def _is_the_persons(name: str) -> bool:
    return name in _OF_THE_PERSON or name in wire.TERMINAL_VARIABLES or name.startswith(_STARTS)
