"""Runs what was asked for without ever giving pytest a nodeid: files are pruned, items selected.

PYTEST_DONT_REWRITE
"""

import os
from typing import Any, List, Optional, Set, Tuple

import pytest

from .collection import Collection
from .outer import Outer, quiet


class Selection:
    """The scopes and items of a request, applied to pytest's own collection."""

    def __init__(self, run: Outer, collection: Collection) -> None:
        request = run.request
        self._run = run
        self._collection = collection
        self._items: Set[Tuple[str, int]] = {(nodeid, number) for nodeid, number, _ in request["items"]}
        self._nodeids = {nodeid for nodeid, _ in self._items}
        self._folders = [scope["path"] for scope in request["scopes"] if "path" in scope]
        self._collectors = {scope["nodeid"] for scope in request["scopes"] if "nodeid" in scope}
        self._functions = {tuple(scope["function"]) for scope in request["scopes"] if "function" in scope}
        self._files = {path for _, _, path in request["items"]} | {s["file"] for s in request["scopes"] if "file" in s}
        self._above = {parent for path in (*self._files, *self._folders) for parent in _parents(path)}

    def pytest_ignore_collect(self, collection_path: Any) -> Optional[bool]:
        """Leave out a path in which nothing that was asked for can lie."""
        path = str(collection_path)
        if path in self._above or path in self._files or self._below_folder(path):
            return None
        # pytest 7 makes a package's node, and its fixtures, out of the file.
        if os.path.basename(path) == "__init__.py" and os.path.dirname(path) in self._above:
            return None
        return True

    def _below_folder(self, path: str) -> bool:
        return any(path == folder or path.startswith(folder + os.sep) for folder in self._folders)

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(self, items: List[Any]) -> Any:
        """Select before other plugins look at the items; afterwards take out doubles that they made."""
        self._select(items)
        yield
        self._settle(items)

    @quiet
    def _select(self, items: List[Any]) -> None:
        items[:] = [item for item in items if item.nodeid in self._nodeids or self._in_scope(item)]

    @quiet
    def _settle(self, items: List[Any]) -> None:
        found: Set[Tuple[str, int]] = set()

        def wanted(item: Any, number: int) -> bool:
            found.add((item.nodeid, number))
            return (item.nodeid, number) in self._items or self._in_scope(item)

        items[:] = self._collection.keep(items, wanted)
        missing = self._items - found
        if missing and self._collection.writes:
            self._run.journal.write({"event": "ItemsMissing", "items": sorted(missing)})

    def _in_scope(self, item: Any) -> bool:
        parent = item.parent
        if self._folders and self._below_folder(str(item.path)):
            return True
        if self._functions and (parent.nodeid, getattr(item, "originalname", None)) in self._functions:
            return True
        return bool(self._collectors) and any(node.nodeid in self._collectors for node in item.listchain())


def _parents(path: str) -> List[str]:
    parents = []
    while path != os.path.dirname(path):
        path = os.path.dirname(path)
        parents.append(path)
    return parents
