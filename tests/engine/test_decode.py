"""From journal lines to events."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.engine.decode import Decoder
from tui.model import events as ev
from tui.model.outcome import Status

FOLDER = Path("/runs/7")


def decoder(*, phases: bool = True) -> Decoder:
    return Decoder(7, FOLDER, "/venv", phases=phases)


def decoded(*lines: dict[str, Any], worker: str | None = None, phases: bool = True) -> list[ev.Event]:
    one = decoder(phases=phases)
    return [event for n, line in enumerate(lines) for event in one.events(line, worker, n)]


STARTED: dict[str, Any] = {"event": "ItemStarted", "nodeid": "a.py::t"}
FAILED: dict[str, Any] = {
    "event": "PhaseReported",
    "nodeid": "a.py::t",
    "when": "call",
    "outcome": "failed",
    "category": "failed",
    "duration": 0.5,
    "longrepr": "why",
    "crash": {"path": "a.py", "line": 3, "message": "assert 0"},
    "sections": [{"name": "Captured stdout call", "text": "ab", "cut": 9, "head": 1, "file": "sections/1.txt"}],
    "frame": {"path": "a.py", "line": 3, "first": 2, "name": "t", "source": ["x", "y"], "locals": [["n", "1"]]},
}


def test_an_item() -> None:
    """A failed phase has its own line, with all that is known; the others come with the end."""
    finished = {"event": "ItemFinished", "nodeid": "a.py::t", "phases": [["setup", 0.25], ["teardown", 0.125]]}
    started, failed, setup, teardown, end = decoded(STARTED, FAILED, finished)
    assert started == ev.ItemStarted(7, "a.py::t")
    assert failed == ev.PhaseReported(
        7,
        "a.py::t",
        0,
        "call",
        "failed",
        "failed",
        0.5,
        "why",
        ev.Crash("a.py", 3, "assert 0"),
        (ev.Section("Captured stdout call", "ab", 9, 1, "/runs/7/sections/1.txt"),),
        frame=ev.Frame("a.py", 3, 2, "t", ("x", "y"), (("n", "1"),)),
        ref=1,
    )
    assert setup == ev.PhaseReported(7, "a.py::t", 0, "setup", "passed", "", 0.25)
    assert teardown == ev.PhaseReported(7, "a.py::t", 0, "teardown", "passed", "", 0.125)
    assert end == ev.ItemFinished(7, "a.py::t", 0, Status.FAILED, 0.875, ref=2)


def test_plain_phases_can_be_left_out() -> None:
    finished = {"event": "ItemFinished", "nodeid": "a.py::t", "phases": [["setup", 0.25], ["call", 1.0]]}
    assert decoded(STARTED, finished, phases=False) == [
        ev.ItemStarted(7, "a.py::t"),
        ev.ItemFinished(7, "a.py::t", 0, Status.PASSED, 1.25, ref=1),
    ]


def test_workers_and_numbers_are_kept_apart() -> None:
    """Two workers may run items of one nodeid at once."""
    one = decoder(phases=False)
    lines: list[tuple[dict[str, Any], str]] = [({**STARTED, "index": n}, f"gw{n}") for n in (0, 1)]
    lines.append(({**FAILED, "index": 1}, "gw1"))
    lines += [({"event": "ItemFinished", "nodeid": "a.py::t", "index": n, "phases": []}, f"gw{n}") for n in (0, 1)]
    events = [event for line, worker in lines for event in one.events(line, worker, 0)]
    ends = [(e.index, e.worker, e.status) for e in events if isinstance(e, ev.ItemFinished)]
    assert ends == [(0, "gw0", Status.PASSED), (1, "gw1", Status.FAILED)]
    assert one.open == {}


def test_a_crashed_worker_closes_its_item() -> None:
    one = decoder()
    list(one.events({**STARTED, "index": 2}, "gw1", 0))
    line = {"event": "ItemCrashed", "nodeid": "a.py::t", "worker": "gw1", "text": "worker gone"}
    report, end = one.events(line, None, 5)
    assert isinstance(report, ev.PhaseReported)
    assert isinstance(end, ev.ItemFinished)
    assert (report.category, report.longrepr, report.worker, report.index) == ("crashed", "worker gone", "gw1", 2)
    assert (end.status, end.worker, end.index) == (Status.CRASHED, "gw1", 2)
    assert one.open == {}


def test_a_crash_line_of_the_engine_says_more() -> None:
    one = decoder()
    section = {"name": "Captured stdout until then", "text": "x", "cut": 0, "file": None}
    one.on_crash = lambda _worker, _nodeid, _index, words: ({"longrepr": words, "sections": [section]}, 99)
    report, _ = one.crashed(None, "a.py::t", 0, "gone")
    assert isinstance(report, ev.PhaseReported)
    assert (report.ref, report.sections) == (99, (ev.Section("Captured stdout until then", "x"),))


def collected(*nodeids: str) -> dict[str, Any]:
    return {
        "event": "ItemsCollected",
        "parents": [["a.py", "/p/a.py", "a.py"], ["a.py", "/p/a.py", "a.py::C", "C"]],
        "markers": [[], ["slow"]],
        "fixtures": [["tmp_path"]],
        "items": [[nodeid, 0, None, 3, 0, 0] for nodeid in nodeids],
        "through": [],
    }


def test_collection() -> None:
    line = collected("a.py::t")
    line["items"].append(["a.py::C::t[1]", 1, "t", None, 1, 0, "base.py"])
    line["through"] = ["a.py"]
    items, through = decoded(line)
    assert items == ev.ItemsCollected(
        7,
        (
            ev.CollectedItem("a.py::t", 0, "a.py", "/p/a.py", "a.py", (), None, "a.py", 3, (), ("tmp_path",)),
            ev.CollectedItem(
                "a.py::C::t[1]", 0, "a.py", "/p/a.py", "a.py::C", ("C",), "t", "base.py", None, ("slow",), ("tmp_path",)
            ),
        ),
    )
    assert through == ev.CollectorReported(7, "a.py", "passed")


def test_the_final_order_renumbers_equal_nodeids() -> None:
    found, rest, deselected, finished = decoded(
        collected("a", "b", "a"),
        collected("a"),
        {"event": "ItemsDeselected", "positions": [[0, 1]], "more": False},
        {"event": "CollectionFinished", "positions": [[3, 4]], "more": True},
        {"event": "CollectionFinished", "positions": [[1, 3]], "more": False},
    )
    assert isinstance(found, ev.ItemsCollected)
    assert isinstance(rest, ev.ItemsCollected)
    assert [(item.nodeid, item.index) for item in (*found.items, *rest.items)] == [
        ("a", 0),
        ("b", 0),
        ("a", 1),
        ("a", 2),
    ]
    assert deselected == ev.ItemsDeselected(7, (("a", 0),))
    assert isinstance(finished, ev.CollectionFinished)
    assert [(item.nodeid, item.index) for item in finished.items] == [("a", 0), ("b", 0), ("a", 1)]


def test_an_item_that_a_plugin_doubles_is_numbered() -> None:
    line = {"event": "CollectionFinished", "positions": [[0, 2], [0, 1]], "more": False}
    _, finished = decoded(collected("a", "b"), line)
    assert isinstance(finished, ev.CollectionFinished)
    assert [(item.nodeid, item.index) for item in finished.items] == [("a", 0), ("b", 0), ("a", 1)]


@pytest.mark.parametrize(
    ("problem", "detail", "words"),
    [
        ("no-pytest", "x", "pytest is not installed in /venv. Install it there, or choose another with --python."),
        ("old-pytest", "6.2", "pytest 6.2 in /venv is too old: Redbar needs 7.0 or newer."),
        ("broken-pytest", "why", "pytest cannot be imported in /venv: why"),
    ],
)
def test_words_about_a_run_that_did_not_start(problem: str, detail: str, words: str) -> None:
    (event,) = decoded({"event": "NotStarted", "problem": problem, "detail": detail})
    assert event == ev.NotStarted(7, words, detail)


def test_a_full_disk_is_told() -> None:
    (event,) = decoded({"event": "SessionFinished", "exit": 0, "lost": 1200})
    assert isinstance(event, ev.ProtocolError)
    assert "1,200 events could not be written" in event.text


NAMES = sorted(decoder()._makers)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
FIELDS = sorted({*FAILED, *collected(), "index", "phases", "positions", "more", "items", "text", "detail", "lost"})


@settings(max_examples=50, deadline=None)
@given(name=st.sampled_from(NAMES) | values, fields=st.dictionaries(st.sampled_from(FIELDS), values))
def test_no_line_raises_anything_else_than_it_says(name: Any, fields: dict[str, Any]) -> None:
    one = decoder()
    try:
        list(one.events({**fields, "event": name}, None, 0))
    except (KeyError, TypeError, ValueError, IndexError):
        return


@settings(max_examples=50, deadline=None)
@given(line=st.sampled_from([STARTED, FAILED, collected("a")]), name=st.sampled_from(FIELDS), value=values)
def test_no_wrong_field_raises_anything_else_than_it_says(line: dict[str, Any], name: str, value: Any) -> None:
    try:
        list(decoder().events({**line, name: value, "event": line["event"]}, None, 0))
    except (KeyError, TypeError, ValueError, IndexError):
        return


_NAMES = ("rootdir", "inifile", "invocation_dir", "python", "executable", "pytest", "workers", "norecursedirs")
SESSION = dict.fromkeys((*_NAMES, "python_files"), "")


def test_what_is_kept_and_what_waits() -> None:
    session = {"event": "SessionStarted", **SESSION, "rootdir": "/project"}
    item = {"nodeid": "a.py::t", "number": 1}
    pause = {"pause": "7-gw0-1", "why": "trace", "line": 4, "function": "t", "debugger": "pdb"}
    _, *events = decoded(
        session,
        {"event": "Frozen", **item, "when": "setup", "frozen": "7-main-1", "pid": 99},
        {"event": "NotFrozen", **item, "when": "call", "why": "too little memory"},
        {"event": "Paused", **item, **pause, "path": "/project/sub/a.py"},
        {"event": "Paused", **item, **pause, "path": "/projects/a.py"},
        {"event": "Resumed", "pause": "7-gw0-1"},
    )
    assert events == [
        ev.Frozen(7, "a.py::t", 1, "setup", "7-main-1", 99),
        ev.NotFrozen(7, "a.py::t", 1, "call", "too little memory"),
        ev.Paused(7, "a.py::t", 1, "7-gw0-1", "trace", "sub/a.py", 4, "t", "pdb"),
        ev.Paused(7, "a.py::t", 1, "7-gw0-1", "trace", "/projects/a.py", 4, "t", "pdb"),
        ev.Resumed(7, "7-gw0-1"),
    ]
