"""What git knows: where its folder is, whether it is at work, and which paths it ignores."""

from __future__ import annotations

import os
import time

from tui.engine.watching.patterns import Patterns

IGNORE_FILE = ".gitignore"
_CACHED = 50_000
_Chain = tuple[tuple[Patterns, int], ...]
"""Patterns, those with the most say first, and where in a path the part begins that they are about."""
_LOCK_AGE = 10.0
"""Seconds after which an index.lock is one that a git that died has left."""


class Repository:
    """The git repository around ``root`` (a real path), if there is one. Reads files when it needs them, once."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.top, self.folder = _found(root)
        """The folder that .gitignore files count from, and git's own folder (None: no repository)."""
        self._chains: dict[str, _Chain] = {}
        self.refresh()

    def refresh(self) -> None:
        """Read the ignore files again when they are next needed."""
        exclude = os.path.join(_common(self.folder), "info", "exclude") if self.folder else ""
        self._base = _linked(exclude, self.top, ())
        self._reach = self.top
        self._chains = {}
        if self.top != self.root and self.ignores(self.root, folder=True):
            self._reach = self.root  # whoever starts us in an ignored folder does not mean "ignore all"
            self._chains = {}

    def ignores(self, path: str, *, folder: bool) -> bool:
        """Whether ignore files name this very path; what they say of the folders it is in is the caller's matter."""
        for patterns, start in self._chain(path[: path.rfind("/")] or "/"):
            verdict = patterns.folder(path[start:]) if folder else patterns.file(path[start:])
            if verdict is not None:
                return verdict
        return False

    def is_busy(self) -> bool:
        """Whether a git command is changing the work tree right now."""
        if self.folder is None:
            return False
        try:
            age = time.time() - os.stat(os.path.join(self.folder, "index.lock")).st_mtime
        except OSError:
            return False
        return age < _LOCK_AGE

    def _chain(self, folder: str) -> _Chain:
        """What has a say on the entries of a folder."""
        chain = self._chains.get(folder)
        if chain is None:
            if len(self._chains) >= _CACHED:
                self._chains = {}
            above = self._base if len(folder) <= len(self._reach) else self._chain(os.path.dirname(folder))
            chain = self._chains[folder] = _linked(os.path.join(folder, IGNORE_FILE), folder, above)
        return chain


def _linked(file: str, base: str, above: _Chain) -> _Chain:
    """The patterns of an ignore file, if there are any, before those with less say."""
    try:
        with open(file, encoding="utf-8-sig", errors="surrogateescape") as opened:
            patterns = Patterns(opened.read().splitlines())
    except OSError:
        return above
    return ((patterns, len(base.rstrip("/")) + 1), *above) if patterns else above


def _found(root: str) -> tuple[str, str | None]:
    """The top folder of the repository and git's folder; ``root`` and None if there is none."""
    at = root
    while True:
        git = os.path.join(at, ".git")
        if os.path.isdir(git):
            return at, git
        if os.path.isfile(git):
            return at, _pointed(git, "gitdir:")
        parent = os.path.dirname(at)
        if parent == at:
            return root, None
        at = parent


def _common(folder: str) -> str:
    """The folder that all work trees of a repository share."""
    return _pointed(os.path.join(folder, "commondir"), "") or folder


def _pointed(file: str, before: str) -> str | None:
    """The folder whose path, relative to its own place, stands in a file of git."""
    try:
        with open(file, encoding="utf-8", errors="surrogateescape") as opened:
            words = opened.read().strip()
    except OSError:
        return None
    folder = os.path.join(os.path.dirname(file), words.removeprefix(before).strip())
    return os.path.normpath(folder) if os.path.isdir(folder) else None
