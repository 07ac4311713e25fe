"""Which nodes are on screen, in which order: flat lists, made without recursion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model.nodes import Branch, Item, Node

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def rows_below(node: Branch, shown: set[int] | None = None) -> list[Branch | Item]:
    """The visible nodes below ``node``, which itself is not among them.

    Without a filter what is below an expanded branch is visible. With one, ``shown`` holds the ``id()`` of the nodes
    that may be seen.
    """
    rows: list[Branch | Item] = []
    stack = node.children[::-1]
    while stack:
        each = stack.pop()
        if shown is not None and id(each) not in shown:
            continue
        rows.append(each)
        if isinstance(each, Branch) and each.expanded:
            stack.extend(each.children[::-1])
    return rows


def shown_by(items: Iterable[Item], matches: Callable[[Item], bool]) -> tuple[set[int], int]:
    """The ``id()`` of all nodes that lead to matching items, themselves included, and how many items match."""
    shown: set[int] = set()
    count = 0
    for item in items:
        if not matches(item):
            continue
        count += 1
        node: Node | None = item
        while node is not None and id(node) not in shown:
            shown.add(id(node))
            node = node.parent
    return shown, count


def set_expanded(node: Branch, *, expanded: bool) -> None:
    """Expand or collapse all branches below ``node``, and itself."""
    stack: list[Branch] = [node]
    while stack:
        branch = stack.pop()
        branch.expanded = expanded
        stack.extend(child for child in branch.children if isinstance(child, Branch))


def reveal(node: Node) -> bool:
    """Expand all branches above ``node``; whether any was collapsed."""
    changed = False
    branch = node.parent
    while branch is not None:
        if not branch.expanded:
            branch.expanded = changed = True
        branch = branch.parent
    return changed
