"""The shape of the tree: which branches an item gets, what its row shows, odd ids."""

from __future__ import annotations

import pytest

from tests.model.making import ROOTDIR, branches, check_sound, collected
from tui.model.nodes import Branch, Item, Kind, items_below, items_in, items_of, label_of, modules_below
from tui.model.outcome import STALE, Status
from tui.model.tree import Tree

LONG = "x" * 10_000
ODD_IDS = {
    "plain": "a.py::test",
    "colons in a parameter": "a.py::test[b::c]",
    "bracket in a parameter": "a.py::test[[]",
    "bracket and colons": "a.py::TestX::test[a]::b[]",
    "newline": "a.py::test[one\ntwo]",
    "slash in a parameter": "a.py::test[b/c.py::d]",
    "space": "a b.py::test[ ]",
    "non-ASCII": "tést/ø.py::test[日本]",
    "lone surrogate": "a.py::test[\udc80]",
    "long": f"a.py::test[{LONG}]",
    "outside of rootdir": "../x.py::test",
    "far outside": "../../y/x.py::test",
    "absolute": "/elsewhere/x.py::test",
    "doctest": "a/b.py::a.b.f",
    "text file": "docs/guide.txt::guide.txt",
    "file alone": "a/style.py",
    "file without a name": "::test",
    "empty name": "a.py::",
    "bracket in a folder": "[x]/a.py::test",
}


def path_of(node: Branch | Item) -> list[str]:
    names = []
    each: Branch | Item | None = node
    while each is not None and each.parent is not None:
        names.append(label_of(each))
        each = each.parent
    return names[::-1]


@pytest.mark.parametrize("nodeid", ODD_IDS.values(), ids=ODD_IDS)
def test_odd_ids_are_found_again_and_leave_nothing_behind(nodeid: str) -> None:
    tree = Tree()
    tree.add(collected("other.py::test"))
    added = [tree.add(collected(nodeid, index)) for index in (0, 2, 1)]
    assert [tree.item(nodeid, index) for index in range(4)] == [added[0], added[2], added[1], None]
    check_sound(tree)
    for item in added:
        tree.set_status(item, Status.FAILED)
        tree.set_seconds(item, 2.0)
    assert tree.root.counts[Status.FAILED] == 3
    check_sound(tree)
    for item in added:
        tree.remove(item)
    check_sound(tree)
    assert [path_of(each) for each in tree.items()] == [["other.py", "test"]]
    assert tree.root.seconds == 0


@pytest.mark.parametrize(
    ("nodeid", "expected"),
    [
        ("a.py::test", ["a.py", "test"]),
        ("a/b/c.py::test", ["a", "b", "c.py", "test"]),
        ("a.py::TestX::TestY::test", ["a.py", "TestX", "TestY", "test"]),
        ("a.py::test[x]", ["a.py", "test", "[x]"]),
        ("a.py::TestX::test[x::y]", ["a.py", "TestX", "test", "[x::y]"]),
        ("../x.py::test", ["..", "x.py", "test"]),
        ("/else/x.py::test", ["/", "else", "x.py", "test"]),
        ("a/b.py::a.b.f", ["a", "b.py", "a.b.f"]),
        ("a/style.py", ["a", "style.py", "a/style.py"]),
        ("::test", ["test"]),
    ],
)
def test_place(nodeid: str, expected: list[str]) -> None:
    assert path_of(Tree().add(collected(nodeid))) == expected


def test_doubles_are_numbered_from_two() -> None:
    tree = Tree()
    assert [label_of(tree.add(collected("a.py::test[x]", index))) for index in range(3)] == ["[x]", "[x] #2", "[x] #3"]


@pytest.mark.parametrize(
    ("nodeid", "nodeids", "paths"),
    [
        (
            "a/b.py::T::test[x]",
            ["a", "a/b.py", "a/b.py::T", "a/b.py::T::test"],
            ["/project/a", "/project/a/b.py", "", ""],
        ),
        ("/else/b.py::test", ["/", "/else", "/else/b.py"], ["/", "/else", "/else/b.py"]),
    ],
)
def test_branches_know_their_nodeid_and_path(nodeid: str, nodeids: list[str], paths: list[str]) -> None:
    tree = Tree()
    tree.add(collected(nodeid))
    below = [branch for branch in branches(tree) if branch is not tree.root]
    assert [branch.nodeid for branch in below] == nodeids
    assert [branch.path for branch in below] == paths


def test_class_and_function_of_one_name_are_two_branches() -> None:
    tree = Tree()
    in_class = tree.add(collected("a.py::same::test"))
    in_function = tree.add(collected("a.py::same[x]"))
    assert (in_class.parent.kind, in_function.parent.kind) == (Kind.CLASS, Kind.FUNCTION)
    check_sound(tree)


def test_kinds() -> None:
    tree = Tree()
    tree.add(collected("a/b.py::T::test[x]"))
    assert [branch.kind for branch in branches(tree)] == list(Kind)


def test_siblings_after_their_branch_has_gone() -> None:
    """The newest item's branch is remembered, but not longer than it lives."""
    tree = Tree()
    tree.remove(tree.add(collected("a.py::test[1]")))
    assert path_of(tree.add(collected("a.py::test[2]"))) == ["a.py", "test", "[2]"]
    check_sound(tree)


def test_item_that_is_known_is_brought_up_to_date() -> None:
    tree = Tree()
    item = tree.add(collected("a.py::test", markers=("slow",), fixtures=("db",)))
    tree.set_status(item, Status.FAILED)
    before = (tree.structure, item.version)
    generation = tree.generation
    assert tree.add(collected("a.py::test", path="base.py", markers=("fast",))) is item
    assert (item.location, item.line, item.markers, item.fixtures) == ("base.py", 7, ("fast",), ())
    assert (tree.structure, item.status) == (before[0], Status.FAILED)
    assert item.version > before[1]
    assert tree.generation > generation


def test_file_of_an_item_that_only_ran_gets_its_path_later() -> None:
    tree = Tree()
    item = tree.add(collected("a/b.py::test", file_path=""))
    assert item.module.path == ""
    tree.add(collected("a/b.py::test"))
    assert item.module.path == f"{ROOTDIR}/a/b.py"


def test_like_items_of_two_files_without_paths() -> None:
    tree = Tree()
    for nodeid in ("a.py::test", "b.py::test"):
        tree.add(collected(nodeid, file_path=""))
    assert [path_of(item) for item in tree.items()] == [["a.py", "test"], ["b.py", "test"]]


def test_find_module() -> None:
    tree = Tree()
    item = tree.add(collected("a/b.py::T::test"))
    assert tree.module("a/b.py") is item.module
    assert tree.module("a") is item.module.parent
    assert tree.module("") is tree.module(".") is tree.root
    assert tree.module("b.py") is None
    assert tree.module("a/b.py/c") is None


def test_module_of_a_file_without_name_is_the_root() -> None:
    tree = Tree()
    assert tree.add(collected("::T::test")).module is tree.root


def test_order_is_that_of_coming_and_reorder_brings_another() -> None:
    tree = Tree()
    ids = ["b.py::test", "a.py::T::two", "a.py::one", "a.py::p[1]", "a.py::p[2]", "left.py::alone"]
    items = {nodeid: tree.add(collected(nodeid)) for nodeid in ids}
    assert [item.nodeid for item in tree.items()] == ids
    structure = tree.structure
    wanted = ["a.py::p[2]", "a.py::one", "a.py::p[1]", "b.py::test", "a.py::T::two"]
    tree.reorder(items[nodeid] for nodeid in wanted)
    assert [item.nodeid for item in tree.items()] == [
        "a.py::p[2]",
        "a.py::p[1]",
        "a.py::one",
        "a.py::T::two",
        "b.py::test",
        "left.py::alone",
    ]
    assert tree.structure > structure
    structure = tree.structure
    tree.reorder(items[nodeid] for nodeid in wanted)
    assert tree.structure == structure
    check_sound(tree)


def test_reorder_leaves_others_in_their_places() -> None:
    tree = Tree()
    items = [tree.add(collected(f"a.py::{name}")) for name in "vwxyz"]
    tree.reorder([items[4], items[2], items[0]])
    assert [item.label for item in tree.items()] == ["z", "w", "x", "y", "v"]


def test_broken_collector_counts_once_and_stays_without_items() -> None:
    tree = Tree()
    branch = tree.collector("a/b.py", "/project/a/b.py")
    tree.set_broken(branch, Status.ERROR)
    tree.set_broken(branch, Status.SKIPPED)
    assert tree.root.total == 1
    item = tree.add(collected("a/b.py::test"))
    tree.remove(item)
    check_sound(tree)
    assert tree.module("a/b.py") is branch
    assert branch.path == "/project/a/b.py"
    tree.set_broken(branch, Status.NOT_RUN)
    assert tree.root.children == []
    check_sound(tree)


def test_broken_class_is_a_branch_of_its_own() -> None:
    tree = Tree()
    item = tree.add(collected("a.py::T::test"))
    tree.set_broken(tree.collector("a.py::T", "/project/a.py"), Status.ERROR)
    assert item.parent.broken is Status.ERROR
    assert item.module.broken is Status.NOT_RUN
    check_sound(tree)


def test_folder_known_by_its_failure_becomes_a_folder() -> None:
    tree = Tree()
    folder = tree.collector("sub", "/project/sub")
    tree.set_broken(folder, Status.ERROR)
    item = tree.add(collected("sub/a.py::test"))
    assert (folder.kind, folder.expanded, item.module.nodeid) == (Kind.FOLDER, True, "sub/a.py")
    check_sound(tree)


def test_file_that_is_a_folder_too_stays_the_module_of_its_items() -> None:
    """A plugin's collector can stand for a whole folder."""
    tree = Tree()
    of_folder, of_file = tree.add(collected("pkg::check")), tree.add(collected("pkg/a.py::test"))
    assert (of_folder.module.nodeid, of_file.module.nodeid) == ("pkg", "pkg/a.py")


def test_items_in_a_state_are_found_below_a_branch() -> None:
    tree = Tree()
    items = [tree.add(collected(nodeid)) for nodeid in ("a.py::x", "a.py::p[1]", "a.py::p[2]", "b.py::y")]
    tree.set_broken(tree.collector("c.py", ""), Status.ERROR)
    for item in items[1:]:
        tree.set_status(item, Status.ERROR, stale=item is items[2])
    assert list(items_in(tree.root, Status.ERROR)) == items[1:]
    assert list(items_in(tree.root, STALE)) == [items[2]]
    assert list(items_in(items[0].module, Status.NOT_RUN)) == [items[0]]
    assert list(items_below(items[0])) == [items[0]]


def test_removing_many_at_once_passes_over_those_that_are_out() -> None:
    tree = Tree()
    items = [tree.add(collected(f"a.py::test[{n}]")) for n in range(10)]
    tree.remove(items[3])
    tree.remove_all(item for item in [*items, items[0]] if item is not items[5])
    assert list(tree.items()) == [items[5]]
    again = tree.add(collected("a.py::test[3]"))
    tree.remove(items[3])
    assert tree.item("a.py::test[3]") is again
    check_sound(tree)


def worst_first() -> list[tuple[list[Status], Status]]:
    return [
        ([], Status.NOT_RUN),
        ([Status.PASSED, Status.SKIPPED], Status.PASSED),
        ([Status.SKIPPED, Status.XFAILED], Status.XFAILED),
        ([Status.PASSED, Status.XPASSED], Status.XPASSED),
        ([Status.PASSED, Status.QUEUED], Status.QUEUED),
        ([Status.QUEUED, Status.FAILED], Status.FAILED),
        ([Status.FAILED, Status.ERROR], Status.ERROR),
        ([Status.ERROR, Status.CRASHED], Status.CRASHED),
        ([Status.CRASHED, Status.RUNNING], Status.RUNNING),
    ]


@pytest.mark.parametrize(("below", "expected"), worst_first())
def test_state_of_a_branch(below: list[Status], expected: Status) -> None:
    tree = Tree()
    for number, status in enumerate(below):
        tree.set_status(tree.add(collected(f"a.py::test[{number}]")), status)
    assert tree.root.status is expected


def test_files_and_what_is_in_them() -> None:
    """Each item is in that which it calls its module, also where a folder could not be collected and became one."""
    tree = Tree()
    tree.collector("a", "/project/a")
    for nodeid in ODD_IDS.values():
        tree.add(collected(nodeid))
    found = [(item, module) for module in modules_below(tree.root) for item in items_of(module)]
    assert len(found) == len(tree)
    assert all(item.module is module for item, module in found)
    assert {item.nodeid for item, _ in found} == {item.nodeid for item in tree.items()}
