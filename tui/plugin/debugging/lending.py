"""Redbar's own pudb, for projects that have none: it is there while somebody debugs, and only then.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import builtins
import os
import sys
from importlib.metadata import DistributionFinder, MetadataPathFinder
from importlib.util import find_spec, spec_from_file_location
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from importlib.machinery import ModuleSpec

_SHORTCUT = "pu"
"""What pudb puts among the builtins when it is imported."""


_STOPS = ("set_trace", "user_line", "user_call", "user_return", "user_exception")
"""What bdb calls of a debugger, beside its interaction."""


class Lending:
    """Behind all other finders while it is entered, so that the project's own modules win.

    Afterwards what it lent is gone from ``sys.modules``: a test that imports urwid fails as it did before. Entered
    again, it brings the same modules back.
    """

    def __init__(self, files: Mapping[str, str]) -> None:
        """``files``: by top-level name the module or the ``__init__`` of the package."""
        self._files = dict(files)
        self._given: set[str] = set()
        self._kept: dict[str, Any] = {}
        self._shortcut: Any = None
        self._depth = 0

    def __enter__(self) -> None:
        self._depth += 1
        if self._depth == 1 and self._files:
            for name, module in self._kept.items():
                sys.modules.setdefault(name, module)
            if self._shortcut is not None:
                builtins.__dict__.setdefault(_SHORTCUT, self._shortcut)
            sys.meta_path.append(self)

    def __exit__(self, *_: object) -> None:
        self._depth -= 1
        if self._depth or not self._files:
            return
        if self in sys.meta_path:
            sys.meta_path.remove(self)
        for name in [name for name in list(sys.modules) if name.partition(".")[0] in self._given]:
            self._kept[name] = sys.modules.pop(name)
        if "pudb" in self._given:
            self._shortcut = builtins.__dict__.pop(_SHORTCUT, None) or self._shortcut

    def stand_by(self, debugger: Any) -> None:
        """Lend to it whatever it imports only when it stops."""
        for name in _STOPS if self._files else ():
            setattr(debugger, name, self._lent(getattr(debugger, name)))

    def _lent(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            with self:
                return function(*args, **options)

        return call

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:  # noqa: ARG002 - protocol
        """The spec of a top-level module that is lent; its submodules are found by its path."""
        file = self._files.get(name) if path is None else None
        if file is None:
            return None
        package = os.path.basename(file).startswith("__init__.")
        self._given.add(name)
        return spec_from_file_location(
            name, file, submodule_search_locations=[os.path.dirname(file)] if package else None
        )

    def find_distributions(self, context: Any = None) -> Iterable[Any]:
        """Metadata of what is lent, by its name alone: who looks through all distributions does not meet it."""
        name = getattr(context, "name", None)
        if name is None:
            return []
        folders = {_folder(file) for file in self._files.values()}
        return MetadataPathFinder.find_distributions(DistributionFinder.Context(name=name, path=sorted(folders)))


def _folder(file: str) -> str:
    """Where it is installed."""
    folder = os.path.dirname(file)
    return os.path.dirname(folder) if os.path.basename(file).startswith("__init__.") else folder


def lacks(name: str) -> bool:
    """Whether the project has no module of that top-level name."""
    try:
        return name not in sys.modules and find_spec(name) is None
    except (ImportError, ValueError):
        return True


def fits(lend: Mapping[str, Any]) -> bool:
    """Whether this interpreter can run what is lent."""
    return bool(lend.get("modules")) and tuple(lend.get("python", ())) <= sys.version_info[:2]


def lending(debugger: str, lend: Mapping[str, Any]) -> Lending:
    """What the project has to be lent for this debugger: nothing, if it has its own or if ours does not run here."""
    wanted = debugger.partition(":")[0].partition(".")[0]
    files = lend.get("modules", {})
    if wanted not in files or not fits(lend) or (str(files) not in _lent and not lacks(wanted)):
        return Lending({})
    return _lent.setdefault(str(files), Lending(files))


_lent: dict[str, Lending] = {}
"""One for each list of files: it keeps what has been imported."""
