"""The policy full: arcs of every test, and what child processes execute."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from tests.plugin.conftest import Start
from tests.plugin.driver import HERE, Driver, write_files
from tests.plugin.outcome import Outcome
from tests.plugin.recording.reading import hides_coverage
from tui.engine.record.ingest import JournalReader, Journals
from tui.model.impact.index import FIXTURE, IMPORT, TEST, Name
from tui.model.impact.source import members

LIB = """
    def choose(n):
        if n:
            return 1
        return 2
    def other():
        return 3
"""


def recorded(driver: Driver, *args: str, **options: Any) -> tuple[Outcome, Journals]:
    outcome = driver.run("-pno:cacheprovider", *args, record="full", **options)
    return outcome, JournalReader(outcome.folder).rest()


def arcs_of(journals: Journals, driver: Driver, name: Name, file: str) -> set[tuple[int, int]]:
    """The arcs of a context in one file."""
    path = str(driver.cwd.resolve() / file)
    parts = [part for where, each in journals.contexts[name].arcs.items() if where[0] == path for part in each]
    return {arc for part in parts for arc in zip(part[::2], part[1::2], strict=True)}


def lines_of(journals: Journals, driver: Driver, name: Name, file: str) -> set[int]:
    """The lines of a context in one file."""
    path = str(driver.cwd.resolve() / file)
    return {line for where, bits in journals.contexts[name].lines.items() if where[0] == path for line in members(bits)}


def test_arcs_of_every_context(drive: Start, edge: str) -> None:
    tests = """
        import pytest, lib
        @pytest.fixture(scope="module")
        def wide(): return lib.choose(0)
        def test_one(): lib.choose(1)
        def test_two(wide): lib.choose(0)
    """
    driver = drive({"lib.py": LIB, "test_h.py": tests}, python=edge)
    outcome, journals = recorded(driver)
    assert outcome.status == 0, outcome.output
    assert arcs_of(journals, driver, Name(TEST, "test_h.py::test_one"), "lib.py") == {(-2, 3), (3, 4), (4, -2)}
    assert arcs_of(journals, driver, Name(TEST, "test_h.py::test_two"), "lib.py") == {(-2, 3), (3, 5), (5, -2)}
    (wide,) = [name for name in journals.contexts if name.kind == FIXTURE and "::wide@" in name.text]
    assert (3, 5) in arcs_of(journals, driver, wide, "lib.py")
    module = Name(IMPORT, str(driver.cwd.resolve() / "lib.py"))
    assert {(2, 6)} < arcs_of(journals, driver, module, "lib.py")
    assert lines_of(journals, driver, Name(TEST, "test_h.py::test_one"), "lib.py") == {3, 4}


def test_children_that_are_forked_or_started(drive: Start, edge: str) -> None:
    tests = """
        import multiprocessing, os, subprocess, sys, threading, lib
        def test_fork():
            pid = os.fork()
            if not pid:
                lib.choose(1)
                os._exit(0)
            os.waitpid(pid, 0)
        def test_process():
            process = multiprocessing.get_context("fork").Process(target=lib.choose, args=(0,))
            process.start()
            process.join()
            assert process.exitcode == 0
        def test_thread():
            thread = threading.Thread(target=lib.other)
            thread.start()
            thread.join()
        def test_started(): subprocess.run([sys.executable, "-c", "import lib; lib.other()"], check=True)
        def test_killed():
            pid = os.fork()
            if not pid:
                lib.choose(1)
                os.kill(os.getpid(), 9)
            os.waitpid(pid, 0)
        def test_none(): pass
    """
    driver = drive({"lib.py": LIB, "test_h.py": tests}, python=edge)
    outcome, journals = recorded(driver)
    assert outcome.status == 0, outcome.output

    def lines(test: str) -> set[int]:
        return lines_of(journals, driver, Name(TEST, f"test_h.py::{test}"), "lib.py")

    assert lines("test_fork") == {3, 4}
    assert lines("test_process") == {3, 5}
    assert lines("test_thread") == {7}
    if "child processes are not recorded" not in str(journals.setting["faults"]):
        assert lines("test_started") == {2, 6, 7}
    assert lines("test_killed") == lines("test_none") == set()
    assert len(outcome.ran) == 6


@pytest.mark.parametrize("name", ["a, b", "$HOME ${PATH}", "50% # ;"])
def test_children_of_a_project_with_an_odd_path(tmp_path: Path, name: str) -> None:
    project = tmp_path / name
    project.mkdir()
    tests = """
        import subprocess, sys, lib
        def test_started(): subprocess.run([sys.executable, "-c", "import lib; lib.other()"], check=True)
    """
    write_files(project, {"pytest.ini": "[pytest]\n", "lib.py": LIB, "test_h.py": tests})
    with Driver(HERE, project, project / "runs") as driver:
        outcome, journals = recorded(driver)
    assert outcome.status == 0, outcome.output
    assert journals.setting["faults"] == []
    assert lines_of(journals, driver, Name(TEST, "test_h.py::test_started"), "lib.py") == {2, 6, 7}


def test_the_environment_of_the_tests_afterwards(drive: Start) -> None:
    conftest = """
        import atexit, os
        atexit.register(lambda: open("after", "w").write(str([name for name in os.environ if "CO" in name])))
    """
    tests = "import os\ndef test_it(): assert os.environ['COVERAGE_PROCESS_START'].endswith('children-main.rc')\n"
    driver = drive({"conftest.py": conftest, "test_h.py": tests}, python=HERE)
    outcome, journals = recorded(driver)
    assert "COVERAGE_PROCESS_START" not in (driver.cwd / "after").read_text()
    assert "REDBAR_CONTEXT" not in (driver.cwd / "after").read_text()
    assert journals.setting["faults"] == []
    assert outcome.status == 0, outcome.output


def test_somebody_else_measures_child_processes(drive: Start) -> None:
    tests = "import os\ndef test_it(): assert os.environ['COVERAGE_PROCESS_START'] == 'theirs'\n"
    files = {"test_h.py": tests, "theirs": ""}
    outcome, journals = recorded(drive(files, python=HERE, environ={"COVERAGE_PROCESS_START": "theirs"}))
    assert outcome.status == 0, outcome.output
    assert any("somebody else" in fault for fault in journals.setting["faults"])


def test_at_selection_nothing_of_this(drive: Start) -> None:
    tests = "import os\ndef test_it(): assert 'COVERAGE_PROCESS_START' not in os.environ\n"
    driver = drive({"test_h.py": tests}, python=HERE)
    outcome = driver.run("-pno:cacheprovider", record="selection")
    assert outcome.status == 0, outcome.output
    assert not any(each.arcs for each in JournalReader(outcome.folder).rest().contexts.values())


def test_workers(drive: Start) -> None:
    pytest.importorskip("xdist")
    files = {"lib.py": LIB, "test_h.py": "import lib\ndef test_a(): lib.choose(1)\ndef test_b(): lib.choose(0)\n"}
    driver = drive(files, python=HERE)
    _, journals = recorded(driver, "-p", "xdist", "-n2")
    assert (3, 4) in arcs_of(journals, driver, Name(TEST, "test_h.py::test_a"), "lib.py")
    assert (3, 5) in arcs_of(journals, driver, Name(TEST, "test_h.py::test_b"), "lib.py")


@pytest.mark.parametrize("branch", [True, False])
def test_beside_a_coverage_that_measures_the_run(drive: Start, branch: bool) -> None:
    """Both see all, and theirs sees what it wants alone; arcs are there if theirs has them."""
    files = {
        "lib.py": LIB,
        "conftest.py": f"""
            import coverage
            measuring = coverage.Coverage(data_file=None, include=["*/lib.py"], branch={branch})
            measuring.start()
            def pytest_unconfigure():
                measuring.stop()
                data = measuring.get_data()
                print("MEASURED", [name.rpartition("/")[2] for name in data.measured_files()])
                import lib
                print("LINES", sorted(data.lines(lib.__file__)), sorted(data.arcs(lib.__file__) or [])[:2])
        """,
        "test_h.py": """
            import threading, lib
            def test_a(): lib.choose(1)
            def test_b():
                thread = threading.Thread(target=lib.other)
                thread.start()
                thread.join()
        """,
    }
    driver = drive(files, python=HERE)
    outcome, journals = recorded(driver)
    assert outcome.status == 0, outcome.output
    assert "MEASURED ['lib.py']" in outcome.output
    assert "LINES [2, 3, 4, 6, 7]" in outcome.output
    one, two = Name(TEST, "test_h.py::test_a"), Name(TEST, "test_h.py::test_b")
    assert lines_of(journals, driver, one, "lib.py") == {3, 4}
    assert lines_of(journals, driver, two, "lib.py") == {7}
    assert lines_of(journals, driver, one, "test_h.py") == {3}
    assert arcs_of(journals, driver, one, "lib.py") == ({(-2, 3), (3, 4), (4, -2)} if branch else set())


def test_lines_beside_a_coverage_that_measures_branches(drive: Start, python: str) -> None:
    """Versions of coverage.py pack arcs in different ways, and before 3.12 theirs are what lines are made of."""
    files = {
        "lib.py": LIB,
        "conftest.py": """
            import coverage
            measuring = coverage.Coverage(data_file=None, include=["*/lib.py"], branch=True)
            measuring.start()
            def pytest_unconfigure():
                measuring.stop()
        """,
        "test_h.py": "import lib\ndef test_a(): lib.choose(1)\n",
    }
    driver = drive(files, python=python)
    outcome = driver.run("-pno:cacheprovider", record="selection")
    assert outcome.status == 0, outcome.output
    name = Name(TEST, "test_h.py::test_a")
    assert lines_of(JournalReader(outcome.folder).rest(), driver, name, "lib.py") == {3, 4}


def test_without_a_tracer_lines_are_recorded_where_that_can_be(drive: Start, tmp_path: Path) -> None:
    hiding = hides_coverage(tmp_path)
    files = {"lib.py": LIB, "test_h.py": "import lib\ndef test_a(): lib.choose(1)\n"}
    driver = drive(files, python=HERE, environ={"PYTHONPATH": str(hiding)})
    outcome, journals = recorded(driver)
    assert outcome.status == 0, outcome.output
    assert journals.setting["faults"]
    expected = {3, 4} if sys.version_info >= (3, 12) else set()
    assert lines_of(journals, driver, Name(TEST, "test_h.py::test_a"), "lib.py") == expected
