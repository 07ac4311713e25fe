"""Keeps what is known of the files and of the runs together: what is given out now, later, or never."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tui.engine.watching.contents import Contents
from tui.engine.watching.runs import Runs

if TYPE_CHECKING:
    from collections.abc import Collection

    from tui.engine.watching.looking import Sight


class Ledger:
    """Pure, as its parts are. Times are seconds of any clock that does not go back."""

    def __init__(self, grain: int) -> None:
        self.contents = Contents(grain)
        self.runs = Runs()

    def see(self, sight: Sight, now: float, known_since: int | None = None) -> set[str]:
        """Take in what was found; the paths that have changed and need not wait.

        ``known_since``: the rules are new. A file that they let in is no change unless it was written after that
        time (nanoseconds since the epoch).
        """
        news = set()
        for path in sight.unwatched:
            self.contents.forget(path)
            self.runs.reverted(path)
        for reading in sight.readings:
            path = reading.path
            was_pending = path in self.contents.pending
            is_old = known_since is not None and reading.digest is not None and reading.signature[1] < known_since
            if is_old and path not in self.contents:
                self.contents.enter(path, reading.signature, reading.at, reading.digest)
            elif self.contents.see(reading):
                news.add(path)
                if self.runs.changed(path, now):
                    self.contents.absorb([path])
            elif was_pending and path not in self.contents.pending:  # not merely given out and looked at once more
                if self.runs.may_have_read(path):
                    self.contents.come_back(reading)
                    news.add(path)
                else:
                    self.runs.reverted(path)
        return {path for path in news if path in self.contents.pending and path not in self.runs.waiting}

    def run_began(self, now: float) -> None:
        """A run begins now."""
        self.runs.began(now, self.contents.pending)

    def run_ended(self, now: float) -> None:
        """A run has ended, and what it wrote has been seen."""
        own = self.runs.ended(now)
        self.contents.absorb([path for path in self.contents.pending if _is_in(path, own)])

    def notes(self, root: str) -> tuple[str, ...]:
        """What a person should know of the files that are ignored."""
        noisy = sorted(os.path.relpath(path, root) for path in self.runs.noisy)
        if not noisy:
            return ()
        if len(noisy) == 1:
            return (f"{noisy[0]} changes at every run: ignored",)
        return (f"{noisy[0]} and {len(noisy) - 1} more change at every run: ignored",)

    @property
    def has_news(self) -> bool:
        """Whether there is anything to take."""
        return not self.runs.waiting.issuperset(self.contents.pending)

    def take(self) -> dict[str, str | None]:
        """All changes that need not wait; they are the baseline from now on."""
        given = self.contents.take(self.runs.waiting)
        self.runs.given(given)
        return given


def _is_in(path: str, places: Collection[str]) -> bool:
    """Whether a path is one of these or below one of them."""
    return path in places or any(path[:end] in places for end, sign in enumerate(path) if sign == "/")
