"""Keys that arrive faster than they are answered: typed ahead, held, or all at once over a slow line."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gate import Gate
from tests.pty.person import Person, at, write
from tests.pty.test_running import HOLD

pytestmark = pytest.mark.pty


@pytest.fixture
def person(tmp_path: Path, gate: Gate) -> Iterator[Person]:
    """Before three tests, of which one waits at the gate."""
    write(
        tmp_path,
        {
            "holding.py": HOLD,
            "test_numbers.py": """
                from holding import hold

                def test_one(): pass
                def test_two(): pass
                def test_three(): hold()
            """,
        },
    )
    with at(tmp_path) as person:
        person.sees_in_bar("READY 3 tests")
        yield person


def test_keys_typed_ahead_keep_their_order(person: Person) -> None:
    person.press("/tow\x7f\x7fwo\rjr")
    person.sees_in_bar("PASSED 1", "/two (1)")
    person.press("\x1b")
    person.wait(lambda: "/two" not in person.bar, "no filter")
    person.press("K-k one\r")
    person.sees_in_bar("PASSED 2")
    person.press("q")
    assert person.has_left() == 0


@pytest.mark.parametrize("keys", ["y" * 20, "q" * 20, "\x1bqy" * 5])
def test_an_answer_may_come_more_than_once(person: Person, keys: str) -> None:
    person.press("R")
    process = person.process_of_the_run()
    person.press("q")
    person.sees("Leave all the same?")
    person.press(keys)
    assert person.has_left() == 0
    assert b"Error" not in person.terminal.data
    person.sees_end_of(process)


@pytest.mark.parametrize(
    ("opening", "words", "burst"),
    [
        ("?", "type to find a key", "?" * 9),
        (":", "type to find a command", "zzzz\r\r\r"),
        (":", "type to find a command", "\x1b[6~\x1b[5~\r\r"),
        ("K", "Run what matches", "one\r\r\r"),
        ("\x03", "Leave Redbar?", "\x1b\x1b\x1b"),
    ],
)
def test_overlays_bear_bursts_of_keys(person: Person, opening: str, words: str, burst: str) -> None:
    person.press(opening)
    person.sees(words)
    person.press(burst)
    person.wait(lambda: words not in "\n".join(person.lines), f"no {words}")
    person.terminal.signal(signal.SIGTERM)
    assert person.has_left() == 128 + signal.SIGTERM
    assert b"Error" not in person.terminal.data


def test_the_palette_bears_a_low_screen(person: Person) -> None:
    person.press(":")
    person.sees("type to find a command", "Run everything")
    person.resize(80, 3)
    person.press("\x1b[6~\x1b[5~")
    person.resize(80, 24)
    person.sees("type to find a command", "Run everything")
    person.press("\x1b")
    person.wait(lambda: "type to find" not in "\n".join(person.lines), "no palette")
    person.press("q")
    assert person.has_left() == 0
