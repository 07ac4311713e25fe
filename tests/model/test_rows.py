"""Which nodes stand on screen, in which order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.model.making import branches, collected
from tui.model.filter import Filter
from tui.model.nodes import Branch, Item, Node, label_of
from tui.model.outcome import Status
from tui.model.rows import found_by, rows_below, set_expanded
from tui.model.tree import Tree

NODEIDS = ["a/b.py::one", "a/b.py::T::two", "a/b.py::p[1]", "a/b.py::p[2]", "c.py::three"]


@pytest.fixture
def tree() -> Tree:
    tree = Tree()
    for nodeid in NODEIDS:
        tree.add(collected(nodeid))
    return tree


def labels(rows: list[Branch | Item]) -> list[str]:
    return [label_of(node) for node in rows]


def test_at_first_only_folders_are_open(tree: Tree) -> None:
    assert labels(rows_below(tree.root)) == ["a", "b.py", "c.py"]


def test_all_expanded_is_everything_in_order(tree: Tree) -> None:
    set_expanded(tree.root, expanded=True)
    everything = ["a", "b.py", "one", "T", "two", "p", "[1]", "[2]", "c.py", "three"]
    assert labels(rows_below(tree.root)) == everything
    module = tree.module("a/b.py")
    assert module is not None
    assert labels(rows_below(module)) == everything[2:8]


def test_what_is_below_a_closed_branch_keeps_its_own_state(tree: Tree) -> None:
    set_expanded(tree.root, expanded=True)
    module = tree.module("a/b.py")
    assert module is not None
    module.expanded = False
    assert labels(rows_below(tree.root)) == ["a", "b.py", "c.py", "three"]
    module.expanded = True
    assert len(rows_below(tree.root)) == 10


def test_rows_below_a_branch_do_not_depend_on_itself(tree: Tree) -> None:
    set_expanded(tree.root, expanded=False)
    assert labels(rows_below(tree.root)) == ["a", "c.py"]


def test_collapsing_closes_all_below(tree: Tree) -> None:
    set_expanded(tree.root, expanded=True)
    set_expanded(tree.root, expanded=False)
    assert not any(branch.expanded for branch in branches(tree))


def test_closed_by_id_instead_of_by_state(tree: Tree) -> None:
    set_expanded(tree.root, expanded=False)
    module = tree.module("a/b.py")
    assert module is not None
    assert labels(rows_below(tree.root, closed={id(module)})) == ["a", "b.py", "c.py", "three"]


def test_filter_shows_matches_and_what_leads_to_them(tree: Tree) -> None:
    set_expanded(tree.root, expanded=True)
    shown, count = found_by(tree.root, Filter("[2]"))
    assert count == 1
    assert labels(rows_below(tree.root, shown)) == ["a", "b.py", "p", "[2]"]
    shown, count = found_by(tree.root, Filter("nowhere"))
    assert (labels(rows_below(tree.root, shown)), count) == ([], 0)


def test_broken_collectors_are_found_too(tree: Tree) -> None:
    tree.set_broken(tree.collector("d/e.py", ""), Status.ERROR)
    shown, count = found_by(tree.root, Filter("is:error"))
    assert count == 1
    assert labels(rows_below(tree.root, shown, closed=())) == ["d", "e.py"]


def test_items_that_were_found_stay_while_they_run_again(tree: Tree) -> None:
    one, two = tree.item(NODEIDS[0]), tree.item(NODEIDS[1])
    assert one is not None
    assert two is not None
    for item in (one, two):
        tree.set_status(item, Status.FAILED)
    kept, _ = found_by(tree.root, Filter("is:failed"))
    tree.set_status(one, Status.QUEUED)
    tree.set_status(two, Status.PASSED)
    shown, count = found_by(tree.root, Filter("is:failed"), kept or ())
    assert count == 1
    assert labels(rows_below(tree.root, shown, closed=())) == ["a", "b.py", "one"]
    assert found_by(tree.root, Filter("is:failed"))[1] == 0


def looked_for_everywhere(tree: Tree, wanted: Filter) -> tuple[set[int], int]:
    shown: set[int] = set()
    matching = [item for item in tree.items() if wanted.matches(item)]
    for item in matching:
        node: Node | None = item
        while node is not None:
            shown.add(id(node))
            node = node.parent
    return shown, len(matching)


FILTERS = [
    "is:failed",
    "!is:failed",
    "is:bad one",
    "is:notrun -k p",
    "a/",
    "!a/",
    "is:stale",
    "is:slow",
    "-m slow",
    "T",
]


@given(
    states=st.lists(st.tuples(st.sampled_from(Status), st.booleans(), st.floats(0, 2)), min_size=5, max_size=5),
    text=st.sampled_from(FILTERS),
)
def test_looking_only_where_something_can_match_finds_all(states: list[tuple[Status, bool, float]], text: str) -> None:
    tree = Tree()
    for nodeid, (status, stale, seconds) in zip(NODEIDS, states, strict=True):
        item = tree.add(collected(nodeid, markers=("slow",) if seconds > 1 else ()))
        tree.set_status(item, status, stale=stale)
        tree.set_seconds(item, seconds)
    wanted = Filter(text)
    found, shown = found_by(tree.root, wanted), looked_for_everywhere(tree, wanted)
    assert found == shown or found == (None, len(tree)) == (None, shown[1])  # a filter that hides nothing is none


def test_deep_trees_need_no_recursion() -> None:
    tree = Tree()
    item = tree.add(collected("/".join(["d"] * 1500) + "/a.py::test"))
    set_expanded(tree.root, expanded=True)
    assert len(rows_below(tree.root)) == 1502
    assert found_by(tree.root, Filter("test"))[1] == 1
    tree.remove(item)
    assert tree.root.children == []
