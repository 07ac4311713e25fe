"""What edits made out of date and has not been run since."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.model.events import ItemKey

AFFECTED = 2
"""The last tier that belongs to the verdict on an edit; those behind it only might be touched."""


@dataclass(slots=True)
class Due:
    """Why and how urgently an item is to run. ``run``: number of the run in which the edit fell, 0 if none was on.

    Only a run that began later answers it.
    """

    tier: int
    place: int
    reason: str
    run: int


class Pending:
    """Grows with every edit (the union counts, never the last one alone) and shrinks as items are run."""

    def __init__(self) -> None:
        self.items: dict[ItemKey, Due] = {}
        self.files: dict[str, int] = {}
        """Edited files, which may hold tests that nobody knows yet; with the run in which the edit fell."""
        self.everything: tuple[str, int] | None = None
        """Reason and run of an edit that may touch anything."""

    def __bool__(self) -> bool:
        return bool(self.items or self.files or self.everything)

    def add(self, key: ItemKey, tier: int, place: int, reason: str, run: int) -> None:
        """An edit touches an item. A second edit never makes it less urgent."""
        known = self.items.get(key)
        if known is None:
            self.items[key] = Due(tier, place, reason, run)
        elif tier <= known.tier:
            self.items[key] = Due(tier, min(place, known.place), reason, run)
        else:
            known.run = run

    def finished(self, key: ItemKey, run: int) -> bool:
        """An item has finished in ``run``; whether that result is up to date."""
        if self.everything is not None and run <= self.everything[1]:
            return False
        due = self.items.get(key)
        if due is None:
            return True
        if run <= due.run:
            return False
        del self.items[key]
        return True

    def settle(self, run: int) -> None:
        """``run`` went through: of what it was asked for, it left only what is not to be had."""
        self.items = {key: due for key, due in self.items.items() if due.run >= run}
        self.files = {path: edit for path, edit in self.files.items() if edit >= run}
        if self.everything is not None and self.everything[1] < run:
            self.everything = None

    def forget(self, keys: Iterable[ItemKey]) -> None:
        """Items that are no longer there."""
        for key in keys:
            self.items.pop(key, None)

    def ordered(self) -> list[ItemKey]:
        """All items, the most urgent first."""
        return sorted(self.items, key=lambda key: (self.items[key].tier, self.items[key].place))

    def affected(self) -> int:
        """How many of them the verdict waits for."""
        return sum(due.tier <= AFFECTED for due in self.items.values())
