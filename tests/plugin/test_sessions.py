"""How sessions end: errors of plugins, exits, interrupts, and the limit of failures."""

from __future__ import annotations

import signal

import pytest

from tests.plugin.conftest import Plainly, Start
from tui.plugin import wire


def test_internal_error(drive: Start, edge: str) -> None:
    conftest = "def pytest_runtest_logfinish(): raise RuntimeError('a plugin of theirs')\n"
    run = drive({"conftest.py": conftest, "test_a.py": "def test_a(): pass\n"}, python=edge).run()
    assert "a plugin of theirs" in run.event("InternalError")["text"]
    assert run.status == run.event("SessionFinished")["exit"] == 3


def test_pytest_exit(drive: Start, edge: str) -> None:
    tests = "import pytest\ndef test_a(): pass\ndef test_b(): pytest.exit('enough', 7)\ndef test_c(): pass\n"
    run = drive({"test_a.py": tests}, python=edge).run()
    assert run.event("Interrupted") == {"event": "Interrupted", "reason": "enough", "by_exit": True}
    assert run.status == run.event("SessionFinished")["exit"] == 7
    assert run.ran == ["test_a.py::test_a"]


@pytest.mark.parametrize("place", ["pytest_configure(config)", "pytest_sessionfinish(session)"])
def test_exit_elsewhere_is_as_without_redbar(drive: Start, edge: str, plainly: Plainly, place: str) -> None:
    conftest = f"import sys\ndef {place}: sys.exit('words')\n"
    driver = drive({"conftest.py": conftest, "test_a.py": "def test_a(): pass\n"}, python=edge)
    plain = plainly(edge, driver.cwd)
    run = driver.run()
    assert run.status == plain.returncode
    assert ("words" in run.output) == ("words" in plain.stdout + plain.stderr)


SLOW = """
    import pathlib, pytest, time
    @pytest.fixture(scope="module", autouse=True)
    def resource():
        yield
        pathlib.Path("torn").touch()
    def test_before(): pass
    def test_slow():
        pathlib.Path("running").touch()
        time.sleep(600)
    def test_after(): pass
"""


def test_interrupt_tears_down(drive: Start, python: str) -> None:
    driver = drive({"test_a.py": SLOW}, python=python)
    number = driver.start()
    driver.wait((driver.cwd / "running").exists, "the slow test")
    driver.signal(number, signal.SIGINT)
    run = driver.end(number)
    assert (driver.cwd / "torn").exists()
    assert run.event("Interrupted")["by_exit"] is False
    assert run.status == run.event("SessionFinished")["exit"] == 2
    assert run.ran == ["test_a.py::test_before"]
    assert [line["nodeid"] for line in run.events("ItemStarted")][-1] == "test_a.py::test_slow"


def test_interrupted_with_a_teardown_that_raises(drive: Start) -> None:
    tests = SLOW.replace('pathlib.Path("torn").touch()', 'raise RuntimeError("not torn")')
    driver = drive({"test_a.py": tests})
    number = driver.start()
    driver.wait((driver.cwd / "running").exists, "the slow test")
    driver.signal(number, signal.SIGINT)
    assert driver.end(number).names[-1] == "SessionFinished"


def test_interrupted_while_a_conftest_is_imported(drive: Start) -> None:
    conftest = "import pathlib, time\npathlib.Path('running').touch()\ntime.sleep(600)\n"
    driver = drive({"conftest.py": conftest})
    number = driver.start()
    driver.wait((driver.cwd / "running").exists, "the conftest")
    driver.signal(number, signal.SIGINT)
    run = driver.end(number)
    assert run.status == -signal.SIGINT
    assert "KeyboardInterrupt" in run.output


def test_maxfail_while_it_runs(drive: Start, edge: str) -> None:
    tests = """
        import os, time
        def test_first():
            open("running", "w").close()
            while not os.path.exists("go"): time.sleep(0.01)
        def test_second(): assert 0
        def test_third(): assert 0
    """
    driver = drive({"test_a.py": tests}, python=edge)
    number = driver.start()
    driver.wait((driver.cwd / "running").exists, "the first test")
    # In pieces: a message does not have to come whole.
    end = driver.connection("run").socket
    data = wire.frame({"maxfail": 1})
    end.sendall(wire.POKE + data[:6])
    end.sendall(data[6:])
    (driver.cwd / "go").touch()
    run = driver.end(number)
    assert run.ran == ["test_a.py::test_first", "test_a.py::test_second"]
    assert "stopping after 1 failures" in run.output


def test_nonsense_on_the_socket_is_ignored(drive: Start) -> None:
    waiting = "    while not os.path.exists('go'): time.sleep(0.01)\n"
    driver = drive({"test_a.py": f"import os, time\ndef test_a():\n{waiting}def test_b(): pass\n"})
    number = driver.start()
    driver.connection("run").socket.sendall(b"\xff\xff\xff\xff nonsense")
    (driver.cwd / "go").touch()
    run = driver.end(number)
    assert run.status == 0
    assert run.ran == ["test_a.py::test_a", "test_a.py::test_b"]
