"""Files, classes and folders that cannot be collected, and how they recover."""

from __future__ import annotations

import pytest

from tests.model.making import A1, A2, B1, B2, EVERYTHING, Player, check_sound
from tui.model import events as ev
from tui.model.outcome import Status


def test_module_that_breaks_keeps_its_items_as_stale(player: Player) -> None:
    player.run(*EVERYTHING, two="failed")
    player.collect(A1, A2, broken=["tests/b.py"])
    assert player.states() == {A1: "passed", A2: "failed", B1: "passed~", B2: "failed~"}
    branch = player.item(B1).module
    assert branch.broken is Status.ERROR
    assert branch.note is not None
    assert (branch.note.message, branch.note.path, branch.note.line) == ("ImportError: tests/b.py", "tests/b.py", 1)
    assert branch.note.refs == [5]
    check_sound(player.store.tree)


def test_module_that_breaks_before_its_items_ever_ran(player: Player) -> None:
    player.collect(*EVERYTHING)
    player.begin(collecting=True)
    player.store.apply(ev.CollectorReported(player.number, "tests/b.py", "failed"))
    assert player.states() == dict.fromkeys(EVERYTHING, "not run")
    note = player.store.tree.broken["tests/b.py"].note
    assert note is not None
    assert note.message == ""


def test_module_that_breaks_while_its_items_are_queued(player: Player) -> None:
    player.run(*EVERYTHING)
    player.begin(items=player.store.tree.items())
    player.find(A1, A2, broken=["tests/b.py"])
    player.finish_collection(A1, A2)
    assert player.states() == {A1: "queued", A2: "queued", B1: "passed~", B2: "passed~"}
    player.interrupt("1 error during collection")
    player.end(2)
    assert player.states() == {A1: "passed", A2: "passed", B1: "passed~", B2: "passed~"}


def test_items_asked_for_in_a_broken_module_are_not_missing(player: Player) -> None:
    player.run(*EVERYTHING)
    player.begin(whole=False, items=[player.item(B1), player.item(A1)])
    player.find(A1, A2, broken=["tests/b.py"])
    player.store.apply(ev.ItemsMissing(player.number, ((B1, 0),)))
    player.finish_collection(A1)
    player.play(A1)
    player.end(1)
    assert player.states() == {A1: "passed", A2: "passed", B1: "passed~", B2: "passed~"}
    assert player.state.missing == 0


def test_recovery_mends_the_module_and_leaves_its_items_stale_until_they_run(player: Player) -> None:
    player.run(*EVERYTHING)
    player.collect(A1, A2, broken=["tests/b.py"])
    player.collect(*EVERYTHING)
    assert player.states() == {A1: "passed", A2: "passed", B1: "passed~", B2: "passed~"}
    assert player.store.tree.broken == {}
    assert player.item(B1).module.note is None
    player.run(*EVERYTHING)
    assert set(player.states().values()) == {"passed"}


@pytest.mark.parametrize("whole", [True, False])
def test_module_broken_from_the_start_recovers(player: Player, whole: bool) -> None:
    player.collect(A1, broken=["tests/b.py"])
    assert player.store.tree.root.total == 2
    player.begin(collecting=True, whole=whole)
    player.find(A1, B1)
    player.finish_collection(A1, B1)
    player.end()
    assert player.states() == {A1: "not run", B1: "not run"}
    assert player.store.tree.broken == {}
    check_sound(player.store.tree)


def test_broken_file_that_is_deleted_is_no_longer_broken(player: Player) -> None:
    player.collect(A1, broken=["tests/b.py"])
    player.collect(A1)
    assert player.store.tree.broken == {}
    assert player.store.tree.root.counts[Status.ERROR] == 0
    check_sound(player.store.tree)


def test_broken_file_stays_broken_while_others_run(player: Player) -> None:
    player.collect(A1, broken=["tests/b.py"])
    player.begin(whole=False, items=[player.item(A1)])
    player.find(A1)
    player.finish_collection(A1)
    player.play(A1)
    player.end()
    assert list(player.store.tree.broken) == ["tests/b.py"]


def test_class_that_breaks_is_not_mended_by_its_module(player: Player) -> None:
    """A module reports after its classes, and passes although one of them failed."""
    player.run(B1, B2)
    player.collect(B1, broken=["tests/b.py::T"])
    assert player.states() == {B1: "passed", B2: "passed~"}
    assert list(player.store.tree.broken) == ["tests/b.py::T"]
    assert player.item(B2).parent.broken is Status.ERROR
    player.collect(B1, B2)
    assert player.store.tree.broken == {}
    assert player.states() == {B1: "passed", B2: "passed~"}


def test_class_and_old_folder_are_mended_by_a_partial_run(player: Player) -> None:
    """pytest 7 reports on no folder; a file that can be read tells that the folder can."""
    player.run("tests/sub/c.py::one", B1, B2)
    player.collect(B1, broken=["tests/b.py::T", "tests/sub"])
    player.begin(whole=False)
    player.find("tests/sub/c.py::one", B1, B2, folders=False)
    assert list(player.store.tree.broken) == ["tests/b.py::T", "tests/sub"]
    player.finish_collection(B2)
    assert player.store.tree.broken == {}


def test_class_that_is_deleted_after_it_broke(player: Player) -> None:
    player.run(B1, B2)
    player.collect(B1, broken=["tests/b.py::T"])
    player.collect(B1)
    assert player.states() == {B1: "passed"}
    check_sound(player.store.tree)


@pytest.mark.parametrize("whole", [True, False])
def test_folder_that_breaks_and_recovers(player: Player, whole: bool) -> None:
    """An error in a folder's conftest hides all files below it."""
    player.run("top.py::one", *EVERYTHING)
    player.collect("top.py::one", broken=["tests"])
    assert player.states() == {"top.py::one": "passed", **dict.fromkeys(EVERYTHING, "passed~")}
    player.begin(collecting=True, whole=whole)
    player.find(A1, A2)
    player.finish_collection(A1, A2)
    player.end()
    assert player.store.tree.broken == {}
    left = [A1, A2] if whole else list(EVERYTHING)
    assert list(player.states()) == ["top.py::one"][whole:] + left
    check_sound(player.store.tree)


def test_root_that_breaks_and_recovers(player: Player) -> None:
    player.begin(collecting=True)
    player.store.apply(ev.CollectorReported(player.number, ".", "failed", "E   boom"))
    player.finish_collection()
    player.end(2)
    assert player.store.tree.root.counts[Status.ERROR] == 1
    player.collect(A1)
    assert player.store.tree.root.counts[Status.ERROR] == 0
    check_sound(player.store.tree)


def test_new_reason_of_a_module_that_is_still_broken_is_shown(player: Player) -> None:
    player.collect(A1, broken=["tests/b.py"])
    branch = player.store.tree.broken["tests/b.py"]
    version = branch.version
    player.begin(collecting=True)
    player.store.apply(ev.CollectorReported(player.number, "tests/b.py", "failed", "one\nE   NameError: x\n\n"))
    assert branch.note is not None
    assert branch.note.message == "NameError: x"
    assert branch.version > version


def test_module_skipped_as_a_whole_has_no_items(player: Player) -> None:
    player.run(*EVERYTHING)
    player.collect(A1, A2, skipped=["tests/b.py"])
    assert player.states() == {A1: "passed", A2: "passed"}
    assert player.store.tree.root.counts[Status.SKIPPED] == 1
    player.collect(*EVERYTHING)
    assert player.states() == {A1: "passed", A2: "passed", B1: "not run", B2: "not run"}
    assert player.store.tree.root.counts[Status.SKIPPED] == 0


@pytest.mark.parametrize(
    ("nodeid", "path"),
    [("../x.py", "/x.py"), ("/else/x.py", "/else/x.py"), ("a/./b.py", "/project/a/b.py")],
)
def test_broken_file_anywhere_has_its_path(player: Player, nodeid: str, path: str) -> None:
    player.begin(collecting=True)
    player.store.apply(ev.CollectorReported(player.number, nodeid, "failed", "boom"))
    assert player.store.tree.broken[nodeid].path == path
