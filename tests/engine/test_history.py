"""The database of the last results: by setup, whatever is in nodeids, whatever became of the file."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tui.engine import history
from tui.engine.explorer import Project
from tui.engine.history import History, Place, Remark, Result, setup_of
from tui.engine.interpreter import Interpreter
from tui.model.outcome import Status

PASSED = Result("a.py::t", 0, Status.PASSED, 0.5, 3, Place("journal-main.jsonl", 70))
ODD = "a.py::t[\udcff\n'\"\0é]"
REMARK = Remark("assert \udcff", "a.py", 7, (Place("journal-gw0.jsonl", 9), Place("crashes.jsonl", 0)))
FAILED = Result(ODD, 2, Status.FAILED, 0.25, 4, None, REMARK)


def test_results_come_back(tmp_path: Path) -> None:
    one = History(tmp_path, "one")
    assert one.results([("a.py::t", 0)]) == {}
    assert (one.took([("a.py::t", 0)]), one.newer(0), one.last_runs()) == ((0, 0.0), [], (0, 0))
    assert one.runs_in_use() == set()
    one.record([PASSED, FAILED])
    again = History(tmp_path, "one")
    assert again.results([("a.py::t", 0), ("a.py::t", 1), (ODD, 2)]) == {("a.py::t", 0): PASSED, (ODD, 2): FAILED}
    assert again.newer(3) == [FAILED]
    assert again.took([("a.py::t", 0), ("a.py::t", 1), (ODD, 2)]) == (2, 0.75)
    newer = PASSED._replace(status=Status.SKIPPED, seconds=1.0, run=5, place=None)
    again.record([newer])
    assert one.results([("a.py::t", 0)])["a.py::t", 0] == newer
    one.record([])
    assert len(one.newer(0)) == 2


@pytest.mark.parametrize("few", [0, 500])
def test_many_items_of_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    """It makes no difference how many of a file are asked for together."""
    monkeypatch.setattr(history, "_FEW", few)
    one = History(tmp_path, "one")
    known = [
        PASSED._replace(nodeid=f"{file}::t[{number}]") for file in ("a.py", "b.py", "a.py2") for number in range(9)
    ]
    one.record(known)
    keys = [(result.nodeid, result.number) for result in known]
    found = one.results([*keys[3:12], ("a.py::gone", 0), ("c.py::t", 0)])
    assert [found.get(key) for key in keys[3:12]] == known[3:12]
    assert not {("a.py::gone", 0), ("c.py::t", 0)} & set(found)


def test_setups_are_kept_apart(tmp_path: Path) -> None:
    one, other = History(tmp_path, "one"), History(tmp_path, "other")
    one.record([PASSED])
    one.ended(3, tells_all=True)
    assert (other.results([("a.py::t", 0)]), other.newer(0), other.last_runs()) == ({}, [], (0, 0))
    keys = [("a.py::t", 0)]
    assert other.took(keys) == (1, 0.5), "better than nothing"
    other.record([PASSED._replace(seconds=9.0)])
    other.ended(4, tells_all=True)
    assert (one.took(keys), one.last_runs()) == ((1, 0.5), (3, 3))
    assert (other.took(keys), other.last_runs()) == ((1, 9.0), (4, 4))
    other.ended(7)
    other.ended(6)
    assert other.last_runs() == (4, 7)


def test_only_the_latest_setups_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "_SETUPS_KEPT", 2)
    for run, setup in enumerate(["one", "two", "one", "three"], 1):
        History(tmp_path, setup).record([PASSED._replace(run=run)])
    left = {setup: len(History(tmp_path, setup).newer(0)) for setup in ("one", "two", "three")}
    assert left == {"one": 1, "two": 0, "three": 1}


def test_what_a_setup_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    python = Interpreter("/bin/python", "test")
    project = Project(tmp_path, python, ("-x", "\udcff"))
    setups = [
        setup_of(project),
        setup_of(Project(tmp_path, python, ("-x",))),
        setup_of(Project(tmp_path, Interpreter("/usr/bin/python", "test"), ("-x", "\udcff"))),
        setup_of(Project(tmp_path / "a", python, ("-x", "\udcff"))),
        setup_of(Project(tmp_path, python, ("-x", "\udcff"), cwd_on_path=False)),
    ]
    monkeypatch.setenv("PYTEST_ADDOPTS", "-k a")
    setups.append(setup_of(project))
    assert len(set(setups)) == len(setups)
    monkeypatch.delenv("PYTEST_ADDOPTS")
    assert setup_of(Project(tmp_path, Interpreter("/bin/python", "other words"), ("-x", "\udcff"))) == setups[0]
    History(tmp_path, setups[0]).record([PASSED])
    assert History(tmp_path, setups[0]).newer(0) == [PASSED]


def test_items_of_a_collector(tmp_path: Path) -> None:
    one = History(tmp_path, "one")
    nodeids = ["a/b.py::t", "a/b.py::T::t", "a/b.py2::t", "a/c.py::t", "ab.py::t"]
    one.record([PASSED._replace(nodeid=nodeid) for nodeid in nodeids])
    assert {result.nodeid for result in one.below("a/b.py")} == {"a/b.py::t", "a/b.py::T::t"}
    assert {result.nodeid for result in one.below("a/b.py::T")} == {"a/b.py::T::t"}
    assert {result.nodeid for result in one.below("a")} == set(nodeids[:4])


def test_runs_that_are_needed(tmp_path: Path) -> None:
    one = History(tmp_path, "one")
    one.record([PASSED, FAILED, FAILED._replace(number=3)])
    one.ended(9, tells_all=True)
    assert one.runs_in_use() == {4, 9}


@pytest.mark.parametrize("content", [b"no database at all", b"SQLite format 3\0" + b"\xff" * 5000])
def test_what_is_no_database_is_replaced(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "history.sqlite").write_bytes(content)
    one = History(tmp_path, "one")
    assert one.newer(0) == []
    one.record([PASSED])
    assert one.newer(0) == [PASSED]


def test_a_database_of_another_version(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("create table item (nodeid blob, number integer, status integer)")
        connection.execute("insert into item values ('a.py::t', 0, 3)")
        connection.execute("pragma user_version = 1")
    one = History(tmp_path, "one")
    assert one.newer(0) == []
    one.record([PASSED])
    assert one.newer(0) == [PASSED]


def test_rows_that_are_not_as_they_should_be(tmp_path: Path) -> None:
    one = History(tmp_path, "one")
    one.record([PASSED, FAILED, PASSED._replace(nodeid="good")])
    with closing(sqlite3.connect(tmp_path / "history.sqlite")) as connection, connection:
        connection.execute("update item set note = '[1]' where number = 2")
        connection.execute("update item set status = 77 where nodeid = cast('a.py::t' as blob)")
    assert [result.nodeid for result in one.newer(0)] == ["good"]


def test_a_database_that_nobody_can_write(tmp_path: Path) -> None:
    """Then there is nothing to know, and nothing is broken."""
    gone = History(tmp_path / "gone", "one")
    gone.record([PASSED])
    gone.ended(1, tells_all=True)
    assert (gone.newer(0), gone.took([("a.py::t", 0)]), gone.runs_in_use()) == ([], (0, 0.0), set())
