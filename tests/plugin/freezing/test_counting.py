"""What is frozen, what never is, and how many."""

from __future__ import annotations

import subprocess
import textwrap

import pytest

from tests.plugin.conftest import Start
from tests.plugin.driver import HERE, lives, until
from tests.plugin.freezing.desk import freeze, frozen_of

FAILING = "import pytest\n@pytest.mark.parametrize('n', range({count}))\ndef test_n(n): assert 0\n"


def test_nothing_without_being_asked(drive: Start) -> None:
    run = drive({"test_a.py": FAILING.format(count=2)}).run()
    assert run.events("Frozen") == run.events("NotFrozen") == []


NEVER = """
    import unittest, pytest
    @pytest.mark.xfail
    def test_expected(): assert 0
    @pytest.mark.xfail(raises=ZeroDivisionError)
    def test_raises(): 1 / 0
    @pytest.mark.xfail(strict=True)
    def test_strict(): pass
    def test_imperative(): pytest.xfail("not now")
    def test_skip(): pytest.skip("not now")
    @pytest.fixture
    def skipping(): pytest.skip("not now")
    def test_skip_in_setup(skipping): pass
    def test_caught():
        with pytest.raises(ZeroDivisionError): 1 / 0
    class TestUnit(unittest.TestCase):
        @unittest.expectedFailure
        def test_expected(self): assert 0
        def test_skip(self): self.skipTest("not now")
        @pytest.mark.xfail
        def test_marked(self): assert 0
        @unittest.skip("never")
        def test_never(self): assert 0
"""


def test_what_is_no_failure_is_not_frozen(drive: Start, edge: str) -> None:
    run, _ = freeze(drive({"test_a.py": NEVER}, python=edge), count=0)
    assert run.events("NotFrozen") == []
    assert set(run.results.values()) == {"xfailed", "skipped", "passed", "failed"}, run.results


def test_marked_but_raising_another_error(drive: Start) -> None:
    tests = """
        import unittest, pytest
        @pytest.mark.xfail(raises=ZeroDivisionError)
        def test_a(): raise ValueError
        class TestUnit(unittest.TestCase):
            @pytest.mark.xfail(raises=ZeroDivisionError)
            def test_b(self): raise ValueError
    """
    _run, frozen = freeze(drive({"test_a.py": tests}), count=2)
    assert [each.hello["exceptions"][0]["type"] for each in frozen] == ["ValueError", "ValueError"]


INNER = """
    pytest_plugins = "pytester"
    def test_inner(pytester, request):
        pytester.makepyfile('''
            import unittest
            def test_a(): assert 0
            class TestUnit(unittest.TestCase):
                def test_b(self): assert 0
        ''')
        request.config.kept = pytester.runpytest_inprocess("-pno:cacheprovider")
        request.config.kept.assert_outcomes(failed=2)
    def test_outer(): assert 0
"""


def test_inner_runs_never_freeze(drive: Start, python: str) -> None:
    driver = drive({"test_a.py": INNER}, python=python)
    run, frozen = freeze(driver, "-pno:cacheprovider", count=1)
    assert frozen[0].hello["nodeid"] == "test_a.py::test_outer"
    assert [line["nodeid"] for line in run.events("Frozen")] == ["test_a.py::test_outer"]


# What pytest-rerunfailures does: reports of attempts that do not count have an outcome of their own.
RERUNS = """
    from _pytest.runner import runtestprotocol
    def pytest_runtest_protocol(item, nextitem):
        item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        for attempt in range(3):
            reports = runtestprotocol(item, nextitem=nextitem, log=False)
            again = any(report.failed for report in reports) and attempt < 2
            for report in reports:
                if report.failed and again:
                    report.outcome = "rerun"
                item.ihook.pytest_runtest_logreport(report=report)
            if not again:
                break
            item._initrequest()
        item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        return True
"""
ATTEMPTS = """
    runs = []
    def test_never():
        runs.append(1)
        assert 0
    others = []
    def test_at_last():
        others.append(1)
        assert len(others) == 3
"""


def test_attempts_that_are_run_again_are_dropped(drive: Start, edge: str) -> None:
    driver = drive({"conftest.py": RERUNS, "test_a.py": ATTEMPTS}, python=edge)
    run = driver.run(freeze=20)
    events = run.events("Frozen")
    assert [line["nodeid"].partition("::")[2] for line in events] == ["test_never"] * 3 + ["test_at_last"] * 2
    # The last attempt alone is what the report is about.
    gone = [line["pid"] for line in events if line is not events[2]]
    until(lambda: not any(lives(pid) for pid in gone), "the end of the others")
    driver.wait(lambda: [each for each in frozen_of(driver) if each.pid == events[2]["pid"]], "the last attempt")
    driver.wait(lambda: len(frozen_of(driver)) == 1, "connections of the others to close")
    (frozen,) = frozen_of(driver)
    assert frozen.evaluate("len(runs)") == "3"


def test_dropped_attempts_do_not_count(drive: Start) -> None:
    driver = drive({"conftest.py": RERUNS, "test_a.py": ATTEMPTS, "test_b.py": FAILING.format(count=1)})
    run = driver.run(freeze=2)
    assert [line["nodeid"] for line in run.events("Frozen")][-1] == "test_b.py::test_n[0]"


# What flaky does: attempts that fail and are followed by one that passes are never reported.
SILENT = """
    from _pytest.runner import runtestprotocol
    def pytest_runtest_protocol(item, nextitem):
        item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        reports = runtestprotocol(item, nextitem=nextitem, log=False)
        if any(report.failed for report in reports):
            item._initrequest()
            reports = runtestprotocol(item, nextitem=nextitem, log=False)
        for report in reports:
            item.ihook.pytest_runtest_logreport(report=report)
        item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        return True
"""


def test_attempts_that_nobody_hears_of_are_dropped(drive: Start) -> None:
    tests = "runs = []\ndef test_a():\n    runs.append(1)\n    assert len(runs) == 2\n"
    driver = drive({"conftest.py": SILENT, "test_a.py": tests})
    run = driver.run(freeze=20)
    (event,) = run.events("Frozen")
    assert run.results == {"test_a.py::test_a": "passed"}
    until(lambda: not lives(event["pid"]), "its end")


def test_only_the_smallest_example_of_hypothesis(drive: Start) -> None:
    if subprocess.run([HERE, "-c", "import hypothesis"], check=False, capture_output=True).returncode:
        pytest.skip(f"{HERE} has no hypothesis")
    tests = """
        import unittest
        from hypothesis import given, settings, strategies as st
        calls = []
        @settings(database=None, max_examples=50)
        @given(st.integers())
        def test_small(value):
            calls.append(value)
            assert value < 100
        class TestUnit(unittest.TestCase):
            @settings(database=None)
            @given(st.integers())
            def test_small(self, value): self.assertLess(value, 100)
    """
    driver = drive({"test_h.py": tests})
    _run, frozen = freeze(driver)
    assert [each.evaluate("value") for each in frozen] == ["100", "100"]
    assert int(frozen[0].evaluate("len(calls)")) > 2


def test_cap(drive: Start) -> None:
    run, frozen = freeze(drive({"test_a.py": FAILING.format(count=5)}), freeze=2, count=2)
    assert [each.hello["nodeid"] for each in frozen] == ["test_a.py::test_n[0]", "test_a.py::test_n[1]"]
    left = run.events("NotFrozen")
    assert [(line["nodeid"], line["number"], line["when"]) for line in left] == [
        (f"test_a.py::test_n[{n}]", 0, "call") for n in (2, 3, 4)
    ]
    assert {line["why"] for line in left} == {"2 failures of this run are frozen already"}


def test_many_at_once(drive: Start) -> None:
    """Some are frozen in any case, more when there is time for it."""
    run, frozen = freeze(drive({"test_a.py": FAILING.format(count=200)}), freeze=150)
    assert [each.hello["nodeid"] for each in frozen[:10]] == [f"test_a.py::test_n[{n}]" for n in range(10)]
    assert len(frozen) < 150
    left = run.events("NotFrozen")
    assert len(left) + len(frozen) == 200
    assert all(line["why"].endswith("would slow the run down") for line in left)
    assert [line["nodeid"] for line in left] == [
        line["nodeid"]
        for line in run.events("PhaseReported")
        if line["nodeid"] not in {each.hello["nodeid"] for each in frozen}
    ]


def test_cap_of_workers(drive: Start) -> None:
    run, frozen = freeze(drive({"test_a.py": FAILING.format(count=12)}), "-pxdist", "-n2", freeze=4)
    workers = [each.hello["worker"] for each in frozen]
    assert all(workers.count(worker) <= 2 for worker in workers)
    assert len(run.events("NotFrozen")) == 12 - len(frozen)


def test_forks_of_tests_freeze_nothing(drive: Start) -> None:
    tests = """
        import os
        from _pytest.runner import runtestprotocol
        def pytest_runtest_protocol(item, nextitem):
            pid = os.fork()
            if pid == 0:
                try: runtestprotocol(item, nextitem=nextitem, log=False)
                finally: os._exit(0)
            os.waitpid(pid, 0)
            return True
    """
    run, _ = freeze(drive({"conftest.py": tests, "test_a.py": FAILING.format(count=1)}), count=0)
    assert run.events("NotFrozen") == []


def test_no_process_to_be_had(drive: Start) -> None:
    tests = """
        import sys, threading
        threading.Thread(target=threading.Event().wait, daemon=True).start()
        def refuse(event, arguments):
            if event == "os.fork": raise OSError(11, "Resource temporarily unavailable")
        sys.addaudithook(refuse)
        def test_a(): assert 0
    """
    run, _ = freeze(drive({"test_a.py": tests}), count=0)
    assert run.event("NotFrozen")["why"] == "no process can be made: Resource temporarily unavailable"
    assert run.results == {"test_a.py::test_a": "failed"}


@pytest.mark.parametrize("threads", [0, 1])
def test_a_copy_that_does_not_come_to_rest(drive: Start, threads: int) -> None:
    """It is ended, and the run goes on."""
    tests = f"import threading\nfor _ in range({threads}):\n"
    tests += "    threading.Thread(target=threading.Event().wait, daemon=True).start()\n"
    tests += textwrap.dedent("""
        import os, time
        def hang():
            with open("forked", "a") as file: file.write(f"{os.getpid()} ")
            time.sleep(600)
        os.register_at_fork(after_in_child=hang)
        def test_a(): assert 0
        def test_b(): pass
    """)
    driver = drive({"test_a.py": tests})
    run, _ = freeze(driver, count=0)
    assert run.event("NotFrozen")["why"] == "its copy did not let go of what it shares with the run in time"
    assert run.results == {"test_a.py::test_a": "failed", "test_a.py::test_b": "passed"}
    pids = [int(pid) for pid in (driver.cwd / "forked").read_text().split()]
    until(lambda: not any(lives(pid) for pid in pids), "the end of the copy")
