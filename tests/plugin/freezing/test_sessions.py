"""Debugging a frozen failure on a terminal, any number of times; loading ahead, killing, leaving."""

from __future__ import annotations

import os
import signal
import struct
import sys
from pathlib import Path

import pytest

from tests.plugin.conftest import Start
from tests.plugin.driver import lives, until
from tests.plugin.freezing.desk import Frozen, Terminal, freeze, frozen_of

TESTS = """
    import os, signal, sys, threading
    def helper(value):
        inner = value * 2
        assert inner == 3
    def test_a():
        outer = 1
        helper(outer)
    def test_after(): assert not threading.main_thread().daemon
"""


@pytest.fixture
def frozen(drive: Start) -> Frozen:
    _run, (found,) = freeze(drive({"test_a.py": TESTS}), count=1)
    return found


def prompt(terminal: Terminal, line: str | None = None) -> str:
    if line is not None:
        terminal.type(line)
    return terminal.until("(Pdb)")


def test_session(drive: Start, python: str) -> None:
    _run, (frozen,) = freeze(drive({"test_a.py": TESTS}, python=python), count=1)
    terminal = Terminal(frozen)
    began = frozen.driver.message("began", 1)
    assert "helper" in prompt(terminal)
    assert "2" in prompt(terminal, "p inner")
    prompt(terminal, "up")
    assert "1" in prompt(terminal, "p outer")
    # It leads a session of its own that the terminal controls.
    assert f"({began['pid']}, {began['pid']}, {began['pid']})" in prompt(
        terminal, "p (os.getpid(), os.getsid(0), os.tcgetpgrp(0))"
    )
    assert "True True True" in prompt(terminal, "print(*[os.isatty(n) for n in range(3)])")
    assert "xterm" in prompt(terminal, "p os.environ['TERM']")
    terminal.type("q")
    assert frozen.driver.message("ended", 1)["status"] == 0
    terminal.close()


def test_again_and_again(frozen: Frozen) -> None:
    """Each time on the failure as it was."""
    for number in range(1, 6):
        terminal = Terminal(frozen, number)
        prompt(terminal)
        assert "2" in prompt(terminal, "p inner")
        prompt(terminal, "!inner = 99")
        assert "99" in prompt(terminal, "p inner")
        terminal.type("q")
        assert terminal.ended()["status"] == 0
        terminal.close()
    assert frozen.texts()["inner"] == "2"


def test_other_frame(frozen: Frozen) -> None:
    terminal = Terminal(frozen, exception=0, frame=0)
    assert "test_a" in prompt(terminal)
    assert "1" in prompt(terminal, "p outer")
    terminal.close()


def test_two_at_once(frozen: Frozen) -> None:
    first, second = Terminal(frozen, 1), Terminal(frozen, 2)
    prompt(first)
    prompt(second)
    assert frozen.texts()["inner"] == "2"  # and questions meanwhile
    second.type("q")
    assert second.ended()["status"] == 0
    assert "2" in prompt(first, "p inner")
    first.type("q")
    assert first.ended()["status"] == 0


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("import os; os._exit(5)", 5),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", -9),
        ("exit", 0),
    ],
)
def test_odd_ends(frozen: Frozen, line: str, status: int) -> None:
    terminal = Terminal(frozen)
    prompt(terminal)
    terminal.type(line)
    assert terminal.ended()["status"] == status
    terminal.close()
    assert frozen.texts()["inner"] == "2"


def test_kill(frozen: Frozen) -> None:
    """With what the person has started in it, in groups of their own too."""
    terminal = Terminal(frozen)
    prompt(terminal)
    line = "import subprocess; p = subprocess.Popen(['sleep', '600'], start_new_session=True); print('pid', p.pid, '.')"
    below = int(prompt(terminal, line).rpartition("pid ")[2].split()[0])
    assert lives(below)
    frozen.send({"do": "kill", "session": 1})
    assert terminal.ended()["status"] == -signal.SIGKILL
    until(lambda: not lives(below), "the end of what it started")
    assert lives(frozen.pid)
    terminal.close()


def test_kill_of_one_that_hangs(frozen: Frozen) -> None:
    terminal = Terminal(frozen)
    prompt(terminal)
    terminal.type("import signal; signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 32)); print('hangs', 1 + 1)")
    terminal.until("hangs 2")
    terminal.type("while True: pass")
    frozen.send({"do": "kill", "session": 1})
    assert terminal.ended()["status"] == -signal.SIGKILL
    terminal.close()


def test_interrupt(frozen: Frozen) -> None:
    terminal = Terminal(frozen)
    prompt(terminal)
    terminal.type("import time; print('sleeps', 1 + 1); time.sleep(600)")
    terminal.until("sleeps 2")
    os.write(terminal.master, b"\x03")
    assert "KeyboardInterrupt" in prompt(terminal)
    assert "2" in prompt(terminal, "p inner")
    terminal.close()


def test_suspending_does_not_stop_it(frozen: Frozen) -> None:
    terminal = Terminal(frozen)
    prompt(terminal)
    os.write(terminal.master, b"\x1a")
    assert "2" in prompt(terminal, "p inner")
    terminal.close()


def test_hanging_up(frozen: Frozen) -> None:
    """The terminal goes: the session does, the frozen failure stays."""
    terminal = Terminal(frozen)
    prompt(terminal)
    pid = frozen.driver.message("began", 1)["pid"]
    terminal.close()
    terminal.ended()
    until(lambda: not lives(pid), "the end of the session")
    assert frozen.texts()["inner"] == "2"


def test_leaving(frozen: Frozen) -> None:
    """Everything below goes along, at once."""
    terminal = Terminal(frozen)
    prompt(terminal)
    session = frozen.driver.message("began", 1)["pid"]
    inspector = int(frozen.evaluate("os.getpid()"))
    frozen.send({"do": "leave"})
    until(lambda: not any(map(lives, (frozen.pid, session, inspector))), "the end of all")
    frozen.driver.wait(lambda: not frozen_of(frozen.driver), "the connection to close")


def test_end_of_the_explorer_while_somebody_debugs(frozen: Frozen) -> None:
    terminal = Terminal(frozen)
    prompt(terminal)
    session = frozen.driver.message("began", 1)["pid"]
    frozen.evaluate("1")
    frozen.driver.hang_up()
    until(lambda: not any(map(lives, (frozen.pid, session))), "the end of all")


def test_no_terminal(frozen: Frozen) -> None:
    frozen.send({"do": "debug", "session": 7, "debugger": "pdb", "lend": {}, "environ": {}})
    ended = frozen.driver.message("ended", 7)
    assert (ended["status"], ended["words"]) == (70, "no terminal came with the message")


def test_a_descriptor_that_is_no_terminal(frozen: Frozen) -> None:
    with Path(os.devnull).open() as null:
        frozen.send({"do": "debug", "session": 7, "debugger": "pdb", "lend": {}, "environ": {}}, null.fileno())
    ended = frozen.driver.message("ended", 7)
    assert ended["status"] == 70
    assert "Inappropriate ioctl" in ended["words"]
    assert frozen.texts()["inner"] == "2"


def test_loading_ahead(frozen: Frozen) -> None:
    frozen.send({"do": "preload", "debugger": "pdb", "lend": {}})
    assert frozen.texts()["inner"] == "2"
    terminal = Terminal(frozen)
    assert "2" in prompt(terminal, "p inner")
    terminal.close()


def test_loading_ahead_what_hangs(drive: Start) -> None:
    tests = "import slow_debugger_path\ndef test_a():\n    inner = 2\n    assert 0\n"
    files = {
        "test_a.py": tests,
        "slow_debugger_path.py": "",
        "slow_debugger.py": "import time\nwhile True: time.sleep(600)\nclass Debugger: pass\n",
    }
    _run, (frozen,) = freeze(drive(files), count=1)
    frozen.send({"do": "preload", "debugger": "slow_debugger:Debugger", "lend": {}})
    assert frozen.texts()["inner"] == "2"


def test_messages_in_pieces(frozen: Frozen) -> None:
    """As a socket may deliver them."""
    from tui.plugin import wire

    place = {"exception": 0, "frame": 1}
    data = wire.frame({"do": "evaluate", "id": 1, "code": "inner", **place})
    data += wire.frame({"do": "evaluate", "id": 2, "code": "inner + 1", **place})
    for at in range(len(data)):
        frozen.connection.socket.sendall(data[at : at + 1])
    assert [frozen.answer(number)["text"] for number in (1, 2)] == ["2", "3"]


def test_nonsense_ends_it(frozen: Frozen) -> None:
    """A peer that speaks another protocol: nothing is left behind."""
    frozen.connection.socket.sendall(struct.pack(">I", 1 << 31))
    until(lambda: not lives(frozen.pid), "its end")


ENVIRONMENT = """
    import os
    def test_a(monkeypatch):
        monkeypatch.setenv("HOME", "/of/the/test")
        monkeypatch.setenv("TERM", "dumb")
        monkeypatch.setenv("LINES", "3")
        monkeypatch.setenv("COLUMNS", "10")
        monkeypatch.setenv("EDITOR", "of the test")
        monkeypatch.setenv("OWN", "of the test")
        inner = 2
        assert 0
"""


def test_environment_is_the_persons(drive: Start) -> None:
    """Where it matters to a debugger; the rest is as the test left it."""
    _run, (frozen,) = freeze(drive({"test_a.py": ENVIRONMENT}), count=1)
    own = {"TERM": "xterm-256color", "EDITOR": "ed", "OWN": "of the explorer"}
    terminal = Terminal(frozen, environ=own)
    prompt(terminal)
    seen = prompt(terminal, "p [os.environ.get(n) for n in ('TERM', 'LINES', 'COLUMNS', 'OWN', 'HOME', 'EDITOR')]")
    assert f"['xterm-256color', None, None, 'of the test', {os.environ.get('HOME')!r}, 'ed']" in seen
    terminal.close()
    # The frozen failure's own is untouched.
    assert frozen.evaluate("os.environ['TERM']") == "'dumb'"


PATCHED = """
    import pytest, signal
    def boom(*args, **named): raise AssertionError("patched")
    def test_a(monkeypatch):
        monkeypatch.setattr(signal, "signal", boom)
        inner = 2
        raise ValueError
"""


def test_pristine(drive: Start) -> None:
    """What no debugger can start in, it can once that is taken back; the frozen failure stays as it was."""
    _run, (frozen,) = freeze(drive({"test_a.py": PATCHED}), count=1)
    terminal = Terminal(frozen, 1)
    ended = terminal.ended()
    assert (ended["status"], "patched" in ended["words"]) == (70, True)
    terminal.close()
    terminal = Terminal(frozen, 2, pristine=True)
    assert "2" in prompt(terminal, "p inner")
    terminal.type("q")
    assert terminal.ended()["status"] == 0
    terminal.close()
    assert frozen.evaluate("signal.signal is boom") == "True"


def test_nothing_traces_a_copy(drive: Start, edge: str) -> None:
    tests = """
        import atexit, gc, sys, threading
        def test_a():
            sys.settrace(lambda *_: None)
            sys.setprofile(lambda *_: None)
            threading.settrace(lambda *_: None)
            if sys.version_info >= (3, 12):
                monitoring = sys.monitoring
                monitoring.use_tool_id(3, "test")
                monitoring.set_events(3, monitoring.events.LINE)
                monitoring.register_callback(3, monitoring.events.LINE, lambda *_: calls.append(1))
            assert 0
        calls = []
    """
    _run, (frozen,) = freeze(drive({"test_a.py": tests}, python=edge), count=1)
    assert frozen.evaluate("sys.gettrace(), sys.getprofile(), threading._trace_hook") == "(None, None, None)"
    assert frozen.evaluate("atexit._ncallbacks(), gc.isenabled()") == "(0, False)"
    before = frozen.evaluate("len(calls)")
    assert frozen.evaluate("x = 1\ny = 2\nlen(calls)") == before


@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
def test_frozen_failures_go_first_when_memory_runs_out(frozen: Frozen) -> None:
    assert Path(f"/proc/{frozen.pid}/oom_score_adj").read_text().strip() == "1000"
