"""Changes of state that come to many items at once, such as the start of a run of everything."""

from __future__ import annotations

from operator import add
from typing import TYPE_CHECKING

from tui.model.outcome import COUNTERS

if TYPE_CHECKING:
    from tui.model.nodes import Branch
    from tui.model.outcome import Status


class Moves:
    """Many items that go from one state to another. Branches are counted once for all that they have in common."""

    def __init__(self) -> None:
        self._levels: dict[int, dict[Branch, list[int]]] = {}
        """What is still to be added to the counters of branches, by their depth."""

    def count(self, branch: Branch, before: Status, after: Status, number: int) -> None:
        """So many items of one branch have gone from one state to another."""
        branch.counts[before] -= number
        branch.counts[after] += number
        branch.version += 1
        if branch.parent is not None:
            counts = self._levels.setdefault(branch.depth - 1, {}).setdefault(branch.parent, [0] * COUNTERS)
            counts[before] -= number
            counts[after] += number

    def finish(self) -> None:
        """Count them in all branches above."""
        for depth in range(max(self._levels, default=-1), -1, -1):
            above = self._levels.setdefault(depth - 1, {})
            for branch, counts in self._levels.pop(depth, {}).items():
                branch.counts = list(map(add, branch.counts, counts))
                branch.version += 1
                if (parent := branch.parent) is not None:
                    before = above.get(parent)
                    above[parent] = list(map(add, before, counts)) if before else counts
