"""A debugger in a process of its own, at an exception that was raised before."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.plugin.debugging.conftest import installed
from tests.plugin.debugging.person import Terminal
from tests.plugin.driver import PACKAGE, PATIENCE, PYTHONS, clean_environ, until
from tui.plugin import wire

PUDBS = [python for python in PYTHONS if installed(python, "pudb")]
FAILS = """\
import sys

def inner(value):
    deepest = value + 1
    raise ValueError("inner")

def middle(value):
    held = value * 2
    inner(held)

def outer():
    try:
        middle(20)
    except ValueError as error:
        raise KeyError("outer") from error
"""
_PROGRAM = (
    wire.BOOT
    + """
load({package!r})
import os, sys
os.environ["HOME"] = "/nowhere"
sys.path.insert(0, {folder!r})
from _redbar_plugin.debugging import session
from _redbar_plugin.failure.view import View
from _redbar_plugin.territory import Territory
import fails
os.chdir({folder!r})
try:
    fails.outer()
except KeyError as raised:
    error = raised
view = View(error, Territory())
for _ in range({times}):
    try:
        status = session.post_mortem(view, {exception}, {frame}, debugger={debugger!r}, lend={{}})
    except Exception as error:
        status = repr(error)
    print("ended", status)
"""
)


class Session:
    """The process, and the terminal that it has."""

    def __init__(self, command: list[str], home: Path) -> None:
        self.terminal = Terminal()
        slave = self.terminal.slave
        environ = {
            **clean_environ(),
            "HOME": str(home),
            "TERM": "xterm-256color",
            "XDG_CONFIG_HOME": str(home / "config"),
        }
        self.process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, env=environ, start_new_session=True
        )

    def sees(self, *words: str) -> str:
        until(lambda: all(each in self.terminal.look(0.01) for each in words), f"{words}: {self.terminal.look()}")
        return self.terminal.look()

    def says(self, line: str) -> None:
        self.sees("(Pdb)")
        self.terminal.press(f"{line}\n")

    def has_ended(self, times: int) -> None:
        """Wait until it has come to an end so often."""
        until(lambda: self.terminal.look(0.01) and self.terminal.output.count(b"ended 0") == times, "the end")

    def end(self) -> int:
        until(
            lambda: self.terminal.look(0.01) is not None and self.process.poll() is not None, "the end of the session"
        )
        return self.process.wait(PATIENCE)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.terminal.close()


Debug = Callable[..., Session]


@pytest.fixture
def debug(tmp_path: Path) -> Iterator[Debug]:
    (tmp_path / "fails.py").write_text(FAILS)
    (tmp_path / "home").mkdir()
    with ExitStack() as stack:

        def start(python: str, debugger: str, exception: int, frame: int, *, times: int = 1) -> Session:
            program = _PROGRAM.format(
                package=str(PACKAGE),
                folder=str(tmp_path),
                exception=exception,
                frame=frame,
                debugger=debugger,
                times=times,
            )
            session = Session([python, "-c", program], tmp_path / "home")
            stack.callback(session.close)
            return session

        yield start


def test_frame_of_the_persons_choice(debug: Debug, edge: str) -> None:
    """That of the cause in which the value was doubled; from there up and down, and nowhere else."""
    session = debug(edge, "pdb", 1, 1)
    session.sees("middle()", "inner(held)")
    session.says("p held, value")
    session.sees("(40, 20)")
    session.says("d")
    session.says("p deepest")
    session.sees("41")
    session.says("q")
    session.sees("ended 0")
    assert session.end() == 0
    assert session.terminal.line_mode


def test_again_and_again(debug: Debug, edge: str) -> None:
    session = debug(edge, "pdb", 0, 0, times=3)
    for times in range(1, 4):
        session.says("p 'time', 6 * 7")
        session.sees("('time', 42)")
        session.says("c")
        session.has_ended(times)
    assert session.end() == 0


def test_a_debugger_that_cannot_be_had(debug: Debug, edge: str) -> None:
    session = debug(edge, "nothing.here:Debugger", 1, 2)
    session.sees("nothing.here is not installed in this project: this is pdb.", "inner()", "(Pdb)")
    session.says("q")
    assert session.end() == 0


def test_a_debugger_whose_module_breaks(debug: Debug, edge: str, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("def settings():\n    raise LookupError('no settings')\nsettings()\n")
    session = debug(edge, "mine:Mine", 0, 0)
    whole = ("mine.py", "line 2, in settings", "mine:Mine cannot be loaded (LookupError: no settings): this is pdb.")
    session.sees(*whole, "(Pdb)")
    session.says("q")
    assert session.end() == 0


def test_a_debugger_that_breaks(debug: Debug, edge: str, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        "class Mine:\n    get_stack = interaction = None\n    def reset(self): raise OSError('no')\n"
    )
    session = debug(edge, "mine:Mine", 0, 0)
    session.sees("ended OSError('no')")
    assert session.end() == 0


@pytest.mark.skipif(not PUDBS, reason="no pudb")
def test_pudb(debug: Debug) -> None:
    session = debug(PUDBS[-1], "pudb", 1, 1, times=2)
    for times in (1, 2):
        screen = session.sees("PuDB", "[POST-MORTEM", "held: 40", ">> middle", "inner fails.py")
        assert "Welcome" not in screen
        assert "module" not in screen
        os.kill(session.process.pid, 2)
        session.terminal.press("q")
        session.has_ended(times)
    assert session.end() == 0
    assert session.terminal.line_mode


@pytest.mark.skipif(not PUDBS, reason="no pudb")
def test_pudb_reads_the_persons_configuration(debug: Debug, tmp_path: Path) -> None:
    """Not from the home folder that the test has made up; nothing is written that the person has not chosen."""
    session = debug(PUDBS[-1], "pudb", 0, 0)
    session.sees("PuDB")
    session.terminal.press("q")
    assert session.end() == 0
    assert (tmp_path / "home/config/pudb/pudb.cfg").exists()
    assert "seen_welcome = z999" not in (tmp_path / "home/config/pudb/pudb.cfg").read_text()
