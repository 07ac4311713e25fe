"""What a run tells of its items: failures on the way, crashes, reruns, workers, items that are missing."""

from __future__ import annotations

import pytest

from tests.model.making import A1, A2, B1, B2, EVERYTHING, Player, check_sound, collected
from tui.model import events as ev
from tui.model.outcome import Status


@pytest.fixture
def player(player: Player) -> Player:
    player.collect(*EVERYTHING)
    return player


def test_crashed_item(player: Player) -> None:
    player.begin(items=player.store.tree.items())
    player.find(*EVERYTHING)
    player.finish_collection(*EVERYTHING)
    player.start(A1)
    words = "The process ended (SIGSEGV) while this test was running."
    player.phase(A1, "call", "failed", crash=ev.Crash("tests/a.py", None, words), ref=9)
    player.finish(A1, "crashed")
    player.end(-11, completed=False)
    item = player.item(A1)
    assert item.note is not None
    assert (item.status, item.note.message, item.note.refs) == (Status.CRASHED, words, [9])
    assert (player.state.bad, player.state.left) == (1, 3)


def test_items_that_collection_never_announced(player: Player) -> None:
    """Workers on other machines have no child side: the controller only tells what ran."""
    player.begin()
    player.start("far/c.py::T::one[x]", worker="gw0")
    player.phase("far/d.py::two", "call", "failed", longrepr="boom", worker="gw1")
    player.finish("far/c.py::T::one[x]", worker="gw0")
    player.finish("far/d.py::two", "failed", worker="gw1")
    player.end(1)
    assert player.states() == {
        **dict.fromkeys(EVERYTHING, "not run"), "far/c.py::T::one[x]": "passed", "far/d.py::two": "failed",
    }  # fmt: skip
    check_sound(player.store.tree)


def test_workers(player: Player) -> None:
    player.begin(items=player.store.tree.items())
    player.store.apply(ev.SessionStarted(player.number, "/project", None, "/project", "3.12", "python", "9", 2))
    player.find(*EVERYTHING)
    player.finish_collection(*EVERYTHING)
    player.start(A1, worker="gw0")
    player.start(B1, worker="gw1")
    assert player.state.workers == 2
    assert [player.item(nodeid).worker for nodeid in (A1, B1)] == ["gw0", "gw1"]
    assert set(player.state.running) == {(A1, 0), (B1, 0)}
    times = list(player.state.running.values())
    assert player.state.first_item == times[0] < times[1]


def test_worker_that_is_read_before_the_end_of_collection(player: Player) -> None:
    """Each worker writes a journal of its own: what one has run can be known before what another has collected."""
    player.begin(items=player.store.tree.items())
    player.find(*EVERYTHING)
    player.start(A1, worker="gw1")
    player.finish(A1, "failed", worker="gw1")
    player.start(A2, worker="gw1")
    player.finish_collection(*EVERYTHING)
    assert player.states() == {A1: "failed", A2: "running", B1: "queued", B2: "queued"}
    player.finish(A2)
    player.play(B1, B2)
    player.end(1)
    assert player.states() == {A1: "failed", A2: "passed", B1: "passed", B2: "passed"}
    assert (player.state.planned, player.state.done, player.state.left) == (4, 4, 0)


def test_deleted_file_is_gone_although_a_worker_was_read_too_early(player: Player) -> None:
    player.begin(items=player.store.tree.items())
    player.find(A1, A2)
    player.start(A1, worker="gw1")
    player.finish_collection(A1, A2)
    assert player.states() == {A1: "running", A2: "queued"}


def test_missing_items_are_gone_and_counted(player: Player) -> None:
    player.run(*EVERYTHING)
    player.begin(whole=False, items=[player.item(A1), player.item(A2)])
    player.find(A1)
    player.store.apply(ev.ItemsMissing(player.number, ((A2, 0), ("never/heard.py::of", 0))))
    player.finish_collection(A1)
    player.play(A1)
    player.end()
    assert player.states() == {A1: "passed", B1: "passed", B2: "passed"}
    assert (player.state.missing, player.state.left) == (1, 0)


def test_missing_because_deselected_is_not_gone(player: Player) -> None:
    player.run(*EVERYTHING)
    player.begin(whole=False, items=[player.item(A1), player.item(A2)])
    player.find(A1, A2)
    player.deselect(A2)
    player.store.apply(ev.ItemsMissing(player.number, ((A2, 0),)))
    player.finish_collection(A1)
    assert player.states() == {A1: "queued", A2: "passed", B1: "passed", B2: "passed"}


def test_failed_phase_shows_before_the_item_has_ended(player: Player) -> None:
    player.begin(items=player.store.tree.items())
    player.start(A1)
    frame = ev.Frame("shop/cart.py", 31, 29, "price", ("return x",), (("x", "1"),))
    player.phase(A1, "call", "failed", crash=ev.Crash("tests/a.py", 3, "KeyError: 'usd'"), frame=frame, ref=1)
    player.phase(A1, "teardown", "failed", crash=ev.Crash("tests/a.py", 9, "boom"), ref=2)
    item = player.item(A1)
    assert item.note is not None
    assert (item.status, player.state.bad) == (Status.ERROR, 1)
    assert (item.note.message, item.note.path, item.note.line) == ("KeyError: 'usd'", "shop/cart.py", 31)
    assert item.note.refs == [1, 2]
    player.finish(A1, "error", ref=3)
    assert (item.status, item.ref, item.seconds, player.state.bad) == (Status.ERROR, 3, 0.5, 1)


@pytest.mark.parametrize(
    ("when", "outcome", "fields", "message"),
    [
        ("setup", "failed", {"crash": ev.Crash("a.py", 1, "boom")}, "setup: boom"),
        ("call", "failed", {"longrepr": "no crash"}, "no crash"),
        ("call", "failed", {"crash": ev.Crash("a.py", 1, "boom"), "subtest": "[i=1]"}, "[i=1] boom"),
        ("call", "failed", {"crash": ev.Crash("a.py", 1, "x" * 1000)}, "x" * 400),
        ("call", "failed", {}, ""),
        ("call", "failed", {"wasxfail": "why", "longrepr": "boom"}, "boom"),
        ("setup", "skipped", {"crash": ev.Crash("a.py", 1, "Skipped: why")}, "Skipped: why"),
        ("call", "skipped", {"wasxfail": "reason: bug 7"}, "bug 7"),
        ("call", "skipped", {"wasxfail": "", "crash": ev.Crash("a.py", 1, "boom")}, "boom"),
        ("call", "passed", {"wasxfail": "bug 7"}, "bug 7"),
    ],
)
def test_message_of_a_row(player: Player, when: str, outcome: str, fields: dict[str, object], message: str) -> None:
    player.begin(items=player.store.tree.items())
    player.start(A1)
    player.phase(A1, when, outcome, ref=4, **fields)
    note = player.item(A1).note
    assert note is not None
    assert note.message == message
    assert note.refs == ([4] if outcome == "failed" else [])


@pytest.mark.parametrize("outcome", ["passed", "skipped"])
def test_nothing_to_say_is_no_message(player: Player, outcome: str) -> None:
    player.begin(items=player.store.tree.items())
    player.start(A1)
    player.phase(A1, "call", outcome)
    assert player.item(A1).note is None


def test_interrupted_among_tests_although_a_file_was_broken(player: Player) -> None:
    """With --continue-on-collection-errors the tests run, and ctrl+c is ctrl+c."""
    player.begin(items=player.store.tree.items())
    player.find(*EVERYTHING, broken=["tests/c.py"])
    player.finish_collection(*EVERYTHING)
    player.start(A1)
    player.interrupt()
    player.end(2)
    assert player.state.stopped


@pytest.mark.parametrize("outcome", ["passed", "skipped"])
def test_item_runs_until_it_has_finished_unless_it_failed(player: Player, outcome: str) -> None:
    player.begin(items=player.store.tree.items())
    player.start(A1)
    player.phase(A1, "setup", outcome)
    assert player.states()[A1] == "running"


def test_skip_gives_way_to_a_failure(player: Player) -> None:
    player.begin(items=player.store.tree.items())
    player.start(A1)
    player.phase(A1, "call", "skipped", crash=ev.Crash("a.py", 1, "Skipped: why"))
    player.phase(A1, "teardown", "failed", crash=ev.Crash("a.py", 1, "boom"))
    note = player.item(A1).note
    assert note is not None
    assert note.message == "teardown: boom"


def test_failed_subtest_is_not_undone_by_the_test_that_passes(player: Player) -> None:
    player.begin(items=player.store.tree.items())
    player.start(A1)
    player.phase(A1, "call", "failed", subtest="[i=1]", longrepr="boom")
    player.phase(A1, "call", "passed")
    assert player.states()[A1] == "failed"
    player.finish(A1, "failed")
    note = player.item(A1).note
    assert note is not None
    assert note.message == "[i=1] boom"


def test_rerun_that_passes(player: Player) -> None:
    player.begin(items=player.store.tree.items())
    player.start(A1)
    player.phase(A1, "call", "failed", subtest="[i=1]", longrepr="boom")
    player.phase(A1, "call", "rerun", longrepr="flaky", ref=6)
    item = player.item(A1)
    assert item.status is Status.RUNNING
    player.finish(A1, "passed", attempts=2)
    assert item.note is not None
    assert (item.status, player.state.bad) == (Status.PASSED, 0)
    assert (item.note.message, item.note.refs) == ("rerun after: flaky", [6])
    check_sound(player.store.tree)


def test_rerun_that_fails_in_the_end(player: Player) -> None:
    player.begin(items=player.store.tree.items())
    player.start(A1)
    player.phase(A1, "call", "rerun", longrepr="first", ref=6)
    player.phase(A1, "call", "failed", longrepr="second", ref=7)
    player.finish(A1, "failed", attempts=2)
    item = player.item(A1)
    assert item.note is not None
    assert (item.status, player.state.bad) == (Status.FAILED, 1)
    assert (item.note.message, item.note.refs) == ("second", [6, 7])


def test_what_else_a_run_tells(player: Player) -> None:
    player.begin()
    warning = ev.WarningRecorded(player.number, A1, "call", "UserWarning", "old", "tests/a.py", 3)
    player.store.apply(warning)
    player.store.apply(ev.OptionsDropped(player.number, ("xdist",)))
    player.store.apply(ev.ProtocolError(player.number, "odd line"))
    assert (player.store.warnings, player.state.dropped, player.store.faults) == ([warning], ("xdist",), ["odd line"])
    player.end()
    player.begin()
    assert player.store.warnings == []


def test_collected_item_is_brought_up_to_date_when_it_ran_unannounced() -> None:
    player = Player()
    player.begin()
    player.start("a.py::one")
    player.finish("a.py::one")
    player.end()
    player.begin(collecting=True)
    player.store.apply(ev.ItemsCollected(player.number, (collected("a.py::one", markers=("slow",)),)))
    player.finish_collection("a.py::one")
    assert player.item("a.py::one").status is Status.PASSED
    assert player.item("a.py::one").module.path == "/project/a.py"
