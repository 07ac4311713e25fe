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
_QUIET = 1.0
_LONG = 30.0
"""Seconds at the least and at the most that a suspected file has to stay as it is when no run is on."""
_CONFIGURATION = frozenset({"pyproject.toml", "pytest.ini", ".pytest.ini", "pytest.toml", "setup.cfg", "tox.ini"})


def is_source(path: str) -> bool:
    """Whether people write this file and tests hardly ever do."""
    return path.endswith(".py") or os.path.basename(path) in _CONFIGURATION


class Runs:
    """Which changed files have to wait for the end of a run, and which are the run's own doing.

    Source files do not wait, unless a run is known to write them. Everything else that changes during a run waits:
    at its end it is known what the run wrote. A file is noisy once three runs in turn have changed it, or three
    without an edit between them, and stays so until it is edited outside a run. What runs do to noisy files is
    passed over. Times are seconds of any clock that does not go back.

    Not every write is known, and a person may save a source again and again while runs go on. Such a source is
    suspected: it waits, and is not given out before a silence after the run that is as long as the run was. Who
    writes by hand breaks that silence some time, and is answered at once. What changes in runs only is noisy after
    three silences.
    """

    def __init__(self) -> None:
        self.waiting: set[str] = set()
        """Changed, and not to be given out before the run has ended."""
        self._active = 0
        self._began = 0.0
        self._ended = float("-inf")
        self._written: set[str] = set()
        self._writers: set[str] = set()
        self._touched: set[str] = set()
        self._noisy: set[str] = set()
        self._in_turn: dict[str, int] = {}
        self._since_edit: Counter[str] = Counter()
        self._suspects: set[str] = set()
        self._silences: Counter[str] = Counter()
        self._held: set[str] = set()
        """Of those that wait: what waits for the end of the silence."""
        self._silent_until = float("-inf")
        self._restless = 0
        """Runs in turn during which a source changed that did not wait."""
        self._read: set[str] = set()
        """Sources that have changed, have not been given out, and may have been read like that by a run."""

    @property
    def noisy(self) -> AbstractSet[str]:
        """Files that runs change again and again."""
        return self._noisy

    def began(self, now: float, changed: Iterable[str] = ()) -> None:
        """A run begins; they may overlap. ``changed``: what has not been given out."""
        if not self._active:
            self._began = now
        self._active += 1
        self._read.update(path for path in changed if is_source(path))

    def wrote(self, paths: Iterable[str]) -> None:
        """A run has said that it writes these files."""
        self._written.update(paths)

    def changed(self, path: str, now: float) -> bool:
        """A file has changed; whether that is to be passed over in silence."""
        if not self._active and now > self._ended + GRACE:
            self._edited(path)
            return False
        self._touched.add(path)
        if self._active and is_source(path):
            self._read.add(path)
        noisy = path in self._noisy
        if self._active and (noisy or self._has_to_wait(path)):
            self.waiting.add(path)
        elif path in self._suspects and not noisy:
            self.waiting.add(path)
            self._held.add(path)
        return noisy and not self._active

    def _edited(self, path: str) -> None:
        """Nothing but a person has changed it."""
        self._noisy.discard(path)
        self._suspects.discard(path)
        self._in_turn.pop(path, None)
        self._silences.pop(path, None)
        self._since_edit.clear()
        self._restless = 0
        self.waiting -= {path} | self._held  # one answer to all
        self._held.clear()

    def _has_to_wait(self, path: str) -> bool:
        if not is_source(path) or path in self._suspects or self._restless >= 2 * _TIMES:
            return True
        return path in self._written or path in self._writers

    def may_have_read(self, path: str) -> bool:
        """Whether a run may have read what was in a file that is again what it was."""
        return path in self._read and path not in self._noisy

    def given(self, paths: Iterable[str]) -> None:
        """These changes have been given out."""
        self._read.difference_update(paths)

    def reverted(self, path: str) -> None:
        """A changed file is again what it was."""
        self._read.discard(path)
        self._touched.discard(path)
        self.waiting.discard(path)
        self._held.discard(path)

    def ended(self, now: float) -> set[str]:
        """A run has ended. Returns the files whose content was its own doing; few of the others still wait."""
        self._active = max(self._active - 1, 0)
        self._ended = now
        own = self._written | (self.waiting & self._noisy)
        # A source that was written before anybody looked has not been seen to change: the next run writes it, too.
        self._writers |= {path for path in self._written if path in self._touched or is_source(path)}
        self._in_turn = {path: self._in_turn.get(path, 0) + 1 for path in self._touched}
        self._since_edit.update(self._touched)
        often = {path for path in self._touched if max(self._in_turn[path], self._since_edit[path]) >= _TIMES}
        known = {path for path in self._touched if path in self._written or not is_source(path)}
        self._noisy |= often & known
        held_up = {path for path in self.waiting if is_source(path)} - self._writers
        self._suspects |= (often | held_up) - known
        self._restless = self._restless + 1 if self._touched - known - self.waiting else 0
        self._touched.clear()
        if not self._active:
            self._written.clear()
            self._held = self.waiting & self._suspects - own
            self.waiting &= self._held
            self._silent_until = now + min(max(now - self._began, _QUIET), _LONG)
        return own

    def silence(self, now: float) -> float | None:
        """Let go what has been held for long enough; else how many more seconds of silence that takes."""
        if self._active or not self._held:
            return None
        if now < self._silent_until:
            return self._silent_until - now
        for path in self._held:
            self._silences[path] += 1
            if self._silences[path] >= _TIMES:
                self._noisy.add(path)
        self.waiting -= self._held
        self._held.clear()
        return None
