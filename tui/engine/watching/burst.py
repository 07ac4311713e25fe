"""Decides when a burst of changes is over."""

from __future__ import annotations

from dataclasses import dataclass

_SEVERAL = 4
"""Files from which it is no single save."""
_PATIENCE = 0.1
"""Seconds for which even a single save is held up by events that keep coming."""


@dataclass(slots=True)
class Burst:
    """Changes that come together. Times are seconds of any clock that does not go back.

    A save of a file or three is over at once. What has more files waits for quiet, the longer the more there are;
    so does a file that is gone or empty, for that is how some editors begin to save, and so does everything while
    git holds its lock and is still at it.
    """

    began: float
    last: float = 0.0
    _quiet: float = 0.0
    _limit: float = 0.0

    def add(self, now: float, *, size: int, doubtful: bool = False, locked: bool = False) -> None:
        """Something has changed at ``now``. ``size`` counts the changed files of the whole burst."""
        self.last = now
        self._quiet, self._limit = 0.0, 0.0
        if doubtful:
            self._quiet, self._limit = 0.03, 0.25
        if size >= _SEVERAL:
            self._quiet, self._limit = max(self._quiet, min(size * 0.005, 0.15)), 5.0
        if locked and size:
            self._quiet, self._limit = 0.25, 15.0

    @property
    def due(self) -> float:
        """When it is over unless something else happens."""
        return min(self.last + self._quiet, self.end)

    @property
    def end(self) -> float:
        """When it is over whatever happens."""
        return self.began + max(self._limit, _PATIENCE)
