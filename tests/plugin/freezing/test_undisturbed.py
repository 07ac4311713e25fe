"""The run does not notice that copies of it are made: what comes after a frozen failure is as without one."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.plugin.conftest import Start
from tests.plugin.driver import lives, until
from tests.plugin.freezing.desk import freeze, frozen_of
from tests.plugin.recording.reading import Record

COVERAGE = """
    import atexit, coverage
    cov = coverage.Coverage(data_suffix=True, source=["."], config_file=False)
    cov.start()
    def finish():
        cov.stop()
        cov.save()
    atexit.register(finish)
"""


def test_coverage_data(drive: Start, python: str) -> None:
    """One file, of the run itself, with what was executed after the copy as well."""
    files = {
        "conftest.py": COVERAGE,
        "lib.py": "def early():\n    return 1\ndef late():\n    return 2\n",
        "test_a.py": "import lib\ndef test_a():\n    lib.early()\n    assert 0\ndef test_b(): lib.late()\n",
    }
    driver = drive(files, python=python)
    run, (frozen,) = freeze(driver, count=1)
    assert run.results == {"test_a.py::test_a": "failed", "test_a.py::test_b": "passed"}, run.output
    assert frozen.evaluate("lib.late()") == "2"
    frozen.leave()
    (data,) = driver.cwd.glob(".coverage*")
    import coverage

    found = coverage.CoverageData(str(data))
    found.read()
    assert found.lines(str(driver.cwd / "lib.py")) == [1, 2, 3, 4]


def test_coverage_that_listens_to_exits(drive: Start) -> None:
    files = {
        "conftest.py": COVERAGE.replace("config_file=False", "config_file='cov.ini'"),
        "cov.ini": "[run]\npatch = _exit\n",
        "test_a.py": "import pytest\n@pytest.mark.parametrize('n', range(5))\ndef test_a(n): assert 0\n",
    }
    driver = drive(files)
    _run, frozen = freeze(driver, count=5)
    for each in frozen:
        assert each.evaluate("n") in "01234"
        each.leave()
    assert len(list(driver.cwd.glob(".coverage*"))) == 1


@pytest.mark.parametrize("record", ["selection", "full"])
def test_recording_knows_nothing_of_it(drive: Start, edge: str, record: str) -> None:
    files = {
        "lib.py": "def early():\n    return 1\ndef late():\n    return 2\n",
        "test_a.py": "import lib\ndef test_a():\n    lib.early()\n    assert 0\ndef test_b(): lib.late()\n",
    }
    driver = drive(files, python=edge)
    run, (frozen,) = freeze(driver, count=1, record=record)
    frozen.evaluate("lib.late()")
    frozen.evaluate("import os; os._exit(0)")
    frozen.leave()
    assert [path.name for path in run.folder.glob("record-*")] == ["record-main.jsonl"]
    found = Record(run.folder, driver.cwd)
    seen = found.contexts["t", "test_a.py::test_a"]
    assert not seen.spawns
    if record == "full":
        return  # of branches; that the copy adds none is seen by its having no journal
    assert "return 1" in seen.code["lib.py"]
    assert "return 2" not in seen.code["lib.py"]
    assert "return 2" in found.contexts["t", "test_a.py::test_b"].code["lib.py"]


def test_journal_is_the_runs_own(drive: Start) -> None:
    """A copy writes nothing into it, and holds no connection of the run's."""
    tests = "def test_a(): assert 0\ndef test_b(): pass\n"
    driver = drive({"test_a.py": tests})
    run, (frozen,) = freeze(driver, count=1)
    before = (run.folder / "journal-main.jsonl").read_bytes()
    assert frozen.evaluate("__import__('os').getpid()") != str(frozen.pid)
    assert (run.folder / "journal-main.jsonl").read_bytes() == before
    driver.wait(lambda: not driver._of("run"), "the run's connection to close")
    assert lives(frozen.pid)


def test_killing_the_run_spares_its_copies(drive: Start) -> None:
    tests = "import time\ndef test_a(): assert 0\ndef test_b(): time.sleep(600)\n"
    driver = drive({"test_a.py": tests})
    number = driver.start(freeze=20)
    driver.saw(number, "ItemStarted", nodeid="test_a.py::test_b")
    driver.signal(number, signal.SIGKILL)
    assert driver.end(number).status == -signal.SIGKILL
    driver.wait(lambda: frozen_of(driver), "the copy")
    (frozen,) = frozen_of(driver)
    assert frozen.evaluate("1 + 1") == "2"


def test_no_copy_outlives_the_explorer(drive: Start) -> None:
    tests = "import pytest\n@pytest.mark.parametrize('n', range(5))\ndef test_a(n): assert 0\n"
    driver = drive({"test_a.py": tests})
    _run, frozen = freeze(driver, count=5)
    frozen[0].ask("locals")  # one of them with an inspector
    pids = [each.pid for each in frozen]
    driver.hang_up()
    until(lambda: not any(lives(pid) for pid in pids), "the end of the copies")


THREADS = """
    import hashlib, json, logging, queue, random, threading, pytest
    stop = threading.Event()
    log = logging.getLogger("x")
    def work():
        while not stop.is_set():
            log.warning("at work %s", json.dumps({"x": [1] * 100}))
            hashlib.sha256(b"x" * 4096).digest()
    @pytest.fixture(scope="module", autouse=True)
    def workers():
        threads = [threading.Thread(target=work, name="busy") for _ in range(4)]
        for each in threads: each.start()
        yield
        stop.set()
        for each in threads: each.join()
    @pytest.mark.parametrize("n", range(10))
    def test_a(n): assert 0
"""


@pytest.mark.parametrize("args", [(), ("-Werror", "-pno:asyncio")], ids=["plain", "warnings are errors"])
def test_other_threads(drive: Start, edge: str, args: tuple[str, ...]) -> None:
    """Their locks are held at the fork; copies come to rest and answer all the same."""
    driver = drive({"test_a.py": THREADS}, python=edge)
    run, frozen = freeze(driver, *args, freeze=50, count=10)
    assert set(run.results.values()) == {"failed"}, run.output
    assert "fork" not in run.output
    for each in frozen:
        assert sum(words.startswith("busy\n") for words in each.hello["threads"]) == 4
        assert each.evaluate("log.warning('again'), n")


def test_frames_of_a_running_thread(drive: Start) -> None:
    """A traceback with a frame that another thread is still in cannot be looked at in a copy."""
    tests = """
        import sys, threading
        def test_a():
            caught, go = threading.Event(), threading.Event()
            kept = []
            def work():
                try: 1 / 0
                except ZeroDivisionError as error:
                    kept.append(error)
                    caught.set()
                    go.wait(60)
            thread = threading.Thread(target=work, daemon=True)
            thread.start()
            caught.wait()
            raise kept[0]
    """
    run, _ = freeze(drive({"test_a.py": tests}), count=0)
    assert run.event("NotFrozen")["why"] == "a thread still runs in it"


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="no /proc")
def test_many_descriptors(drive: Start) -> None:
    tests = """
        import os, resource
        def test_a():
            resource.setrlimit(resource.RLIMIT_NOFILE, (1500, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
            ends = [os.dup(2) for _ in range(1200)]
            try: assert 0
            finally: kept.extend(ends)
        kept = []
    """
    _run, (frozen,) = freeze(drive({"test_a.py": tests}), count=1)
    assert frozen.evaluate("len(ends)") == "1200"
    assert len(frozen.hello["descriptors"]) == 200
