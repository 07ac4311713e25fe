"""What is frozen and what waits, in store, tree and filter."""

from __future__ import annotations

import pytest

from tests.model.making import Player
from tui.model import events as ev
from tui.model.filter import Filter

A, B = "a.py::a", "a.py::b"


@pytest.fixture
def player() -> Player:
    player = Player()
    player.begin()
    player.find(A, B)
    player.finish_collection(A, B)
    return player


def frozen(player: Player, nodeid: str, name: str) -> None:
    player.store.apply(ev.Frozen(player.number, nodeid, 0, "call", name, 7))


def paused(player: Player, name: str) -> ev.Paused:
    event = ev.Paused(player.number, A, 0, name, "breakpoint", "a.py", 3, "a", "pudb")
    player.store.apply(event)
    return event


def shown(player: Player) -> list[str]:
    return [item.nodeid for item in player.store.tree.items() if Filter("is:frozen").matches(item)]


def test_an_item_is_frozen_until_the_last_of_its_failures_thaws(player: Player) -> None:
    frozen(player, A, "1-main-1")
    frozen(player, A, "1-main-2")
    assert player.store.frozen == {(A, 0): "1-main-2"}
    assert shown(player) == [A]
    player.store.apply(ev.Thawed(player.number, "1-main-2"))
    assert player.store.frozen == {(A, 0): "1-main-1"}
    before = player.item(A).version
    player.store.apply(ev.Thawed(player.number, "1-main-1"))
    assert player.item(A).version > before
    assert (player.store.frozen, shown(player)) == ({}, [])


def test_what_is_frozen_outlives_its_run(player: Player) -> None:
    frozen(player, B, "1-main-1")
    old = player.number
    player.end()
    assert shown(player) == [B]
    player.begin()
    player.store.apply(ev.Thawed(old, "1-main-1"))
    assert shown(player) == []


def test_what_another_run_freezes_is_not_taken(player: Player) -> None:
    player.store.apply(ev.Frozen(player.number + 1, A, 0, "call", "9-main-1", 7))
    assert player.store.frozen == {}


def test_an_item_that_comes_again_is_still_frozen(player: Player) -> None:
    frozen(player, A, "1-main-1")
    player.end()
    player.store.tree.remove(player.item(A))
    player.begin(collecting=True)
    player.find(A, B)
    player.finish_collection(A, B)
    assert shown(player) == [A]


def test_pauses_come_and_go_in_their_order(player: Player) -> None:
    first, second = paused(player, "1"), paused(player, "2")
    assert list(player.store.paused.values()) == [first, second]
    player.store.apply(ev.Resumed(player.number, "1"))
    assert list(player.store.paused.values()) == [second]
    player.end()
    assert player.store.paused == {}


def test_the_row_of_an_item_is_another_while_it_waits(player: Player) -> None:
    """Whatever else has come with it."""
    for change in (
        lambda: paused(player, "1"),
        lambda: player.store.apply(ev.Resumed(player.number, "1")),
        lambda: paused(player, "2"),
        player.store.halts.over,
    ):
        before = player.item(A).version, player.store.tree.generation
        change()
        assert (player.item(A).version, player.store.tree.generation) > before


def test_not_frozen_and_unknown_names_change_nothing(player: Player) -> None:
    player.store.apply(ev.NotFrozen(player.number, A, 0, "call", "too little memory"))
    player.store.apply(ev.Thawed(player.number, "never there"))
    player.store.apply(ev.Resumed(player.number, "never there"))
    assert (player.store.frozen, player.store.paused, shown(player)) == ({}, {}, [])


def test_why_a_failure_was_not_kept_until_one_is(player: Player) -> None:
    player.store.apply(ev.NotFrozen(player.number, A, 0, "call", "there is too little memory"))
    assert player.store.halts.not_frozen == {(A, 0): "there is too little memory"}
    assert shown(player) == []
    frozen(player, A, "1-main-1")
    assert player.store.halts.not_frozen == {}
