"""Which nodes are on screen, in which order: flat lists, made without recursion."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from tui.model.nodes import Branch, Item, Kind, Node
from tui.model.outcome import Status

if TYPE_CHECKING:
    from collections.abc import Collection

    from tui.model.filter import Filter


def rows_below(
    node: Branch, shown: Collection[int] | None = None, closed: Collection[int] | None = None
) -> list[Branch | Item]:
    """The visible nodes below ``node``, which itself is not among them.

    Without a filter what is below an expanded branch is visible. With one, ``shown`` holds the ``id()`` of the nodes
    that may be seen. Where ``closed`` is given, it and not ``expanded`` tells (by ``id()``) which branches are closed.
    """
    rows: list[Branch | Item] = []
    stack: list[Branch | Item] = [node]
    while stack:
        each = stack.pop()
        if each is not node:
            rows.append(each)
            if isinstance(each, Item) or not (each.expanded if closed is None else id(each) not in closed):
                continue
        children = each.children if shown is None else [child for child in each.children if id(child) in shown]
        if each.kind == Kind.FUNCTION:
            rows += children
        else:
            stack += children[::-1]
    return rows


def found_by(root: Branch, wanted: Filter, kept: Collection[int] = ()) -> tuple[set[int] | None, int]:
    """The ``id()`` of the nodes below ``root`` that match and of those above them, and how many match.

    Items match, and broken collectors.
    It looks only where something can match. Items whose ``id()`` is in ``kept`` match as long as they wait or run:
    their old outcome let them in, and their new one is not known yet. None stands for all nodes, where results do not
    matter to the filter.
    """
    items, broken = _candidates(root, wanted, busy=bool(kept))
    found = wanted.select(items)
    if not wanted.follows_results and len(found) == root.total:
        return None, len(found)
    shown = set(map(id, found))
    if kept:
        late = [item for item in items if _is_busy(item) and id(item) in kept and id(item) not in shown]
        shown.update(map(id, late))
        found += late
    broken = [branch for branch in broken if wanted.matches_broken(branch)]
    latest = None
    for item in found:
        if item.parent is not latest:
            latest = item.parent
            _show(latest, shown)
    for branch in broken:
        _show(branch, shown)
    return shown, len(found) + len(broken)


def _candidates(root: Branch, wanted: Filter, *, busy: bool) -> tuple[list[Item], list[Branch]]:
    """Items and broken branches of those branches whose counters do not tell that nothing matches."""
    items: list[Item] = []
    broken: list[Branch] = []
    prunes = wanted.prunes
    stack: list[Branch | Item] = [root]
    while stack:
        each = stack.pop()
        if isinstance(each, Item):
            items.append(each)
            continue
        if prunes and not (wanted.may_match(each) or (busy and _holds_busy(each))):
            continue
        if each.broken is not Status.NOT_RUN:
            broken.append(each)
        if each.kind == Kind.FUNCTION:
            items += cast("list[Item]", each.children)
        else:
            stack += each.children[::-1]
    return items, broken


def _holds_busy(branch: Branch) -> bool:
    return bool(branch.counts[Status.QUEUED] or branch.counts[Status.RUNNING])


def _is_busy(item: Item) -> bool:
    return item.status in (Status.QUEUED, Status.RUNNING)


def _show(node: Node | None, shown: set[int]) -> None:
    while node is not None and id(node) not in shown:
        shown.add(id(node))
        node = node.parent


def set_expanded(node: Branch, *, expanded: bool) -> None:
    """Expand or collapse all branches below ``node``, and itself."""
    stack: list[Branch] = [node]
    while stack:
        branch = stack.pop()
        branch.expanded = expanded
        stack.extend(child for child in branch.children if isinstance(child, Branch))
