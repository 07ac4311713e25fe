"""The record of a run that is more than one thread of one process."""

from __future__ import annotations

from tests.plugin.conftest import Start
from tests.plugin.recording.reading import LIB, WITHOUT, Record, recorded


def test_threads(drive: Start, edge: str) -> None:
    tests = """
        import threading, lib
        def run(target):
            thread = threading.Thread(target=target)
            thread.start()
            thread.join()
        def imports():
            import late
        def test_called(): run(lib.called)
        def test_imports(): run(imports)
        def test_other(): run(lib.other)
    """
    files = {"lib.py": LIB, "late.py": "import lib\nlib.called()\n", "test_h.py": tests}
    _, record = recorded(drive(files, python=edge))
    assert record.test("test_h.py::test_called").code["lib.py"] == {"return 2"}
    assert record.test("test_h.py::test_other").code["lib.py"] == {"return 3"}
    # The lines of an import by another thread stay with the test that waits for it.
    assert record.test("test_h.py::test_imports").code["lib.py"] == {"return 2"}
    assert record.module("late.py").partial
    assert ("test_h.py", "late.py") in record.pairs("edges")


def test_forks_write_nothing(drive: Start, edge: str) -> None:
    tests = """
        import os, lib
        def test_forks():
            pid = os.fork()
            if pid == 0:
                import late
                open("late.txt", "w").close()
                lib.other()
                os._exit(0)
            os.waitpid(pid, 0)
            lib.called()
        def test_a_child_that_goes_on():
            global pid
            pid = os.fork()
            if pid: os.waitpid(pid, 0)
            lib.called()
        def test_last():
            if not pid: os._exit(0)
    """
    outcome, record = recorded(drive({"lib.py": LIB, "late.py": "", "test_h.py": tests}, python=edge))
    assert record.tests == ["test_h.py::test_forks", "test_h.py::test_a_child_that_goes_on", "test_h.py::test_last"]
    assert len([line for line in record.lines if line.get("context") == "t"]) == 3
    assert record.test("test_h.py::test_forks").code["lib.py"] == {"return 2"}
    assert "late.py" not in record.imports
    assert record.wrote == set()
    assert outcome.status == 0


def test_inner_runs_belong_to_the_outer_test(drive: Start, edge: str) -> None:
    files = {
        "conftest.py": "pytest_plugins = 'pytester'\n",
        "lib.py": LIB,
        "plugin.py": "import lib\ndef pytest_runtest_call(): lib.called()\n",
        "test_h.py": """
            import lib
            INNER = "import pytest\\n@pytest.fixture(scope='session')\\ndef s(): pass\\ndef test_inner(s): pass\\n"
            def test_in_process(pytester):
                pytester.makepyfile(INNER)
                pytester.runpytest_inprocess("-p", "plugin").assert_outcomes(passed=1)
            def test_subprocess(pytester):
                pytester.makepyfile(INNER)
                pytester.runpytest_subprocess().assert_outcomes(passed=1)
            def test_after(): lib.other()
        """,
    }
    outcome, record = recorded(drive(files, python=edge))
    assert outcome.status == 0, outcome.output
    assert record.tests == ["test_h.py::test_in_process", "test_h.py::test_subprocess", "test_h.py::test_after"]
    assert record.test("test_h.py::test_in_process").code["lib.py"] == {"return 2"}
    assert record.test("test_h.py::test_after").code["lib.py"] == {"return 3"}
    assert record.test("test_h.py::test_subprocess").spawns
    assert record.test("test_h.py::test_in_process").keys["fixtures"] == ["::tmp_path_factory@#0"]
    assert len(list(outcome.folder.glob("record-*"))) == 1
    assert record.ended


def test_every_worker_has_its_record(drive: Start, edge: str) -> None:
    tests = """
        import pytest, lib
        @pytest.fixture(scope="module")
        def wide(): return lib.other()
        @pytest.mark.parametrize("n", range(8))
        def test_it(n, wide): lib.called()
    """
    driver = drive({"lib.py": LIB, "test_h.py": tests, "conftest.py": "import lib\n"}, python=edge)
    outcome = driver.run(*WITHOUT, "-n2", record="selection")
    records = [Record(outcome.folder, driver.cwd, name) for name in ("gw0", "gw1")]
    assert sorted(nodeid for each in records for nodeid in each.tests) == [f"test_h.py::test_it[{n}]" for n in range(8)]
    for record in records:
        assert record.ended
        assert {"conftest.py", "lib.py", "test_h.py"} <= set(record.imports)
        for nodeid in record.tests:
            assert record.test(nodeid).code["lib.py"] == {"return 2"}
            assert record.test(nodeid).keys["fixtures"] == [record.fixture("wide").keys["key"]]
    controller = Record(outcome.folder, driver.cwd)
    assert controller.tests == []
    assert controller.ended
