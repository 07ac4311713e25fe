"""A debugger on the failure itself: there and back, again, and whatever happens in it."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.pty.debugging import (
    FAILING,
    FAULTS,
    PAUSING,
    before_a_failure,
    enter,
    fail,
    family,
    hung_up,
    in_a_shell,
    is_back,
    killed_explorer,
    session_of,
    settings,
    wait,
)
from tests.pty.person import Person, at, write

pytestmark = [
    pytest.mark.pty,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="failures are kept on Linux alone"),
]


@pytest.mark.parametrize("fault", FAULTS)
def test_there_and_back_twice(tmp_path: Path, fault: str) -> None:
    with before_a_failure(tmp_path) as person:
        processes = family(person.terminal.pid)
        for _ in range(2):
            FAULTS[fault](person)
        person.press("q")
        assert person.has_left() == 0
        for process in processes:
            person.sees_end_of(process)


def test_pudb_at_the_frame_of_the_failure(tmp_path: Path) -> None:
    with before_a_failure(tmp_path, "pudb") as person:
        for _ in range(2):
            enter(person, "PuDB")
            person.sees("[POST-MORTEM MODE]", ">     assert len(wanted) == 4", ">> test_red")
            seen = len(person.terminal.data)
            person.press("\x03\x1a")
            # It takes its screen down and up again, and drops what is typed before it is painted.
            person.wait(lambda: b"[POST-MORTEM MODE]" in person.terminal.data[seen:], "its screen again")  # noqa: B023
            person.press("q")
            is_back(person)
        person.press("q")
        assert person.has_left() == 0


def test_a_failure_that_dies_in_the_debugger_runs_again_for_the_next(tmp_path: Path) -> None:
    with before_a_failure(tmp_path) as person:
        enter(person)
        _, failure = session_of(person)
        os.kill(failure, signal.SIGKILL)
        is_back(person)
        person.wait(lambda: "❄" not in "\n".join(person.lines), "the end of what was kept")
        enter(person)
        person.press("len(wanted)\n")
        person.sees("3")
        person.press("q\n")
        is_back(person)
        person.press("q")
        assert person.has_left() == 0


def test_a_run_that_waits_at_a_breakpoint(tmp_path: Path) -> None:
    write(tmp_path, {**PAUSING, **settings("pdb")})
    with at(tmp_path) as person:
        person.sees_in_bar("READY 1 tests")
        for _ in range(2):
            person.press("R")
            person.sees("(Pdb)")  # nobody is kept waiting who has just asked for the run
            person.press("number\n")
            person.sees("41")
            person.press("c\n")
            person.sees_in_bar("GREEN", "1 passed")
        person.press("q")
        assert person.has_left() == 0


def test_a_run_that_is_quitted_at_a_breakpoint_ends(tmp_path: Path) -> None:
    write(tmp_path, {**PAUSING, **settings("pdb")})
    with at(tmp_path) as person:
        person.sees_in_bar("READY 1 tests")
        person.press("R")
        person.sees("(Pdb)")
        person.press("q\n")
        person.sees_in_bar("STOPPED", "Quitting debugger")
        person.press("q")
        assert person.has_left() == 0


def test_a_run_that_hangs_in_its_debugger_ends_by_force(tmp_path: Path) -> None:
    write(tmp_path, {**PAUSING, **settings("pdb")})
    with at(tmp_path) as person:
        wait(person)
        person.press("import signal, time; signal.signal(2, signal.SIG_IGN); print('deaf', '!'); time.sleep(600)\n")
        person.sees("deaf !")
        person.press("\x03\x1c\x1c")
        person.sees_in_bar("RED", "1 crashed")
        person.press("q")
        assert person.has_left() == 0


def test_a_run_that_is_killed_at_a_breakpoint(tmp_path: Path) -> None:
    write(tmp_path, {**PAUSING, **settings("pdb")})
    with at(tmp_path) as person:
        person.sees_in_bar("READY 1 tests")
        person.press("R")
        person.sees("(Pdb)")
        run, _ = session_of(person)
        os.kill(run, signal.SIGKILL)
        person.sees_in_bar("RED", "1 crashed")
        person.press("q")
        assert person.has_left() == 0


@pytest.mark.parametrize("end", [killed_explorer, hung_up])
@pytest.mark.parametrize(("debugger", "prompt"), [("pdb", "(Pdb)"), ("pudb", "PuDB")])
def test_an_explorer_that_ends_by_force_gives_the_terminal_back_and_leaves_nobody(
    tmp_path: Path, debugger: str, prompt: str, end: Callable[[Person], None]
) -> None:
    with in_a_shell(tmp_path, FAILING, debugger) as person:
        fail(person)
        enter(person, prompt)
        end(person)


@pytest.mark.parametrize("end", [killed_explorer, hung_up])
def test_the_same_while_a_run_waits_in_its_debugger(tmp_path: Path, end: Callable[[Person], None]) -> None:
    with in_a_shell(tmp_path, PAUSING) as person:
        wait(person)
        end(person)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_at_the_explorer_gives_the_terminal_back(tmp_path: Path, number: signal.Signals) -> None:
    with before_a_failure(tmp_path) as person:
        enter(person)
        processes = family(person.terminal.pid)
        person.terminal.signal(number)
        assert person.has_left() == 128 + number
        for process in processes:
            person.sees_end_of(process)
