"""Changes of state that come to many items at once, such as the start of a run of everything."""

from __future__ import annotations

from operator import add
from typing import TYPE_CHECKING

from tui.model.outcome import COUNTERS, Status

if TYPE_CHECKING:
    from tui.model.nodes import Branch, Item


class Moves:
    """Many items that go from one state to another. Branches are counted once for all that they have in common."""

    def __init__(self) -> None:
        self._levels: dict[int, dict[Branch, list[int]]] = {}
        """What is still to be added to the counters of branches, by their depth."""
        self._parent: Branch | None = None
        self._from = self._to = Status.NOT_RUN
        self._number = 0

    def move(self, item: Item, status: Status) -> None:
        """Give an item a state. Quickest in order of the tree."""
        if item.parent is not self._parent or item.status is not self._from or status is not self._to:
            self._flush()
            self._parent, self._from, self._to = item.parent, item.status, status
        self._number += 1
        item.status = status
        item.version += 1

    def _flush(self) -> None:
        """Count the latest items, which are of one branch, in that branch."""
        branch, number, self._number = self._parent, self._number, 0
        if branch is None or not number:
            return
        branch.counts[self._from] -= number
        branch.counts[self._to] += number
        branch.version += 1
        if branch.parent is not None:
            counts = self._levels.setdefault(branch.depth - 1, {}).setdefault(branch.parent, [0] * COUNTERS)
            counts[self._from] -= number
            counts[self._to] += number

    def finish(self) -> None:
        """Count them in all branches above."""
        self._flush()
        for depth in range(max(self._levels, default=-1), -1, -1):
            above = self._levels.setdefault(depth - 1, {})
            for branch, counts in self._levels.pop(depth, {}).items():
                branch.counts = list(map(add, branch.counts, counts))
                branch.version += 1
                if (parent := branch.parent) is not None:
                    before = above.get(parent)
                    above[parent] = list(map(add, before, counts)) if before else counts
