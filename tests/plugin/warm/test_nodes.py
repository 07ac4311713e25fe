"""Where a few tests go ahead of the others, nothing else is looked at, and nothing that was asked for is lost."""

from __future__ import annotations

from textwrap import dedent

import pytest

from tests.plugin.conftest import Start
from tests.plugin.outcome import Outcome
from tests.plugin.test_collection import RENAME

TESTS = """
    import unittest
    import pytest
    class TestIt:
        @pytest.fixture(autouse=True)
        def ready(self): self.there = True
        class TestInner:
            def test_deep(self): pass
            def test_other(self): pass
        def test_method(self): assert self.there
        def test_more(self): pass
    class TestNot:
        def test_method(self): pass
    class TestCase(unittest.TestCase):
        def test_case(self): pass
        def test_case_too(self): pass
    @pytest.mark.parametrize("n", ["a", "b[::1]"])
    def test_n(n): pass
    def test_last(): pass
"""


def ahead(drive: Start, text: str, *names: str, conftest: str = "") -> Outcome:
    """A run of these items alone."""
    driver = drive({"test_a.py": text, "test_b.py": "def test_b(): pass\n", "conftest.py": conftest})
    path = str(driver.cwd / "test_a.py")
    return driver.run(items=[(f"test_a.py::{name}", 0, path) for name in names], lead=len(names), stage=len(names))


def found(outcome: Outcome) -> list[str]:
    """Names of the items that were found."""
    return [row[0].partition("::")[2] for line in outcome.events("ItemsCollected") for row in line["items"]]


@pytest.mark.parametrize(
    ("names", "nodes"),
    [
        (["test_last"], ["test_last"]),
        (["test_n[b[::1]]"], ["test_n[a]", "test_n[b[::1]]"]),
        (["TestIt::test_method"], ["TestIt::test_method"]),
        (["TestIt::TestInner::test_deep"], ["TestIt::TestInner::test_deep"]),
        (["TestCase::test_case_too"], ["TestCase::test_case", "TestCase::test_case_too"]),
        (["test_last", "TestNot::test_method"], ["TestNot::test_method", "test_last"]),
    ],
)
def test_only_what_leads_to_the_items_is_looked_at(drive: Start, names: list[str], nodes: list[str]) -> None:
    outcome = ahead(drive, TESTS, *names)
    assert found(outcome) == nodes
    assert list(outcome.results) == [f"test_a.py::{name}" for name in names]
    assert set(outcome.results.values()) == {"passed"}
    assert all("test_a.py" not in line["through"] for line in outcome.events("ItemsCollected"))


def test_a_file_whose_items_are_called_otherwise_is_looked_at_as_a_whole(drive: Start) -> None:
    conftest = """
        def pytest_collection_modifyitems(items):
            for item in items:
                rename(item, item.nodeid.replace("test_last", "the last one"))
    """
    outcome = ahead(drive, TESTS, "the last one", conftest=dedent(RENAME) + dedent(conftest))
    assert outcome.results == {"test_a.py::the last one": "passed"}
    assert len(found(outcome)) > len(outcome.results)


def test_who_looks_for_new_items_sees_all(drive: Start) -> None:
    driver = drive({"test_a.py": TESTS})
    path = str(driver.cwd / "test_a.py")
    items = [("test_a.py::test_last", 0, path)]
    outcome = driver.run(items=items, lead=1, stage=1, fresh=[[path, [["test_a.py::test_last", 0]]]])
    assert "test_a.py::TestIt::test_more" in outcome.results


def test_what_is_gone_is_missing(drive: Start) -> None:
    outcome = ahead(drive, TESTS, "test_gone", "test_last")
    assert outcome.results == {"test_a.py::test_last": "passed"}
    assert outcome.events("ItemsMissing")[0]["items"] == [["test_a.py::test_gone", 0]]
