"""``breakpoint()`` and its kin in an ordinary run."""

from __future__ import annotations

import pytest

from tests.plugin.debugging.conftest import Sit, installed
from tests.plugin.driver import PYTHONS

STOPS = {
    "test_a.py": """
        def test_before():
            pass

        def test_stops():
            a = 1
            print("before")
            breakpoint()
            b = a + 1
            print("between")
            breakpoint()
            assert b == 2

        def test_after():
            import sys
            assert sys.gettrace() is None
    """
}


PUDBS = [python for python in PYTHONS if installed(python, "pudb")]


@pytest.mark.skipif(not PUDBS, reason="no pudb")
def test_pudb(sit: Sit) -> None:
    person = sit(STOPS, python=PUDBS[-1])
    run = person.driver.start("test_a.py", debugger="pudb")
    person.sees("PuDB", "Variables:", "a: 1", "test_stops")
    assert "[module]" not in person.look()
    assert "Welcome" not in person.look()
    person.press("c")
    person.is_paused(2)
    person.sees("b: 2")
    person.press("c")
    outcome = person.end(run)
    assert outcome.status == 0, outcome.output
    assert outcome.results == dict.fromkeys(outcome.ran, "passed")
    assert person.terminal.line_mode


def test_breakpoint(sit: Sit, edge: str) -> None:
    person = sit(STOPS, python=edge)
    run = person.driver.start("test_a.py", debugger="pdb")
    pause = person.is_paused()
    assert pause["nodeid"] == "test_a.py::test_stops"
    assert pause["why"] == "breakpoint"
    assert pause["function"] == "test_stops"
    assert pause["debugger"] == "pdb"
    person.sees("test_stops()", "(Pdb)")
    person.says("p a + 41")
    person.sees("42")
    person.says("c")
    person.is_paused(2)
    person.says("p 'b is', b")
    person.sees("('b is', 2)")
    person.says("c")
    outcome = person.end(run)
    assert outcome.status == 0, outcome.output
    assert outcome.results == dict.fromkeys(outcome.ran, "passed")
    assert [name for name in outcome.names if name in {"Paused", "Resumed"}] == ["Paused", "Resumed"] * 2
    assert outcome.sections("test_a.py::test_stops") == [("Captured stdout call", "before\nbetween\n")]
    assert person.terminal.line_mode
