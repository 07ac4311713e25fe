"""The reports behind an item: in the order of the phases, whatever the order of its lines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.model.making import collected
from tests.ui.detail.looking import Looked
from tui.engine import details
from tui.engine.journal import Shelf
from tui.model.nodes import Item, Note
from tui.model.tree import Tree

PHASE: dict[str, Any] = {
    "event": "PhaseReported",
    "category": "",
    "duration": 0.5,
    "longrepr": "E   no",
    "crash": None,
    "sections": [],
}


def journal(folder: Path, *lines: dict[str, Any]) -> tuple[Shelf, list[int]]:
    """A shelf with a journal of these lines, and their places."""
    shelf = Shelf()
    path = folder / "journal-main.jsonl"
    number = shelf.put(path)
    refs = []
    with path.open("w") as file:
        for line in lines:
            refs.append(shelf.ref(number, file.tell()))
            file.write(json.dumps({"nodeid": "a.py::test_one", **line}) + "\n")
    return shelf, refs


def item(*refs: int, end: int | None = None) -> Item:
    made = Tree().add(collected("a.py::test_one"))
    made.note = Note("no")
    made.note.refs = list(refs)
    made.ref = end
    return made


def phase(when: str, outcome: str = "failed", **fields: Any) -> dict[str, Any]:
    return {**PHASE, "when": when, "outcome": outcome, **fields}


def test_phases_in_their_order(tmp_path: Path) -> None:
    shelf, refs = journal(
        tmp_path,
        phase("teardown"),
        phase("call", subtest="(a)"),
        phase("call", subtest="(b)"),
        {"event": "ItemFinished", "phases": [["setup", 0.25], phase("call", "skipped")]},
    )
    found = details.reports(item(*refs[:3], end=refs[3]), shelf)
    assert [(report.when, report.outcome, report.subtest) for report in found] == [
        ("setup", "passed", None),
        ("call", "failed", "(a)"),
        ("call", "failed", "(b)"),
        ("call", "skipped", None),
        ("teardown", "failed", None),
    ]
    assert found[0].duration == 0.25
    assert {report.nodeid for report in found} == {"a.py::test_one"}


def test_line_that_is_both_failure_and_end_comes_once(tmp_path: Path) -> None:
    shelf, refs = journal(tmp_path, {"event": "ItemFinished", "phases": [["setup", 0.1], phase("call")]})
    found = details.reports(item(refs[0], end=refs[0]), shelf)
    assert [report.when for report in found] == ["setup", "call"]


def test_journal_that_is_gone(tmp_path: Path) -> None:
    shelf, refs = journal(tmp_path, phase("call"))
    (tmp_path / "journal-main.jsonl").unlink()
    assert details.reports(item(refs[0]), shelf) == []


def test_item_that_never_ran(tmp_path: Path) -> None:
    made = Tree().add(collected("a.py::test_one"))
    assert details.reports(made, Shelf()) == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("::test_call", ["setup passed", "call failed", "teardown passed"]),
        ("::test_setup", ["setup failed", "teardown passed"]),
        ("::test_both", ["setup passed", "call failed", "teardown failed"]),
        ("::test_skip_call", ["setup passed", "call skipped", "teardown passed"]),
    ],
)
def test_reports_of_a_real_run(looked: Looked, name: str, expected: list[str]) -> None:
    node = looked.node(name)
    assert isinstance(node, Item)
    found = details.reports(node, looked.inspector._explorer.shelf)
    assert [f"{report.when} {report.outcome}" for report in found] == expected


def test_reports_of_real_subtests(looked: Looked) -> None:
    node = looked.node("::test_subs")
    assert isinstance(node, Item)
    found = details.reports(node, looked.inspector._explorer.shelf)
    assert [report.subtest for report in found if report.outcome == "failed" and report.subtest] == ["(number=1)"]
    whens = [report.when for report in found]
    assert whens == ["setup", *["call"] * (len(whens) - 2), "teardown"]
