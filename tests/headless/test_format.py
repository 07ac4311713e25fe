"""The JSON format: what it promises, on runs that make every event occur."""

from __future__ import annotations

import asyncio
import io
import json
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.headless.launch import WATCH_EVENTS, Event, Project, check, schema, validator
from tui.engine.explorer import Explorer, Order
from tui.engine.explorer import Project as Engine
from tui.engine.interpreter import Interpreter
from tui.engine.request import Selection
from tui.headless.json_lines import JsonReporter, in_order
from tui.model import events as ev

MIXED = """
    import logging, sys, unittest, warnings
    import pytest

    def test_passes(): pass

    @pytest.mark.slow
    @pytest.mark.parametrize("n", [1, 2])
    def test_params(n): pass

    def test_fails():
        print("to stdout"); print("to stderr", file=sys.stderr); logging.warning("to the log")
        raise ValueError("\\x1b[31mred\\x1b[0m \\x1b]0;title\\x07words")

    @pytest.fixture
    def broken(): raise RuntimeError("no fixture")
    def test_setup_error(broken): pass

    @pytest.fixture
    def leaves():
        yield
        raise RuntimeError("no end")
    def test_teardown_error(leaves): assert False, "and the call"

    @pytest.mark.skip(reason="not today")
    def test_skipped(): pass
    @pytest.mark.xfail(reason="known")
    def test_xfailed(): assert 0
    @pytest.mark.xfail
    def test_xpassed(): pass
    def test_warns(): warnings.warn("careful")

    class TestCase(unittest.TestCase):
        def test_subtests(self):
            for n in range(3):
                with self.subTest(n=n): self.assertNotEqual(n, 1)
"""


@pytest.fixture
def mixed(project: Project) -> Project:
    project.write("tests/test_mixed.py", MIXED)
    project.write("tests/test_broken.py", "import nowhere\n")
    return project


EVENTS = set(schema()["properties"]["event"]["enum"])
DEBUG_EVENTS = {"Frozen", "NotFrozen", "Thawed", "Paused", "Resumed"}
"""They come where somebody may debug; how they are written is seen below."""


async def run_selected(project: Project, selection: Selection, *args: str) -> list[Event]:
    """The events of a run of some tests, which the command line does not offer."""
    explorer = Explorer(Engine(project.folder, Interpreter(sys.executable, "test"), args))
    out = io.StringIO()
    try:
        stream = explorer.run(Order(selection=selection, phases=True))
        reporter = JsonReporter(out, project.folder)
        async for batch in stream.batches():
            for event in batch:
                reporter.report(event)
    finally:
        explorer.close()
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_every_event_occurs_and_is_as_the_schema_says(
    mixed: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    seen = mixed.json("--continue-on-collection-errors", "--cov").events
    mixed.write("tests/test_exit.py", "import pytest\ndef test_ends(): pytest.exit('enough')\n")
    seen += mixed.json("tests/test_exit.py").events
    mixed.write("tests/conftest.py", "def pytest_runtestloop(): raise RuntimeError('a plugin')\n")
    seen += mixed.json("tests/test_exit.py").events
    mixed.write("tests/conftest.py", "")
    journal = "next(Path('.redbar_cache/runs').glob('*/journal-main.jsonl'))"
    mixed.write(
        "alone/test_journal.py", f"from pathlib import Path\ndef test_a():\n  {journal}.open('a').write('?\\n')\n"
    )
    (mixed.folder / ".redbar_cache").rename(tmp_path / "earlier")
    seen += mixed.json("alone").events
    test_exit = str(mixed.folder / "tests" / "test_exit.py")
    selection = Selection(items=(("tests/test_exit.py::test_gone", 0, test_exit),), size=1)
    some = asyncio.run(run_selected(mixed, selection, "-p", "xdist", "-o", "addopts=-n2"))
    check(some)
    seen += some
    mixed.python = "/bin/false"
    seen += mixed.json().events
    assert {event["event"] for event in seen} == EVENTS - WATCH_EVENTS - DEBUG_EVENTS


def test_what_a_debugger_has_to_do_with_is_as_the_schema_says(tmp_path: Path) -> None:
    out = io.StringIO()
    reporter = JsonReporter(out, tmp_path)
    for event in (
        ev.Frozen(3, "a.py::a", 0, "call", "3-main-1", 77),
        ev.NotFrozen(3, "a.py::a", 1, "teardown", "too little memory"),
        ev.Frozen(3, "a.py", 0, "collect", "3-main-2", 78),
        ev.NotFrozen(3, "b.py", 0, "collect", "too little memory"),
        ev.Thawed(2, "2-gw0-1"),
        ev.Paused(3, "a.py::a", 0, "3-main-1", "breakpoint", "a.py", 7, "a", "pudb"),
        ev.Paused(3, "a.py::a", 0, "3-main-2", "breakpoint", "a.py", 0, "<generated>", "pudb"),
        ev.Resumed(3, "3-main-1"),
    ):
        reporter.report(event)
    _, *lines = [json.loads(line) for line in out.getvalue().splitlines()]
    for line in lines:
        validator().validate(line)
    names = ["Frozen", "NotFrozen", "Frozen", "NotFrozen", "Thawed", "Paused", "Paused", "Resumed"]
    assert [line["event"] for line in lines] == names
    assert [line.get("index") for line in lines] == [None, 1, *[None] * 6]
    assert [line["line"] for line in lines if line["event"] == "Paused"] == [7, None]
    assert {line["event"] for line in lines} == DEBUG_EVENTS


def test_an_event_that_is_not_as_the_schema_says_is_noticed() -> None:
    good: dict[str, Any] = {"event": "ItemStarted", "run": 1, "time": 1.0, "nodeid": "a", "worker": None}
    validator().validate({**good, "more": 1})
    without = {key: value for key, value in good.items() if key != "worker"}
    for bad in (
        without,
        {**good, "nodeid": None},
        {**good, "index": 0},
        {**good, "event": "Other"},
        {**good, "run": 0},
    ):
        with pytest.raises(jsonschema.ValidationError):
            validator().validate(bad)


def test_every_definition_is_used_and_every_field_described() -> None:
    text = json.dumps(schema())
    for name, definition in schema()["$defs"].items():
        assert f"#/$defs/{name}" in text
        assert definition["description"]


def test_outcomes(mixed: Project) -> None:
    result = mixed.json("--continue-on-collection-errors")
    outcomes = {nodeid.rpartition("::")[2]: outcome for nodeid, outcome in result.outcomes.items()}
    assert outcomes == {
        "test_passes": "passed",
        "test_params[1]": "passed",
        "test_params[2]": "passed",
        "test_fails": "failed",
        "test_setup_error": "error",
        "test_teardown_error": "error",
        "test_skipped": "skipped",
        "test_xfailed": "xfailed",
        "test_xpassed": "xpassed",
        "test_warns": "passed",
        "test_subtests": "failed",
    }
    assert result.code == 1
    assert result.events[-1]["exit"] == 1


def phases_of(result_events: list[Event], name: str) -> list[Event]:
    return [e for e in result_events if e["event"] == "PhaseReported" and e["nodeid"].endswith(f"::{name}")]


def test_phases_come_in_their_order_although_a_failure_is_told_first(mixed: Project) -> None:
    events = mixed.json("--continue-on-collection-errors").events
    told = [(phase["when"], phase["outcome"], phase["category"]) for phase in phases_of(events, "test_teardown_error")]
    assert told == [("setup", "passed", ""), ("call", "failed", "failed"), ("teardown", "failed", "error")]
    subtests = phases_of(events, "test_subtests")
    assert [phase["when"] for phase in subtests[:1] + subtests[-1:]] == ["setup", "teardown"]
    assert "(n=1)" in next(phase for phase in subtests if phase["outcome"] == "failed")["subtest"]


def test_texts_of_a_failure(mixed: Project) -> None:
    events = mixed.json("--continue-on-collection-errors").events
    call = phases_of(events, "test_fails")[1]
    assert "\x1b" not in call["longrepr"] + call["crash"]["message"]
    assert call["crash"]["message"].endswith("red words")
    assert call["crash"]["path"] == "tests/test_mixed.py"
    source = (mixed.folder / "tests" / "test_mixed.py").read_text().splitlines()
    assert "raise ValueError" in source[call["crash"]["line"] - 1]
    sections = {section["name"]: section["text"] for section in call["sections"]}
    assert sections["Captured stdout call"] == "to stdout\n"
    assert sections["Captured stderr call"].startswith("to stderr\n")
    assert "to the log" in sections["Captured log call"]
    assert phases_of(events, "test_xfailed")[1]["wasxfail"] == "known"
    skipped = phases_of(events, "test_skipped")[0]
    assert "not today" in skipped["longrepr"]


def test_collection(mixed: Project) -> None:
    result = mixed.json("--continue-on-collection-errors")
    items = {item["nodeid"]: item for event in result.named("ItemsCollected") for item in event["items"]}
    params = items["tests/test_mixed.py::test_params[2]"]
    assert params["path"] == "tests/test_mixed.py"
    assert params["markers"] == ["parametrize", "slow"]
    source = (mixed.folder / "tests" / "test_mixed.py").read_text().splitlines()
    assert any("test_params" in line for line in source[params["line"] - 1 : params["line"] + 2])
    broken = next(event for event in result.named("CollectorReported") if event["outcome"] == "failed")
    assert broken["nodeid"] == "tests/test_broken.py"
    assert "No module named 'nowhere'" in broken["longrepr"]
    warning = next(event for event in result.named("WarningRecorded") if event["message"] == "careful")
    assert (warning["category"], warning["when"], warning["path"]) == ("UserWarning", "runtest", "tests/test_mixed.py")


def test_collect_lists_and_runs_nothing(mixed: Project) -> None:
    result = mixed.redbar("collect", "--json", "--python", mixed.python, "tests/test_mixed.py")
    check(result.events)
    assert result.code == 0
    assert sum(len(event["items"]) for event in result.named("ItemsCollected")) == 11
    assert result.named("ItemStarted") == []


def test_equal_nodeids_get_numbers(project: Project) -> None:
    project.write("conftest.py", "def pytest_collection_modifyitems(items): items[:] = items * 3\n")
    project.write("test_a.py", "def test_a(): pass\n")
    result = project.json()
    expected = ["test_a.py::test_a", "test_a.py::test_a#1", "test_a.py::test_a#2"]
    assert list(result.outcomes) == expected
    assert [item.get("index") for item in result.one("ItemsCollected")["items"]] == [None, 1, 2]


def test_runs_grow_within_a_project(project: Project) -> None:
    project.write("test_a.py", "def test_a(): pass\n")
    assert [project.json().events[0]["run"] for _ in range(3)] == [1, 2, 3]


def test_odd_nodeids_survive(project: Project) -> None:
    project.write(
        "test_odd.py",
        r"""
        import pytest
        odd = [" ", "a::b", "line\nbreak", "\u00fc\u2713", "x" * 10_000, "[", "/", "\x1b[31m", "\udcff", "\x00"]
        @pytest.mark.parametrize("text", odd, ids=lambda text: text)
        def test_odd(text): assert text == "\udcff"
        """,
    )
    result = project.json()
    plain_run = project.run()
    assert list(result.outcomes.values()).count("failed") == 9
    assert len(result.outcomes) == 10
    assert plain_run.out.count("FAILED test_odd.py::test_odd[") == 9
    assert "\x1b" not in plain_run.out


def test_many_long_nodeids(project: Project) -> None:
    project.write(
        "test_many.py",
        """
        import pytest
        @pytest.mark.parametrize("n", range(150), ids=lambda n: f"{n}" + "x" * 10_000)
        def test_many(n): pass
        """,
    )
    result = project.json()
    assert len(result.outcomes) == 150
    assert result.named("ProtocolError") == []


def test_xdist_tells_the_worker(project: Project) -> None:
    pytest.importorskip("xdist")
    project.write("test_a.py", "import pytest\n@pytest.mark.parametrize('n', range(8))\ndef test_a(n): assert n\n")
    result = project.json("-p", "xdist", "-n2")
    assert {event["worker"] for event in result.named("ItemFinished")} == {"gw0", "gw1"}
    assert result.one("SessionStarted")["workers"] == 2
    assert len(result.outcomes) == 8


def report(when: str, outcome: str = "passed", subtest: str | None = None) -> ev.PhaseReported:
    return ev.PhaseReported(1, "a", 0, when, outcome, outcome, 0.0, subtest=subtest)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (["call failed", "setup", "teardown"], ["setup", "call failed", "teardown"]),
        (["teardown failed", "setup", "call"], ["setup", "call", "teardown failed"]),
        (["call failed", "teardown failed", "setup"], ["setup", "call failed", "teardown failed"]),
        (
            ["call rerun", "call rerun", "call failed", "setup", "teardown"],
            ["call rerun", "call rerun", "setup", "call failed", "teardown"],
        ),
        (["setup rerun", "setup", "call", "teardown"], ["setup rerun", "setup", "call", "teardown"]),
        ([], []),
    ],
)
def test_order_of_phases(told: list[str], expected: list[str]) -> None:
    phases = [report(*each.split()) for each in told]
    assert [f"{p.when} {p.outcome}".removesuffix(" passed") for p in in_order(phases)] == expected


def test_subtests_come_before_the_call_that_they_are_part_of() -> None:
    phases = [report("call", "failed", "one"), report("setup"), report("call", "passed", "two"), report("call")]
    assert [(p.when, p.subtest) for p in in_order(phases)] == [
        ("setup", None),
        ("call", "one"),
        ("call", "two"),
        ("call", None),
    ]
