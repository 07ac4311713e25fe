"""Links that lead out of the project: what lies behind them is the project's, by the names that it has there."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST = 300
"""Folders behind one link up to which they are watched, and those outside with files that links lead to."""
_FOREIGN = frozenset({"site-packages", "dist-packages", "node_modules", ".git", ".hg"})
"""Folders in which nothing is anybody's project."""


class Links:
    """Those below ``root``, a real path, as they are found. May be asked from any thread.

    Folders are followed through one link, not through a second one behind it. Files that are links themselves change
    where they lead to, of which the folder there tells.
    """

    def __init__(self, root: str) -> None:
        self._root = root
        self._folders: set[str] = set()
        self._names: dict[str, set[str]] = {}
        """The links to each file, by its real path."""
        self._outside: set[str] = set()
        self._too_large: dict[str, str] = {}
        """Real paths of links that are not followed."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know."""
        return tuple(
            f"{os.path.relpath(link, self._root)} leads to too many folders: not watched"
            for link in sorted(self._too_large)
        )

    def target(self, link: str) -> str | None:
        """Where a link leads; None if that is in the project, above it, or nobody's project."""
        real = os.path.realpath(link)
        inside = f"{real}/".startswith(f"{self._root}/") or f"{self._root}/".startswith(f"{real}/".replace("//", "/"))
        return None if inside or not _FOREIGN.isdisjoint(real.split("/")) else real

    def is_folder(self, link: str) -> bool:
        """Whether a link leads out to a folder that is to be looked into."""
        target = self.target(link)
        if target is None or not os.path.isdir(target) or self._too_large.get(link) == target or self.holds(link):
            return False
        self._too_large.pop(link, None)
        self._folders.add(link)
        return True

    def holds(self, path: str) -> bool:
        """Whether a path lies behind a link to a folder."""
        return any(path.startswith(f"{link}/") for link in self._folders)

    def close(self, link: str) -> None:
        """Too much lies behind that link."""
        self._folders.discard(link)
        self._too_large[link] = os.path.realpath(link)

    def file(self, link: str) -> str | None:
        """The folder in which a link's file is written, if it leads out to one."""
        target = self.target(link)
        if target is None or not os.path.isfile(target):
            return None
        folder = os.path.dirname(target)
        if len(self._outside) >= MOST and folder not in self._outside:
            return None
        self._outside.add(folder)
        self._names.setdefault(target, set()).add(link)
        return folder

    def is_target(self, path: str) -> bool:
        """Whether links lead to that file."""
        return path in self._names

    def named(self, paths: Iterable[str]) -> list[str]:
        """The same paths, as the project names them."""
        return [name for path in paths for name in self._names.get(path, (path,))]
