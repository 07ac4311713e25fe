"""Runs what was asked for without ever giving pytest a nodeid: files are pruned, items selected.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from .arrangement import arrange
from .outer import Outer, quiet

if TYPE_CHECKING:
    from .collection import Collection

_MISSING_A_LINE = 50


class Selection:
    """The scopes and items of a request, applied to pytest's own collection."""

    def __init__(self, run: Outer, collection: Collection) -> None:
        request = run.request
        self._run = run
        self._collection = collection
        self._items: set[tuple[str, int]] = {(nodeid, number) for nodeid, number, _ in request["items"]}
        self._file_of: dict[str, str] = {nodeid: path for nodeid, _, path in request["items"]}
        self._folders = [scope["path"] for scope in request["scopes"] if "path" in scope]
        self._collectors = {scope["nodeid"] for scope in request["scopes"] if "nodeid" in scope}
        self._functions = {tuple(scope["function"]) for scope in request["scopes"] if "function" in scope}
        self._files = {*self._file_of.values(), *(scope["file"] for scope in request["scopes"] if "file" in scope)}
        self._known: dict[str, set[tuple[str, int]]] = {
            path: {(nodeid, number) for nodeid, number in known} for path, known in request["fresh"]
        }
        self._files.update(self._known)
        self._deselected: set[str] = set()
        self._arguments: list[str] = []
        """Of pytest, where some of them are left out."""
        self._above = {parent for path in (*self._files, *self._folders) for parent in _parents(path)}

    def pytest_ignore_collect(self, collection_path: Any) -> bool | None:
        """Leave out a path in which nothing that was asked for can lie."""
        path = str(collection_path)
        if "" in self._files:  # of something nobody knows where it lies
            return None
        if path in self._above or path in self._files or self._below_folder(path):
            return None
        # pytest 7 makes a package's node, and its fixtures, out of the file.
        if os.path.basename(path) == "__init__.py" and os.path.dirname(path) in self._above:
            return None
        return True

    def narrow(self, config: Any) -> None:
        """Leave out arguments below which nothing that was asked for lies: pytest prunes none that it was given."""
        if "" in self._files or getattr(config.option, "pyargs", False):
            return
        folder = str(config.invocation_params.dir)
        wanted = [argument for argument in config.args if self._may_lie_in(os.path.join(folder, argument))]
        if wanted:
            self._arguments, config.args[:] = list(config.args), wanted

    def _may_lie_in(self, argument: str) -> bool:
        """Whether a test that was asked for may lie in what pytest was given."""
        path = os.path.abspath(argument.partition("::")[0])
        return path in self._above or path in self._files or self._below_folder(path) or not os.path.exists(path)

    def _below_folder(self, path: str) -> bool:
        return any(path == folder or path.startswith(folder + os.sep) for folder in self._folders)

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(self, config: Any, items: list[Any]) -> Any:
        """Select before other plugins look at the items; afterwards take out doubles that they made."""
        if self._arguments:
            config.args[:] = self._arguments
        self._select(items)
        yield
        self._settle(items)

    @quiet
    def _select(self, items: list[Any]) -> None:
        # A nodeid that is not here may be one that a plugin is going to give: its whole file waits for that.
        absent = self._file_of.keys() - {item.nodeid for item in items}
        whole = {self._file_of[nodeid] for nodeid in absent} | self._known.keys()
        items[:] = [
            item for item in items if item.nodeid in self._file_of or str(item.path) in whole or self._in_scope(item)
        ]

    @quiet
    def _settle(self, items: list[Any]) -> None:
        found: set[tuple[str, int]] = set()

        def wanted(item: Any, number: int) -> bool:
            found.add((item.nodeid, number))
            return (item.nodeid, number) in self._items or self._is_fresh(item, number) or self._in_scope(item)

        kept = self._collection.keep(items, wanted)
        request = self._run.request
        if request["lead"]:
            kept = self._collection.arrange(lambda items, numbers: arrange(items, numbers, request))
        items[:] = kept
        missing = sorted(key for key in self._items - found if key[0] not in self._deselected)
        if self._collection.writes:
            for at in range(0, len(missing), _MISSING_A_LINE):
                self._run.journal.write({"event": "ItemsMissing", "items": missing[at : at + _MISSING_A_LINE]})

    @quiet
    def pytest_deselected(self, items: list[Any]) -> None:
        """Note what a plugin or ``-k`` took out: that is there, although it does not run."""
        self._deselected.update(item.nodeid for item in items)

    def _is_fresh(self, item: Any, number: int) -> bool:
        known = self._known.get(str(item.path))
        return known is not None and (item.nodeid, number) not in known

    def _in_scope(self, item: Any) -> bool:
        parent = item.parent
        if self._folders and self._below_folder(str(item.path)):
            return True
        if self._functions and (parent.nodeid, getattr(item, "originalname", None)) in self._functions:
            return True
        return bool(self._collectors) and any(node.nodeid in self._collectors for node in item.listchain())


def _parents(path: str) -> list[str]:
    parents = []
    while path != os.path.dirname(path):
        path = os.path.dirname(path)
        parents.append(path)
    return parents
