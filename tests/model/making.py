"""Items, reports and whole scripted sessions, told to a store as the engine would."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import count

from tui.model import events as ev
from tui.model.nodes import Branch, Item
from tui.model.outcome import COUNTERS, STALE, Status
from tui.model.run import RunState
from tui.model.store import Store, uncollected
from tui.model.tree import Tree

ROOTDIR = "/project"
A1, A2, A3 = "tests/a.py::one", "tests/a.py::two", "tests/a.py::three"
B1, B2 = "tests/b.py::one", "tests/b.py::T::two"
EVERYTHING = (A1, A2, B1, B2)
"""Nodeids of a small project."""


def collected(nodeid: str, index: int = 0, **fields: object) -> ev.CollectedItem:
    """An item as collection gives it; what a nodeid cannot tell is as in a plain file of functions and classes."""
    item = uncollected(nodeid, index)
    path = item.file if item.file.startswith("/") else f"{ROOTDIR}/{item.file}"
    known: dict[str, object] = {"file_path": path, "line": 7, **fields}
    return replace(item, **known)  # type: ignore[arg-type]


def numbered(nodeids: Iterable[str]) -> list[ev.CollectedItem]:
    """Items in this order, equal nodeids numbered from 0."""
    seen: dict[str, int] = {}
    items = []
    for nodeid in nodeids:
        items.append(collected(nodeid, seen.get(nodeid, 0)))
        seen[nodeid] = seen.get(nodeid, 0) + 1
    return items


def report(
    nodeid: str = "a.py::test", when: str = "call", outcome: str = "passed", **fields: object
) -> ev.PhaseReported:
    """A report of run 1."""
    known: dict[str, object] = {"index": 0, "category": outcome, "duration": 0.25, **fields}
    run = known.pop("run", 1)
    return ev.PhaseReported(run=run, nodeid=nodeid, when=when, outcome=outcome, **known)  # type: ignore[arg-type]


def recount(branch: Branch) -> list[int]:
    """The counters of a branch, from its leaves and broken collectors alone."""
    counts = [0] * COUNTERS
    stack: list[Branch | Item] = [branch]
    while stack:
        node = stack.pop()
        if isinstance(node, Item):
            counts[node.status] += 1
            counts[STALE] += node.stale
        else:
            stack += node.children
            if node.broken is not Status.NOT_RUN:
                counts[node.broken] += 1
                counts[STALE] += node.stale
    return counts


def branches(tree: Tree) -> Iterator[Branch]:
    """All branches, the root too."""
    stack = [tree.root]
    while stack:
        branch = stack.pop()
        yield branch
        stack += [child for child in branch.children if isinstance(child, Branch)]


def check_sound(tree: Tree) -> None:
    """What holds of every tree at any time."""
    leaves = list(tree.items())
    assert len(tree) == len(leaves)
    for item in leaves:
        assert tree.item(item.nodeid, item.index) is item
    broken = {}
    for branch in branches(tree):
        assert branch.counts == recount(branch), branch.nodeid
        assert branch.children or branch.broken is not Status.NOT_RUN or branch is tree.root, branch.nodeid
        for child in branch.children:
            assert child.parent is branch
            assert child.depth == branch.depth + 1
        if branch.broken is not Status.NOT_RUN:
            broken[branch.nodeid] = branch
    assert tree.broken == broken
    assert len(tree._branches) == len(list(branches(tree))) - 1


class Player:
    """Plays sessions to a store. Time goes on by one second with each look at the clock."""

    def __init__(self) -> None:
        ticks = count()
        self.store = Store(clock=lambda: float(next(ticks)))
        self.number = 0

    @property
    def state(self) -> RunState:
        assert self.store.run is not None
        return self.store.run

    def is_complete(self) -> bool:
        return self.store.complete

    def begin(self, *, collecting: bool = False, whole: bool = True, items: Iterable[Item] = ()) -> None:
        self.number += 1
        self.store.begin(self.number, collecting=collecting, whole=whole, items=items)
        self.store.apply(ev.SessionStarted(self.number, ROOTDIR, None, ROOTDIR, "3.12.1", "python", "9.0.0", 0))

    def find(
        self, *nodeids: str, broken: Sequence[str] = (), skipped: Sequence[str] = (), folders: bool = True
    ) -> None:
        """Find items and read files, in this order; the folders above are through in the end, from pytest 8 on."""
        files = dict.fromkeys(nodeid.partition("::")[0] for nodeid in (*nodeids, *broken))
        items = numbered(nodeids)
        for file in files:
            inside = tuple(item for item in items if item.file == file)
            if inside:
                self.store.apply(ev.ItemsCollected(self.number, inside))
            for nodeid in broken:
                if nodeid.partition("::")[0] == file:
                    crash = ev.Crash(file, 1, f"ImportError: {nodeid}")
                    self.store.apply(ev.CollectorReported(self.number, nodeid, "failed", "E   boom", crash, ref=5))
            if file not in broken:
                self.read(file)
        for file in skipped:
            self.store.apply(ev.CollectorReported(self.number, file, "skipped", "Skipped: not here"))
        if folders:
            self.read(*dict.fromkeys(file.rpartition("/")[0] or "." for file in files))

    def read(self, *collectors: str) -> None:
        for nodeid in collectors:
            self.store.apply(ev.CollectorReported(self.number, nodeid, "passed"))

    def deselect(self, *nodeids: str) -> None:
        self.store.apply(ev.ItemsDeselected(self.number, tuple((nodeid, 0) for nodeid in nodeids)))

    def finish_collection(self, *nodeids: str) -> None:
        self.store.apply(ev.CollectionFinished(self.number, tuple(numbered(nodeids))))

    def interrupt(self, reason: str = "", *, by_exit: bool = False) -> None:
        self.store.apply(ev.Interrupted(self.number, reason, by_exit))

    def end(self, exit_: int = 0, *, completed: bool = True, output: str = "") -> None:
        self.store.apply(ev.SessionFinished(self.number, exit_, completed, output))

    def start(self, nodeid: str, index: int = 0, worker: str | None = None) -> None:
        self.store.apply(ev.ItemStarted(self.number, nodeid, index, worker))

    def phase(self, nodeid: str, when: str, outcome: str, **fields: object) -> None:
        self.store.apply(report(nodeid, when, outcome, run=self.number, **fields))

    def finish(self, nodeid: str, outcome: str = "passed", index: int = 0, **fields: object) -> None:
        status = Status[outcome.upper()]
        known: dict[str, object] = {"duration": 0.5, **fields}
        self.store.apply(ev.ItemFinished(self.number, nodeid, index, status, **known))  # type: ignore[arg-type]

    def play(self, *nodeids: str, **outcomes: str) -> None:
        """Run items, passed unless ``outcomes`` says otherwise by the name behind the last ``::``."""
        for item in numbered(nodeids):
            outcome = outcomes.get(item.nodeid.rpartition("::")[2], "passed")
            self.start(item.nodeid, item.index)
            if outcome == "failed":
                crash = ev.Crash(item.file, 3, "assert 1 == 2")
                self.phase(item.nodeid, "call", "failed", index=item.index, crash=crash, ref=8)
            self.finish(item.nodeid, outcome, item.index, ref=9)

    def collect(self, *nodeids: str, broken: Sequence[str] = (), skipped: Sequence[str] = ()) -> None:
        """A whole session that only collects."""
        self.begin(collecting=True)
        self.find(*nodeids, broken=broken, skipped=skipped)
        self.finish_collection(*nodeids)
        if broken:
            self.interrupt(f"{len(broken)} error during collection")
        self.end(2 if broken else 0 if nodeids else 5)

    def run(self, *nodeids: str, whole: bool = True, **outcomes: str) -> None:
        """A whole session that runs all it finds."""
        items = [item for item in self.store.tree.items() if whole or item.nodeid in nodeids]
        self.begin(whole=whole, items=items)
        self.find(*nodeids)
        self.finish_collection(*nodeids)
        self.play(*nodeids, **outcomes)
        self.end(1 if {"failed", "error"} & set(outcomes.values()) else 0)

    def item(self, nodeid: str, index: int = 0) -> Item:
        item = self.store.tree.item(nodeid, index)
        assert item is not None, nodeid
        return item

    def states(self) -> dict[str, str]:
        """Label-free picture of the tree: nodeid (and number) to its word, with ``~`` where it is stale."""
        return {
            item.nodeid + (f"#{item.index}" if item.index else ""): item.status.word + "~" * item.stale
            for item in self.store.tree.items()
        }
