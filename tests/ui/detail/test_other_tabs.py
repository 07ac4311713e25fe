"""The other tabs of a real run: output, source, facts, warnings, terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.model.making import collected, report
from tests.ui.detail.looking import Looked, headings, texts
from tui.model import events as ev
from tui.model.tree import Tree
from tui.ui.detail import others
from tui.ui.detail.document import Look
from tui.ui.detail.tabs import Tab


def test_each_section_once_in_the_order_of_the_phases(looked: Looked) -> None:
    document = looked.document("::test_loud", Tab.OUTPUT)
    assert texts(document) == [
        "Captured stdout setup",
        "before",
        "",
        "Captured stdout call",
        "between",
        "",
        "Captured stdout teardown",
        "after",
    ]


def test_output_of_all_channels(looked: Looked) -> None:
    document = looked.document("::test_says", Tab.OUTPUT)
    assert headings(document) == ["Captured stdout call", "Captured stderr call", "Captured log call"]
    ansi = texts(document, Look.ANSI)
    assert ansi[:3] == ["out one", "out two", "to err"]
    assert ansi[3].endswith("logged")


def test_nothing_captured(looked: Looked) -> None:
    assert texts(looked.document("::test_call", Tab.OUTPUT)) == ["nothing was captured"]


def test_output_that_was_cut_has_head_tail_and_the_whole_in_a_file(looked: Looked) -> None:
    document = looked.document("::test_prints_much", Tab.OUTPUT)
    head, tail, *rest = texts(document, Look.ANSI)
    (note,) = texts(document, Look.WARN)
    assert set(head) == {"x"}
    assert set(tail) == {"x"}
    assert rest == ["end"]
    left_out = 100_000 - len(head) - len(tail)
    assert note == f"… {left_out:,} characters left out here: o shows the whole …"
    assert document.file is not None
    assert document.file.read_text().count("x") == 100_000
    assert looked.inspector.whole(looked.node("::test_prints_much"), Tab.OUTPUT) == document.file


def test_output_that_was_cut_and_lost() -> None:
    section = ev.Section("Captured stdout call", "headtail\n", cut=5, head=4)
    document = others.output("test_one", [report(sections=(section,))])
    assert document.title == "test_one  captured output"
    assert texts(document) == [
        "Captured stdout call",
        "head",
        "… 5 characters left out here: the rest is lost …",
        "tail",
    ]
    assert document.file is None


def test_source_of_a_test(looked: Looked) -> None:
    document = looked.document("::test_loud", Tab.SOURCE)
    assert document.title == "test_kinds.py:99"
    assert texts(document) == ["    99 @pytest.mark.odd", '   100 def test_loud(loud, tmp_path): print("between")']


def test_source_marks_the_line_that_failed(looked: Looked) -> None:
    document = looked.document("::test_compared", Tab.SOURCE)
    assert texts(document, Look.FAILING) == [">   15     assert [1, 2, 3] == [1, 4, 3]"]
    assert len(texts(document, Look.CODE)) == 2


def test_source_of_a_class_and_of_a_file(looked: Looked) -> None:
    assert texts(looked.document("::TestCase", Tab.SOURCE))[0].endswith("class TestCase(unittest.TestCase):")
    broken = looked.document("test_broken.py", Tab.SOURCE)
    assert texts(broken, Look.FAILING) == []
    assert len(texts(broken, Look.CODE)) == 2


def test_facts_of_a_test(looked: Looked) -> None:
    document = looked.document("::test_loud", Tab.INFO)
    assert document.title == "test_kinds.py::test_loud"
    assert texts(document, Look.PLACE) == ["test_kinds.py:99"]
    phases = [text.split() for text in texts(document, Look.PLAIN)[:3]]
    assert [(when, unit, outcome) for when, _, unit, outcome in phases] == [
        ("setup", "s", "passed"),
        ("call", "s", "passed"),
        ("teardown", "s", "passed"),
    ]
    assert all(float(phase[1]) >= 0 for phase in phases)
    assert "markers   odd" in texts(document)
    (fixtures,) = (text for text in texts(document) if text.startswith("fixtures"))
    assert {"loud", "tmp_path"} <= set(fixtures.removeprefix("fixtures").strip().split(", "))


def test_facts_begin_with_the_docstring(looked: Looked) -> None:
    lines = texts(looked.document("::test_says", Tab.INFO))
    assert lines[:4] == ["Says things.", "", "On every channel.", ""]


def test_facts_leave_out_what_there_is_not(looked: Looked) -> None:
    lines = texts(looked.document("::test_call", Tab.INFO))
    assert "markers   none" in lines
    assert "fixtures  none" in lines
    assert not any("worker" in line or "warnings" in line for line in lines)


def test_facts_have_the_worker_and_own_warnings_alone() -> None:
    item = Tree().add(collected("a.py::test_one", line=None))
    item.worker = "gw3"
    here = ev.WarningRecorded(1, "a.py::test_one", "runtest", "UserWarning", "mine", "a.py", 3)
    there = ev.WarningRecorded(1, "a.py::test_two", "runtest", "UserWarning", "not mine", "a.py", 4)
    document = others.facts(item, [report(subtest="sub"), report(outcome="rerun")], "", [here, there])
    assert texts(document) == [
        "a.py:?",
        "worker    gw3",
        "markers   none",
        "fixtures  none",
        "",
        "1 warning",
        "a.py:3",
        "UserWarning: mine",
    ]


def test_equal_warnings_once() -> None:
    def warning(message: str, line: int = 3) -> ev.WarningRecorded:
        return ev.WarningRecorded(1, "a.py::test", "runtest", "UserWarning", message, "a.py", line)

    document = others.warnings([warning("one"), warning("two"), warning("one"), warning("one"), warning("one", 4)])
    assert document.title == "5 warnings of the last run"
    assert texts(document) == [
        "a.py:3  3 times",
        "UserWarning: one",
        "a.py:3",
        "UserWarning: two",
        "a.py:4",
        "UserWarning: one",
    ]


def test_no_warnings() -> None:
    assert texts(others.warnings([])) == ["no warnings in the last run"]


def test_warnings_of_the_run(looked: Looked) -> None:
    document = looked.document("::test_call", Tab.WARNINGS)
    assert texts(document, Look.WARN) == ["UserWarning: look out", "DeprecationWarning: and here"]


def test_terminal_has_what_pytest_wrote(looked: Looked) -> None:
    document = looked.document("::test_call", Tab.TERMINAL)
    assert document.follow
    assert document.file == looked.output
    text = document.plain_text()
    assert "test session starts" in text
    assert "\x1b[" in text
    assert "short test summary info" in text
    assert {line.look for line in document.lines} == {Look.ANSI}


def test_terminal_shows_the_end_of_much(tmp_path: Path) -> None:
    file = tmp_path / "output"
    file.write_bytes(b"a" * 1000 + b"\n" + "é".encode() * (128 * 1024))
    document = others.terminal(file)
    assert texts(document)[0] == "… 1,001 bytes before this: o shows the whole …"
    assert texts(document)[1] == "é" * (128 * 1024)


def test_terminal_that_begins_inside_a_character(tmp_path: Path) -> None:
    file = tmp_path / "output"
    file.write_bytes("é".encode() * (128 * 1024) + b"x")
    assert texts(others.terminal(file))[1].endswith("éx")


@pytest.mark.parametrize(("name", "words"), [(None, ["nothing has run yet"]), ("gone", [""])])
def test_no_terminal_text(tmp_path: Path, name: str | None, words: list[str]) -> None:
    assert texts(others.terminal(tmp_path / name if name else None)) == words
