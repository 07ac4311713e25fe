"""The person's own settings: a test may have changed HOME by the time a debugger reads its configuration.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_NAMES = (
    "HOME",
    "XDG_CONFIG_HOME",
    "XDG_CONFIG_DIRS",
    "XDG_CACHE_HOME",
    "XDG_DATA_HOME",
    "IPYTHONDIR",
    "INPUTRC",
    "EDITOR",
    "VISUAL",
    "PATH",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
)


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


_started = {name: os.environ.get(name) for name in _NAMES}


def of_the_person() -> Variables:
    """What debuggers find their configuration by, as it was before the first line of the project ran."""
    return Variables(_started)
