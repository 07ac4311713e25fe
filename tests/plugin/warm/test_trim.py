"""Asserts are rewritten where they run, and nothing else changes."""

from __future__ import annotations

import pytest

from tests.plugin.conftest import Start

TESTS = """
    import pytest
    def check(value):
        assert value == [1, 2]
    class TestIt:
        def test_method(self): assert [1] == [3]
        def test_idle(self): assert [1] == [4]
    @pytest.mark.parametrize("n", [1, 2])
    def test_n(n):
        check([n])
    def test_caller():
        test_n.__wrapped__ if False else test_idle([5])
    def test_idle(value=0):
        assert value == [6]
"""


@pytest.fixture
def files() -> dict[str, str]:
    return {"test_a.py": TESTS, "test_b.py": "def test_b(): assert [1] == [2]\n"}


def test_what_runs_is_explained(drive: Start, files: dict[str, str]) -> None:
    """In classes, with parameters, and in what is called from there; what is idle says nothing when it is called."""
    driver = drive(files)
    path = str(driver.cwd / "test_a.py")
    names = ["TestIt::test_method", "test_n[1]", "test_caller"]
    outcome = driver.run(items=[(f"test_a.py::{name}", 0, path) for name in names], changed=[path])
    texts = {line["nodeid"]: line["longrepr"] for line in outcome.events("PhaseReported")}
    assert outcome.results == dict.fromkeys((f"test_a.py::{name}" for name in names), "failed")
    assert "assert [1] == [3]" in texts["test_a.py::TestIt::test_method"]
    assert "assert [1] == [1, 2]" in texts["test_a.py::test_n[1]"]
    assert "At index 0" in texts["test_a.py::TestIt::test_method"]
    assert "assert value == [6]" in texts["test_a.py::test_caller"]
    assert "assert [5] == [6]" not in texts["test_a.py::test_caller"]
    assert list((driver.cwd / "__pycache__").glob("test_a*-pytest-*")) == []


def test_a_whole_run_afterwards_explains_everything(drive: Start, files: dict[str, str]) -> None:
    driver = drive(files)
    path = str(driver.cwd / "test_a.py")
    driver.run(items=[("test_a.py::test_n[1]", 0, path)], changed=[path])
    outcome = driver.run()
    texts = {line["nodeid"]: line["longrepr"] for line in outcome.events("PhaseReported")}
    assert "assert [5] == [6]" in texts["test_a.py::test_caller"]
    assert "assert [1] == [4]" in texts["test_a.py::TestIt::test_idle"]


def test_tests_that_nobody_knew_are_explained(drive: Start, files: dict[str, str]) -> None:
    driver = drive(files)
    path = str(driver.cwd / "test_a.py")
    known = [["test_a.py::test_n[1]", 0], ["test_a.py::test_n[2]", 0], ["test_a.py::test_idle", 0]]
    outcome = driver.run(fresh=[(path, known)], changed=[path])
    texts = {line["nodeid"]: line["longrepr"] for line in outcome.events("PhaseReported")}
    assert texts.keys() == {
        f"test_a.py::{name}" for name in ("TestIt::test_method", "TestIt::test_idle", "test_caller")
    }
    assert "assert [1] == [3]" in texts["test_a.py::TestIt::test_method"]


def test_files_that_run_as_a_whole_are_left_alone(drive: Start, files: dict[str, str]) -> None:
    driver = drive(files)
    path = str(driver.cwd / "test_a.py")
    outcome = driver.run(scopes=[{"path": str(driver.cwd)}], items=[("test_a.py::test_n[1]", 0, path)], changed=[path])
    texts = {line["nodeid"]: line["longrepr"] for line in outcome.events("PhaseReported")}
    assert "assert [5] == [6]" in texts["test_a.py::test_caller"]
    assert len(list((driver.cwd / "__pycache__").glob("test_a*-pytest-*"))) == 1


def test_a_syntax_error_is_told_as_ever(drive: Start, files: dict[str, str]) -> None:
    driver = drive({**files, "test_a.py": "def test_n(: pass\n"})
    path = str(driver.cwd / "test_a.py")
    outcome = driver.run(items=[("test_a.py::test_n", 0, path)], changed=[path])
    (report,) = [line for line in outcome.events("CollectorReported") if line["outcome"] == "failed"]
    assert "SyntaxError" in report["longrepr"]
