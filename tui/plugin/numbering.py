"""Tells items of equal nodeids apart.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Numbering:
    """Gives items of one nodeid the numbers 0, 1, … in the order of the list that pytest runs.

    Plugins make such items by setting nodeids, or by putting one and the same object into the list several times.
    """

    def __init__(self) -> None:
        self._items: list[Any] = []
        self._numbers: list[int] = []
        self._of: dict[int, list[int]] = {}
        """By id() of an item: its numbers. Empty where no nodeid comes twice."""
        self._turns: dict[int, int] = {}

    def keep(self, items: Sequence[Any], wanted: Callable[[Any, int], bool]) -> list[Any]:
        """Those of ``items`` that are wanted by item and number; they keep their numbers."""
        seen: dict[str, int] = {}
        self._items = []
        self._numbers = []
        for item in items:
            number = seen.get(item.nodeid, 0)
            seen[item.nodeid] = number + 1
            if wanted(item, number):
                self._items.append(item)
                self._numbers.append(number)
        return list(self._items)

    def arrange(self, order: Callable[[list[Any], list[int]], list[int]]) -> list[Any]:
        """Put what was kept into the order of the places that ``order`` gives; items keep their numbers."""
        places = order(self._items, self._numbers)
        self._items = [self._items[place] for place in places]
        self._numbers = [self._numbers[place] for place in places]
        return list(self._items)

    def settle(self, items: Sequence[Any]) -> bool:
        """These are the items that run; whether their numbers are other than a count would give."""
        same = len(items) == len(self._items) and all(mine is his for mine, his in zip(self._items, items))
        if not same:
            self.keep(items, lambda _item, _number: True)
        self._of = {}
        counts: dict[str, int] = {}
        odd = False
        for item, number in zip(self._items, self._numbers):
            count = counts.get(item.nodeid, 0)
            counts[item.nodeid] = count + 1
            odd = odd or count != number
            self._of.setdefault(id(item), []).append(number)
        if not any(self._numbers):
            self._of = {}
        return odd

    def numbers(self) -> list[int]:
        """The number of each item that runs."""
        return self._numbers

    def of(self, item: Any, place: int | None) -> int:
        """Number of the item whose turn it is; ``place`` is its place in the list, if somebody knows it."""
        numbers = self._of.get(id(item))
        if numbers is None:
            return 0
        if len(numbers) == 1:
            return numbers[0]
        if place is not None and place < len(self._items) and self._items[place] is item:
            return self._numbers[place]
        turn = self._turns.get(id(item), 0)
        self._turns[id(item)] = turn + 1
        return numbers[min(turn, len(numbers) - 1)]
