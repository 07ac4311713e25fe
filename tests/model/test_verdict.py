"""The first line, by state."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.model.bar import A, B, C, shown
from tests.model.making import Player, collected
from tui.model import events as ev
from tui.model.outcome import Status
from tui.model.verdict import Colour, Verdict, verdict


def test_before_anything(player: Player) -> None:
    assert verdict(player.store) == Verdict(Colour.NEUTRAL, "")


def test_collecting_says_how_many_and_where(player: Player) -> None:
    player.begin(collecting=True)
    assert shown(player) == ("neutral", "COLLECTING", "0")
    player.find(A, B)
    assert shown(player) == ("neutral", "COLLECTING", "2 in tests")
    for number in range(1998):
        player.store.apply(ev.ItemsCollected(player.number, (collected(f"other/c.py::test_{number}"),)))
    assert shown(player) == ("neutral", "COLLECTING", "2,000 in other")


def test_collected_and_never_run(player: Player) -> None:
    player.collect(A, B)
    assert shown(player) == ("neutral", "READY", "2 tests")


def test_run_that_came_to_nothing_leaves_it_ready(player: Player) -> None:
    player.collect(A, B)
    player.begin(whole=False)
    player.finish_collection()
    player.end(5)
    assert shown(player) == ("neutral", "READY", "2 tests")


def test_running_is_neutral_until_something_fails(player: Player) -> None:
    player.collect(A, B)
    player.begin(items=player.store.tree.items())
    player.find(A, B)
    player.finish_collection(A, B)
    player.start(A)
    assert shown(player) == ("neutral", "RUNNING", "")
    player.phase(A, "call", "failed", longrepr="boom")
    assert shown(player) == ("red", "RED", "")
    player.finish(A, "failed")
    player.start(B)
    assert shown(player) == ("red", "RED", "")


def test_running_the_failed_again_is_neutral_until_one_fails_again(player: Player) -> None:
    player.run(A, B, one="failed")
    player.begin(whole=False, items=[player.item(A)])
    assert shown(player) == ("neutral", "RUNNING", "")


def test_running_something_else_stays_red(player: Player) -> None:
    player.run(A, B, one="failed")
    player.begin(whole=False, items=[player.item(B)])
    assert shown(player) == ("red", "RED", "")


@pytest.mark.parametrize("outcome", ["passed", "skipped", "xfailed", "xpassed"])
def test_green(player: Player, outcome: str) -> None:
    player.run(A, B, one=outcome)
    assert verdict(player.store) == Verdict(Colour.GREEN, "GREEN")


def test_green_outlives_a_collection_that_finds_the_same(player: Player) -> None:
    player.run(A, B)
    player.collect(A, B)
    assert shown(player)[1] == "GREEN"


@pytest.mark.parametrize("outcome", ["failed", "error", "crashed"])
def test_something_failed(player: Player, outcome: str) -> None:
    player.run(A, B, one=outcome)
    assert shown(player) == ("red", "RED", "")


def test_some_never_run(player: Player) -> None:
    player.collect(A, B, C)
    player.run(A, B, whole=False)
    assert verdict(player.store) == Verdict(Colour.NEUTRAL, "PASSED 2", "1 not run", good=True, closing=True)


def test_some_are_new(player: Player) -> None:
    player.run(A, B)
    player.collect(A, B, C)
    assert verdict(player.store) == Verdict(Colour.NEUTRAL, "PASSED 2", "1 not run", good=True, closing=True)


def test_some_stale(player: Player) -> None:
    player.run(A, B, C)
    player.collect(A, B, broken=["tests/b.py"])
    assert shown(player) == ("red", "RED", "")
    player.collect(A, B, C)
    assert verdict(player.store) == Verdict(Colour.NEUTRAL, "PASSED 3", "1 stale", good=True, closing=True)
    player.collect(A, B, C, "tests/b.py::new")
    assert shown(player) == ("neutral", "PASSED 3", "1 stale, 1 not run")


def test_stale_although_queued_when_its_module_broke(player: Player) -> None:
    player.run(A, C)
    player.begin(items=player.store.tree.items())
    player.find(A, broken=["tests/b.py"])
    player.finish_collection(A)
    player.interrupt("1 error during collection")
    player.end(2)
    player.collect(A, C)
    assert shown(player) == ("neutral", "PASSED 2", "1 stale, 1 not run again")


def test_cut_short_by_a_plugin_is_not_green(player: Player) -> None:
    player.run(A, B, C)
    player.begin(items=player.store.tree.items())
    player.find(A, B, C)
    player.finish_collection(A, B, C)
    player.play(A)
    player.end(0)
    assert verdict(player.store) == Verdict(Colour.NEUTRAL, "PASSED 3", "2 not run again", good=True, closing=True)


def test_collection_that_never_got_through_is_not_green(player: Player) -> None:
    player.run(A, B, whole=False)
    assert verdict(player.store) == Verdict(Colour.NEUTRAL, "PASSED 2", "not all collected", good=True, closing=True)


def test_broken_when_nothing_could_be_collected(player: Player) -> None:
    player.collect(broken=["tests/a.py", "tests/b.py"])
    assert shown(player) == ("red", "BROKEN", "ImportError: tests/a.py")


def test_broken_when_a_partial_run_is_all_there_was(player: Player) -> None:
    player.begin(whole=False)
    player.find(broken=["tests/a.py"])
    player.finish_collection()
    player.interrupt("1 error during collection")
    player.end(2)
    assert shown(player) == ("red", "BROKEN", "ImportError: tests/a.py")


def test_broken_when_nothing_can_be_collected_any_more(player: Player) -> None:
    player.run(A, C)
    player.collect(broken=["tests/a.py", "tests/b.py"])
    assert shown(player) == ("red", "BROKEN", "ImportError: tests/a.py")


@pytest.mark.parametrize("broken", [(), ("tests/c.py",)])
def test_red_when_stopped_before_anything_was_found(player: Player, broken: tuple[str, ...]) -> None:
    player.run(A, C, one="failed")
    player.collect(A, C, broken=broken)
    player.begin(items=player.store.tree.items())
    player.state.stopping = True
    player.finish_collection()
    player.end(2)
    assert shown(player) == ("red", "RED", "stopped, 2 not run again")


def test_red_when_something_could_be_collected(player: Player) -> None:
    player.collect(A, broken=["tests/b.py"])
    assert shown(player) == ("red", "RED", "")


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (ev.NotStarted(2, "pytest is not installed in .venv.", "detail"), "pytest is not installed in .venv."),
        (ev.InternalError(2, "Traceback\nValueError: no"), "INTERNALERROR ValueError: no"),
        (ev.Interrupted(2, "no database", by_exit=True), "pytest.exit: no database"),
    ],
)
def test_broken_when_pytest_could_not_work(player: Player, event: ev.Event, words: str) -> None:
    player.run(A, B)
    player.begin()
    player.store.apply(event)
    player.end(3)
    assert shown(player) == ("red", "BROKEN", words)


def test_broken_when_the_process_died(player: Player) -> None:
    player.run(A, B)
    player.begin()
    player.end(-9, completed=False)
    assert shown(player) == ("red", "BROKEN", "pytest ended early (signal 9)")


def test_broken_is_over_with_the_next_run(player: Player) -> None:
    player.begin()
    player.end(-9, completed=False)
    player.run(A, B)
    assert shown(player)[1] == "GREEN"


def test_no_tests_says_where_it_looked(player: Player) -> None:
    player.collect()
    assert shown(player) == ("neutral", "NO TESTS", "in /project")


def test_modules_that_were_skipped_are_no_tests(player: Player) -> None:
    player.collect(skipped=["tests/a.py"])
    assert shown(player)[:2] == ("neutral", "NO TESTS")


@given(data=st.data())
def test_nothing_stale_or_never_run_is_ever_green(data: st.DataObject) -> None:
    """Whatever has happened in whatever order, GREEN holds only of a tree in which all has run and passed."""
    player = Player()
    for _ in range(data.draw(st.integers(1, 4), label="sessions")):
        random_session(player, data)
        check_green(player)


def random_session(player: Player, data: st.DataObject) -> None:
    there = data.draw(st.lists(st.sampled_from([A, B, C]), unique=True), label="there")
    asked = data.draw(st.permutations(there), label="asked")[: data.draw(st.integers(0, 3))]
    broken = data.draw(st.sampled_from([(), (), ("tests/b.py",), ("tests/b.py::T",), ("tests",)]), label="broken")
    there = [nodeid for nodeid in there if nodeid.partition("::")[0] not in broken and broken != ("tests",)]
    collecting, whole = data.draw(st.sampled_from([(True, True), (False, True), (False, False)]), label="kind")
    items = [item for item in player.store.tree.items() if whole or item.nodeid in asked]
    player.begin(collecting=collecting, whole=whole, items=() if collecting else items)
    check_green(player)
    player.find(*there, broken=broken)
    runs = [nodeid for nodeid in there if whole or nodeid in asked]
    player.finish_collection(*runs)
    if not collecting and not broken:
        for nodeid in runs[: data.draw(st.integers(0, 3), label="ran")]:
            player.start(nodeid)
            check_green(player)
            if data.draw(st.integers(0, 4), label="ends"):
                player.finish(nodeid, data.draw(st.sampled_from(["passed", "passed", "skipped", "failed"])))
    player.state.stopping = data.draw(st.booleans(), label="stopping")
    if data.draw(st.integers(0, 4), label="ended"):
        player.end(data.draw(st.sampled_from([0, 1, 2])), completed=data.draw(st.booleans()))


def check_green(player: Player) -> None:
    says = verdict(player.store)
    run = player.state
    items = list(player.store.tree.items())
    all_good = all(item.status.is_outcome and not item.status.is_bad and not item.stale for item in items)
    if says.colour is Colour.GREEN:
        assert items
        assert all_good
        assert not player.store.tree.root.counts[Status.ERROR]
        assert player.is_complete()
        assert not run.active
        assert not run.problem
        last = player.store.verdict_run
        assert last is not None
        assert last.left == 0
    if says.good:
        assert says.colour is Colour.NEUTRAL
    if any(item.status.is_bad for item in items) and not (run.active and (run.stopping or run.collecting)):
        assert says.colour is Colour.RED
