"""The order in which the items of a run take their turns, where the request asks for one.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

from typing import Any

from . import wire

_UNRANKED = -1
"""Place of an item that nobody knew when the order was made: a new test comes first."""


def arrange(items: list[Any], numbers: list[int], request: wire.Request) -> list[int]:
    """Places in ``items`` in the order in which they run; ``numbers`` tell items of one nodeid apart.

    The first ``lead`` wished items run one by one. Others keep pytest's own order within their class and module, so
    that fixtures of those are set up once; classes and modules come by their best item. What lies behind the first
    ``stage`` wished items comes after all of these.
    """
    rank = {(nodeid, number): place for place, (nodeid, number, _) in enumerate(request["items"])}
    behind = len(rank)
    ranks = [
        rank.get((item.nodeid, number), _UNRANKED if rank and request["fresh"] else behind)
        for item, number in zip(items, numbers)
    ]
    lead, stage = request["lead"], request["stage"]
    first = sorted((place for place in range(len(items)) if ranks[place] < lead), key=lambda place: ranks[place])
    rest = [place for place in range(len(items)) if ranks[place] >= lead]
    best: dict[tuple[bool, str], int] = {}
    groups: dict[int, tuple[tuple[bool, str], tuple[bool, str]]] = {}
    for place in rest:
        item, late = items[place], ranks[place] >= stage
        groups[place] = (late, str(item.path)), (late, item.parent.nodeid)
        for group in groups[place]:
            best[group] = min(best.get(group, behind), ranks[place])

    def turn(place: int) -> tuple[bool, int, str, int, int]:
        module, collector = groups[place]
        return module[0], best[module], module[1], best[collector], place

    rest.sort(key=turn)
    return _in_order(items, first + rest)


def _in_order(items: list[Any], places: list[int]) -> list[int]:
    """The same, but for items that a plugin has ordered by their marks: these keep its order, in their places."""
    marks = [
        mark for plugin, mark in wire.ORDERING.items() if items and items[0].config.pluginmanager.hasplugin(plugin)
    ]
    if marks:
        slots = [at for at, place in enumerate(places) if any(map(items[place].get_closest_marker, marks))]
        for at, place in zip(slots, sorted(places[at] for at in slots)):
            places[at] = place
    return places
