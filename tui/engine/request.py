"""What a run is asked for: parts of the tree and items, never nodeids on a command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model.nodes import Branch, Item, Kind, Node, items_below
from tui.model.values import Value, value

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.model.events import ItemKey
    from tui.model.tree import Tree
    from tui.plugin.wire import Scope

_SEQUENTIAL_BELOW = 20
"""A selection of fewer items does without xdist's workers: starting them costs more than it gains."""


@value
class Selection(Value):
    """``scopes`` and ``items`` as the child side takes them; ``size`` is the number of items as the tree knows them.

    ``lead``, ``stage`` and ``fresh`` are those of ``wire.Request``.
    """

    scopes: tuple[Scope, ...] = ()
    items: tuple[tuple[str, int, str], ...] = ()
    size: int = 0
    lead: int = 0
    stage: int = 0
    fresh: tuple[tuple[str, tuple[ItemKey, ...]], ...] = ()

    @property
    def everything(self) -> bool:
        """Whether nothing is left out."""
        return not (self.scopes or self.items or self.fresh)

    @property
    def sequential(self) -> bool:
        """Whether it is too small to distribute."""
        return not self.everything and self.size < _SEQUENTIAL_BELOW


EVERYTHING = Selection()


def select(nodes: Iterable[Node]) -> Selection:
    """The selection that these nodes mean. A branch is asked for as such, so that new items below it run too."""
    scopes: list[Scope] = []
    items: list[tuple[str, int, str]] = []
    size = 0
    for node in nodes:
        if isinstance(node, Item):
            items.append((node.nodeid, node.index, node.module.path))
            size += 1
        elif isinstance(node, Branch):
            if node.kind is Kind.ROOT:
                return EVERYTHING
            scopes.append(_scope(node))
            size += node.total
    return Selection(tuple(scopes), tuple(items), size)


def _scope(branch: Branch) -> Scope:
    if branch.kind in (Kind.FOLDER, Kind.MODULE):
        return {"path": branch.path, "file": branch.path} if branch.kind is Kind.MODULE else {"path": branch.path}
    module = branch
    while module.kind is not Kind.MODULE and module.parent is not None:
        module = module.parent
    if branch.kind is Kind.CLASS:
        return {"nodeid": branch.nodeid, "file": module.path}
    collector = branch.nodeid[: -len(branch.name) - 2]
    return {"function": [collector, branch.name], "file": module.path}


def maxfail(number: int) -> tuple[str, ...]:
    """The arguments that end a run after so many failures; none for 0, which is never."""
    return (f"--maxfail={number}",) if number else ()


def _scope_key(scope: Scope) -> tuple[str, str]:
    """A scope of a request as something to compare."""
    if "function" in scope:
        return ("function", "::".join(scope["function"]))
    return ("nodeid", scope["nodeid"]) if "nodeid" in scope else ("path", scope["path"])


def items_of(tree: Tree, selection: Selection) -> Iterable[Item]:
    """The items that a selection means, as far as the tree knows them."""
    if selection.everything:
        return tree.items()
    found: list[Item] = []
    for nodeid, number, _ in selection.items:
        item = tree.item(nodeid, number)
        if item is not None:
            found.append(item)
    wanted = {_scope_key(scope) for scope in selection.scopes}
    stack: list[Branch] = [tree.root]
    while stack and wanted:
        branch = stack.pop()
        if branch.parent is not None and _branch_key(branch) in wanted:
            found.extend(items_below(branch))
        else:
            stack.extend(child for child in branch.children if isinstance(child, Branch))
    return found


def _branch_key(branch: Branch) -> tuple[str, str]:
    if branch.kind is Kind.FUNCTION:
        return ("function", branch.nodeid)
    return ("nodeid", branch.nodeid) if branch.kind is Kind.CLASS else ("path", branch.path)
