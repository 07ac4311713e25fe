"""Recording in processes where much else goes on: threads, forks, workers, other tools, hostile tests."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.plugin.conftest import Start
from tests.plugin.driver import HERE
from tests.plugin.recording.reading import LIB, TRACED, Record, hides_coverage, is_traced, recorded
from tests.plugin.test_hostile import FATAL, FOR_EVER, TESTS, indented


@pytest.mark.parametrize("what", sorted(set(FOR_EVER) - FATAL))
def test_hostile_tests_keep_their_outcomes_and_their_successors_record(drive: Start, what: str, edge: str) -> None:
    tests = TESTS.format(body=indented(FOR_EVER[what])).replace("test_after(): pass", "test_after(): lib.called()")
    driver = drive({"lib.py": LIB, "test_h.py": tests.replace("import os,", "import lib, os,")}, python=edge)
    args = ("-pno:cacheprovider", "-s", "-pno:faulthandler", "--tb=native")
    plain = driver.run(*args)
    outcome = driver.run(*args, record="selection")
    assert outcome.results == plain.results
    assert outcome.status == plain.status
    record = Record(outcome.folder, driver.cwd)
    assert record.tests == outcome.ran
    assert record.test("test_h.py::test_before").code["test_h.py"]
    assert record.ended
    if "test_h.py::test_after" not in record.tests:
        return  # pytest itself did not come so far
    after = record.test("test_h.py::test_after")
    if what == "a trace function" and is_traced(edge):
        assert after.partial
    else:
        assert after.code["lib.py"] == {"return 2"}


@pytest.mark.parametrize(
    "name", ["os.open", "os.read", "os.readlink", "os.getcwd", "builtins.open", "io.open", "json.dumps"]
)
def test_patches_while_the_recorder_writes(drive: Start, name: str) -> None:
    tests = f"""
        import builtins, io, json, os, sys, lib
        def boom(*args, **kwargs): raise AssertionError
        def test_patched(monkeypatch):
            with monkeypatch.context() as patching:
                patching.setattr({name!r}, boom)
                import late
                lib.called()
        def test_after(): lib.other()
    """
    outcome, record = recorded(drive({"lib.py": LIB, "late.py": "X = 1\n", "test_h.py": tests}))
    assert outcome.status == 0, outcome.output
    assert record.test("test_h.py::test_patched").code["lib.py"] == {"return 2"}
    assert record.module("late.py").code["late.py"] == {"X = 1"}
    assert record.test("test_h.py::test_after").code["lib.py"] == {"return 3"}


@TRACED
def test_a_debugger_takes_the_trace_function(drive: Start) -> None:
    """What nobody saw is said, and the next test is seen again."""
    tests = """
        import sys, lib
        def test_traces():
            sys.settrace(lambda *_: None)
            lib.called()
            sys.settrace(None)
            lib.other()
        def test_after(): lib.called()
    """
    _, record = recorded(drive({"lib.py": LIB, "test_h.py": tests}, python=HERE))
    assert record.test("test_h.py::test_traces").partial
    assert not record.test("test_h.py::test_after").partial
    assert record.test("test_h.py::test_after").code["lib.py"] == {"return 2"}


def test_a_test_of_sys_monitoring(drive: Start, edge: str) -> None:
    tests = """
        import sys, lib
        def test_frees():
            monitoring = sys.monitoring
            for tool in range(6):
                monitoring.free_tool_id(tool)
            monitoring.restart_events()
            lib.called()
        def test_after(): lib.called()
    """
    if is_traced(edge):
        pytest.skip("has no sys.monitoring")
    outcome, record = recorded(drive({"lib.py": LIB, "test_h.py": tests}, python=edge))
    assert outcome.status == 0
    assert record.tests == ["test_h.py::test_frees", "test_h.py::test_after"]
    assert record.test("test_h.py::test_after").partial


@TRACED
def test_without_coverage_the_rest_is_recorded(drive: Start, tmp_path: Path) -> None:
    """An environment of an older Python in which coverage.py is missing."""
    files = {
        "lib.py": LIB,
        "data.txt": "",
        "test_h.py": """
            import pytest, lib
            @pytest.fixture(scope="module")
            def wide(): pass
            def test_it(wide): open("data.txt")
        """,
    }
    environ = {"PYTHONPATH": str(hides_coverage(tmp_path))}
    _, record = recorded(drive(files, python=HERE, environ=environ))
    assert [fault.partition(",")[0] for fault in record.faults] == ["there is no coverage.py in this environment"]
    test = record.test("test_h.py::test_it")
    assert test.partial
    assert test.data == {"data.txt"}
    assert test.keys["fixtures"] == [record.fixture("wide").keys["key"]]
    assert test.code == {}
    assert record.pairs("edges") == {("test_h.py", "lib.py")}
    assert record.ended


@TRACED
def test_a_run_that_is_traced_already(drive: Start, tmp_path: Path) -> None:
    """coverage.py measures the process: before Python 3.12 nobody can look beside it."""
    tests = "import lib\ndef test_it(): lib.called()\n"
    (tmp_path / "at_start").mkdir()
    (tmp_path / "at_start" / "sitecustomize.py").write_text("import sys; sys.settrace(lambda *_: None)\n")
    driver = drive({"lib.py": LIB, "test_h.py": tests}, python=HERE, environ={"PYTHONPATH": str(tmp_path / "at_start")})
    _, record = recorded(driver)
    assert record.faults == ["another tool traces this run"]
    assert record.imports == ["lib.py", "test_h.py"]


@TRACED
def test_coverage_that_starts_later(drive: Start) -> None:
    """As pytest-cov does: its report is right, of the files that it wants, and so is our record, of all."""
    files = {
        "lib.py": LIB,
        "conftest.py": """
            import coverage
            measuring = coverage.Coverage(data_file=None, include=["*/lib.py"])
            measuring.start()
            def pytest_unconfigure():
                measuring.stop()
                import lib
                print("MEASURED", sorted(measuring.get_data().lines(lib.__file__)))
        """,
        "test_h.py": "import lib\ndef test_it(): lib.called()\n",
    }
    outcome, record = recorded(drive(files, python=HERE))
    assert "MEASURED [2, 3, 4, 5]" in outcome.output
    assert record.faults == []
    test = record.test("test_h.py::test_it")
    assert not test.partial
    assert test.code == {"lib.py": {"return 2"}, "test_h.py": {"def test_it(): lib.called()"}}
    assert record.module("lib.py").numbers["lib.py"] == {2, 3, 5}


def test_warnings_are_errors(drive: Start, edge: str) -> None:
    tests = "import lib\ndef test_it():\n    import late\n    lib.called()\n"
    files = {"lib.py": LIB, "late.py": "", "test_h.py": tests}
    outcome, record = recorded(drive(files, python=edge), "-Werror")
    assert outcome.status == 0, outcome.output
    assert outcome.events("WarningRecorded") == []
    assert record.test("test_h.py::test_it").code["lib.py"] == {"return 2"}


def test_modules_that_pytest_imports_by_itself(drive: Start, edge: str) -> None:
    """With that import mode no import of test modules goes the usual way; what they import does."""
    files = {
        "pytest.ini": "[pytest]\npythonpath = .\n",
        "lib.py": LIB,
        "tests/test_h.py": """
        import pytest, lib
        @pytest.mark.parametrize("n", [lib.other()])
        def test_it(n): lib.called()
    """,
    }
    outcome, record = recorded(drive(files, python=edge), "--import-mode=importlib")
    assert outcome.status == 0, outcome.output
    assert record.test("tests/test_h.py::test_it[3]").code["lib.py"] == {"return 2"}
    assert record.contexts["c", "tests/test_h.py"].code["lib.py"] == {"return 3"}
    assert "def called():" in record.module("lib.py").code["lib.py"]
    assert ("tests/test_h.py", "lib.py") in record.pairs("edges")


def test_a_test_that_reads_very_many_files(drive: Start) -> None:
    """A line of the record has its limit; the rest comes in further lines."""
    tests = """
        def test_it(tmp_path):
            for n in range(4500): open(f"data/{n:0100}.txt", "a+").close()
    """
    _, record = recorded(drive({"data/x": "", "test_h.py": tests}))
    assert len(record.test("test_h.py::test_it").data) == 4500
    assert len(record.wrote) == 4500
    assert len([line for line in record.lines if line.get("context") == "t"]) > 1
    assert record.test("test_h.py::test_it").code["test_h.py"]


def test_what_coverage_run_reports_beside_us(drive: Start, edge: str) -> None:
    """The user's own measurement in a test run says what it says without us."""
    tests = """
        import coverage, lib
        def test_measures():
            measuring = coverage.Coverage(data_file=None, include=["*/lib.py"])
            measuring.start()
            lib.called()
            measuring.stop()
            assert measuring.get_data().lines(lib.__file__) == [4]
        def test_after(): lib.other()
    """
    outcome, record = recorded(drive({"lib.py": LIB.replace("\n    ", "\n"), "test_h.py": tests}, python=edge))
    assert outcome.status == 0, outcome.output
    assert record.test("test_h.py::test_after").code["lib.py"] == {"return 3"}


@pytest.mark.parametrize("name", ["freezegun", "pyfakefs", "time_machine"])
def test_libraries_that_replace_clocks_and_files(drive: Start, name: str) -> None:
    found = subprocess.run([HERE, "-c", f"import {name}"], capture_output=True, check=False)
    if found.returncode:
        pytest.skip(f"{HERE} has no {name}")
    body = {
        "freezegun": "import freezegun\n    with freezegun.freeze_time('2001-01-01'): import late; lib.called()",
        "time_machine": "import time_machine\n    with time_machine.travel(0): import late; lib.called()",
        "pyfakefs": "from pyfakefs.fake_filesystem_unittest import Patcher\n    with Patcher(): lib.called()",
    }[name]
    tests = f"import lib\ndef test_it():\n    {body}\ndef test_after(): lib.other()\n"
    outcome, record = recorded(drive({"lib.py": LIB, "late.py": "", "test_h.py": tests}))
    assert outcome.status == 0, outcome.output
    assert record.test("test_h.py::test_it").code["lib.py"] == {"return 2"}
    assert record.test("test_h.py::test_after").code["lib.py"] == {"return 3"}


def test_the_folder_of_the_run_goes_away(drive: Start) -> None:
    tests = "import shutil, lib\ndef test_it(folder):\n    shutil.rmtree(folder)\ndef test_after(): lib.called()\n"
    driver = drive({"lib.py": LIB, "test_h.py": tests})
    folder = driver.folder(1)
    (driver.cwd / "conftest.py").write_text(f"import pytest\n@pytest.fixture\ndef folder(): return {str(folder)!r}\n")
    number = driver.start("-pno:cacheprovider", record="selection")
    assert driver.message("exited", number)["status"] == 0
    shutil.rmtree(folder, ignore_errors=True)
