"""Which nodes the tree shows, in which order: a flat list that follows expansion, filter and changes."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from tui.model.nodes import Branch, Item
from tui.model.outcome import BAD, Status
from tui.model.rows import found_by, rows_below, set_expanded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tui.model.filter import Filter
    from tui.model.nodes import Node
    from tui.model.tree import Tree


class Outline:
    """The rows of a tree. Without a filter the nodes themselves know whether they are expanded.

    While a filter lasts, everything that it shows is open, but for what is closed meanwhile; the nodes keep the state
    that they had.
    """

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.rows: list[Branch | Item] = []
        self.filter: Filter | None = None
        self.matches = 0
        """How many items and broken collectors the filter shows."""
        self._found: set[int] = set()
        self._shown: set[int] | None = None
        self._closed: set[int] | None = None
        self.rebuild()

    def rebuild(self) -> None:
        """Make the rows anew, after nodes came or went."""
        if self.filter is not None:
            self._find(kept=self._found)
        self._list()

    def filter_by(self, wanted: Filter | None) -> None:
        """Show only what matches, and the branches that lead there; None shows everything again."""
        self.filter = wanted
        if wanted is None:
            self._shown = self._closed = None
            self._found = set()
            self.matches = 0
        else:
            self._closed = set()
            self._find(kept=set())
        self._list()

    def _find(self, kept: set[int]) -> None:
        if self.filter is not None:
            found, self.matches = found_by(self.tree.root, self.filter, kept)
            self._found = found or set()
            # What hides nothing need not be asked of every row.
            self._shown = None if self.matches == self.tree.root.total else self._found

    def _list(self) -> None:
        root = self.tree.root
        self.rows = rows_below(root, self._shown, self._closed)
        if root.broken is not Status.NOT_RUN and (self._shown is None or id(root) in self._shown):
            self.rows.insert(0, root)

    def is_open(self, branch: Branch) -> bool:
        """Whether the rows below a branch are among the rows."""
        return branch.expanded if self._closed is None else id(branch) not in self._closed

    def row_of(self, node: Node | None) -> int | None:
        """The row of a node, None where it is not among the rows."""
        try:
            return self.rows.index(node)  # type: ignore[arg-type]
        except ValueError:
            return None

    def row_near(self, node: Node) -> int | None:
        """The row of a node, or of the lowest branch above it that has one."""
        each: Node | None = node
        while each is not None:
            if (row := self.row_of(each)) is not None:
                return row
            each = each.parent
        return None

    def shows(self, node: Node) -> bool:
        """Whether the filter lets a node be seen, once what is above it is open."""
        return self._shown is None or id(node) in self._shown

    def set_open(self, row: int, *, opened: bool) -> bool:
        """Open or close the branch of a row; whether that changed anything."""
        branch = self.rows[row]
        if not isinstance(branch, Branch) or not branch.children or branch.parent is None:
            return False
        if self.is_open(branch) is opened:
            return False
        self._set_open(branch, opened=opened)
        if opened:
            self.rows[row + 1 : row + 1] = rows_below(branch, self._shown, self._closed)
        else:
            del self.rows[row + 1 : self._end(row)]
        return True

    def _set_open(self, branch: Branch, *, opened: bool) -> None:
        if self._closed is None:
            branch.expanded = opened
        elif opened:
            self._closed.discard(id(branch))
        else:
            self._closed.add(id(branch))

    def _end(self, row: int) -> int:
        """The first row after those below the branch of ``row``."""
        rows, depth = self.rows, self.rows[row].depth
        end = row + 1
        while end < len(rows) and rows[end].depth > depth:
            end += 1
        return end

    def set_all_open(self, *, opened: bool) -> None:
        """Open or close every branch; an only folder stays open, since a tree of one row tells nothing."""
        root = self.tree.root
        if self._closed is None:
            set_expanded(root, expanded=opened)
        else:
            self._closed = set() if opened else self._shown_branches()
        self._set_open(root, opened=True)
        only = self._shown_children(root)
        while not opened and len(only) == 1 and isinstance(only[0], Branch):
            self._set_open(only[0], opened=True)
            only = self._shown_children(only[0])
        self._list()

    def _shown_children(self, branch: Branch) -> list[Branch | Item]:
        return [child for child in branch.children if self.shows(child)]

    def _shown_branches(self) -> set[int]:
        below = rows_below(self.tree.root, self._shown, set())
        return {id(node) for node in below if isinstance(node, Branch)}

    def is_all_open(self) -> bool:
        """Whether no branch among the rows is closed."""
        return all(not isinstance(node, Branch) or not node.children or self.is_open(node) for node in self.rows)

    def rows_to(self, node: Node) -> int:
        """How many rows come in when a node is revealed, at most."""
        return sum(
            len(branch.children) for branch in _above(node) if branch.parent is not None and not self.is_open(branch)
        )

    def reveal(self, node: Node) -> int | None:
        """Open what is above a node; its row, None if the filter hides it or it is not in the tree."""
        if not self.shows(node):
            return None
        changed = False
        branch = node.parent
        while branch is not None:
            if branch.parent is not None and not self.is_open(branch):
                self._set_open(branch, opened=True)
                changed = True
            branch = branch.parent
        if changed:
            self._list()
        return self.row_of(node)

    def twin(self, node: Branch | Item) -> Branch | Item | None:
        """The node that stands in the tree for one that may no longer be in it."""
        if isinstance(node, Item):
            return self.tree.item(*node.key)
        return self.tree.module(node.nodeid) if node.nodeid else None

    def marked(self) -> list[Branch | Item]:
        """All marked nodes, in order of the tree."""
        return [node for node in rows_below(self.tree.root, closed=()) if node.marked]

    def next_bad(self, start: Branch | Item | None, direction: int) -> Branch | Item | None:
        """The next (1) or previous (-1) node after ``start`` that is bad for its own sake; it wraps around.

        Counters tell where to look, so that the cost grows with the depth and the number of siblings only.
        """
        for node in _bad_nodes(start or self.tree.root, direction):
            if self.shows(node):
                return node
        return None


def survivor(old: list[Branch | Item], row: int, new: list[Branch | Item]) -> int:
    """The row in ``new`` that comes nearest to ``row`` of ``old``: siblings first, then parents, then any neighbour."""
    rows = {id(node): index for index, node in enumerate(new)}
    node = old[row]
    after = (each for each in old[row + 1 :] if each.parent is node.parent)
    before = (each for each in old[row - 1 :: -1] if each.parent is node.parent) if row else iter(())
    for each in (*_first_in(rows, after), *_first_in(rows, before), *_first_in(rows, _above(node))):
        return rows[id(each)]
    for pair in zip_longest(old[row + 1 :], old[row - 1 :: -1] if row else ()):
        for each in pair:
            if each is not None and id(each) in rows:
                return rows[id(each)]
    return 0


def _first_in(rows: dict[int, int], nodes: Iterator[Branch | Item] | Iterator[Branch]) -> list[Branch | Item]:
    return [node for node in nodes if id(node) in rows][:1]


def _above(node: Node) -> Iterator[Branch]:
    while node.parent is not None:
        yield node.parent
        node = node.parent


def _is_bad(node: Branch | Item) -> bool:
    return node.broken.is_bad if isinstance(node, Branch) else node.status.is_bad


def _has_bad(node: Branch | Item) -> bool:
    if isinstance(node, Item):
        return node.status.is_bad
    return any(node.counts[status] for status in BAD)


def _bad_nodes(start: Branch | Item, direction: int) -> Iterator[Branch | Item]:
    """The bad nodes in the order in which they come after ``start``, then all of them from the other end."""
    if direction > 0 and isinstance(start, Branch):
        yield from _bad_below(start.children, direction)
    node: Branch | Item = start
    while node.parent is not None:
        siblings = node.parent.children
        at = siblings.index(node) if node in siblings else len(siblings)
        yield from _bad_below(siblings[at + 1 :] if direction > 0 else siblings[:at], direction)
        node = node.parent
        if direction < 0 and _is_bad(node):
            yield node
    if _has_bad(node):
        yield from _bad_below([node], direction)


def _bad_below(nodes: list[Branch | Item], direction: int) -> Iterator[Branch | Item]:
    """The bad nodes among ``nodes`` and below: in order of the tree, or the other way round.

    A broken branch stands above what is below it, hence before it going down and after it going up.
    """
    stack: list[tuple[Branch | Item, bool]] = [(node, False) for node in nodes[::-direction] if _has_bad(node)]
    while stack:
        node, opened = stack.pop()
        if isinstance(node, Item) or opened:
            if _is_bad(node):
                yield node
            continue
        below = [(child, False) for child in node.children[::-direction] if _has_bad(child)]
        if direction > 0:
            stack += below
            stack.append((node, True))
        else:
            stack.append((node, True))
            stack += below
