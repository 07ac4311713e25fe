"""The nodes of the tree of tests: folders, modules, classes, functions and items."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from tui.model.outcome import COUNTERS, STALE, Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tui.model.events import CollectedItem, ItemKey, Ref


def key_of(nodeid: str, index: int) -> str | ItemKey:
    """What an item is found by: its nodeid alone where that will do. 100,000 pairs would weigh 6 MB."""
    return (nodeid, index) if index else nodeid


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

    __slots__ = ("marked", "note", "parent", "version")

    parent: Branch | None
    depth: int

    def __init__(self, parent: Branch | None) -> None:
        self.parent = parent
        self.version = 0
        self.marked = False
        self.note: Note | None = None


class Branch(Node):
    """A folder, module, class, or the group of one function's parametrised items. ``counts`` has COUNTERS places.

    ``path`` is absolute for files and folders once it is known; ``nodeid`` is pytest's, for a function group the
    nodeid of its collector with the function's name.
    """

    __slots__ = (
        "broken",
        "children",
        "counts",
        "depth",
        "expanded",
        "kind",
        "name",
        "odd_nodeid",
        "path",
        "seconds",
        "stale",
    )

    def __init__(self, parent: Branch | None, kind: Kind, name: str, nodeid: str, path: str = "") -> None:
        super().__init__(parent)
        self.depth: int = 0 if parent is None else parent.depth + 1
        self.kind = kind
        self.name = name
        self.odd_nodeid: str | None = None if nodeid == self.usual_nodeid else nodeid
        self.path = path
        self.children: list[Branch | Item] = []
        self.counts = [0] * COUNTERS
        self.seconds = 0.0
        self.expanded = kind in (Kind.ROOT, Kind.FOLDER)
        self.broken = Status.NOT_RUN
        """ERROR when its collection failed, SKIPPED when it was skipped as a whole; counted once, in itself."""
        self.stale = False
        """Whether that is out of date; of what lies below, ``counts`` tell."""

    @property
    def usual_nodeid(self) -> str:
        """What its nodeid is by the custom of pytest, where it is a class or function."""
        return f"{self.parent.nodeid}::{self.name}" if self.parent is not None and self.kind > Kind.MODULE else ""

    @property
    def nodeid(self) -> str:
        """Pytest's nodeid. Made from names where that can be done: the tree of 100,000 tests has 25,000 branches."""
        return self.usual_nodeid if self.odd_nodeid is None else self.odd_nodeid

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
        "frozen",
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
        self.frozen = False
        """Whether the process of its failure is kept."""
        self.seconds = 0.0
        self.ref: Ref | None = None
        self.location: str | None = None
        """Path of the definition relative to rootdir, where it is not the file it was collected from."""
        self.line: int | None = None
        self.markers: tuple[str, ...] = ()
        self.fixtures: tuple[str, ...] = ()
        self.worker: str | None = None

    def is_as(self, told: CollectedItem) -> bool:
        """Whether a collection tells nothing new of it."""
        location = None if told.path == told.file else told.path
        same = self.line == told.line and self.location == location
        return same and self.markers == told.markers and self.fixtures == told.fixtures

    def take(self, told: CollectedItem) -> None:
        """Take what a collection tells. What is equal should stay: of a second one nothing is to be left in memory."""
        self.line = told.line
        self.location = None if told.path == told.file else told.path
        self.markers = told.markers
        self.fixtures = told.fixtures

    @property
    def depth(self) -> int:  # type: ignore[override]  # worked out: a hundred thousand need no room for it
        """How many branches are above it."""
        return self.parent.depth + 1

    @property
    def function(self) -> str | None:
        """The name that its parametrised siblings share; None if it is not parametrised."""
        return self.parent.name if self.parent.kind is Kind.FUNCTION else None

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


def items_below(node: Branch | Item) -> Iterator[Item]:
    """The items below a node (itself, if it is one), in order of the tree."""
    stack: list[Branch | Item] = [node]
    while stack:
        each = stack.pop()
        if isinstance(each, Branch):
            stack.extend(reversed(each.children))
        else:
            yield each


def modules_below(node: Branch) -> Iterator[Branch]:
    """The files below a branch, in order of the tree, and what else is the ``module`` of items.

    That is a folder that could not be collected, and the root with items that lie in no file.
    """
    stack = [node]
    while stack:
        branch = stack.pop()
        if branch.kind is Kind.MODULE or (branch.kind is Kind.ROOT and any(items_of(branch))):
            yield branch
        stack.extend(
            child for child in reversed(branch.children) if isinstance(child, Branch) and child.kind <= Kind.MODULE
        )


def items_of(module: Branch) -> Iterator[Item]:
    """The items of a file, in order of the tree."""
    stack: list[Branch | Item] = [module]
    while stack:
        each = stack.pop()
        if isinstance(each, Item):
            yield each
        elif each is module or each.kind > Kind.MODULE:
            stack.extend(reversed(each.children))


def items_in(node: Branch, counter: int) -> Iterator[Item]:
    """The items below a branch that a counter counts (a Status, or STALE), in order of the tree.

    Branches that count none are not looked into: a few items are found at once in a tree of 100,000.
    """
    stack: list[Branch | Item] = [node]
    while stack:
        each = stack.pop()
        if isinstance(each, Branch):
            if each.counts[counter]:
                stack.extend(reversed(each.children))
        elif each.stale if counter == STALE else each.status == counter:
            yield each
