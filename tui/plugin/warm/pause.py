"""Stops an import right before a file that is being edited would be loaded.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, Callable

from .guard import find_behind

if TYPE_CHECKING:
    from collections.abc import Iterable


class PauseFinder:
    """First on ``sys.meta_path``; calls ``pause`` with the name of the module, once.

    It stays there after the pause, switched off: the import system iterates over that list, and removing an entry
    would make it skip the next one, pytest's rewriting hook.
    """

    def __init__(self, files: Iterable[str], pause: Callable[[str], None]) -> None:
        self._files = {os.path.realpath(file) for file in files}
        self._names = {_name(file) for file in self._files}
        self._pause = pause
        self.on = True

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """Nothing; it is the other finders that find."""
        if not self.on or name.rpartition(".")[2] not in self._names:
            return
        self.on = False  # the others may import
        try:
            spec = find_behind(self, name, path, target)
        finally:
            self.on = True
        if spec is not None and spec.origin and os.path.realpath(spec.origin) in self._files:
            self._pause(name)

    def in_front(self) -> None:
        """Be the first, whatever others have put there."""
        if self in sys.meta_path:
            sys.meta_path.remove(self)
        sys.meta_path.insert(0, self)

    def withdraw(self) -> None:
        """Take it out; never while an import is going on."""
        if self in sys.meta_path:
            sys.meta_path.remove(self)

    def loaded(self) -> str | None:
        """A file that was loaded before this finder could stop it."""
        for module in list(sys.modules.values()):
            try:
                file = module.__file__
            except Exception:  # noqa: S112 - anything may stand in sys.modules
                continue
            if (
                isinstance(file, str)
                and os.path.basename(file) in self._bases
                and os.path.realpath(file) in self._files
            ):
                return file
        return None

    @property
    def _bases(self) -> set[str]:
        return {os.path.basename(file) for file in self._files}


def _name(file: str) -> str:
    folder, base = os.path.split(file)
    return os.path.basename(folder) if base == "__init__.py" else base[: -len(".py")]
