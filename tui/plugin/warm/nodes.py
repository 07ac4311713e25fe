"""Makes nodes only of the functions and classes that were asked for, where a few tests of a big file run.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .. import wire
    from ..collection import Collection


class Nodes:
    """For runs of single items in an order of their own, with which nothing new is looked for.

    Their files count as not looked through. One in which an asked item does not lie where its nodeid says is left
    alone: a plugin makes nodeids of its own there.
    """

    def __init__(self, request: wire.Request, collection: Collection) -> None:
        self._collection = collection
        self._wanted: dict[str, set[tuple[str, ...]]] = {}
        """By file: the names on the way to each item."""
        for nodeid, _, path in request["items"]:
            self._wanted.setdefault(path, set()).add(_names(nodeid))
        self._ways: dict[str, set[tuple[str, ...]] | None] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_collectstart(self, collector: Any) -> None:
        """Count its files as not looked through, whichever of several collectors of a file comes first."""
        if isinstance(collector, pytest.File) and str(getattr(collector, "path", "")) in self._wanted:
            self._collection.partial.add(collector.nodeid)

    @pytest.hookimpl(tryfirst=True)
    def pytest_pycollect_makeitem(self, collector: Any, name: str) -> list[Any] | None:
        """No node for what no asked item lies in."""
        try:
            ways = self._ways_in(collector)
            return None if ways is None or (*_place(collector), name) in ways else []
        except Exception:  # a collector of a kind of its own
            return None

    def _ways_in(self, collector: Any) -> set[tuple[str, ...]] | None:
        """The names that lead to asked items of its file, from the module on; None where all are wanted."""
        path = str(collector.path)
        wanted = self._wanted.get(path)
        if wanted is None:
            return None
        if path not in self._ways:
            module = collector.getparent(pytest.Module).obj
            there = all(_leads(module, names) for names in wanted)
            self._ways[path] = {names[:n] for names in wanted for n in range(1, len(names) + 1)} if there else None
            if not there:
                self._collection.partial.discard(collector.getparent(pytest.Module).nodeid)
        return self._ways[path]


def _names(nodeid: str) -> tuple[str, ...]:
    return tuple(nodeid.partition("::")[2].partition("[")[0].split("::"))


def _place(collector: Any) -> tuple[str, ...]:
    """The names of the classes from the module to the collector."""
    return tuple(node.name for node in collector.listchain() if isinstance(node, pytest.Class))


def _leads(module: Any, names: tuple[str, ...]) -> bool:
    """Whether these names lead to something in the module: a function, or a class and what is in it."""
    found = module
    for name in names:
        if found is not module and not isinstance(found, type):
            return False
        found = getattr(found, name, None)
        if found is None:
            return False
    return True
