"""What is left when the explorer ends in the middle of a run, and what of a test's output gets out."""

import os
import re
import signal
from pathlib import Path

import pytest

from tests.gate import Gate
from tests.pty.person import Person, at, write
from tests.pty.test_running import HOLD

pytestmark = pytest.mark.pty

HELD = {
    "holding.py": HOLD,
    "test_held.py": "from holding import hold\n\ndef test_held(): hold()\n",
}


def running(person: Person) -> int:
    """The process of a run that is under way."""
    person.sees_in_bar("READY 1 tests")
    person.press("R")
    return person.process_of_the_run()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_in_a_run_leaves_nothing_behind(tmp_path: Path, gate: Gate, number: signal.Signals) -> None:
    write(tmp_path, HELD)
    with at(tmp_path) as person:
        process = running(person)
        person.terminal.signal(number)
        assert person.has_left() == 128 + number
        person.sees_end_of(process)
        person.wait(lambda: not [*person.runtime.iterdir()], "an empty runtime folder")


def test_nothing_outlives_an_explorer_that_was_killed(tmp_path: Path, gate: Gate) -> None:
    write(tmp_path, HELD)
    with at(tmp_path) as person:
        process = running(person)
        person.terminal.signal(signal.SIGKILL)
        person.sees_end_of(process)


def test_a_run_that_is_killed_is_shown_at_its_test(tmp_path: Path, gate: Gate) -> None:
    write(tmp_path, HELD)
    with at(tmp_path) as person:
        os.kill(running(person), signal.SIGKILL)
        person.sees_in_bar("RED", "1 crashed")
        person.press("n")
        person.sees("! test_held", "SIGKILL")
        (tmp_path / "pid").unlink()
        gate.open()
        person.press("r")
        person.sees_in_bar("GREEN 1 passed")


HOSTILE = (
    "\x1b]0;title\x07"
    "\x1b]52;c;Y2xpcGJvYXJk\x07"
    "\x1b[?1049l\x1b[2J"
    "\x1b[?1002h"  # the mouse
    "\x1bP1$r\x1b\\"
    "\x1bc"
    "\x9d0;title\x9c\x9b31m"  # the same in eight bits
)
_NEVER = re.compile(rb"\x1b\]|\x1b\[\?1002h|\x1bP|\x1bc|\x07|\xc2[\x80-\x9f]")


def test_nothing_hostile_reaches_the_terminal(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "pytest.ini": """
                [pytest]
                disable_test_id_escaping_and_forfeit_all_rights_to_community_support = true
            """,
            "test_hostile.py": f"""
                import logging, os, warnings
                import pytest

                BAD = {HOSTILE!r}

                @pytest.mark.parametrize("bad", [BAD], ids=["id" + BAD])
                def test_id(bad): pass

                def test_output():
                    print("out", BAD)
                    os.write(2, BAD.encode() + bytes(range(256)))
                    logging.getLogger(BAD).error(BAD)
                    warnings.warn(BAD)
                    assert BAD == "", BAD

                def test_skip(): pytest.skip("why" + BAD)
                def test_xfail(): pytest.xfail("why" + BAD)
            """,
        },
    )
    with at(tmp_path) as person:
        person.sees_in_bar("READY 4 tests")
        person.press("R")
        person.sees_in_bar("RED", "1 failed", "1 skipped", "1 xfailed", " in ")
        person.press("gz")
        person.sees("✗ test_output", "- test_skip")
        for row in ("test_id", "[id", "test_output", "test_skip", "test_xfail"):
            person.press("j")
            for number, tab in enumerate(("Failure", "Output", "Source", "Info", "Warnings", "Terminal"), start=1):
                person.press(str(number))
                person.sees(f" {number}/", f" {tab}", row)
        person.press("q")
        assert person.has_left() == 0
    written = re.sub(rb"\x1b\]22;[a-z]+\x07", b"", person.terminal.data)  # Textual's, for the shape of the mouse
    assert written.count(b"\x1b[?1049l") == 1  # our own
    assert not _NEVER.search(written)
