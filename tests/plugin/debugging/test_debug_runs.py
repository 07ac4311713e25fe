"""Runs for somebody who debugs: from the first line, to a breakpoint, at a failure."""

from __future__ import annotations

import pytest

from tests.plugin.debugging.conftest import Sit
from tui.plugin import wire

TRACE = wire.Debug(mode="trace", debugger="pdb")
HOLD = wire.Debug(mode="hold", debugger="pdb")
BREAKPOINTS = wire.Debug(mode="breakpoints", debugger="pdb")

FIRST_LINES = {
    "test_t.py": """
        import functools, unittest, pytest
        from unittest import mock

        def stopped_in_doctest():
            '''
            >>> first = 1
            >>> second = 2
            '''

        def test_plain():
            '''A docstring.'''
            first = 1
            second = 2

        @pytest.mark.parametrize("n", [1, 2])
        def test_parametrised(n):
            first = n
            second = n

        class TestCase(unittest.TestCase):
            def setUp(self):
                self.x = 3

            def test_unit(self):
                first = self.x

        def decorated(function):
            @functools.wraps(function)
            def wrapper(*args, **options):
                return function(*args, **options)
            return wrapper

        @decorated
        @mock.patch("os.getcwd")
        def test_decorated(patched):
            first = patched

        def test_one_line(): first = 1
    """
}


def test_first_line(sit: Sit, edge: str) -> None:
    person = sit(FIRST_LINES, python=edge)
    run = person.driver.start("--doctest-modules", debug=TRACE)
    for times in range(1, 8):
        pause = person.is_paused(times)
        assert (pause["why"], pause["debugger"]) == ("trace", "pdb")
        assert person.sees("first =", "(Pdb)")
        person.says("c")
        person.goes_on(times)
    outcome = person.end(run)
    assert outcome.status == 0, outcome.output
    assert [pause["nodeid"] for pause in person.pauses] == outcome.ran


def test_first_line_of_a_coroutine(sit: Sit, edge: str) -> None:
    files = {
        "conftest.py": """
            import asyncio, functools, pytest

            @pytest.hookimpl(tryfirst=True, hookwrapper=True)
            def pytest_runtest_call(item):
                function = item.obj
                @functools.wraps(function)
                def runs(*args, **options):
                    return asyncio.run(function(*args, **options))
                item.obj = runs
                yield
                item.obj = function
        """,
        "test_c.py": "async def test_c():\n    first = 1\n    second = 2\n",
    }
    person = sit(files, python=edge)
    run = person.driver.start(debug=TRACE)
    assert person.is_paused()["line"] == 2
    person.says("c")
    assert person.end(run).status == 0


FAILING = {
    "test_f.py": """
        import unittest, pytest

        def helper(value):
            __tracebackhide__ = True
            raise ValueError(value)

        def test_call():
            mine = 41
            helper(mine)

        @pytest.fixture
        def broken():
            theirs = 42
            raise KeyError("setup")

        def test_setup(broken):
            pass

        class TestCase(unittest.TestCase):
            def setUp(self):
                self.open = True

            def tearDown(self):
                self.open = False

            def test_unit(self):
                assert 0

        def test_passes():
            pass
    """
}


def test_stay_at_failures(sit: Sit, edge: str) -> None:
    person = sit(FAILING, python=edge)
    run = person.driver.start(debug=HOLD)
    for times, (function, expression, value) in enumerate(
        [("test_call", "mine", "41"), ("broken", "theirs", "42"), ("test_unit", "self.open", "True")], 1
    ):
        pause = person.is_paused(times)
        assert (pause["why"], pause["function"].rpartition(".")[2]) == ("post-mortem", function)
        person.sees(f"{function}()")
        person.says(f"p 'is', {expression}")
        person.sees(f"('is', {value})")
        person.says("u")
        person.sees("Oldest frame")
        person.says("c")
        person.goes_on(times)
    outcome = person.end(run)
    assert sorted(outcome.results.values()) == ["error", "failed", "failed", "passed"]
    assert outcome.status == 1


def test_quit_at_a_failure(sit: Sit, edge: str) -> None:
    """With more to come it ends the run; after the last test there is nothing that it could end."""
    person = sit({"test_f.py": "def test_f():\n    assert 0\ndef test_g():\n    assert 0\n"}, python=edge)
    run = person.driver.start(debug=HOLD)
    person.says("q")
    outcome = person.end(run)
    assert outcome.status == 2
    assert len(person.pauses) == 1
    run = person.driver.start(debug=HOLD, items=[["test_f.py::test_g", 0, str(person.driver.cwd / "test_f.py")]])
    person.is_paused(2)
    person.says("q")
    outcome = person.end(run)
    assert outcome.status == 1
    assert outcome.ran == ["test_f.py::test_g"]


def test_first_line_of_what_fails_before_it(sit: Sit, edge: str) -> None:
    person = sit(FAILING, python=edge)
    path = str(person.driver.cwd / "test_f.py")
    run = person.driver.start(debug=TRACE, items=[["test_f.py::test_setup", 0, path]])
    assert person.is_paused()["function"] == "broken"
    person.says("p theirs")
    person.sees("42")
    person.says("c")
    assert person.end(run).results == {"test_f.py::test_setup": "error"}


def test_stop_is_no_failure_to_stay_at(sit: Sit, edge: str) -> None:
    person = sit({"test_k.py": "def test_k():\n    raise KeyboardInterrupt\n"}, python=edge)
    outcome = person.end(person.driver.start(debug=HOLD))
    assert person.pauses == []
    assert outcome.names.count("Interrupted") == 1


BROKEN_INTO = {
    "code_.py": """
        def calculate(
            x
        ):
            '''Twice.'''
            y = x * 2

            return y
    """,
    "test_b.py": """
        import code_
        import pytest

        @pytest.fixture
        def value():
            v = 3
            yield v
            w = 4

        @pytest.mark.parametrize("n", [1, 2])
        def test_b(value, n):
            assert code_.calculate(n) == n * 2
    """,
}


@pytest.mark.parametrize(
    ("file", "line", "stops"),
    [
        ("code_.py", 6, ["calculate"] * 2),
        ("code_.py", 7, ["calculate"] * 2),
        ("code_.py", 3, ["calculate"] * 2),
        ("test_b.py", 9, ["value"] * 2),
        ("test_b.py", 100, []),
        ("nowhere.py", 1, []),
    ],
)
def test_breakpoints(sit: Sit, file: str, line: int, stops: list[str]) -> None:
    """An empty line stands for the next one, the head of a function for its body."""
    person = sit(BROKEN_INTO)
    run = person.driver.start(debug=BREAKPOINTS, breakpoints=[(str(person.driver.cwd / file), line)])
    for times, function in enumerate(stops, 1):
        pause = person.is_paused(times)
        assert (pause["why"], pause["function"]) == ("breakpoint", function)
        person.says("c")
        person.goes_on(times)
    outcome = person.end(run)
    assert outcome.status == 0, outcome.output
    assert len(person.pauses) == len(stops)


def test_breakpoints_and_the_first_line(sit: Sit, edge: str) -> None:
    person = sit(BROKEN_INTO, python=edge)
    run = person.driver.start(debug=TRACE, breakpoints=[(str(person.driver.cwd / "code_.py"), 6)])
    for times, function in enumerate(["test_b", "calculate"] * 2, 1):
        assert person.is_paused(times)["function"] == function
        person.says("c")
        person.goes_on(times)
    assert person.end(run).status == 0


def test_breakpoints_of_a_run_that_goes_on(sit: Sit) -> None:
    """What the engine says between two tests holds for the next one."""
    person = sit(BROKEN_INTO)
    path = str(person.driver.cwd / "code_.py")
    run = person.driver.start(debug=BREAKPOINTS, breakpoints=[(path, 6)])
    person.is_paused()
    person.driver.connection("run").socket.sendall(wire.frame({"breakpoints": [[path, 8]]}))
    person.says("c")
    assert person.is_paused(2)["line"] == 8
    person.says("c")
    assert person.end(run).status == 0


def test_an_ordinary_run_has_no_breakpoints(sit: Sit) -> None:
    person = sit(BROKEN_INTO)
    run = person.driver.start(breakpoints=[(str(person.driver.cwd / "code_.py"), 6)])
    assert person.end(run).status == 0
    assert person.pauses == []
