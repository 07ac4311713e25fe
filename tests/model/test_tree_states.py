"""Whatever is done to a tree in whatever order, its counters are those of its leaves."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.model.making import branches, check_sound, collected
from tests.model.test_tree import LONG, ODD_IDS
from tui.model.events import ItemKey
from tui.model.nodes import Branch, Item
from tui.model.outcome import Status
from tui.model.tree import Tree

NODEIDS = st.one_of(
    st.sampled_from([nodeid for nodeid in ODD_IDS.values() if LONG not in nodeid]),
    st.builds(
        "{}{}::{}{}".format,
        st.sampled_from(["", "a/", "a/b/", "../", "/r/"]),
        st.sampled_from(["m.py", "n.py", "a"]),
        st.sampled_from(["", "T::", "T::U::"]),
        st.sampled_from(["test", "test[1]", "test[2]", "T", "T[x]"]),
    ),
)
COLLECTORS = st.sampled_from(["a", "a/b", "m.py", "a/m.py", "a/m.py::T", "../m.py", "/r/m.py", "", "/r/m.py::T::U"])


class Changes(RuleBasedStateMachine):
    """A tree, and beside it the plain facts that it should hold."""

    def __init__(self) -> None:
        super().__init__()
        self.tree = Tree()
        self.known: dict[ItemKey, tuple[Status, bool, float]] = {}
        self.broken: dict[str, Status] = {}

    def pick(self, data: st.DataObject) -> Item:
        key = data.draw(st.sampled_from(sorted(self.known, key=repr)))
        item = self.tree.item(*key)
        assert item is not None
        return item

    @rule(nodeid=NODEIDS, index=st.integers(0, 2))
    def add(self, nodeid: str, index: int) -> None:
        item = self.tree.add(collected(nodeid, index))
        assert item.key == (nodeid, index)
        self.known.setdefault(item.key, (Status.NOT_RUN, False, 0.0))

    @precondition(lambda self: self.known)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        item = self.pick(data)
        self.tree.remove(item)
        del self.known[item.key]

    @precondition(lambda self: self.known)
    @rule(data=st.data())
    def remove_many(self, data: st.DataObject) -> None:
        items = [self.pick(data) for _ in range(4)]
        self.tree.remove_all(items)
        for item in items:
            self.known.pop(item.key, None)

    @precondition(lambda self: self.known)
    @rule(data=st.data(), status=st.sampled_from(Status), stale=st.booleans())
    def set_status(self, data: st.DataObject, status: Status, stale: bool) -> None:
        item = self.pick(data)
        self.tree.set_status(item, status, stale=stale)
        self.known[item.key] = (status, stale, self.known[item.key][2])

    @precondition(lambda self: self.known)
    @rule(data=st.data())
    def queue(self, data: st.DataObject) -> None:
        items = [self.pick(data) for _ in range(4)]
        self.tree.queue(items)
        for item in items:
            status, stale, seconds = self.known[item.key]
            if status is not Status.QUEUED:
                assert item.was is (status if status.is_outcome else Status.NOT_RUN)
            self.known[item.key] = (Status.QUEUED, stale, seconds)

    @precondition(lambda self: self.known)
    @rule(data=st.data())
    def unqueue(self, data: st.DataObject) -> None:
        items = [self.pick(data) for _ in range(4)]
        self.tree.unqueue(items)
        for item in items:
            status, stale, seconds = self.known[item.key]
            self.known[item.key] = (item.was if status is Status.QUEUED else status, stale, seconds)

    @precondition(lambda self: self.known)
    @rule(data=st.data(), seconds=st.floats(0, 1000))
    def set_seconds(self, data: st.DataObject, seconds: float) -> None:
        item = self.pick(data)
        self.tree.set_seconds(item, seconds)
        self.known[item.key] = (*self.known[item.key][:2], seconds)

    @rule(nodeid=COLLECTORS, status=st.sampled_from([Status.ERROR, Status.SKIPPED]))
    def set_broken(self, nodeid: str, status: Status) -> None:
        self.tree.set_broken(self.tree.collector(nodeid, ""), status)
        self.broken[nodeid] = status

    @precondition(lambda self: self.broken)
    @rule(data=st.data())
    def mend(self, data: st.DataObject) -> None:
        nodeid = data.draw(st.sampled_from(sorted(self.broken)))
        self.tree.set_broken(self.tree.broken[nodeid], Status.NOT_RUN)
        del self.broken[nodeid]

    @rule(data=st.data())
    def reorder(self, data: st.DataObject) -> None:
        before = {id(branch): list(branch.children) for branch in branches(self.tree)}
        items = data.draw(st.permutations(list(self.tree.items())))[: data.draw(st.integers(0, 20))]
        self.tree.reorder(items)
        for branch in branches(self.tree):
            check_order(branch, before[id(branch)], items)

    @invariant()
    def tree_holds_exactly_what_is_known(self) -> None:
        check_sound(self.tree)
        assert {item.key: (item.status, item.stale, item.seconds) for item in self.tree.items()} == self.known
        assert {nodeid: branch.broken for nodeid, branch in self.tree.broken.items()} == self.broken
        total = sum(seconds for _, _, seconds in self.known.values())
        assert self.tree.root.seconds == pytest.approx(total, abs=1e-6)


def check_order(branch: Branch, before: list[Branch | Item], items: list[Item]) -> None:
    """Children that lead to ``items`` stand in the order of these, in the places that such children had before."""
    first: dict[int, int] = {}
    for number, item in enumerate(items):
        node: Branch | Item | None = item
        while node is not None:
            first.setdefault(id(node), number)
            node = node.parent
    ranks = [first[id(child)] for child in branch.children if id(child) in first]
    assert ranks == sorted(ranks)
    assert [child for child in branch.children if id(child) not in first] == [
        child for child in before if id(child) not in first
    ]
    assert [id(child) in first for child in branch.children] == [id(child) in first for child in before]


TestChanges = Changes.TestCase
TestChanges.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
