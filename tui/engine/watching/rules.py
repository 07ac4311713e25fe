"""Which files are watched."""

from __future__ import annotations

import os
from enum import Enum
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from tui.engine.watching import names
from tui.engine.watching.links import Links
from tui.engine.watching.patterns import Patterns
from tui.engine.watching.repository import IGNORE_FILE, Repository

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

_CACHED = 50_000
"""Folders to remember the state of; tests may make and remove any number."""


class _State(Enum):
    """What a folder is to us."""

    OPEN = "its files are judged one by one"
    PASSAGE = "ignored, but something below is asked for by name"
    CLOSED = "never looked into"


class Rules:
    """Says of paths below ``root`` whether they are watched.

    From the strongest to the weakest:

    1. Version control, ``__pycache__``, ``.redbar_cache`` and what editors put down while saving: never.
    2. ``ignore``, patterns as in a .gitignore file that stands in ``root``: not.
    3. ``watch``, such patterns again, and paths given to ``need``: watched. A pattern without a folder in it
       is only looked for in folders that are not ignored.
    4. Environments (``pyvenv.cfg``), caches and generated folders: not.
    5. ``norecursedirs`` as pytest understands it: not, unless the folder is a package (``__init__.py``); what only
       this project leaves out may also hold packages, which tests import from there.
    6. ``.gitignore`` files and ``.git/info/exclude``: not.

    All paths are absolute, those of entries below the real path of ``root``. May be asked from any thread.
    """

    def __init__(
        self,
        root: Path,
        *,
        watch: Sequence[str] = (),
        ignore: Sequence[str] = (),
        norecursedirs: Sequence[str] = names.NORECURSEDIRS,
    ) -> None:
        self.root = os.path.realpath(root)
        self._below = self.root if self.root.endswith("/") else self.root + "/"
        self.repository = Repository(self.root)
        self.links = Links(self.root)
        self._watch = Patterns(watch)
        self._ignore = Patterns(ignore)
        self._norecurse = tuple(norecursedirs)
        self._ways = frozenset(filter(None, map(_literal_folder, watch)))
        self._needed: set[str] = set()
        self._needed_folders: set[str] = set()
        self._states: dict[str, _State] = {}

    def need(self, paths: Iterable[str]) -> bool:
        """Watch these files whatever points 4 to 6 say, for tests are known to use them; whether this is news.

        What the tools write that run with the tests is no input of theirs.
        """
        new = {path for path in paths if path not in self._needed and path.startswith(self._below)}
        new = {path for path in new if not names.is_of_tools(path[len(self._below) :])}
        is_news = not all(map(self.file, new))
        self._needed |= new
        for path in new:
            folder = os.path.dirname(path)
            while len(folder) > len(self.root) and folder not in self._needed_folders:
                self._needed_folders.add(folder)
                folder = os.path.dirname(folder)
        if is_news:
            self._states = {}
        return is_news

    def norecurse(self, globs: Sequence[str]) -> bool:
        """From now on pytest looks into no folders of these names; whether this is news."""
        is_news = tuple(globs) != self._norecurse
        if is_news:
            self._norecurse = tuple(globs)
            self._states = {}
        return is_news

    def refresh(self) -> None:
        """Read .gitignore files and look for environments again."""
        self.repository.refresh()
        self._states = {}

    def govern(self, path: str) -> bool:
        """Whether a change of this file can change the rules."""
        name = os.path.basename(path)
        if name == "__init__.py":
            return self._is_norecurse(os.path.dirname(path))
        return name in {IGNORE_FILE, "pyvenv.cfg"}

    def folder(self, path: str) -> bool:
        """Whether to look into this folder."""
        return self._state(path) is not _State.CLOSED

    def file(self, path: str) -> bool:
        """Whether this file is watched."""
        cut = path.rfind("/")  # os.path is several times as slow, and this is asked of every file
        state = self._state(path[:cut])
        name = path[cut + 1 :]
        if state is _State.CLOSED or name in names.NEVER or names.is_passing(name):
            return False
        below = path[len(self._below) :]
        if self._ignore.matches(below):
            return False
        if path in self._needed or self._watch.matches(below):
            return True
        if state is _State.PASSAGE or names.is_generated_file(name):
            return False
        return not self.repository.ignores(path, folder=False)

    def event(self, path: str) -> bool:
        """Whether an event at this path can matter. Cheap; it is not known whether the path is or was a folder."""
        if path == self.root or self.links.is_target(path):
            return True
        if self._state(os.path.dirname(path)) is _State.CLOSED:
            return False
        known = self._states.get(path)
        if known is _State.CLOSED and os.path.isdir(path):
            return False
        if known is not None or self.file(path) or self.govern(path):
            return True
        return os.path.isdir(path) and self.folder(path)

    def _state(self, path: str) -> _State:
        if path == self.root:
            return _State.OPEN
        state = self._states.get(path)
        if state is None:
            if len(path) <= len(self.root) or not path.startswith(self._below):
                return _State.CLOSED
            if len(self._states) >= _CACHED:
                self._states = {}
            state = self._judged(path)
            # Whether a folder is an environment can only be remembered of one that is there.
            if state is _State.OPEN or os.path.isdir(path):
                self._states[path] = state
        return state

    def _judged(self, path: str) -> _State:
        above = self._state(os.path.dirname(path))
        name = os.path.basename(path)
        if above is _State.CLOSED or name in names.NEVER:
            return _State.CLOSED
        below = path[len(self._below) :] + "/"
        if self._ignore.matches(below):
            return _State.CLOSED
        if above is _State.OPEN and not self._is_shut(path):
            return _State.OPEN
        if self._watch.matches(below):
            return _State.OPEN
        asked = path in self._needed_folders or any(
            (way + "/").startswith(below) or below.startswith(way + "/") for way in self._ways
        )
        return _State.PASSAGE if asked else _State.CLOSED

    def _is_shut(self, path: str) -> bool:
        if names.is_generated_folder(os.path.basename(path)):
            return True
        if os.path.exists(os.path.join(path, "pyvenv.cfg")) or os.path.isdir(os.path.join(path, "conda-meta")):
            return True
        if self._is_norecurse(path) and not os.path.exists(os.path.join(path, "__init__.py")):
            left_out_by_all = _matches(path, names.NORECURSEDIRS)
            if left_out_by_all or not _holds_packages(path):
                return True
        return self.repository.ignores(path, folder=True)

    def _is_norecurse(self, folder: str) -> bool:
        return _matches(folder, self._norecurse)


def _matches(folder: str, globs: Iterable[str]) -> bool:
    """Whether pytest would say that one of these patterns fits the folder."""
    name = os.path.basename(folder)
    return any(
        fnmatchcase(folder, glob if glob.startswith("/") else f"*/{glob}") if "/" in glob else fnmatchcase(name, glob)
        for glob in globs
    )


def _holds_packages(folder: str) -> bool:
    """Whether packages lie right in a folder."""
    try:
        inside = os.listdir(folder)
    except OSError:
        return False
    return any(os.path.exists(os.path.join(folder, name, "__init__.py")) for name in inside)


def _literal_folder(glob: str) -> str:
    """The folders that a pattern names before its first wildcard or its last part."""
    folders = []
    for part in glob.strip("/").split("/")[:-1]:
        if any(sign in part for sign in "*?[!\\"):
            break
        folders.append(part)
    return "/".join(folders)
