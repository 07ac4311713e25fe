"""What edits made out of date and has not been run since."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.model.hindered import Hindered

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

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

    @property
    def urgency(self) -> tuple[bool, int, int, int]:
        """What comes first has the least."""
        return self.tier > AFFECTED, -self.run, self.tier, self.place


@dataclass(frozen=True, slots=True)
class Asked:
    """What a run was asked for, of what was pending; ``items`` come first, in their order."""

    run: int
    items: Collection[ItemKey] = ()
    files: Collection[str] = ()
    everything: bool = False


class Pending:
    """Grows with every edit (the union counts, never the last one alone) and shrinks as items are run."""

    def __init__(self) -> None:
        self.items: dict[ItemKey, Due] = {}
        self.files: dict[str, int] = {}
        """Edited files, which may hold tests that nobody knows yet; with the run in which the edit fell."""
        self.same_items = True
        """Whether the edits that are pending bring no items and take none away: none are looked for then."""
        self.everything: tuple[str, int] | None = None
        """Reason and run of an edit that may touch anything."""
        self.homes: set[str] = set()
        """Files that held items until they were gone."""
        self.gone: dict[str, int] = {}
        """Files that are not there, with the last run before that was known: that one may still tell of their items."""
        self.hindered = Hindered()
        """What is out of date and waits for files that cannot be compiled: it is not pending."""
        self.has_retries = False
        """Whether some of the items could not be reached by an earlier run; they may hinder others once more."""
        self._later = Asked(0)
        """What a run was asked for and could not reach: the next edit may mend that."""

    def __bool__(self) -> bool:
        return bool(self.items or self.files or self.everything)

    def add(self, key: ItemKey, tier: int, place: int, reason: str, run: int) -> None:
        """An edit touches an item. A second edit never makes it less urgent."""
        if not self:
            self.same_items = True
        self.hindered.touched(key)
        known = self.items.get(key)
        if known is None:
            self.items[key] = Due(tier, place, reason, run)
        elif tier <= known.tier:
            self.items[key] = Due(tier, min(place, known.place), reason, run)
        else:
            known.run = run

    def finished(self, key: ItemKey, run: int) -> bool:
        """An item has finished in ``run``; whether that result is up to date."""
        current = self.hindered.finished(key, run)
        if self.everything is not None and run <= self.everything[1]:
            return False
        due = self.items.get(key)
        if due is None:
            return current
        if run <= due.run:
            return False
        del self.items[key]
        return current

    def settle(self, asked: Asked) -> None:
        """A run went through: of what it was asked for, it left only what is not to be had."""
        for key in asked.items:
            if key in self.items and self.items[key].run < asked.run:
                del self.items[key]
        for path in asked.files:
            if self.files.get(path, asked.run) < asked.run:
                del self.files[path]
        if asked.everything and self.everything is not None and self.everything[1] < asked.run:
            self.everything = None

    def put_off(self, items: Collection[ItemKey], files: Collection[str] = (), *, everything: bool = False) -> None:
        """A run could not reach these: they are pending again with the next edit."""
        before = self._later
        self._later = Asked(0, {*before.items, *items}, {*before.files, *files}, before.everything or everything)

    def take_up(self, run: int) -> None:
        """An edit in ``run``: what was put off is pending again."""
        later, self._later = self._later, Asked(0)
        self.has_retries = bool(later.items)
        for key in later.items:
            self.add(key, AFFECTED + 1, 0, "was not run yet", run)
        self.files.update(dict.fromkeys(later.files, run))
        if later.everything:
            self.everything = self.everything or ("nothing could be run", run)
        if later.items or later.files or later.everything:
            self.same_items = False  # what stood in the way hid items, too

    def forget(self, keys: Iterable[ItemKey]) -> None:
        """Items that are no longer there."""
        for key in keys:
            self.items.pop(key, None)

    def ordered(self) -> list[ItemKey]:
        """All items, the most urgent first.

        Of those that the verdict waits for, what the last edit touched comes first: what it was that an earlier run
        could not get past, somebody may be waiting for an answer that has nothing to do with it.
        """
        due = sorted(self.items.items(), key=lambda pair: pair[1].urgency)
        return [key for key, _ in due]

    def affected(self, keys: Sequence[ItemKey]) -> int:
        """How many of these items, the most urgent first, the verdict on the edits waits for."""
        return bisect_left(keys, 1, key=lambda key: int(self.items[key].tier > AFFECTED))

    def has_affected(self, but: Asked | None = None) -> bool:
        """Whether anything is left that the verdict waits for, besides what a run was asked for."""
        if but is None:
            but = Asked(0)
        if (self.everything is not None and not but.everything) or self.files.keys() - set(but.files):
            return True
        asked = frozenset(but.items)
        return any(due.tier <= AFFECTED and key not in asked for key, due in self.items.items())

    def ask(self, run: int, *, keys: Sequence[ItemKey] | None = None, most: int | None = None) -> Asked:
        """What a run that is about to begin should be asked for: all, or the ``most`` urgent items.

        ``keys`` are those in their order, where somebody has them already.
        """
        everything = self.everything is not None and most is None
        return Asked(run, (self.ordered() if keys is None else keys)[:most], tuple(self.files), everything)
