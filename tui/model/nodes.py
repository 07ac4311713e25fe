"""The tree of tests: folders, modules, classes, functions and items, with counters rolled up on every branch.

An event touches one path from an item to the root. Every node counts its own changes (``version``) and the tree
counts all (``generation``), so that a screen finds out what to repaint by looking at the rows it shows.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from tui.model.outcome import COUNTERS, STALE, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tui.model.events import CollectedItem, ItemKey, Ref


class Kind(IntEnum):
    """What a branch stands for."""

    ROOT = 0
    FOLDER = 1
    MODULE = 2
    CLASS = 3
    FUNCTION = 4


class Note:
    """What a row says besides its name: the crash message of a failure, the reason of a skip.

    ``path`` and ``line`` lead an editor to the place; ``refs`` are the journal lines of the failed phases.
    """

    __slots__ = ("line", "message", "path", "refs")

    def __init__(self, message: str, path: str | None = None, line: int | None = None) -> None:
        self.message = message
        self.path = path
        self.line = line
        self.refs: list[Ref] = []


class Node:
    """What branches and items share."""

    __slots__ = ("depth", "marked", "note", "parent", "version")

    parent: Branch | None

    def __init__(self, parent: Branch | None) -> None:
        self.parent = parent
        self.depth = 0 if parent is None else parent.depth + 1
        self.version = 0
        self.marked = False
        self.note: Note | None = None


class Branch(Node):
    """A folder, module, class, or the group of one function's parametrised items. ``counts`` has COUNTERS places.

    ``path`` is absolute for files and folders once it is known; ``nodeid`` is pytest's, for a function group the
    nodeid of its collector with the function's name.
    """

    __slots__ = ("broken", "children", "counts", "expanded", "kind", "name", "nodeid", "path", "seconds")

    def __init__(self, parent: Branch | None, kind: Kind, name: str, nodeid: str, path: str = "") -> None:
        super().__init__(parent)
        self.kind = kind
        self.name = name
        self.nodeid = nodeid
        self.path = path
        self.children: list[Branch | Item] = []
        self.counts = [0] * COUNTERS
        self.seconds = 0.0
        self.expanded = kind in (Kind.ROOT, Kind.FOLDER)
        self.broken = Status.NOT_RUN
        """ERROR when its collection failed, SKIPPED when it was skipped as a whole; counted once, in itself."""

    @property
    def total(self) -> int:
        """Number of items below, and of broken collectors."""
        return sum(self.counts[:STALE])

    @property
    def status(self) -> Status:
        """The state that its glyph shows: running first, then the worst, then what is still to come."""
        counts = self.counts
        for status in (Status.RUNNING, Status.CRASHED, Status.ERROR, Status.FAILED, Status.QUEUED):
            if counts[status]:
                return status
        for status in (Status.XPASSED, Status.PASSED, Status.XFAILED, Status.SKIPPED):
            if counts[status]:
                return status
        return Status.NOT_RUN


class Item(Node):
    """One test. ``seconds`` is the duration of its last run, ``ref`` the journal line of that run's end."""

    __slots__ = (
        "fixtures",
        "function",
        "index",
        "label_at",
        "line",
        "location",
        "markers",
        "nodeid",
        "ref",
        "seconds",
        "stale",
        "status",
        "was",
        "worker",
    )

    parent: Branch

    def __init__(self, parent: Branch, nodeid: str, index: int) -> None:
        super().__init__(parent)
        self.nodeid = nodeid
        self.index = index
        self.label_at = 0
        """Where the part of the nodeid begins that its row shows."""
        self.status = Status.NOT_RUN
        self.was = Status.NOT_RUN
        """The outcome before it was queued; it comes back when the run ends before its turn."""
        self.stale = False
        self.seconds = 0.0
        self.ref: Ref | None = None
        self.location: str | None = None
        """Path of the definition relative to rootdir, where it is not the file it was collected from."""
        self.line: int | None = None
        self.markers: tuple[str, ...] = ()
        self.fixtures: tuple[str, ...] = ()
        self.function: str | None = None
        self.worker: str | None = None

    @property
    def key(self) -> ItemKey:
        """Nodeid and number."""
        return (self.nodeid, self.index)

    @property
    def label(self) -> str:
        """What its row shows; parametrised items show only their brackets, their function stands above."""
        name = self.nodeid[self.label_at :]
        return f"{name} #{self.index + 1}" if self.index else name

    @property
    def module(self) -> Branch:
        """The file it was collected from."""
        branch = self.parent
        while branch.kind not in (Kind.MODULE, Kind.ROOT) and branch.parent is not None:
            branch = branch.parent
        return branch


def label_of(node: Node) -> str:
    """What the row of a node shows."""
    return node.name if isinstance(node, Branch) else node.label if isinstance(node, Item) else ""


class Tree:
    """All nodes. Only the store changes it."""

    def __init__(self) -> None:
        self.root = Branch(None, Kind.ROOT, "", "")
        self.generation = 0
        """Grows with every change."""
        self.structure = 0
        """Grows when nodes come, go or change places."""
        self._items: dict[str | ItemKey, Item] = {}
        self._branches: dict[tuple[int, str], Branch] = {(id(self.root), ""): self.root}

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
            branch = self._branches.get((id(branch), name))
            if branch is None:
                return None
        return branch

    def add(self, collected: CollectedItem) -> Item:
        """Take an item in, or bring the one there is up to date; new ones come last among their siblings."""
        item = self.item(collected.nodeid, collected.index)
        if item is None:
            item = self._new(collected)
        item.line = collected.line
        item.location = None if collected.path == collected.file else collected.path
        item.markers = collected.markers
        item.fixtures = collected.fixtures
        item.version += 1
        self.generation += 1
        return item

    def _new(self, collected: CollectedItem) -> Item:
        module = self.file(collected.file, collected.file_path)
        branch, at = module, len(collected.file)
        for name in collected.classes:
            at += 2 + len(name)
            branch = self._child(branch, Kind.CLASS, name, collected.nodeid[:at])
        prefix = len(collected.collector) + 2 if collected.nodeid.startswith(collected.collector + "::") else 0
        label_at = prefix
        if collected.function is not None:
            name = collected.function
            branch = self._child(branch, Kind.FUNCTION, name, f"{collected.collector}::{name}")
            if collected.nodeid.startswith(f"{name}[", prefix):
                label_at = prefix + len(name)
        item = Item(branch, collected.nodeid, collected.index)
        item.label_at = label_at
        item.function = collected.function
        branch.children.append(item)
        self._items[item.key if item.index else item.nodeid] = item
        self._count(branch, Status.NOT_RUN, 1)
        self.structure += 1
        return item

    def file(self, nodeid: str, path: str) -> Branch:
        """The branch of a file (or of a folder whose collection failed), with the folders above it."""
        branch = self.root
        parts = _parts(nodeid)
        for depth, name in enumerate(parts, 1):
            last = depth == len(parts)
            kind = Kind.MODULE if last else Kind.FOLDER
            above = _above(path, len(parts) - depth) if path else ""
            branch = self._child(branch, kind, name, "/".join(parts[:depth]), above)
        return branch

    def _child(self, parent: Branch, kind: Kind, name: str, nodeid: str, path: str = "") -> Branch:
        key = (id(parent), _slot(kind, name))
        branch = self._branches.get(key)
        if branch is None:
            branch = self._branches[key] = Branch(parent, kind, name, nodeid, path)
            parent.children.append(branch)
            self.structure += 1
            self.generation += 1
        elif path and not branch.path:
            branch.path = path
        return branch

    def remove(self, item: Item) -> None:
        """Take an item out, and the branches that this leaves empty."""
        self.set_status(item, Status.NOT_RUN)
        self._count(item.parent, Status.NOT_RUN, -1)
        self._add_seconds(item.parent, -item.seconds)
        del self._items[item.key if item.index else item.nodeid]
        item.parent.children.remove(item)
        self._prune(item.parent)
        self.structure += 1

    def _prune(self, branch: Branch) -> None:
        while not branch.children and branch.parent is not None and branch.broken is Status.NOT_RUN:
            parent = branch.parent
            parent.children.remove(branch)
            self._branches.pop((id(parent), _slot(branch.kind, branch.name)), None)
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

    def set_seconds(self, item: Item, seconds: float) -> None:
        """Give an item the duration of its last run."""
        self._add_seconds(item.parent, seconds - item.seconds)
        item.seconds = seconds

    def set_broken(self, branch: Branch, status: Status) -> None:
        """Say that a branch could not be collected (ERROR), was skipped as a whole (SKIPPED), or is well (NOT_RUN)."""
        if branch.broken is status:
            return
        if branch.broken is not Status.NOT_RUN:
            self._count(branch, branch.broken, -1)
        branch.broken = status
        if status is not Status.NOT_RUN:
            self._count(branch, status, 1)
        else:
            branch.note = None
            self._prune(branch)
            self.structure += 1

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
            branch.seconds += seconds
            branch = branch.parent

    def reorder(self, items: Iterable[Item]) -> None:
        """Bring children into the order in which ``items`` first come to them; what is not below keeps its place."""
        rank: dict[int, int] = {}
        touched: dict[int, Branch] = {}
        for item in items:
            node: Branch | Item = item
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


def items_below(node: Branch | Item) -> Iterator[Item]:
    """The items below a node (itself, if it is one), in order of the tree."""
    stack: list[Branch | Item] = [node]
    while stack:
        each = stack.pop()
        if isinstance(each, Branch):
            stack.extend(reversed(each.children))
        else:
            yield each


def _slot(kind: Kind, name: str) -> str:
    """The place of a child among its siblings: a class and a function may have the same name."""
    return name if kind <= Kind.MODULE else f"{kind:d}::{name}"


def _parts(nodeid: str) -> list[str]:
    if nodeid in ("", "."):
        return []
    return ["/", *nodeid[1:].split("/")] if nodeid.startswith("/") else nodeid.split("/")


def _above(path: str, levels: int) -> str:
    for _ in range(levels):
        path = path.rpartition("/")[0]
    return path
