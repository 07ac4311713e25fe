"""Tests that say by a mark that others come before them: alone they fail, or are skipped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model.nodes import items_of
from tui.plugin import wire

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tui.model.nodes import Item

_MARKS = frozenset(wire.ORDERING.values())


def is_bound(item: Item) -> bool:
    """Whether it says so of itself."""
    return bool(item.markers) and not _MARKS.isdisjoint(item.markers)


def companions(items: Iterable[Item]) -> Iterator[tuple[Item, Item]]:
    """The others of their files that belong to those of these items that say so; each behind one that it belongs to."""
    modules = {item.module: item for item in items if is_bound(item)}
    for module, cause in modules.items():
        for item in items_of(module):
            if item is not cause and is_bound(item):
                yield cause, item
