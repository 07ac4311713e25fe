"""The tree of tests, with counters rolled up on every branch.

An event touches one path from an item to the root. Every node counts its own changes (``version``) and the tree
counts all (``generation``), so that a screen finds out what to repaint by looking at the rows it shows.
"""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter, is_
from typing import TYPE_CHECKING

from tui.model.moves import Moves
from tui.model.nodes import Branch, Item, Kind, items_below, key_of
from tui.model.outcome import STALE, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tui.model.events import CollectedItem, ItemKey
    from tui.model.nodes import Node


class Tree:
    """All nodes. Only the store changes it."""

    def __init__(self) -> None:
        self.root = Branch(None, Kind.ROOT, "", "")
        self.generation = 0
        """Grows with every change."""
        self.structure = 0
        """Grows when nodes come, go or change places."""
        self.broken: dict[str, Branch] = {}
        """By nodeid, the branches whose collection failed or was skipped."""
        self._items: dict[str | ItemKey, Item] = {}
        self._branches: dict[tuple[int, str], Branch] = {}
        self._latest: tuple[CollectedItem, Branch] | None = None
        """The newest item with its branch: the next one mostly is its sibling."""
        self._placed: Branch | None = None
        """A branch whose file's path is known."""

    def __len__(self) -> int:
        """Number of items."""
        return len(self._items)

    def items(self) -> Iterator[Item]:
        """All items, in order of the tree."""
        return items_below(self.root)

    def item(self, nodeid: str, index: int = 0) -> Item | None:
        """The item of that key."""
        return self._items.get((nodeid, index) if index else nodeid)

    def module(self, nodeid: str) -> Branch | None:
        """The file or folder of that nodeid, if the tree has it; '' and '.' are the root."""
        branch: Branch | None = self.root
        for name in _parts(nodeid):
            if branch is None:
                return None
            branch = self._branches.get(_slot(branch, Kind.MODULE, name))
        return branch

    def add(self, collected: CollectedItem) -> Item:
        """Take an item in, or bring the one there is up to date; new ones come last among their siblings."""
        item = self.item(collected.nodeid, collected.index)
        if item is None:
            item = self._new(collected)
        elif collected.file_path and item.parent is not self._placed:
            self._placed = item.parent
            if not item.module.path:
                self.file(collected.file, collected.file_path)
        if not item.is_as(collected):
            item.take(collected)
            item.version += 1
            self.generation += 1
        return item

    def add_all(self, items: Iterable[CollectedItem]) -> list[Item]:
        """Take items in, likewise; those of which nothing new is told take next to no time."""
        find, found = self._items.get, []
        for each in items:
            item = find((each.nodeid, each.index) if each.index else each.nodeid)
            if item is None or item.parent is not self._placed or not item.is_as(each):
                item = self.add(each)
            found.append(item)
        return found

    def _new(self, collected: CollectedItem) -> Item:
        branch, label_at = self._place(collected)
        item = Item(branch, collected.nodeid, collected.index)
        item.label_at = label_at
        branch.children.append(item)
        self._items[key_of(item.nodeid, item.index)] = item
        self._count(branch, Status.NOT_RUN, 1)
        self.structure += 1
        return item

    def _place(self, collected: CollectedItem) -> tuple[Branch, int]:
        """The branch that an item belongs in, and where in the nodeid its label begins."""
        prefix = len(collected.collector) + 2 if collected.nodeid.startswith(collected.collector + "::") else 0
        name = collected.function
        label_at = prefix
        if name is not None and collected.nodeid.startswith(f"{name}[", prefix):
            label_at += len(name)
        if self._latest is not None and _are_siblings(self._latest[0], collected):
            return self._latest[1], label_at
        branch, at = self.file(collected.file, collected.file_path), len(collected.file)
        for class_name in collected.classes:
            at += 2 + len(class_name)
            branch = self._child(branch, Kind.CLASS, class_name, collected.nodeid[:at])
        if name is not None:
            branch = self._child(branch, Kind.FUNCTION, name, f"{collected.collector}::{name}")
        self._latest = collected, branch
        return branch, label_at

    def collector(self, nodeid: str, path: str) -> Branch:
        """The branch of a collector, a file or folder or a class in a file; ``path`` is that of the file."""
        file, *classes = nodeid.split("::")
        branch, at = self.file(file, path), len(file)
        for name in classes:
            at += 2 + len(name)
            branch = self._child(branch, Kind.CLASS, name, nodeid[:at])
        return branch

    def file(self, nodeid: str, path: str) -> Branch:
        """The branch of a file (or of a folder whose collection failed), with the folders above it."""
        branch = self.root
        parts = _parts(nodeid)
        for depth, name in enumerate(parts, 1):
            last = depth == len(parts)
            kind = Kind.MODULE if last else Kind.FOLDER
            above = _above(path, len(parts) - depth) if path else ""
            branch = self._child(branch, kind, name, _joined(parts[:depth]), above)
        return branch

    def _child(self, parent: Branch, kind: Kind, name: str, nodeid: str, path: str = "") -> Branch:
        key = _slot(parent, kind, name)
        branch = self._branches.get(key)
        if branch is None:
            branch = self._branches[key] = Branch(parent, kind, name, nodeid, path)
            parent.children.append(branch)
            self.structure += 1
            self.generation += 1
            return branch
        if path and not branch.path:
            branch.path = path
        if kind is Kind.FOLDER and branch.kind is Kind.MODULE and not branch.children:
            branch.kind = kind  # known until now only by its failed collection
            branch.expanded = True
        return branch

    def remove(self, item: Item) -> None:
        """Take an item out, and the branches that this leaves empty."""
        self.remove_all((item,))

    def remove_all(self, items: Iterable[Item]) -> None:
        """Take items out, and the branches that this leaves empty; those that are already out are passed over."""
        gone: set[int] = set()
        parents: dict[int, Branch] = {}
        for item in list(items):
            key = key_of(item.nodeid, item.index)
            if self._items.get(key) is not item:
                continue
            del self._items[key]
            self.set_status(item, Status.NOT_RUN)
            self._count(item.parent, Status.NOT_RUN, -1)
            self._add_seconds(item.parent, -item.seconds)
            gone.add(id(item))
            parents[id(item.parent)] = item.parent
            self.structure += 1
        for parent in parents.values():
            parent.children = [child for child in parent.children if id(child) not in gone]
            self._prune(parent)

    def _prune(self, branch: Branch) -> None:
        while not branch.children and branch.parent is not None and branch.broken is Status.NOT_RUN:
            parent = branch.parent
            parent.children.remove(branch)
            del self._branches[_slot(parent, branch.kind, branch.name)]
            self._latest = None
            self.structure += 1
            branch = parent

    def set_status(self, item: Item, status: Status, *, stale: bool = False) -> None:
        """Give an item a state, and every branch above it its counters."""
        if item.status is not status:
            branch: Branch | None = item.parent
            while branch is not None:
                branch.counts[item.status] -= 1
                branch.counts[status] += 1
                branch.version += 1
                branch = branch.parent
            item.status = status
        if item.stale is not stale:
            self._count(item.parent, STALE, 1 if stale else -1)
            item.stale = stale
        item.version += 1
        self.generation += 1

    def set_stale(self, items: Iterable[Item]) -> None:
        """Say of many at once that their results are out of date; branches are counted once for neighbours."""
        by_parent: dict[int, list[Item]] = {}
        for item in items:
            if not item.stale:
                item.stale = True
                item.version += 1
                by_parent.setdefault(id(item.parent), []).append(item)
        for neighbours in by_parent.values():
            self._count(neighbours[0].parent, STALE, len(neighbours))

    def queue(self, items: Iterable[Item]) -> None:
        """Put items into the queue; each keeps in mind what it was. Quickest in order of the tree."""
        moves = Moves()
        for (branch, status), group in groupby(items, attrgetter("parent", "status")):
            if status is not Status.QUEUED:
                was = status if status.is_outcome else Status.NOT_RUN
                number = 0
                for item in group:
                    item.was = was
                    item.status = Status.QUEUED
                    item.version += 1
                    number += 1
                moves.count(branch, status, Status.QUEUED, number)
        moves.finish()
        self.generation += 1

    def unqueue(self, items: Iterable[Item]) -> None:
        """Give items back what they were before they were queued."""
        moves = Moves()
        for item in items:
            if item.status is Status.QUEUED:
                moves.count(item.parent, Status.QUEUED, item.was, 1)
                item.status = item.was
                item.version += 1
        moves.finish()
        self.generation += 1

    def set_seconds(self, item: Item, seconds: float) -> None:
        """Give an item the duration of its last run."""
        self._add_seconds(item.parent, seconds - item.seconds)
        item.seconds = seconds
        self.touch(item)

    def set_broken(self, branch: Branch, status: Status, *, stale: bool = False) -> None:
        """Say that a branch could not be collected (ERROR), was skipped as a whole (SKIPPED), or is well (NOT_RUN).

        ``stale``: in an earlier session.
        """
        if branch.stale is not stale:
            branch.stale = stale
            self._count(branch, STALE, 1 if stale else -1)
        if branch.broken is status:
            return
        if branch.broken is not Status.NOT_RUN:
            self._count(branch, branch.broken, -1)
        branch.broken = status
        if status is not Status.NOT_RUN:
            self.broken[branch.nodeid] = branch
            self._count(branch, status, 1)
        else:
            del self.broken[branch.nodeid]
            branch.note = None
            self._prune(branch)

    def set_marked(self, node: Node, *, marked: bool) -> None:
        """Mark a node for the next run, or no longer."""
        node.marked = marked
        node.version += 1
        self.generation += 1

    def touch(self, node: Node) -> None:
        """Say that what a row shows of this node has changed."""
        node.version += 1
        self.generation += 1

    def _count(self, branch: Branch | None, counter: int, by: int) -> None:
        while branch is not None:
            branch.counts[counter] += by
            branch.version += 1
            branch = branch.parent
        self.generation += 1

    def _add_seconds(self, branch: Branch | None, seconds: float) -> None:
        while branch is not None:
            branch.seconds = max(0.0, round(branch.seconds + seconds, 9))  # sums of floats leave crumbs
            branch.version += 1
            branch = branch.parent

    def reorder(self, nodes: Iterable[Branch | Item]) -> None:
        """Bring children into the order in which ``nodes`` first come to them; what is not below keeps its place."""
        nodes = list(nodes)
        if len(nodes) == len(self) and all(map(is_, nodes, self.items())):
            return
        rank: dict[int, int] = {}
        touched: dict[int, Branch] = {}
        for each in nodes:
            node = each
            while id(node) not in rank and node.parent is not None:
                rank[id(node)] = len(rank)
                touched[id(node.parent)] = node.parent
                node = node.parent
        for branch in touched.values():
            ranked = [child for child in branch.children if id(child) in rank]
            ordered = iter(sorted(ranked, key=lambda child: rank[id(child)]))
            children = [next(ordered) if id(child) in rank else child for child in branch.children]
            if children != branch.children:
                branch.children = children
                self.structure += 1
                self.generation += 1


def _slot(parent: Branch, kind: Kind, name: str) -> tuple[int, str]:
    """Where a branch is found. A class and a function of one parent may have the same name."""
    return (id(parent) * len(Kind) + max(kind, Kind.MODULE), name)


def _parts(nodeid: str) -> list[str]:
    if nodeid in ("", "."):
        return []
    return ["/", *nodeid[1:].split("/")] if nodeid.startswith("/") else nodeid.split("/")


def _joined(parts: list[str]) -> str:
    return "/" + "/".join(parts[1:]) if parts[0] == "/" else "/".join(parts)


def _above(path: str, levels: int) -> str:
    for _ in range(levels):
        path = path.rpartition("/")[0] or "/"
    return path


def _are_siblings(one: CollectedItem, other: CollectedItem) -> bool:
    return (
        one.file == other.file
        and one.function == other.function
        and one.classes == other.classes
        and one.file_path == other.file_path
    )
