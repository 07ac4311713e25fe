"""Which files of the project the import statements of a file mean, found in the file system alone.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import ast
import os
import re
import sys
from typing import TYPE_CHECKING

from ..territory import Territory
from .nodes import walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_DOTTED = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)+")
_IMPORTERS = {"import_module", "__import__", "importorskip"}
_SETTINGS = ("pytest.ini", ".pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg")
_PYTHONPATH = re.compile(r"^pythonpath\s*=\s*(\[[^\]]*\]|(?:.*(?:\n[ \t]+\S.*)*))", re.MULTILINE)
_LIBRARY: frozenset[str] = getattr(sys, "stdlib_module_names", frozenset(sys.builtin_module_names))


class Resolver:
    """Looks for modules in the folders that may be on ``sys.path`` while the tests run.

    Which they are is only known to the run: the working folder, its ``src``, what the interpreter and pytest's
    ``pythonpath`` name, and the folders above the importing file that are no packages. Where a name means several
    files, all of them count.
    """

    def __init__(self) -> None:
        self._territory = Territory()
        cwd = os.getcwd()
        named = [cwd, *filter(os.path.isdir, (f"{cwd}/src", *sys.path, *_pythonpath(cwd)))]
        self._roots = list(dict.fromkeys(path for path in map(self._territory.path, named) if path is not None))
        self._elsewhere = {os.path.abspath(path) for path in sys.path if self._territory.path(path) is None}
        self._listed: dict[str, frozenset[str]] = {}
        self._installed: set[str] | None = None

    def imports(self, nodes: Iterable[ast.AST], path: str) -> tuple[list[str], list[str]]:
        """Files that are imported, and files that would be if they were there; both sorted, both of the project.

        ``nodes`` are all nodes of the syntax tree of the file ``path``.
        """
        if self._territory.path(path) is None:
            self._territory.add(os.path.dirname(path))
        roots = list(dict.fromkeys([*self._roots, *self._above(path)]))
        found: set[str] = set()
        wanted: set[str] = set()
        for node in nodes:
            if isinstance(node, ast.ImportFrom):
                self._from(node, path, roots, found, wanted)
            else:
                for name in _absolute_names(node):
                    if not self._resolve(roots, name.split("."), found) and isinstance(node, ast.Import):
                        self._want(roots, name, wanted)
        found.discard(path)
        return sorted(found), sorted(wanted - found)

    def _from(self, node: ast.ImportFrom, path: str, roots: list[str], found: set[str], wanted: set[str]) -> None:
        names = node.module.split(".") if node.module else []
        if node.level:
            folder = path
            for _ in range(node.level):
                folder = os.path.dirname(folder)
            roots = [folder]
            found.update(self._existing(f"{folder}/__init__.py"))
        elif not self._resolve(roots, names, found):
            self._want(roots, ".".join(names), wanted)
            return
        for each in node.names:
            name = [*names, each.name]
            if each.name == "*":
                self._resolve(roots, names, found)
            elif not self._resolve(roots, name, found) and self._is_package(roots, names):
                self._want(roots, ".".join(name), wanted)

    def _resolve(self, roots: list[str], names: list[str], found: set[str]) -> bool:
        """Add the files of a module and of the packages above it; whether there is such a module."""
        resolved = False
        for root in roots:
            folder = root
            for at, name in enumerate(names):
                entries = self._entries(folder)
                last = at == len(names) - 1
                if name + ".py" in entries:
                    found.update(self._existing(f"{folder}/{name}.py"))
                    resolved = resolved or last
                if name not in entries:
                    break
                folder = f"{folder}/{name}"
                inside = self._entries(folder)
                if "__init__.py" in inside:
                    found.update(self._existing(f"{folder}/__init__.py"))
                resolved = resolved or (last and bool(inside))
        return resolved

    def _is_package(self, roots: list[str], names: list[str]) -> bool:
        return any(self._entries("/".join([root, *names])) for root in roots)

    def _want(self, roots: list[str], name: str, wanted: set[str]) -> None:
        first, _, rest = name.partition(".")
        if first in self._others() and not (rest and self._is_package(roots, [first])):
            return
        tail = name.replace(".", "/")
        for root in roots:
            # A folder for it must be there already, or be new with the file.
            for candidate in (f"{root}/{tail}.py", f"{root}/{tail}/__init__.py"):
                if self._territory.contains(candidate):
                    wanted.add(candidate)

    def _existing(self, path: str) -> list[str]:
        folder, _, name = path.rpartition("/")
        real = self._territory.path(path) if name in self._entries(folder) else None
        return [] if real is None else [real]

    def _entries(self, folder: str) -> frozenset[str]:
        known = self._listed.get(folder)
        if known is None:
            try:
                known = frozenset(os.listdir(folder))
            except OSError:
                known = frozenset()
            self._listed[folder] = known
        return known

    def _above(self, path: str) -> Iterator[str]:
        """Folders above a file that are no packages: pytest and others put them on ``sys.path``."""
        folder = os.path.dirname(path)
        while self._territory.contains(folder):
            if "__init__.py" not in self._entries(folder):
                yield folder
            folder = os.path.dirname(folder)

    def _others(self) -> set[str]:
        """Top-level names that mean something outside of the project."""
        if self._installed is None:
            self._installed = set(_LIBRARY)
            for folder in self._elsewhere:
                self._installed.update(name.partition(".")[0] for name in self._entries(folder))
        return self._installed


def _absolute_names(node: ast.AST) -> Iterator[str]:
    """Names of modules that a node may mean: in an import, or in a text that reads like one."""
    if isinstance(node, ast.Import):
        for each in node.names:
            yield each.name
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        # What is patched, INSTALLED_APPS of Django and the like.
        if _DOTTED.fullmatch(node.value):
            yield node.value
    elif isinstance(node, ast.Call) and node.args:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        first = node.args[0]
        if name in _IMPORTERS and isinstance(first, ast.Constant) and isinstance(first.value, str):
            yield first.value
    elif isinstance(node, ast.Assign) and any(getattr(each, "id", "") == "pytest_plugins" for each in node.targets):
        for part in walk(node.value):
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                yield part.value


def _pythonpath(cwd: str) -> Iterator[str]:
    """Folders that pytest's setting of that name gives, in whichever file it stands."""
    for name in _SETTINGS:
        try:
            with open(f"{cwd}/{name}", encoding="utf-8", errors="replace") as file:
                text = file.read()
        except OSError:
            continue
        for value in _PYTHONPATH.findall(text):
            for part in re.split(r"[\[\]\s,\"']+", value):
                if part:
                    yield os.path.normpath(os.path.join(cwd, part))
