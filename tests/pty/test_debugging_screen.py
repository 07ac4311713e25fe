"""The screen after a debugger had the terminal: where it was, and as large as the window is by then."""

import fcntl
import struct
import sys
import termios
from pathlib import Path

import pytest

from tests.pty.debugging import before_a_failure, enter
from tests.pty.person import Person

pytestmark = [
    pytest.mark.pty,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="failures are kept on Linux alone"),
]


def drag(person: Person, width: int, height: int) -> None:
    """Drag the window while somebody has it who paints nothing for that."""
    assert person.lines
    person._screen.resize(height, width)
    fcntl.ioctl(person.terminal.master, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))


def test_a_window_that_is_dragged_meanwhile(tmp_path: Path) -> None:
    with before_a_failure(tmp_path) as person:
        enter(person)
        drag(person, 100, 30)
        person.press("import shutil; print(*shutil.get_terminal_size())\r")
        person.sees("100 30")
        person.press("q\r")
        person.wait(lambda: "r run" in person.lines[29], "keys in the last line")
        assert person.bar.startswith("RED")
        person.press("q")
        assert person.has_left() == 0


def test_the_locals_are_as_they_were(tmp_path: Path) -> None:
    with before_a_failure(tmp_path) as person:
        person.press("7")
        person.sees("7/8 Locals", "wanted = [1, 2, 3]")
        person.press("\t\t")
        person.sees("tab complete")
        person.press("sum(wanted)\r")
        person.sees(">>> sum(wanted)", " 6")
        person.press("\x1b")
        person.sees("d debug")
        before = person.lines
        enter(person)
        person.press("q\r")
        person.wait(lambda: person.lines == before, "the screen as it was")
        person.press("\x1b")
        person.sees("✗ test_red ❄")
        person.press("q")
        assert person.has_left() == 0
