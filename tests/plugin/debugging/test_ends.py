"""How a pause can end other than by "continue"."""

from __future__ import annotations

import os
import signal

import pytest

from tests.plugin.debugging.conftest import Sit
from tests.plugin.debugging.person import STOPS


@pytest.mark.parametrize("explicit", [False, True])
def test_quit_ends_the_run(sit: Sit, edge: str, explicit: bool) -> None:
    """As in pytest's own debugger, even if the test would swallow it."""
    stop = "import pdb; pdb.set_trace()" if explicit else "breakpoint()"
    body = f"""
        def test_stops():
            try:
                {stop}
                a = 1
            except Exception:
                pass

        def test_after():
            pass
    """
    person = sit({"test_q.py": body}, python=edge)
    run = person.driver.start(debugger="pdb")
    person.says("q")
    outcome = person.end(run)
    assert outcome.status == 2 or explicit  # pytest's own goes on where a test swallows it
    if not explicit:
        assert outcome.event("Interrupted")["reason"] == "Quitting debugger"
        assert "test_q.py::test_after" not in outcome.ran
    assert len(person.resumed) == 1


def test_nobody_is_there(sit: Sit, edge: str) -> None:
    person = sit(STOPS, python=edge)
    person.there = False
    run = person.driver.start("test_a.py", debugger="pdb")
    outcome = person.end(run)
    assert outcome.status == 0, outcome.output
    assert outcome.results == dict.fromkeys(outcome.ran, "passed")
    assert len(person.pauses) == 1
    (warning,) = outcome.events("WarningRecorded")
    assert "nobody" in warning["message"]
    assert warning["line"]


def test_nobody_is_there_for_pytests_own(sit: Sit, edge: str) -> None:
    person = sit({"test_f.py": "def test_f():\n    assert 0\ndef test_g(): pass\n"}, python=edge)
    person.there = False
    outcome = person.end(person.driver.start("--pdb", debugger="pdb"))
    assert outcome.results == {"test_f.py::test_f": "failed", "test_f.py::test_g": "passed"}


def test_engine_goes_away_meanwhile(sit: Sit) -> None:
    """The host ends what is below it; a run in a debugger is no exception."""
    person = sit(STOPS)
    person.driver.start("test_a.py", debugger="pdb")
    pause = person.is_paused()
    person.sees("(Pdb)")
    person.driver.hang_up()
    person.driver.host.wait(30)
    with pytest.raises(ProcessLookupError):
        os.kill(pause["pid"], 0)


def test_stopped_while_it_waits_for_the_terminal(sit: Sit, edge: str) -> None:
    person = sit(STOPS, python=edge)
    person.there = None
    run = person.driver.start("test_a.py", debugger="pdb")
    person.is_paused()
    person.driver.signal(run, signal.SIGINT)
    outcome = person.end(run)
    assert outcome.status == 2
    assert person.resumed == [person.pauses[0]["paused"]]
    assert [name for name in outcome.names if name in {"Paused", "Resumed"}] == ["Paused", "Resumed"]


def test_killed_at_a_breakpoint(sit: Sit) -> None:
    person = sit(STOPS)
    run = person.driver.start("test_a.py", debugger="pdb")
    pause = person.is_paused()
    person.sees("(Pdb)")
    os.kill(pause["pid"], signal.SIGKILL)
    assert person.end(run).status == -signal.SIGKILL


def test_ctrl_c_at_a_prompt(sit: Sit, edge: str) -> None:
    person = sit(STOPS, python=edge)
    run = person.driver.start("test_a.py", debugger="pdb")
    pause = person.is_paused()
    person.sees("(Pdb)")
    person.interrupt(pause)
    person.sees("--KeyboardInterrupt--")
    person.says("c")
    person.is_paused(2)
    person.says("c")
    assert person.end(run).status == 0
