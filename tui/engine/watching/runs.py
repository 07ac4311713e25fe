"""Tells what a run writes from what a person edits."""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

GRACE = 0.1
"""Seconds after its end in which a change is still the run's: events are late, and so are children of tests."""

_TIMES = 3
_CONFIGURATION = frozenset({"pyproject.toml", "pytest.ini", ".pytest.ini", "pytest.toml", "setup.cfg", "tox.ini"})


def is_source(path: str) -> bool:
    """Whether people write this file and tests hardly ever do."""
    return path.endswith(".py") or os.path.basename(path) in _CONFIGURATION


class Runs:
    """Which changed files have to wait for the end of a run, and which are the run's own doing.

    Source files never wait, unless a run is known to write them. Everything else that changes during a run waits:
    at its end it is known what the run wrote. A file is noisy once three runs in turn have changed it, or three
    without an edit between them, and stays so until it is edited outside a run. What runs do to noisy files is
    passed over. Times are seconds of any clock that does not go back.
    """

    def __init__(self) -> None:
        self.waiting: set[str] = set()
        """Changed, and not to be given out before the run has ended."""
        self._active = 0
        self._ended = float("-inf")
        self._written: set[str] = set()
        self._writers: set[str] = set()
        self._touched: set[str] = set()
        self._noisy: set[str] = set()
        self._in_turn: dict[str, int] = {}
        self._since_edit: Counter[str] = Counter()

    @property
    def noisy(self) -> AbstractSet[str]:
        """Files that runs change again and again."""
        return self._noisy

    def began(self) -> None:
        """A run begins; they may overlap."""
        self._active += 1

    def wrote(self, paths: Iterable[str]) -> None:
        """A run has said that it writes these files."""
        self._written.update(paths)

    def changed(self, path: str, now: float) -> bool:
        """A file has changed; whether that is to be passed over in silence."""
        if not self._active and now > self._ended + GRACE:
            self._noisy.discard(path)
            self._in_turn.pop(path, None)
            self._since_edit.clear()
            return False
        self._touched.add(path)
        noisy = path in self._noisy
        if self._active and (noisy or not is_source(path) or path in self._written or path in self._writers):
            self.waiting.add(path)
        return noisy and not self._active

    def reverted(self, path: str) -> None:
        """A changed file is again what it was."""
        self._touched.discard(path)
        self.waiting.discard(path)

    def ended(self, now: float) -> set[str]:
        """A run has ended. Returns the files whose content was its own doing; the others no longer wait."""
        self._active = max(self._active - 1, 0)
        self._ended = now
        own = self._written | (self.waiting & self._noisy)
        self._writers |= self._written & self._touched
        by_run = {path for path in self._touched if path in self._written or not is_source(path)}
        self._in_turn = {path: self._in_turn.get(path, 0) + 1 for path in by_run}
        self._since_edit.update(by_run)
        self._noisy |= {path for path in by_run if max(self._in_turn[path], self._since_edit[path]) >= _TIMES}
        self._touched.clear()
        if not self._active:
            self._written.clear()
            self.waiting.clear()
        return own
