"""Which nodes the tree shows: expansion, filter, and the way to the next failure."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ui.widgets.scene import add, finish
from tui.model.filter import Filter
from tui.model.nodes import Branch, Item, Note, label_of
from tui.model.outcome import Status
from tui.model.tree import Tree
from tui.ui.widgets.outline import Outline, survivor

IDS = (
    "unit/test_a.py::test_one",
    "unit/test_a.py::test_two[x]",
    "unit/test_a.py::test_two[y]",
    "unit/test_b.py::TestB::test_three",
    "test_c.py::test_four",
)


@pytest.fixture
def tree() -> Tree:
    tree = Tree()
    add(tree, *IDS)
    return tree


def names(outline: Outline) -> list[str]:
    return [label_of(node) for node in outline.rows]


def all_nodes(branch: Branch) -> Iterator[Branch | Item]:
    for child in branch.children:
        yield child
        if isinstance(child, Branch):
            yield from all_nodes(child)


def row(outline: Outline, name: str) -> int:
    return names(outline).index(name)


def test_folders_are_open_at_first(tree: Tree) -> None:
    assert names(Outline(tree)) == ["unit", "test_a.py", "test_b.py", "test_c.py"]


def test_opening_and_closing_one(tree: Tree) -> None:
    outline = Outline(tree)
    assert outline.set_open(row(outline, "test_a.py"), opened=True)
    assert names(outline) == ["unit", "test_a.py", "test_one", "test_two", "test_b.py", "test_c.py"]
    assert outline.set_open(row(outline, "test_two"), opened=True)
    assert names(outline)[3:6] == ["test_two", "[x]", "[y]"]
    assert outline.set_open(row(outline, "unit"), opened=False)
    assert names(outline) == ["unit", "test_c.py"]
    assert outline.set_open(row(outline, "unit"), opened=True)
    assert names(outline)[1:6] == ["test_a.py", "test_one", "test_two", "[x]", "[y]"]


def test_nothing_to_open(tree: Tree) -> None:
    outline = Outline(tree)
    outline.set_all_open(opened=True)
    assert not outline.set_open(row(outline, "test_one"), opened=True)
    assert not outline.set_open(row(outline, "unit"), opened=True)


def test_opening_all_shows_every_node(tree: Tree) -> None:
    outline = Outline(tree)
    assert not outline.is_all_open()
    outline.set_all_open(opened=True)
    assert outline.rows == list(all_nodes(tree.root))
    assert outline.is_all_open()
    outline.set_all_open(opened=False)
    assert names(outline) == ["unit", "test_c.py"]


def test_closing_all_leaves_an_only_folder_open() -> None:
    tree = Tree()
    add(tree, "src/tests/test_a.py::test_one", "src/tests/test_b.py::test_two")
    outline = Outline(tree)
    outline.set_all_open(opened=False)
    assert names(outline) == ["src", "tests", "test_a.py", "test_b.py"]


@given(st.lists(st.tuples(st.integers(0, 20), st.booleans()), max_size=30), st.sampled_from(["", "two", "is:failed"]))
def test_rows_changed_in_place_are_those_made_anew(steps: list[tuple[int, bool]], text: str) -> None:
    tree = Tree()
    add(tree, *IDS)
    finish(tree, IDS[2], Status.FAILED)
    outline = Outline(tree)
    if text:
        outline.filter_by(Filter(text))
    for number, opened in steps:
        outline.set_open(number % len(outline.rows), opened=opened)
        in_place = list(outline.rows)
        outline.rebuild()
        assert in_place == outline.rows


def test_filter_shows_matches_and_the_way_to_them(tree: Tree) -> None:
    outline = Outline(tree)
    outline.filter_by(Filter("two"))
    assert names(outline) == ["unit", "test_a.py", "test_two", "[x]", "[y]"]
    assert outline.matches == 2


def test_expansion_comes_back_after_a_filter(tree: Tree) -> None:
    outline = Outline(tree)
    outline.set_open(row(outline, "test_b.py"), opened=True)
    before = names(outline)
    outline.filter_by(Filter("two"))
    outline.set_open(row(outline, "test_a.py"), opened=False)
    assert names(outline) == ["unit", "test_a.py"]
    outline.filter_by(None)
    assert names(outline) == before
    assert outline.matches == 0


def test_opening_and_closing_all_while_filtered(tree: Tree) -> None:
    outline = Outline(tree)
    outline.filter_by(Filter("test_a"))
    outline.set_all_open(opened=False)
    assert names(outline) == ["unit", "test_a.py", "test_one", "test_two"]
    outline.set_all_open(opened=True)
    assert names(outline) == ["unit", "test_a.py", "test_one", "test_two", "[x]", "[y]"]


def test_filter_finds_broken_collectors(tree: Tree) -> None:
    broken = tree.file("unit/test_d.py", "/project/unit/test_d.py")
    tree.set_broken(broken, Status.ERROR)
    outline = Outline(tree)
    outline.filter_by(Filter("is:error"))
    assert names(outline) == ["unit", "test_d.py"]
    assert outline.matches == 1
    outline.filter_by(Filter("is:error !test_d"))
    assert outline.matches == 0


def test_what_was_shown_stays_while_it_runs_again(tree: Tree) -> None:
    item = finish(tree, IDS[0], Status.FAILED)
    outline = Outline(tree)
    outline.filter_by(Filter("is:failed"))
    for status in (Status.QUEUED, Status.RUNNING):
        tree.set_status(item, status)
        outline.rebuild()
        assert names(outline) == ["unit", "test_a.py", "test_one"]
    tree.set_status(item, Status.PASSED)
    outline.rebuild()
    assert names(outline) == []


def test_new_nodes_come_in_if_they_match(tree: Tree) -> None:
    outline = Outline(tree)
    outline.filter_by(Filter("two"))
    add(tree, "unit/test_b.py::test_two_more", "unit/test_b.py::test_five")
    outline.rebuild()
    assert names(outline) == ["unit", "test_a.py", "test_two", "[x]", "[y]", "test_b.py", "test_two_more"]


def test_reveal_opens_what_is_above(tree: Tree) -> None:
    outline = Outline(tree)
    item = tree.item(IDS[2])
    assert item is not None
    assert outline.reveal(item) == 5
    assert names(outline)[:6] == ["unit", "test_a.py", "test_one", "test_two", "[x]", "[y]"]


def test_reveal_knows_what_the_filter_hides(tree: Tree) -> None:
    outline = Outline(tree)
    outline.filter_by(Filter("two"))
    hidden, shown = tree.item(IDS[0]), tree.item(IDS[2])
    assert hidden is not None
    assert shown is not None
    assert outline.reveal(hidden) is None
    outline.set_all_open(opened=False)
    assert outline.reveal(shown) == row(outline, "[y]")


def test_broken_root_has_a_row(tree: Tree) -> None:
    tree.root.note = Note("ImportError in conftest.py")
    tree.set_broken(tree.root, Status.ERROR)
    outline = Outline(tree)
    outline.rebuild()
    assert outline.rows[0] is tree.root
    assert outline.next_bad(None, 1) is tree.root


def test_marked_nodes_are_found_where_they_are_hidden(tree: Tree) -> None:
    outline = Outline(tree)
    item, module = tree.item(IDS[2]), tree.module("unit/test_b.py")
    assert item is not None
    assert module is not None
    tree.set_marked(module, marked=True)
    tree.set_marked(item, marked=True)
    assert outline.marked() == [item, module]


@given(
    st.lists(st.sampled_from([Status.PASSED, Status.FAILED, Status.ERROR]), min_size=12, max_size=12),
    st.sets(st.integers(0, 2)),
    st.sampled_from([1, -1]),
)
def test_next_bad_goes_round_all_of_them(states: list[Status], broken: set[int], direction: int) -> None:
    tree = Tree()
    ids = [f"d/test_{number % 3}.py::TestA::test_x[{number}]" for number in range(12)]
    add(tree, *ids)
    for nodeid, status in zip(ids, states, strict=True):
        finish(tree, nodeid, status)
    for number in broken:
        tree.set_broken(tree.file(f"d/test_{number}.py", ""), Status.ERROR)
    outline = Outline(tree)
    expected = [
        node
        for node in all_nodes(tree.root)
        if (node.broken.is_bad if isinstance(node, Branch) else node.status.is_bad)
    ][::direction]
    node: Branch | Item | None = None
    seen = []
    for _ in expected:
        node = outline.next_bad(node, direction)
        seen.append(node)
    assert seen == expected
    assert outline.next_bad(node, direction) is (expected[0] if expected else None)


def test_next_bad_starts_at_the_cursor(tree: Tree) -> None:
    for nodeid in (IDS[0], IDS[3]):
        finish(tree, nodeid, Status.FAILED)
    outline = Outline(tree)
    module_a, module_b = tree.module("unit/test_a.py"), tree.module("unit/test_b.py")
    first, second = tree.item(IDS[0]), tree.item(IDS[3])
    assert outline.next_bad(module_a, 1) is first
    assert outline.next_bad(module_b, 1) is second
    assert outline.next_bad(module_b, -1) is first
    assert outline.next_bad(module_a, -1) is second


def test_next_bad_stays_within_the_filter(tree: Tree) -> None:
    for nodeid in (IDS[0], IDS[1]):
        finish(tree, nodeid, Status.FAILED)
    outline = Outline(tree)
    outline.filter_by(Filter("two"))
    assert outline.next_bad(None, 1) is tree.item(IDS[1])
    assert outline.next_bad(tree.item(IDS[1]), 1) is tree.item(IDS[1])


@pytest.mark.parametrize(
    ("gone", "nearest"),
    [("test_one", "test_two"), ("test_two", "test_one"), ("test_three", "TestB"), ("test_c.py", "unit")],
)
def test_survivor_is_the_nearest(tree: Tree, gone: str, nearest: str) -> None:
    outline = Outline(tree)
    outline.set_open(row(outline, "test_a.py"), opened=True)
    outline.set_open(row(outline, "test_b.py"), opened=True)
    outline.set_open(row(outline, "TestB"), opened=True)
    old = outline.rows
    new = [node for node in old if label_of(node) != gone]
    assert label_of(new[survivor(old, row(outline, gone), new)]) == nearest


def test_survivor_of_a_whole_module_is_its_neighbour(tree: Tree) -> None:
    outline = Outline(tree)
    outline.set_all_open(opened=True)
    old = outline.rows
    new = [node for node in old if "test_b.py" not in node.nodeid]
    assert label_of(new[survivor(old, row(outline, "test_three"), new)]) == "unit"
    assert survivor(old, 3, []) == 0
