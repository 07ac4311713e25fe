"""``breakpoint()`` and its kin in an ordinary run."""

from __future__ import annotations

import pytest

from tests.plugin.debugging.conftest import Sit, installed
from tests.plugin.debugging.person import STOPS
from tests.plugin.driver import PYTHONS

PUDBS = [python for python in PYTHONS if installed(python, "pudb")]


def test_breakpoint(sit: Sit, edge: str) -> None:
    person = sit(STOPS, python=edge)
    run = person.driver.start("test_a.py", debugger="pdb")
    pause = person.is_paused()
    assert pause["nodeid"] == "test_a.py::test_stops"
    assert (pause["why"], pause["function"], pause["debugger"]) == ("breakpoint", "test_stops", "pdb")
    assert pause["path"].endswith("/test_a.py")
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
    paused = outcome.events("Paused")[0]
    assert {name: paused[name] for name in ("nodeid", "number", "path", "line", "why")} == {
        name: pause[name] for name in ("nodeid", "number", "path", "line", "why")
    }
    assert outcome.sections("test_a.py::test_stops") == [("Captured stdout call", "before\nbetween\n")]
    assert person.terminal.line_mode


@pytest.mark.skipif(not PUDBS, reason="no pudb")
def test_pudb(sit: Sit) -> None:
    person = sit(STOPS, python=PUDBS[-1])
    run = person.driver.start("test_a.py", debugger="pudb")
    person.sees("PuDB", "Variables:", "a: 1", ">> test_stops")
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


@pytest.mark.skipif(not PUDBS, reason="no pudb")
def test_ctrl_c_in_pudb(sit: Sit) -> None:
    person = sit(STOPS, python=PUDBS[-1])
    run = person.driver.start("test_a.py", debugger="pudb")
    pause = person.is_paused()
    person.sees(">> test_stops")
    person.interrupt(pause)
    person.press("n")  # it is still there
    person.press("c")
    person.is_paused(2)
    person.sees("b: 2")
    person.press("q")
    assert person.end(run).status == 2


KINDS = {
    "test_k.py": """
        import contextlib, io, threading, unittest, pytest

        def stopped_in_doctest():
            '''
            >>> x = 1
            >>> breakpoint()
            >>> print(x)
            1
            '''

        def test_capsys(capsys):
            print("captured")
            breakpoint()
            x = 1  # stepped over: the terminal has the output until the person says "continue"
            print("more")
            assert capsys.readouterr().out == "captured\\nmore\\n"

        def test_redirected():
            buffer = io.StringIO()
            with contextlib.redirect_stdout(buffer):
                print("one")
                breakpoint()
                print("two")
            assert buffer.getvalue() == "one\\ntwo\\n"

        class TestCase(unittest.TestCase):
            def setUp(self):
                self.x = 3

            def test_unit(self):
                breakpoint()
                self.assertEqual(self.x, 3)

        @pytest.fixture
        def value():
            breakpoint()
            yield 5
            breakpoint()
            done = True

        def test_fixture(value):
            assert value == 5

        def test_pdb():
            import pdb; pdb.set_trace()
            y = 1
            assert y == 1

        def test_coroutine():
            import asyncio
            async def stops():
                await asyncio.sleep(0)
                breakpoint()
                return 7
            assert asyncio.run(stops()) == 7

        def test_thread():
            kept = []
            def stops():
                breakpoint()
                kept.append(3)
            thread = threading.Thread(target=stops)
            thread.start()
            thread.join()
            assert kept == [3]

        def test_last():
            import sys
            assert sys.gettrace() is None
    """
}


@pytest.mark.parametrize("capture", ["fd", "sys", "no"])
def test_kinds_of_tests(sit: Sit, edge: str, capture: str) -> None:
    """Stepping over a line never reaches pytest, whose output nothing goes to, and each test sees what it expects."""
    person = sit(KINDS, python=edge)
    run = person.driver.start("--doctest-modules", f"--capture={capture}", debugger="pdb")
    for times in range(1, 10):
        pause = person.is_paused(times)
        assert pause["function"] in {"<module>", "stops", "value", pause["nodeid"].rpartition("::")[2]}
        person.steps_over(times)
    outcome = person.end(run)
    assert outcome.status == 0, outcome.output
    assert outcome.results == dict.fromkeys(outcome.ran, "passed")
    assert len(outcome.ran) == 9
    assert len(person.pauses) == len(person.resumed) == 9
    assert b"_pytest" not in person.terminal.output
    assert b"StopIteration" not in person.terminal.output


def test_worker(sit: Sit, edge: str) -> None:
    person = sit(STOPS, python=edge)
    run = person.driver.start("-n2", "test_a.py", debugger="pdb")
    for times in (1, 2):
        assert person.is_paused(times)["nodeid"] == "test_a.py::test_stops"
        person.says("c")
        person.goes_on(times)
    outcome = person.end(run)
    assert outcome.status == 0, outcome.output
    assert sorted(line["pause"].split("-")[1][:2] for line in outcome.events("Paused")) == ["gw", "gw"]


def test_while_files_are_imported(sit: Sit, edge: str) -> None:
    files = {"conftest.py": "breakpoint()\nX = 1\n", "test_m.py": "breakpoint()\nY = 2\ndef test_m(): assert Y == 2\n"}
    person = sit(files, python=edge)
    run = person.driver.start(debugger="pdb")
    for times, file in ((1, "conftest.py"), (2, "test_m.py")):
        pause = person.is_paused(times)
        assert pause["nodeid"] == ""
        assert pause["path"].endswith(file)
        person.steps_over(times)
    outcome = person.end(run)
    assert outcome.status == 0, outcome.output


@pytest.mark.parametrize("value", ["0", "stopper.stop"])
def test_a_variable_of_the_person_wins(sit: Sit, edge: str, value: str) -> None:
    files = {**STOPS, "stopper.py": "def stop(): print('stopped')\n"}
    person = sit(files, python=edge, environ={"PYTHONBREAKPOINT": value})
    outcome = person.end(person.driver.start("test_a.py", debugger="pdb"))
    assert outcome.status == 0, outcome.output
    assert person.pauses == []
    words = "before\nstopped\nbetween\nstopped\n" if "." in value else "before\nbetween\n"
    assert outcome.sections("test_a.py::test_stops") == [("Captured stdout call", words)]


def test_a_debugger_with_streams_of_its_own(sit: Sit, edge: str) -> None:
    body = """
        import io, os, pdb

        def test_streams():
            out = io.StringIO()
            debugger = pdb.Pdb(stdin=io.StringIO("p 6 * 7\\nc\\n"), stdout=out)
            debugger.use_rawinput = False
            debugger.set_trace()
            x = 1
            assert "42" in out.getvalue()

        def test_child():
            pid = os.fork()
            if pid == 0:
                breakpoint()
                os._exit(7)
            assert os.waitpid(pid, 0)[1] == 7 << 8
    """
    person = sit({"test_s.py": body}, python=edge)
    outcome = person.end(person.driver.start(debugger="pdb"))
    assert outcome.status == 0, outcome.output
    assert person.pauses == []


def test_output_that_a_test_collects(sit: Sit) -> None:
    """Nothing of a debugger gets into it, not even while that is made."""
    body = """
        import contextlib, io

        def test_collects():
            out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
                breakpoint()
                print("mine")
            assert out.buffer.getvalue() == b"mine\\n"
    """
    person = sit({"test_c.py": body}, python=(PUDBS or PYTHONS)[-1])
    run = person.driver.start(debugger="pudb" if PUDBS else "pdb")
    person.sees("test_collects")
    person.press("c" if PUDBS else "c\n")
    outcome = person.end(run)
    assert outcome.status == 0, outcome.output


def test_another_class_and_a_missing_one(sit: Sit, edge: str) -> None:
    files = {**STOPS, "mine.py": "import pdb\nclass Mine(pdb.Pdb):\n    prompt = '(Pdb)'\n"}
    person = sit(files, python=edge)
    run = person.driver.start("test_a.py", debugger="mine:Mine")
    assert person.is_paused()["debugger"] == "mine.Mine"
    person.says("q")
    person.end(run)
    run = person.driver.start("test_a.py", debugger="mine:Other")
    assert person.is_paused(2)["debugger"] == "pdb"
    person.sees("mine:Other cannot be loaded (AttributeError", "this is pdb.", "test_stops()")
    person.says("q")
    person.end(run)


def test_time_of_the_person(sit: Sit, edge: str) -> None:
    """Plugins that measure it are told, before the terminal has come."""
    files = {
        **STOPS,
        "conftest.py": """
            calls = []
            def pytest_enter_pdb(): calls.append("enter")
            def pytest_leave_pdb(): calls.append("leave")
            def pytest_sessionfinish(): open("calls", "w").write(" ".join(calls))
        """,
    }
    person = sit(files, python=edge)
    run = person.driver.start("test_a.py", debugger="pdb")
    person.says("n")
    person.says("c")
    person.is_paused(2)
    person.says("c")
    person.end(run)
    assert (person.driver.cwd / "calls").read_text() == "enter leave enter leave"


def test_the_environment_comes_back(sit: Sit, edge: str) -> None:
    body = """
        import os, signal, sys

        def state():
            files = [(each.st_dev, each.st_ino) for each in map(os.fstat, range(3))]
            return dict(os.environ), signal.getsignal(signal.SIGINT), sys.stdin, sys.stdout, files

        def test_state():
            os.environ["LINES"] = "3"
            before = state()
            breakpoint()
            assert state() == before
    """
    person = sit({"test_s.py": body}, python=edge)
    person.environ = {"TERM": "vt100"}
    run = person.driver.start(debugger="pdb")
    person.says("p os.environ['TERM'], os.environ.get('LINES'), os.isatty(0), os.isatty(2)")
    person.sees("('vt100', None, True, True)")
    person.says("c")
    outcome = person.end(run)
    assert outcome.status == 0, outcome.output
