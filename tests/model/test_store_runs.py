"""Sessions that run tests: states on the way, what is left when they end early, one run after another."""

from __future__ import annotations

import gc
import tracemalloc

import pytest

from tests.model.making import A1, A2, A3, B1, B2, EVERYTHING, Player, check_sound
from tui.model import events as ev
from tui.model.outcome import Status


@pytest.fixture
def player(player: Player) -> Player:
    player.collect(*EVERYTHING)
    return player


def test_run_of_everything(player: Player) -> None:
    player.begin(items=player.store.tree.items())
    assert set(player.states().values()) == {"queued"}
    assert player.state.planned == 4
    player.find(*EVERYTHING)
    player.finish_collection(*EVERYTHING)
    player.start(A1)
    assert player.states() == {A1: "running", A2: "queued", B1: "queued", B2: "queued"}
    assert list(player.state.running) == [(A1, 0)]
    player.finish(A1)
    player.play(A2, B1, B2, two="failed")
    player.end(1)
    assert player.states() == {A1: "passed", A2: "failed", B1: "passed", B2: "failed"}
    state = player.state
    assert (state.planned, state.done, state.bad, state.left, state.exit) == (4, 4, 2, 0, 1)
    assert (state.stopped, state.problem, state.running) == (False, "", {})
    check_sound(player.store.tree)


def test_run_of_a_scope_leaves_the_others(player: Player) -> None:
    player.run(*EVERYTHING)
    player.begin(whole=False, items=[player.item(A1)])
    player.find(A1, A2)
    player.finish_collection(A1)
    assert player.states() == {A1: "queued", A2: "passed", B1: "passed", B2: "passed"}
    player.play(A1, one="failed")
    player.end(1)
    assert player.states() == {A1: "failed", A2: "passed", B1: "passed", B2: "passed"}


def test_run_of_a_scope_finds_what_is_new_there(player: Player) -> None:
    player.begin(whole=False, items=[player.item(A1), player.item(A2)])
    player.find(A1, A3, A2)
    player.finish_collection(A1, A3, A2)
    player.play(A1, A3, A2)
    player.end()
    assert player.states() == {A1: "passed", A3: "passed", A2: "passed", B1: "not run", B2: "not run"}


def test_order_of_a_partial_run_is_not_the_trees(player: Player) -> None:
    player.begin(whole=False, items=player.store.tree.items())
    player.find(*EVERYTHING)
    player.finish_collection(B2, A2, A1)
    assert list(player.states()) == list(EVERYTHING)


@pytest.mark.parametrize("queued_before", [True, False])
def test_run_by_expression_leaves_the_deselected_alone(player: Player, queued_before: bool) -> None:
    player.run(*EVERYTHING, two="failed")
    player.begin(whole=False, items=player.store.tree.items() if queued_before else ())
    player.find(*EVERYTHING)
    player.deselect(A2, B2)
    player.finish_collection(A1, B1)
    assert player.states() == {A1: "queued", A2: "failed", B1: "queued", B2: "failed"}
    assert player.state.planned == 2
    player.play(A1, B1)
    player.end()
    assert player.states() == {A1: "passed", A2: "failed", B1: "passed", B2: "failed"}
    assert player.item(A2).note is not None


def test_run_by_expression_before_collection_is_complete() -> None:
    player = Player()
    player.begin(whole=False)
    player.find(*EVERYTHING)
    player.deselect(A2, B2)
    player.finish_collection(A1, B1)
    player.play(A1, B1)
    player.end()
    assert player.states() == {A1: "passed", A2: "not run", B1: "passed", B2: "not run"}
    assert not player.is_complete()


def test_run_by_expression_takes_no_results_away_before_collection_is_complete() -> None:
    player = Player()
    player.begin(whole=False)
    player.find(A1)
    player.finish_collection(A1)
    player.play(A1, one="failed")
    player.end(1)
    player.begin(whole=False)
    player.find(A1, A2)
    player.deselect(A1)
    player.finish_collection(A2)
    player.end()
    assert player.states() == {A1: "failed", A2: "not run"}


def test_run_started_before_collection_is_complete() -> None:
    player = Player()
    player.begin(collecting=True)
    player.find(A1, A2)
    player.begin(items=player.store.tree.items())
    assert player.states() == {A1: "queued", A2: "queued"}
    player.find(*EVERYTHING)
    player.finish_collection(*EVERYTHING)
    player.play(*EVERYTHING)
    player.end()
    assert player.states() == dict.fromkeys(EVERYTHING, "passed")
    assert player.is_complete()


@pytest.mark.parametrize("how", ["stop", "kill", "exit", "died", "internal error", "maxfail", "next run"])
def test_ended_half_way_the_queued_are_what_they_were(player: Player, how: str) -> None:
    player.run(A1, A2, B1, B2, two="failed")
    note = player.item(B2).note
    player.begin(items=player.store.tree.items())
    player.find(*EVERYTHING, A3)
    player.finish_collection(A1, A2, A3, B1, B2)
    player.play(A1, one="failed")
    player.state.stopping = how in {"stop", "kill"}
    match how:
        case "stop":
            player.interrupt()
            player.end(2)
        case "kill":
            player.end(-9, completed=False)
        case "exit":
            player.interrupt("enough", by_exit=True)
            player.end(2)
        case "died":
            player.end(3, completed=False)
        case "internal error":
            player.store.apply(ev.InternalError(player.number, "Traceback\nValueError: no\n"))
            player.end(3)
        case "maxfail":
            player.end(1)
        case _:
            player.begin(whole=False)
    assert player.states() == {A1: "failed", A2: "failed", A3: "not run", B1: "passed", B2: "failed"}
    assert player.item(B2).note is note
    check_sound(player.store.tree)
    if how != "next run":
        assert player.state.left == 4
        assert player.state.stopped == (how in {"stop", "kill", "exit"})
        problem = {"died": "pytest ended early (exit 3)", "internal error": "INTERNALERROR ValueError: no"}
        assert player.state.reason == ("pytest.exit: enough" if how == "exit" else "")
        assert player.state.problem == problem.get(how, "")


@pytest.mark.parametrize("ended", [True, False])
def test_running_item_that_never_ended_is_what_it_was(player: Player, ended: bool) -> None:
    player.run(*EVERYTHING, two="failed")
    player.collect(A1, A2, broken=["tests/b.py"])
    player.collect(*EVERYTHING)
    item = player.item(B2)
    assert item.ref == 9
    before = (item.status, item.stale, item.note, item.ref, item.worker)
    assert before[:2] == (Status.FAILED, True)
    player.begin(items=player.store.tree.items())
    player.find(*EVERYTHING)
    player.finish_collection(*EVERYTHING)
    player.start(B2, worker="gw1")
    assert (item.status, item.stale, item.note, item.worker) == (Status.RUNNING, False, None, "gw1")
    player.state.stopping = True
    if ended:
        player.end(-9, completed=False)
        assert player.state.left == 4
    else:
        player.begin()
    assert (item.status, item.stale, item.note, item.ref, item.worker) == before
    check_sound(player.store.tree)


def test_running_item_that_was_never_queued_is_what_it_was(player: Player) -> None:
    player.run(*EVERYTHING)
    player.begin()
    player.start(A1)
    player.end(-9, completed=False)
    assert player.states()[A1] == "passed"


def test_item_that_runs_twice_in_one_run(player: Player) -> None:
    player.begin(items=player.store.tree.items())
    player.find(*EVERYTHING)
    player.finish_collection(*EVERYTHING)
    player.play(A1, one="failed")
    player.start(A1)
    player.end(-9, completed=False)
    item = player.item(A1)
    assert item.note is not None
    assert (item.status, item.ref, item.note.message) == (Status.FAILED, 9, "assert 1 == 2")


def test_failure_of_an_item_that_never_ended_stays(player: Player) -> None:
    player.run(*EVERYTHING)
    player.begin(items=player.store.tree.items())
    player.find(*EVERYTHING)
    player.finish_collection(*EVERYTHING)
    player.start(A1)
    player.phase(A1, "call", "failed", longrepr="boom")
    player.end(-9, completed=False)
    assert player.states()[A1] == "failed"
    note = player.item(A1).note
    assert note is not None
    assert note.message == "boom"


def test_stop_that_came_too_late_stopped_nothing(player: Player) -> None:
    player.begin(items=player.store.tree.items())
    player.find(*EVERYTHING)
    player.finish_collection(*EVERYTHING)
    player.play(*EVERYTHING)
    player.state.stopping = True
    player.end()
    assert not player.state.stopped


def test_second_run_while_results_exist(player: Player) -> None:
    player.run(*EVERYTHING, two="failed")
    player.run(*EVERYTHING)
    assert player.states() == dict.fromkeys(EVERYTHING, "passed")
    assert player.item(A2).note is None
    assert player.state.bad == 0


def test_events_of_another_run_are_dropped(player: Player) -> None:
    player.begin(items=player.store.tree.items())
    player.number -= 1
    player.find("late.py::one")
    player.start(A1)
    player.finish(A1, "failed")
    player.end(1)
    assert player.store.run is not None
    assert player.store.run.active
    assert player.states() == dict.fromkeys(EVERYTHING, "queued")


def test_events_before_the_first_run_are_dropped() -> None:
    player = Player()
    player.start(A1)
    assert player.states() == {}


def test_nothing_follows_the_end_of_a_run(player: Player) -> None:
    player.run(*EVERYTHING)
    player.start(A1)
    player.end(1, completed=False)
    assert player.states() == dict.fromkeys(EVERYTHING, "passed")
    assert (player.state.exit, player.state.problem) == (0, "")


def test_not_started(player: Player) -> None:
    player.run(*EVERYTHING)
    player.begin(items=player.store.tree.items())
    words = "pytest is not installed in .venv (Python 3.12)."
    player.store.apply(ev.NotStarted(player.number, words, "the whole text"))
    player.end(4, completed=False, output="other words")
    assert (player.state.problem, player.state.detail) == (words, "the whole text")
    assert player.states() == dict.fromkeys(EVERYTHING, "passed")


@pytest.mark.parametrize(
    ("end", "output", "problem"),
    [
        ((4, True), "ERROR: file or directory not found: nosuch\n", "ERROR: file or directory not found: nosuch"),
        ((4, True), "", "pytest ended early (exit 4)"),
        ((4, False), "usage: pytest\n  inifile: x\nERROR: usage: no --such\n", "ERROR: usage: no --such"),
        ((4, False), "ImportError while loading conftest\nE   ModuleNotFoundError: No module named 'x'\n",
         "ModuleNotFoundError: No module named 'x'"),
        ((-11, False), "Fatal Python error\n\nlast words\n", "pytest ended early (signal 11): last words"),
        ((0, False), "", "pytest ended early (exit 0)"),
        ((1, True), "ERROR: in the summary", ""),
        ((5, True), "no tests ran", ""),
    ],
)  # fmt: skip
def test_words_of_a_run_that_could_not_work(player: Player, end: tuple[int, bool], output: str, problem: str) -> None:
    player.begin()
    player.end(end[0], completed=end[1], output=output)
    assert player.state.problem == problem


def test_memory_does_not_grow_with_runs(player: Player) -> None:
    def one_run(number: int) -> None:
        clock_ids = [f"tests/a.py::clock[{number}.{n}]" for n in range(3)]
        player.run(*EVERYTHING, *clock_ids, two="failed")
        player.begin(whole=False, items=[player.item(A1)])
        player.find(A1, broken=["tests/c.py"])
        player.store.apply(ev.WarningRecorded(player.number, A1, "call", "W", "old", "a.py", 1))
        player.store.apply(ev.ProtocolError(player.number, f"odd line {number}"))
        player.finish_collection(A1)
        player.play(A1)
        player.end(1)

    for number in range(100):  # fills what is kept of faults
        one_run(number)
    tracemalloc.start()
    try:
        for number in range(20):
            one_run(number)
        gc.collect()
        before = tracemalloc.get_traced_memory()[0]
        for number in range(100):
            one_run(number)
        gc.collect()
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert grown < 8_000  # a string for each run would be more
    check_sound(player.store.tree)


def test_what_was_asked_for_and_is_not_there_is_out_of_date(player: Player) -> None:
    """Its file is gone, or its name is another at every collection: its result is no longer of anything."""
    player.run(A1, A2, B1, B2)
    player.begin(whole=False, items=[player.item(B1), player.item(B2)])
    player.finish_collection()
    player.end(5)
    assert player.states() == {A1: "passed", A2: "passed", B1: "passed~", B2: "passed~"}
    assert player.state.missing == 2
