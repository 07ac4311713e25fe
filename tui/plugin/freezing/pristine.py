"""Undoes what a test has patched, where a debugger cannot even start because of it.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import sys
from typing import Any

from .calls import calls

_MODULES = (
    "builtins",
    "os",
    "posix",
    "posixpath",
    "io",
    "_io",
    "time",
    "datetime",
    "random",
    "socket",
    "select",
    "selectors",
    "signal",
    "struct",
    "json",
    "subprocess",
    "threading",
    "tokenize",
    "linecache",
    "termios",
    "tty",
    "fcntl",
    "importlib",
    "inspect",
    "pathlib",
    "shutil",
    "tempfile",
    "stat",
    "errno",
    "logging",
    "re",
    "traceback",
    "warnings",
)
"""Of the standard library: what debuggers need, and tests like to patch."""
_UNDOING = {"FakeFilesystem": "pause", "MonkeyPatch": "undo", "MockerFixture": "stopall", "MockFixture": "stopall"}
"""Fixtures by the name of their type, and what takes their changes back."""


class Snapshot:
    """What these modules and the import system were before the first test. Shallow, and cheap to make."""

    def __init__(self) -> None:
        self._loaded = sys.modules
        self._modules = dict(sys.modules)
        self._contents = [
            (sys.modules[name], dict(vars(sys.modules[name]))) for name in _MODULES if name in sys.modules
        ]
        lists: tuple[list[Any], ...] = (sys.path, sys.meta_path, sys.path_hooks)
        self._lists = [(place, list(place)) for place in lists]
        self._system = {name: getattr(sys, name) for name in ("path", "meta_path", "path_hooks", "modules")}
        self._folder = calls.getcwd()

    def restore(self, node: Any) -> None:
        """Put all of it back, after the fixtures of ``node`` (the item, if any) have undone what they did."""
        values = getattr(node, "funcargs", None)
        for value in list(values.values()) if type(values) is dict else ():
            undo = _UNDOING.get(type(value).__name__)
            if undo is not None:
                try:
                    getattr(value, undo)()
                except BaseException:  # what it patched is put back below
                    pass
        for module, contents in self._contents:
            vars(module).update(contents)
        for name, value in self._system.items():
            setattr(sys, name, value)
        for place, contents_before in self._lists:
            place[:] = contents_before
        for name, module in self._modules.items():
            self._loaded.setdefault(name, module)
        try:
            calls.chdir(self._folder)
        except OSError:
            pass
