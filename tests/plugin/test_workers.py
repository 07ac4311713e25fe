"""pytest-xdist: live events of each worker, workers that die, and nothing of it where it was not asked for."""

from __future__ import annotations

import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.plugin.conftest import Start
from tests.plugin.driver import HERE, clean_environ
from tui.plugin import wire

TESTS = """
    import pytest, time
    @pytest.mark.parametrize("n", range(12))
    def test_a(n):
        print("output of", n)
        assert n != 5
    def test_b(tmp_path): pass
"""


@pytest.fixture(autouse=True)
def needs_xdist(request: pytest.FixtureRequest) -> None:
    name = next((name for name in ("python", "edge") if name in request.fixturenames), None)
    python = request.getfixturevalue(name) if name else HERE
    if subprocess.run([python, "-c", "import xdist"], check=False, capture_output=True).returncode:
        pytest.skip(f"{python} has no pytest-xdist")


def test_events_of_each_worker(drive: Start, python: str) -> None:
    driver = drive({"test_a.py": TESTS}, python=python)
    run = driver.run("-n2")
    assert run.status == 1
    assert set(run.workers) == {"gw0", "gw1"}
    for lines in run.workers.values():
        started = [line["nodeid"] for line in lines if line["event"] == "ItemStarted"]
        assert started
        assert started == [line["nodeid"] for line in lines if line["event"] == "ItemFinished"]
    assert sorted(run.ran) == sorted(run.order)
    assert len(run.ran) == 13
    assert [line["nodeid"] for line in run.events("PhaseReported")] == ["test_a.py::test_a[5]"]
    assert run.sections("test_a.py::test_a[7]") == [("Captured stdout call", "output of 7\n")]
    # Nothing comes twice: the controller writes the session, the first worker the items.
    assert run.names == ["SessionStarted", "SessionFinished"]
    assert run.lines[0]["workers"] == 2
    assert {line["event"] for line in run.workers["gw1"]} <= {"ItemStarted", "ItemFinished", "PhaseReported"}
    assert sorted(message["worker"] for message in driver.messages if message.get("role") == "worker") == ["gw0", "gw1"]
    assert {message["worker"] for message, _ in driver.captures} == {None, "gw0", "gw1"}


@pytest.mark.parametrize(
    "options",
    [["-Werror"], ["--import-mode=importlib"], ["-pno:cacheprovider"], ["-c/dev/null"], ["--rootdir=.."]],
    ids=lambda options: options[0],
)
def test_with_options(drive: Start, options: list[str]) -> None:
    run = drive({"test_a.py": TESTS}).run("-n2", "-pno:asyncio", *options)
    assert len(run.ran) == 13, run.output
    assert run.status == 1


def test_warnings_as_errors_without_workers(drive: Start, edge: str) -> None:
    run = drive({"test_a.py": TESTS}, python=edge, environ={"PYTHONWARNINGS": "error"}).run(
        "-pno:asyncio", "-W", "error"
    )
    assert len(run.ran) == 13, run.output
    assert "Warning" not in run.output


def test_a_worker_that_dies(drive: Start, edge: str) -> None:
    tests = """
        import os, pytest
        @pytest.mark.parametrize("n", range(8))
        def test_a(n):
            print("before the end")
            if n == 3: os._exit(9)
    """
    run = drive({"test_a.py": tests}, python=edge).run("-n2", "--max-worker-restart=2")
    crashed = run.event("ItemCrashed")
    assert crashed["nodeid"] == "test_a.py::test_a[3]"
    assert "crashed" in crashed["text"]
    journal = run.workers[crashed["worker"]]
    assert journal[-1] == {"event": "ItemStarted", "nodeid": "test_a.py::test_a[3]"}
    assert sorted(run.ran) == [f"test_a.py::test_a[{n}]" for n in range(8) if n != 3]
    assert len(run.events("CollectionFinished")) == 1
    assert run.status == 1


def test_numbers_of_one_item_that_stands_there_several_times(drive: Start) -> None:
    conftest = "def pytest_collection_modifyitems(items): items[:] = items * 3\n"
    driver = drive({"conftest.py": conftest, "test_a.py": "def test_a(): pass\ndef test_b(): pass\n"})
    expected = [(name, n) for name in ("test_a.py::test_a", "test_a.py::test_b") for n in range(3)]
    run = driver.run("-n2")
    assert sorted((line["nodeid"], line.get("index", 0)) for line in run.events("ItemFinished")) == expected
    path = str(driver.cwd / "test_a.py")
    some = driver.run("-n2", items=[(nodeid, n, path) for nodeid, n in expected if n != 1])
    finished = sorted((line["nodeid"], line.get("index", 0)) for line in some.events("ItemFinished"))
    assert finished == [key for key in expected if key[1] != 1]


def test_missing_items_are_told_once(drive: Start) -> None:
    driver = drive({"test_a.py": TESTS})
    path = str(driver.cwd / "test_a.py")
    run = driver.run("-n2", items=[("test_a.py::test_gone", 0, path), ("test_a.py::test_b", 0, path)])
    assert run.ran == ["test_a.py::test_b"]
    assert run.event("ItemsMissing")["items"] == [["test_a.py::test_gone", 0]]


def test_ids_and_counts_of_workers_are_the_persons(drive: Start) -> None:
    driver = drive({"test_a.py": TESTS})
    run = driver.run("--dist=load", "--tx=popen//id=one", "--tx=popen//id=two")
    assert set(run.workers) == {"one", "two"}
    assert len(run.order) == len(run.ran) == 13
    assert driver.run("--dist=load", "--tx=popen//id=one", "--tx=2*popen").lines[0]["workers"] == 3


def test_sequential_leaves_it_out(drive: Start, edge: str) -> None:
    ini = "[pytest]\naddopts = -n2\n"
    driver = drive({"test_a.py": TESTS, "pytest.ini": ini}, python=edge)
    path = str(driver.cwd / "test_a.py")
    run = driver.run(items=[("test_a.py::test_b", 0, path)], sequential=True)
    assert run.ran == ["test_a.py::test_b"], run.output
    assert run.workers == {}
    assert run.event("OptionsDropped")["options"] == ["xdist"]
    assert run.status == 0
    assert set(driver.run(items=[("test_a.py::test_b", 0, path)]).workers) == {"gw0", "gw1"}


def test_nothing_changes_when_it_was_not_asked_for(drive: Start) -> None:
    driver = drive({"test_a.py": TESTS})
    names = {line["event"] for line in driver.run().lines}
    assert {line["event"] for line in driver.run("-pno:xdist").lines} == names
    path = str(driver.cwd / "test_a.py")
    run = driver.run(items=[("test_a.py::test_b", 0, path)], sequential=True)
    assert run.events("OptionsDropped") == []
    assert run.workers == {}


def test_collect_only(drive: Start) -> None:
    run = drive({"test_a.py": TESTS}).run("-n2", "--collect-only")
    assert len(run.order) == 13
    assert run.workers == {}


def test_maxfail_reaches_the_controller(drive: Start) -> None:
    tests = """
        import os, pytest, time
        def test_first():
            open("running", "w").close()
            while not os.path.exists("go"): time.sleep(0.01)
        @pytest.mark.parametrize("n", range(40))
        def test_more(n): assert 0
    """
    driver = drive({"test_a.py": tests})
    number = driver.start("-n1")
    driver.wait((driver.cwd / "running").exists, "the first test")
    driver.connection("run").socket.sendall(wire.frame({"maxfail": 1}))
    (driver.cwd / "go").touch()
    run = driver.end(number)
    assert len(run.ran) < 41
    assert "stopping after 1 failures" in run.output


def test_interrupt(drive: Start) -> None:
    tests = "import time, pytest\n@pytest.mark.parametrize('n', range(4))\ndef test_a(n): time.sleep(600)\n"
    driver = drive({"test_a.py": tests})
    number = driver.start("-n2")

    def working(name: str) -> bool:
        return any(line["event"] == "ItemStarted" for line in driver.lines(number, name))

    driver.wait(lambda: working("gw0") and working("gw1"), "tests in both workers")
    driver.signal(number, signal.SIGINT)
    run = driver.end(number)
    assert run.names[-1] == "SessionFinished"
    assert run.status == 2


@pytest.fixture
def far_away(tmp_path: Path) -> Iterator[str]:
    """A gateway that is no child of the run, as over ssh; gives its ``--tx``."""
    folder = tmp_path / "far"
    folder.mkdir()
    with subprocess.Popen(
        [HERE, "-u", "-m", "execnet.script.socketserver", "127.0.0.1:0"],
        cwd=folder,
        env=clean_environ(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as server:
        try:
            assert server.stdout is not None
            port = next(found[1] for line in server.stdout if (found := re.search(r"'127.0.0.1', (\d+)", line)))
            yield f"--tx=socket=127.0.0.1:{port}"
        finally:
            server.kill()


def test_a_worker_without_child_side(drive: Start, far_away: str) -> None:
    run = drive({"test_a.py": TESTS}).run("--dist=load", far_away, "--rsyncdir=.")
    assert len(run.ran) == 13, run.output
    assert run.workers == {}
    assert [line["worker"] for line in run.events("ItemStarted")] == ["gw0"] * 13
    assert [nodeid.rpartition("::")[2] for nodeid, result in run.results.items() if result == "failed"] == ["test_a[5]"]
