"""Results of an earlier session: they look out of date, and never take the place of newer ones."""

from __future__ import annotations

import pytest

from tests.model.making import Player, check_sound, numbered
from tui.model.earlier import EarlierResults
from tui.model.nodes import Item, Note
from tui.model.outcome import STALE, Status
from tui.model.tree import Tree
from tui.model.verdict import verdict

NODEIDS = ["a/m.py::test_1", "a/m.py::T::test_2", "a/m.py::test_3[x]", "b.py::test_4", "b.py::test_4"]


def tree() -> tuple[Tree, list[Item]]:
    made = Tree()
    return made, [made.add(collected) for collected in numbered(NODEIDS)]


def test_items_get_results_that_are_out_of_date() -> None:
    made, items = tree()
    generation, versions = made.generation, [item.version for item in items]
    earlier, note = EarlierResults(made), Note("why")
    statuses = [Status.PASSED, Status.FAILED, Status.PASSED, Status.SKIPPED, Status.CRASHED]
    for item, status in zip(items, statuses, strict=True):
        assert earlier.give(item, status, 0.25, note if status.is_bad else None)
    earlier.finish()
    check_sound(made)
    assert [item.status for item in items] == statuses
    assert all(item.stale for item in items)
    assert items[1].note is note
    assert (made.root.counts[Status.PASSED], made.root.counts[STALE], made.root.seconds) == (2, 5, 1.25)
    assert made.generation > generation
    assert all(item.version > before for item, before in zip(items, versions, strict=True))


def test_newer_results_stay() -> None:
    made, items = tree()
    made.set_status(items[0], Status.PASSED)
    made.set_status(items[1], Status.RUNNING)
    made.set_status(items[2], Status.SKIPPED, stale=True)
    earlier = EarlierResults(made)
    assert [earlier.give(item, Status.FAILED, 1.0, None) for item in items] == [False, False, False, True, True]
    earlier.finish()
    check_sound(made)
    assert [item.status.word for item in items] == ["passed", "running", "skipped", "failed", "failed"]


def test_what_waits_for_its_turn_gets_them_back() -> None:
    made, items = tree()
    made.set_status(items[1], Status.PASSED)
    made.queue(items[:3])
    earlier = EarlierResults(made)
    assert [earlier.give(item, Status.FAILED, 1.0, None) for item in items[:3]] == [True, False, True]
    earlier.finish()
    check_sound(made)
    assert [item.status for item in items[:3]] == [Status.QUEUED] * 3
    made.set_status(items[0], Status.RUNNING)
    made.set_status(items[0], Status.PASSED)
    made.unqueue(items)
    check_sound(made)
    assert [(item.status.word, item.stale) for item in items[:3]] == [
        ("passed", False),
        ("passed", False),
        ("failed", True),
    ]


def test_nothing_is_given_twice() -> None:
    made, items = tree()
    earlier = EarlierResults(made)
    made.queue(items[:1])
    assert [earlier.give(items[0], status, 1.0, None) for status in (Status.FAILED, Status.PASSED)] == [True, False]
    earlier.finish()
    check_sound(made)
    assert items[0].was is Status.FAILED


@pytest.mark.parametrize(
    ("statuses", "says"),
    [
        ([Status.PASSED, Status.FAILED, Status.PASSED], ("red", "LAST TIME", "all stale")),
        ([Status.PASSED, Status.SKIPPED], ("neutral", "LAST TIME", "all stale, 1 not run")),
        ([], ("neutral", "READY", "3 tests")),
    ],
)
def test_the_first_line_until_something_runs(statuses: list[Status], says: tuple[str, str, str]) -> None:
    player = Player()
    player.collect(*NODEIDS[:3])
    earlier = EarlierResults(player.store.tree)
    for nodeid, status in zip(NODEIDS, statuses, strict=False):
        earlier.give(player.item(nodeid), status, 0.5, None)
    earlier.finish()
    shown = verdict(player.store)
    assert (shown.colour.value, shown.word, shown.text) == says
    player.begin(whole=False, items=[player.item(NODEIDS[0])])
    player.finish_collection(NODEIDS[0])
    player.play(NODEIDS[0])
    player.end()
    assert verdict(player.store).word in ("RED", "PASSED 1", "PASSED 2")


def test_a_broken_file_is_of_now() -> None:
    player = Player()
    player.collect(*NODEIDS[:3])
    earlier = EarlierResults(player.store.tree)
    earlier.give(player.item(NODEIDS[0]), Status.PASSED, 0.5, None)
    earlier.finish()
    player.collect(*NODEIDS[:3], broken=["b.py"])
    assert verdict(player.store).word == "RED"


def test_the_first_line_while_the_first_run_begins() -> None:
    """Until its first item starts, there are only the results of the last session."""
    player = Player()
    items = [player.store.tree.add(collected) for collected in numbered(NODEIDS[:3])]
    earlier = EarlierResults(player.store.tree)
    for item, status in zip(items, [Status.FAILED, Status.PASSED], strict=False):
        earlier.give(item, status, 0.5, None)
    earlier.finish()
    player.begin(whole=False, items=items[1:])
    shown = verdict(player.store)
    assert (shown.colour.value, shown.word, shown.text) == ("red", "LAST TIME", "all stale")
    player.finish_collection(NODEIDS[1])
    player.start(NODEIDS[1])
    assert verdict(player.store).word == "RED"
