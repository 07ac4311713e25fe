"""Which files are the project's own.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from .posix import calls

if TYPE_CHECKING:
    import re
    from collections.abc import Sequence

_FOREIGN = {
    "site-packages",
    "dist-packages",
    "node_modules",
    "__pycache__",
    ".git",
    ".hg",
    ".redbar_cache",
    ".pytest_cache",
    ".mypy_cache",
    ".ruff_cache",
    ".hypothesis",
    ".tox",
    ".nox",
}
_FOREIGN_START = "pytest-cache-files-"
"""pytest's cache before it gets its name."""
_LINKS = 20
"""Symbolic links to follow in a row before they count as a circle."""


class Territory:
    """The files below the working folder and the rootdir, less environments, caches and what git keeps.

    Paths are absolute and free of symbolic links but for those that lead out of it: what lies behind them belongs to
    it, by the names that it has here. It asks the file system by calls that a test cannot have replaced.
    """

    def __init__(self) -> None:
        self._roots: tuple[str, ...] = ()
        self._real: dict[str, str] = {"": ""}
        """Folders, by the name they were met under."""
        self._folders: dict[str, bool] = {}
        self._paths: dict[str, str | None] = {}
        self._aliases: Sequence[tuple[re.Pattern[str], str]] = ()
        self.other_copies: dict[str, str] = {}
        """Files that others stand for which hold something else, by the path of those that were executed."""
        prefixes = (sys.prefix, sys.base_prefix, sys.exec_prefix, os.path.dirname(os.__file__))
        self._environments = {self._resolve(prefix) for prefix in prefixes}
        self.add(calls.getcwd())

    @property
    def roots(self) -> tuple[str, ...]:
        """The folders whose files are the project's."""
        return self._roots

    def add(self, root: str) -> None:
        """Take what lies below ``root`` for the project's, too."""
        real = self._resolve(root)
        if real not in self._roots:
            self._roots += (real,)
            self._folders = {}
            self._paths = {}

    def alias(self, patterns: Sequence[tuple[re.Pattern[str], str]]) -> None:
        """Take files whose path begins as one of these for their copies in the folder beside it."""
        self._aliases = patterns
        self._paths = {}

    def _copy(self, path: str) -> str:
        """The project's copy of a file that was executed elsewhere; the file itself if there is none."""
        for pattern, folder in self._aliases:
            found = pattern.match(path)
            copy = self._resolve(f"{folder}/{path[found.end() :]}") if found else path
            if copy != path and copy.endswith(".py"):
                content = _content(copy)
                if content is not None and content == _content(path):
                    return copy
                if content is not None:
                    self.other_copies[path] = copy
        return path

    def path(self, name: str) -> str | None:
        """The real path of the file or folder ``name``, which is absolute; None when it is not the project's."""
        try:
            return self._paths[name]
        except KeyError:
            pass
        found = None
        if name.startswith("/"):
            real = self._resolve(name)
            if self.contains(real):
                found = self._copy(real) if self._aliases else real
        self._paths[name] = found
        return found

    def named(self, name: str) -> str | None:
        """The same for a name that is one of many, or relative to the present working folder: nothing is kept of it."""
        if not name.startswith("/"):
            name = f"{calls.getcwd()}/{name}"
        if not any(name.startswith(root) for root in self._roots):
            return None
        real = self._resolve(name)
        return real if self.contains(real) else None

    def contains(self, real: str) -> bool:
        """Whether that path, free of symbolic links, is the project's."""
        return real in self._roots or self._is_ours(real.rpartition("/")[0])

    def _is_ours(self, folder: str) -> bool:
        known = self._folders.get(folder)
        if known is None:
            parent, _, name = folder.rpartition("/")
            if folder in self._roots:
                known = True
            elif not folder or name in _FOREIGN or name.startswith(_FOREIGN_START) or folder in self._environments:
                known = False
            else:
                known = self._is_ours(parent) and not _is_environment(folder)
            self._folders[folder] = known
        return known

    def _resolve(self, name: str) -> str:
        """``name`` without symbolic links, without ``.``, ``..`` and double slashes."""
        folder, _, last = name.rpartition("/")
        if last in {"", ".", ".."}:
            return self._folder(name)
        return self._step(self._folder(folder), last, _LINKS)

    def _folder(self, name: str) -> str:
        known = self._real.get(name)
        if known is None:
            parent, _, last = name.rpartition("/")
            above = self._folder(parent)
            if last == "..":
                known = above.rpartition("/")[0]
            elif last in {"", "."}:
                known = above
            else:
                known = self._step(above, last, _LINKS)
            self._real[name] = known
        return known

    def _step(self, folder: str, name: str, links: int) -> str:
        path = f"{folder}/{name}"
        try:
            target = calls.readlink(path)
        except OSError:
            return path
        if not links:
            return path
        real = "" if target.startswith("/") else folder
        for part in target.split("/"):
            if part == "..":
                real = real.rpartition("/")[0]
            elif part not in {"", "."}:
                real = self._step(real, part, links - 1)
        return path if self._leads_out(folder, real) else real

    def _leads_out(self, folder: str, real: str) -> bool:
        """Whether a link in ``folder`` makes what it leads to the project's, although it lies elsewhere."""
        if not self._roots or not self._is_ours(folder):
            return False
        if any(f"{real}/".startswith(f"{root}/") or f"{root}/".startswith(f"{real}/") for root in self._roots):
            return False
        return all(name not in _FOREIGN for name in real.split("/")) and real not in self._environments


def _content(path: str) -> bytes | None:
    try:
        return calls.read_file(path)
    except OSError:
        return None


def _is_environment(folder: str) -> bool:
    try:
        calls.stat(f"{folder}/pyvenv.cfg")
    except OSError:
        return False
    return True
