"""The first line when a run was stopped."""

from __future__ import annotations

from tests.model.bar import A, B, C, shown
from tests.model.making import Player


def stopped(player: Player, **outcomes: str) -> None:
    player.begin(items=player.store.tree.items())
    player.find(A, B, C)
    player.finish_collection(A, B, C)
    player.play(A, **outcomes)
    player.start(B)
    player.state.stopping = True


def test_stopping_and_stopped(player: Player) -> None:
    player.run(A, B, C)
    stopped(player)
    assert shown(player) == ("yellow", "STOPPING", B.rpartition("/")[2])
    player.interrupt()
    player.end(2)
    assert shown(player) == ("yellow", "STOPPED", "2 not run again")
    player.collect(A, B, C)
    assert shown(player) == ("yellow", "STOPPED", "2 not run again")
    player.run(A, B, C)
    assert shown(player)[1] == "GREEN"


def test_stopped_says_which_were_never_run_and_which_keep_what_they_were(player: Player) -> None:
    player.collect(A, B, C)
    player.run(B, whole=False)
    stopped(player)
    player.interrupt()
    player.end(2)
    assert player.state.kept == 1
    assert shown(player) == ("yellow", "STOPPED", "1 not run, 1 not run again")


def test_one_that_was_never_run_does_not_count_as_left_by_a_run_of_others(player: Player) -> None:
    player.collect(A, B, C)
    player.run(A, B, whole=False)
    player.begin(whole=False, items=[player.item(A), player.item(B)])
    player.find(A, B)
    player.finish_collection(A, B)
    player.play(A)
    player.state.stopping = True
    player.end(2)
    assert shown(player) == ("yellow", "STOPPED", "1 not run again")


def test_stopped_after_a_failure_is_red(player: Player) -> None:
    player.collect(A, B, C)
    stopped(player, one="failed")
    player.end(-9, completed=False)
    assert shown(player) == ("red", "RED", "stopped, 2 not run")


def test_stopped_while_collecting(player: Player) -> None:
    player.begin(collecting=True)
    player.find(A)
    player.state.stopping = True
    assert shown(player)[:2] == ("yellow", "STOPPING")
    player.finish_collection(A)
    player.end(2)
    assert shown(player) == ("yellow", "STOPPED", "collection is not complete")


def test_stopped_before_any_test_was_known(player: Player) -> None:
    player.begin()
    player.state.stopping = True
    player.finish_collection()
    player.end(2)
    assert shown(player) == ("yellow", "STOPPED", "nothing has run")


def test_errors_in_collection_are_no_stop(player: Player) -> None:
    player.collect(A)
    player.begin(items=player.store.tree.items())
    player.find(A, broken=["tests/b.py"])
    player.finish_collection(A)
    player.interrupt("1 error during collection")
    player.end(2)
    assert shown(player) == ("red", "RED", "1 not run")
