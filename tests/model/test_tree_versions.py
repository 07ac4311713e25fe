"""What a change of the tree shows in the branches above it."""

from __future__ import annotations

import pytest

from tests.model.making import branches, check_sound, collected
from tui.model.outcome import STALE, Status
from tui.model.tree import Tree


def test_new_branch_changes_the_structure() -> None:
    tree = Tree()
    structure = tree.structure
    tree.collector("a.py", "")
    assert tree.structure > structure


@pytest.mark.parametrize("change", ["status", "stale", "seconds", "broken", "removed", "added"])
def test_every_change_shows_in_the_version_of_all_branches_above(change: str) -> None:
    tree = Tree()
    item = tree.add(collected("a/b.py::T::test[1]"))
    tree.add(collected("a/b.py::T::test[2]"))
    above = [branch for branch in branches(tree) if branch is not tree.module("a/b.py") or change != "broken"]
    before = {id(branch): branch.version for branch in branches(tree)}
    generation, version = tree.generation, item.version
    match change:
        case "status":
            tree.set_status(item, Status.PASSED)
        case "stale":
            tree.set_status(item, Status.NOT_RUN, stale=True)
        case "seconds":
            tree.set_seconds(item, 3.0)
        case "broken":
            tree.set_broken(item.parent, Status.ERROR)
        case "removed":
            tree.remove(item)
        case _:
            tree.add(collected("a/b.py::T::test[3]"))
    assert {branch.nodeid for branch in above if branch.version == before[id(branch)]} == set()
    assert tree.generation > generation
    assert (item.version > version) == (change not in {"broken", "added"})


def test_marks_and_touches_show_too() -> None:
    tree = Tree()
    item = tree.add(collected("a.py::test"))
    before = (item.version, tree.generation)
    tree.set_marked(item, marked=True)
    assert item.marked
    assert item.version > before[0]
    before = (item.version, tree.generation)
    tree.touch(item)
    assert (item.version, tree.generation) == (before[0] + 1, before[1] + 1)


def test_many_go_out_of_date_at_once() -> None:
    tree = Tree()
    items = [tree.add(collected(f"{name}.py::TestX::test[{n}]")) for name in "ab" for n in range(3)]
    for item in items[:5]:
        tree.set_status(item, Status.PASSED)
    versions = [item.version for item in items]
    tree.set_stale(items[:4])
    tree.set_stale(items[:4])
    check_sound(tree)
    assert tree.root.counts[STALE] == 4
    assert [item.stale for item in items] == [True] * 4 + [False] * 2
    assert [item.version for item in items] == [versions[n] + (n < 4) for n in range(6)]
    tree.collector("c.py", "/project/c.py")
    tree.set_broken(tree.collector("c.py", "/project/c.py"), Status.ERROR, stale=True)
    check_sound(tree)
    tree.set_broken(tree.collector("c.py", "/project/c.py"), Status.NOT_RUN)
    check_sound(tree)
    assert tree.root.counts[STALE] == 4
