"""Sessions that collect: how the tree comes, changes and keeps its results."""

from __future__ import annotations

import pytest

from tests.model.making import A1, A2, A3, B1, B2, EVERYTHING, Player, check_sound, collected
from tui.model import events as ev


def test_first_collection_shows_items_as_they_are_found(player: Player) -> None:
    player.begin(collecting=True)
    assert not player.is_complete()
    player.find(A1, A2)
    assert player.states() == {A1: "not run", A2: "not run"}
    assert (player.state.collected, player.state.latest_file) == (2, "tests/a.py")
    player.find(B1, B2)
    player.finish_collection(*EVERYTHING)
    player.end()
    assert list(player.states()) == list(EVERYTHING)
    assert player.is_complete()
    assert not player.state.active
    check_sound(player.store.tree)


def test_later_collection_changes_nothing_until_it_is_through(player: Player) -> None:
    player.collect(*EVERYTHING)
    player.begin(collecting=True)
    player.find(A1, A3, B1, B2)
    assert list(player.states()) == list(EVERYTHING)
    player.finish_collection(A1, A3, B1, B2)
    assert list(player.states()) == [A1, A3, B1, B2]


def test_order_is_that_in_which_they_will_run(player: Player) -> None:
    player.collect(*EVERYTHING)
    player.begin(collecting=True)
    player.find(*EVERYTHING)
    player.finish_collection(B2, B1, A2, A1)
    assert list(player.states()) == [B2, B1, A2, A1]


def test_results_outlive_a_collection(player: Player) -> None:
    player.run(*EVERYTHING, two="failed")
    player.collect(*EVERYTHING)
    assert player.states() == {A1: "passed", A2: "failed", B1: "passed", B2: "failed"}
    assert player.item(A2).note is not None


def test_new_and_vanished_items(player: Player) -> None:
    player.run(A1, A2, B1)
    player.collect(A1, A3, B1)
    assert player.states() == {A1: "passed", A3: "not run", B1: "passed"}
    check_sound(player.store.tree)


def test_what_the_project_deselects_stays_out_after_a_partial_run(player: Player) -> None:
    """A partial run takes its own items before anything could deselect the others of the file."""
    player.begin(collecting=True)
    player.find(A1, A2, A3, B1)
    player.deselect(A2)
    player.finish_collection(A1, A3, B1)
    player.end()
    player.begin(whole=False, items=[player.item(A1)])
    player.find(A1, A2, A3)
    player.finish_collection(A1)
    player.play(A1)
    player.end()
    assert player.states() == {A1: "passed", A3: "not run", B1: "not run"}
    player.begin(whole=False)  # asked for in another way, it runs and is there
    player.find(A1, A2, A3)
    player.finish_collection(A2)
    player.play(A2)
    player.end()
    assert player.states() == {A1: "passed", A2: "passed", A3: "not run", B1: "not run"}
    check_sound(player.store.tree)


@pytest.mark.parametrize("whole", [True, False])
def test_module_emptied_of_tests(player: Player, whole: bool) -> None:
    player.run(*EVERYTHING)
    player.begin(collecting=True, whole=whole)
    player.find(B1, B2)
    player.read("tests/a.py", "tests")
    player.finish_collection(B1, B2)
    assert list(player.states()) == [B1, B2]
    assert player.store.tree.module("tests/a.py") is None
    check_sound(player.store.tree)


def test_file_deleted_between_two_collections(player: Player) -> None:
    player.run(*EVERYTHING)
    player.collect(A1, A2)
    assert list(player.states()) == [A1, A2]
    check_sound(player.store.tree)


def test_file_deleted_between_two_runs(player: Player) -> None:
    player.run(*EVERYTHING)
    player.run(A1, A2)
    assert player.states() == {A1: "passed", A2: "passed"}
    assert player.state.left == 0


def test_deleted_file_is_gone_when_the_first_test_starts(player: Player) -> None:
    player.run(*EVERYTHING)
    player.begin(items=player.store.tree.items())
    player.find(A1, A2)
    player.finish_collection(A1, A2)
    player.start(A1)
    assert list(player.states()) == [A1, A2]


@pytest.mark.parametrize("how", ["-x", "stop", "pytest.exit", "interrupted", "internal error", "killed"])
def test_collection_cut_short_takes_nothing_away(player: Player, how: str) -> None:
    """pytest ends a broken-off collection as it ends any other, with what it has found until then."""
    player.run(*EVERYTHING)
    player.begin()
    player.find(A1, A2, broken=["tests/aa.py"] if how == "-x" else ())
    player.state.stopping = how == "stop"
    player.finish_collection(A1, A2)
    match how:
        case "-x":
            player.end(1)
        case "stop" | "interrupted":
            player.interrupt()
            player.end(2)
        case "pytest.exit":
            player.interrupt("enough", by_exit=True)
            player.end(2)
        case "internal error":
            player.store.apply(ev.InternalError(player.number, "boom"))
            player.end(3)
        case _:
            player.end(-9, completed=False)
    assert player.states() == dict.fromkeys(EVERYTHING, "passed")
    assert player.is_complete()


@pytest.mark.parametrize("how", ["-x", "stop", "killed"])
def test_first_collection_cut_short_is_not_complete(player: Player, how: str) -> None:
    player.begin(collecting=True)
    player.find(A1, broken=["tests/aa.py"] if how == "-x" else ())
    player.state.stopping = how == "stop"
    player.finish_collection(A1)
    player.end(*{"-x": (1,), "stop": (2,), "killed": (-9,)}[how], completed=how != "killed")
    assert not player.is_complete()
    player.collect(*EVERYTHING)
    assert player.is_complete()
    assert list(player.states()) == list(EVERYTHING)


def test_collection_with_errors_is_complete_and_not_stopped_by_the_person(player: Player) -> None:
    player.collect(A1, A2, broken=["tests/b.py"])
    assert player.is_complete()
    assert not player.state.stopped


def test_collection_with_errors_still_sees_that_a_file_has_gone(player: Player) -> None:
    player.run(A1, B1, "tests/c.py::one")
    player.collect(A1, broken=["tests/b.py"])
    assert player.states() == {A1: "passed", B1: "passed~"}


def test_ids_that_differ_at_every_collection(player: Player) -> None:
    for moment in range(5):
        player.run(A1, f"tests/a.py::clock[{moment}]", f"tests/a.py::clock[{moment}.5]")
        assert player.states() == {
            A1: "passed",
            f"tests/a.py::clock[{moment}]": "passed",
            f"tests/a.py::clock[{moment}.5]": "passed",
        }
        check_sound(player.store.tree)


def test_partial_run_replaces_ids_that_differ(player: Player) -> None:
    player.run(A1, "tests/a.py::clock[1]", B1)
    player.begin(whole=False, items=[player.item("tests/a.py::clock[1]")])
    player.find(A1, "tests/a.py::clock[2]")
    player.finish_collection("tests/a.py::clock[2]")
    player.play("tests/a.py::clock[2]")
    player.end()
    assert player.states() == {A1: "passed", "tests/a.py::clock[2]": "passed", B1: "passed"}


def test_equal_ids_are_items_of_their_own(player: Player) -> None:
    player.run(A1, A1, A2)
    assert player.states() == {A1: "passed", f"{A1}#1": "passed", A2: "passed"}
    player.collect(A1, A2)
    assert player.states() == {A1: "passed", A2: "passed"}


def test_partial_run_keeps_doubles_that_a_plugin_makes(player: Player) -> None:
    """``items * 3`` in a conftest: the doubles come after collection, and the run takes out those not asked for."""
    player.begin()
    player.find(A1)
    player.finish_collection(A1, A1, A1)
    player.play(A1, A1, A1)
    player.end()
    player.begin(whole=False, items=[player.item(A1, 1)])
    player.find(A1)
    player.store.apply(ev.CollectionFinished(player.number, (collected(A1, 1),)))
    player.start(A1, 1)
    player.finish(A1, "failed", 1)
    player.end(1)
    assert player.states() == {A1: "passed", f"{A1}#1": "failed", f"{A1}#2": "passed"}


def test_items_that_a_plugin_drops_without_a_word(player: Player) -> None:
    player.begin(collecting=True)
    player.find(*EVERYTHING)
    player.finish_collection(A1, B1)
    assert list(player.states()) == [A1, B1]
    check_sound(player.store.tree)


def test_deselected_by_the_persons_own_arguments(player: Player) -> None:
    player.begin(collecting=True)
    player.find(*EVERYTHING)
    player.deselect(A2, B2)
    assert list(player.states()) == [A1, B1]
    player.finish_collection(A1, B1)
    player.end()
    assert list(player.states()) == [A1, B1]
    assert player.state.collected == 2


def test_deselected_double_leaves_the_number_to_the_other(player: Player) -> None:
    player.begin(collecting=True, whole=False)
    player.find(A1, A1)
    player.deselect(A1)
    player.finish_collection(A1)
    assert player.store.tree.item(A1) is not None
