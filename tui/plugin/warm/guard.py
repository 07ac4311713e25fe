"""Keeps modules of the project, and others that must not be there, from being loaded ahead.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from .places import Places


class NotAhead(BaseException):
    """An import that only a run may make; no ``except Exception`` may swallow it."""


class Guard:
    """First on ``sys.meta_path``: raises NotAhead for modules outside of ``places`` and for those of these names."""

    def __init__(self, places: Places, names: frozenset[str]) -> None:
        self._places = places
        self._names = names
        self._busy = False
        self.refusals = 0
        """How often it has raised: a bare ``except`` may have swallowed that."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """Ask the finders behind this one, and refuse what they find in the wrong place."""
        if self._busy:  # one of them asks again
            return None
        if name in self._names:
            self._refuse(name)
        self._busy = True
        try:
            spec = find_behind(self, name, path, target)
        finally:
            self._busy = False
        if spec is not None:
            place = spec.origin if spec.has_location else next(iter(spec.submodule_search_locations or ()), None)
            if place and not self._places.foreign(place):
                self._refuse(name)
        return spec

    def _refuse(self, name: str) -> NoReturn:
        self.refusals += 1
        raise NotAhead(name)


def orphans() -> list[str]:
    """Modules whose package is not loaded: its import broke off after theirs. A run must not meet them."""
    loaded = list(sys.modules)
    return [name for name in loaded if "." in name and name.rpartition(".")[0] not in sys.modules]


def find_behind(finder: object, name: str, path: Any, target: Any) -> Any:
    """The spec that the other finders give."""
    for each in list(sys.meta_path):
        find = getattr(each, "find_spec", None)
        if each is not finder and find is not None:
            spec = find(name, path, target)
            if spec is not None:
                return spec
    return None
