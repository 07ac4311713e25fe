"""Results of an earlier session, given to items that have none of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model.outcome import COUNTERS, STALE, Status

if TYPE_CHECKING:
    from tui.model.nodes import Branch, Item, Note
    from tui.model.tree import Tree


class EarlierResults:
    """Gives items results that are out of date. Branches are counted once for neighbours; ``finish`` ends it."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._parent: Branch | None = None
        self._counts = [0] * COUNTERS
        self._seconds = 0.0

    def give(self, item: Item, status: Status, seconds: float, note: Note | None) -> bool:
        """Give an item an outcome, its duration in seconds, and what its row says; False if it has a newer one.

        One that waits for its turn keeps it in mind, and gets it back should that never come.
        """
        queued = item.status is Status.QUEUED
        if not (item.status is Status.NOT_RUN or (queued and item.was is Status.NOT_RUN)) or item.stale:
            return False
        if item.parent is not self._parent:
            self._flush()
            self._parent = item.parent
        if queued:
            item.was = status
        else:
            self._counts[Status.NOT_RUN] -= 1
            self._counts[status] += 1
            item.status = status
        self._counts[STALE] += 1
        self._seconds += seconds - item.seconds
        item.stale = True
        item.seconds = seconds
        item.note = note
        item.version += 1
        return True

    def finish(self) -> None:
        """Bring all counters up to date."""
        self._flush()
        self._tree.generation += 1

    def _flush(self) -> None:
        branch = self._parent
        while branch is not None:
            for counter, by in enumerate(self._counts):
                branch.counts[counter] += by
            branch.seconds = max(0.0, round(branch.seconds + self._seconds, 9))  # sums of floats leave crumbs
            branch.version += 1
            branch = branch.parent
        self._parent = None
        self._counts = [0] * COUNTERS
        self._seconds = 0.0
