"""What nodes of the tree mean as a request."""

from __future__ import annotations

import pytest

from tests.model.making import collected
from tui.engine.request import EVERYTHING, Selection, select
from tui.model.nodes import Branch, Item
from tui.model.tree import Tree

A = "tests/test_a.py"


@pytest.fixture
def tree() -> Tree:
    made = Tree()
    for nodeid in (f"{A}::test_1", f"{A}::TestC::test_2", "tests/test_b.py::test_3"):
        made.add(collected(nodeid))
    for parameter in "xy":
        made.add(collected(f"{A}::TestC::test_p[{parameter}]", function="test_p"))
    return made


def branch(tree: Tree, *names: str) -> Branch:
    found = tree.root
    for name in names:
        found = next(child for child in found.children if isinstance(child, Branch) and child.name == name)
    return found


def item(tree: Tree, nodeid: str) -> Item:
    found = tree.item(nodeid)
    assert found is not None
    return found


def test_the_root_is_everything(tree: Tree) -> None:
    assert select([item(tree, f"{A}::test_1"), tree.root]) is EVERYTHING
    assert EVERYTHING.everything
    assert not EVERYTHING.sequential


def test_an_item(tree: Tree) -> None:
    selection = select([item(tree, f"{A}::test_1")])
    assert selection == Selection(items=((f"{A}::test_1", 0, f"/project/{A}"),), size=1)
    assert not selection.everything


def test_branches_are_asked_for_as_such(tree: Tree) -> None:
    """So that items that came since the last collection run too."""
    folder = branch(tree, "tests")
    module = branch(tree, "tests", "test_a.py")
    assert select([folder]).scopes == ({"path": "/project/tests"},)
    assert select([folder]).size == 5
    assert select([module]).scopes == ({"path": f"/project/{A}", "file": f"/project/{A}"},)
    group = branch(tree, "tests", "test_a.py", "TestC")
    assert select([group]).scopes == ({"nodeid": f"{A}::TestC", "file": f"/project/{A}"},)
    function = branch(tree, "tests", "test_a.py", "TestC", "test_p")
    assert select([function]).scopes == ({"function": [f"{A}::TestC", "test_p"], "file": f"/project/{A}"},)
    assert select([function]).size == 2


def test_several_nodes_come_together(tree: Tree) -> None:
    selection = select(
        [branch(tree, "tests", "test_b.py"), item(tree, f"{A}::test_1"), item(tree, f"{A}::TestC::test_2")]
    )
    assert len(selection.scopes) == 1
    assert [nodeid for nodeid, _, _ in selection.items] == [f"{A}::test_1", f"{A}::TestC::test_2"]
    assert selection.size == 3


@pytest.mark.parametrize(("size", "sequential"), [(1, True), (19, True), (20, False)])
def test_a_few_items_do_without_workers(size: int, sequential: bool) -> None:
    assert Selection(items=(("a", 0, "/a"),), size=size).sequential is sequential
