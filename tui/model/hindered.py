"""Results that depend on files that cannot be compiled: out of date, yet running them would only show that once more.

When such a file is what it was before, its results hold again, but for those that came about meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from tui.model.events import ItemKey


@dataclass(slots=True)
class _Broken:
    """A file that cannot be compiled. ``run``: number of the run in which it was saved like that, 0 if none was on."""

    run: int
    items: set[ItemKey] = field(default_factory=set)
    """All that may depend on the file."""
    marked: set[ItemKey] = field(default_factory=set)
    """Those of them whose results nothing but this put out of date."""
    again: set[ItemKey] = field(default_factory=set)
    """Those of them that have run since, or while it was saved."""


class Hindered:
    """What broken files put out of date, and what becomes of it when they are mended."""

    def __init__(self) -> None:
        self._files: dict[str, _Broken] = {}

    @property
    def paths(self) -> list[str]:
        """The files that are broken."""
        return list(self._files)

    @property
    def items(self) -> set[ItemKey]:
        """All that may depend on them."""
        return {key for broken in self._files.values() for key in broken.items}

    def broke(self, path: str, run: int, items: Iterable[ItemKey], marked: Iterable[ItemKey]) -> None:
        """A file cannot be compiled, or still not; ``marked`` were up to date until now."""
        broken = self._files.setdefault(path, _Broken(run))
        broken.run = run
        broken.items.update(items)
        broken.marked.update(marked)

    def ran(self, keys: Iterable[ItemKey]) -> None:
        """These have results that came about while files are broken."""
        for broken in self._files.values():
            mine = broken.items.intersection(keys)
            broken.again |= mine
            broken.marked -= mine

    def finished(self, key: ItemKey, run: int) -> bool:
        """An item has finished in ``run``; whether that result is up to date."""
        found = [broken for broken in self._files.values() if key in broken.items]
        for broken in found:
            broken.again.add(key)
            broken.marked.discard(key)
        return all(run > broken.run for broken in found)

    def touched(self, key: ItemKey) -> None:
        """Something else put an item out of date, too."""
        for broken in self._files.values():
            broken.marked.discard(key)

    def mended(self, paths: Iterable[str]) -> tuple[list[ItemKey], dict[ItemKey, str]]:
        """These files can be compiled, or are gone.

        The items whose results hold again, as far as the files are the same as before; and those that have to run, if
        they are out of date or ran meanwhile, with the reason.
        """
        hold: list[ItemKey] = []
        again: dict[ItemKey, str] = {}
        for path in paths:
            broken = self._files.pop(path, None)
            if broken is None:
                continue
            for key in broken.items:
                self._mended(key, broken, path, hold, again)
        return hold, again

    def _mended(self, key: ItemKey, broken: _Broken, path: str, hold: list[ItemKey], again: dict[ItemKey, str]) -> None:
        other = next((each for each in self._files.values() if key in each.items), None)
        if other is not None:  # it has to wait for that file
            _hand_on(key, broken.again, other.again)
            _hand_on(key, broken.marked, other.marked)
        elif key in broken.again:
            again[key] = f"ran while {path.rpartition('/')[2]} could not be compiled"
        elif key in broken.marked:
            hold.append(key)
        else:
            again[key] = ""


def _hand_on(key: ItemKey, mine: Collection[ItemKey], others: set[ItemKey]) -> None:
    if key in mine:
        others.add(key)
