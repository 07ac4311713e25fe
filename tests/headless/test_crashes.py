"""The process of the tests dies: the item during which it did is crashed, what came before is kept."""

from __future__ import annotations

import re
import signal
import sys

import pytest

from tests.headless.launch import Event, Project, Result, gone

DEATHS = {
    "os._exit(3)": 3,
    "os._exit(0)": 0,
    "os.kill(os.getpid(), signal.SIGKILL)": -signal.SIGKILL,
    "os.kill(os.getpid(), signal.SIGSEGV)": -signal.SIGSEGV,
    "os.abort()": -signal.SIGABRT,
}

TESTS = """
    import os, signal, sys
    import pytest

    @pytest.fixture
    def fatal_setup():
        {in_setup}

    @pytest.fixture
    def fatal_teardown():
        yield
        {in_teardown}

    def test_before(): pass
    def test_bad_before(): assert 0
    def test_dies(fatal_setup, fatal_teardown):
        {in_call}
    def test_after(): pass
"""


def write(project: Project, death: str, where: str = "call") -> None:
    fatal = f"print('last words'); print('last errors', file=sys.stderr); {death}"
    parts = {f"in_{part}": fatal if part == where else "pass" for part in ("setup", "call", "teardown")}
    project.write("test_a.py", TESTS.format(**parts))


def exit_code(status: int) -> int:
    """What the command says of a process that ended with that status."""
    return 128 - status if status < 0 else status or 1


def crash_of(result: Result) -> Event:
    """The report of the crashed item."""
    (report,) = [event for event in result.named("PhaseReported") if event["category"] == "crashed"]
    assert report["nodeid"] == "test_a.py::test_dies"
    return report


def texts(report: Event) -> dict[str, str]:
    return {section["name"]: section["text"] for section in report["sections"]}


@pytest.mark.parametrize("death", DEATHS)
def test_death_in_a_test(project: Project, death: str) -> None:
    write(project, death)
    lines, events = project.both()
    status = DEATHS[death]
    assert lines.code == exit_code(status)
    assert events.outcomes == {
        "test_a.py::test_before": "passed",
        "test_a.py::test_bad_before": "failed",
        "test_a.py::test_dies": "crashed",
    }
    assert (events.events[-1]["exit"], events.events[-1]["completed"]) == (status, False)
    report = crash_of(events)
    assert texts(report)["Captured stdout until then"] == "last words\n"
    assert texts(report)["Captured stderr until then"].startswith("last errors\n")
    how = signal.Signals(-status).name if status < 0 else f"exit {status}"
    assert report["crash"]["message"] == f"The process ended ({how}) while this test was running."
    assert "CRASHED test_a.py::test_dies: The process ended" in lines.out
    assert "        last words\n" in lines.out
    assert lines.last.startswith("RED 1 crashed, 1 failed, 1 passed, 1 not run")
    if status == -signal.SIGSEGV:
        assert "test_a.py" in report["longrepr"]  # the traceback that pytest's faulthandler writes


@pytest.mark.parametrize("where", ["setup", "teardown"])
def test_death_in_a_fixture(project: Project, where: str) -> None:
    write(project, "os._exit(3)", where)
    lines, events = project.both()
    assert lines.code == 3
    assert events.outcomes["test_a.py::test_dies"] == "crashed"
    assert "last words" in texts(crash_of(events))["Captured stdout until then"]


@pytest.mark.parametrize("capture", ["no", "sys", "tee-sys"])
def test_what_was_printed_is_there_in_other_modes_of_capture(project: Project, capture: str) -> None:
    """Except with ``sys``, which keeps it in the memory of the process."""
    write(project, "sys.stdout.flush(); os._exit(3)")
    lines, events = project.both(f"--capture={capture}")
    assert lines.code == 3
    assert events.outcomes["test_a.py::test_dies"] == "crashed"
    if capture != "sys":
        assert "last errors" in crash_of(events)["longrepr"]
        assert "last errors" in lines.out
    if capture == "no":
        assert "last words" in lines.out


@pytest.mark.parametrize("death", ["os._exit(3)", "os._exit(0)", "os.kill(os.getpid(), 9)"])
def test_death_during_collection(project: Project, death: str) -> None:
    project.write("test_a.py", "def test_a(): pass\n")
    project.write("test_b.py", f"import os\nprint('while importing')\n{death}\n")
    lines, events = project.both()
    assert lines.code == exit_code(events.events[-1]["exit"])
    assert events.outcomes == {}
    assert "while importing" in events.events[-1]["output"]
    assert "while importing" in lines.err
    assert "before pytest was through" in lines.err
    assert lines.last.startswith("BROKEN nothing ran")
    words = r"The process ended \((exit \d|SIGKILL)\) while test_b.py was collected\."
    assert re.search(rf"ERROR collecting test_b.py\n    {words}\n", lines.out)
    (report,) = [event for event in events.named("CollectorReported") if event["outcome"] == "failed"]
    assert report["nodeid"] == "test_b.py"
    assert re.fullmatch(words, report["longrepr"])
    assert texts(report)["Captured stdout until then"] == "while importing\n"


@pytest.mark.parametrize("where", ["def pytest_collection_modifyitems", "def pytest_sessionstart"])
def test_death_between_files_is_no_files_fault(project: Project, where: str) -> None:
    project.write("conftest.py", f"import os\n{where}(): os._exit(3)\n")
    project.write("test_a.py", "def test_a(): pass\n")
    result = project.json()
    assert result.code == 3
    assert all(event["outcome"] == "passed" for event in result.named("CollectorReported"))


def test_death_in_conftest(project: Project) -> None:
    project.write("conftest.py", "import os\nos.write(2, b'in conftest\\n')\nos._exit(0)\n")
    lines, _ = project.both()
    assert lines.code == 1
    assert "the process ended (exit 0) before pytest was through" in lines.err
    assert lines.last.startswith("BROKEN nothing ran")


def test_death_after_the_last_test(project: Project) -> None:
    """All results are there; only the exit code tells."""
    project.write("conftest.py", "import os\ndef pytest_unconfigure(): os._exit(17)\n")
    project.write("test_a.py", "def test_a(): pass\n")
    lines, events = project.both()
    assert lines.code == 17
    assert events.outcomes == {"test_a.py::test_a": "passed"}


@pytest.mark.parametrize("where", ["call", "setup", "teardown"])
def test_death_of_a_worker(project: Project, where: str) -> None:
    pytest.importorskip("xdist")
    write(project, "os._exit(3)", where)
    result = project.json("-p", "xdist", "-n2")
    assert result.code == 1
    assert result.outcomes == {
        "test_a.py::test_before": "passed",
        "test_a.py::test_bad_before": "failed",
        "test_a.py::test_dies": "crashed",
        "test_a.py::test_after": "passed",
    }
    report = crash_of(result)
    assert report["worker"] in ("gw0", "gw1")
    assert "last words" in texts(report)["Captured stdout until then"]
    if where == "call":
        lines = project.run("-p", "xdist", "-n2")
        assert "CRASHED test_a.py::test_dies: worker 'gw" in lines.out
        assert "last words" in lines.out


def test_death_of_all_workers_during_collection(project: Project) -> None:
    pytest.importorskip("xdist")
    project.write("test_a.py", "import os\nos._exit(3)\n")
    lines, events = project.both("-p", "xdist", "-n1", "--max-worker-restart=0")
    assert lines.code != 0
    assert "node down" in lines.err
    assert "node down" in events.events[-1]["output"]


def test_long_output_of_a_crashed_test_is_cut_and_kept(project: Project) -> None:
    project.write("test_a.py", "import os\ndef test_dies():\n  print('x' * 99_999); os._exit(3)\n")
    (section,) = crash_of(project.json())["sections"]
    assert section["cut"] > 60_000
    assert len(section["text"]) + section["cut"] == 100_000
    assert (project.folder / section["file"]).read_text() == "x" * 99_999 + "\n"


@pytest.mark.parametrize(
    "deed",
    [
        "sys.stdout.close()",
        "os.close(1); os.close(2)",
        "sys.stdout = None",
        "os.closerange(3, 5000)",
        "os.environ.clear()",
    ],
)
def test_a_test_that_takes_its_own_descriptors_away(project: Project, deed: str) -> None:
    """The later tests may fail of it, as under pytest alone; all results come."""
    project.write(
        "test_a.py", f"import os, sys\ndef test_0(): {deed}\ndef test_1(): print(1)\ndef test_2(): assert 0\n"
    )
    result = project.json()
    assert len(result.outcomes) == 3
    assert result.outcomes["test_a.py::test_2"] in ("failed", "error")
    assert result.code in (1, 3)


def test_the_host_is_killed(project: Project) -> None:
    """The run's parent dies: the run ends with it, and the item that was running is crashed."""
    project.write(
        "test_a.py",
        """
        import os, signal, time
        def test_0(): pass
        def test_dies():
            with open("pids", "a") as file: print(os.getpid(), file=file)
            os.kill(os.getppid(), signal.SIGKILL)
            time.sleep(60)
        """,
    )
    lines, events = project.both()
    assert gone(*map(int, (project.folder / "pids").read_text().split()))
    assert lines.code == 128 + signal.SIGKILL
    assert events.outcomes == {"test_a.py::test_0": "passed", "test_a.py::test_dies": "crashed"}
    assert "process that starts the runs has died (SIGKILL)" in events.one("ProtocolError")["text"]
    assert "process that starts the runs has died (SIGKILL)" in lines.err


def test_a_forked_child_of_a_test_changes_nothing(project: Project) -> None:
    project.write(
        "test_a.py",
        """
        import os, sys
        def test_forks():
            pid = os.fork()
            if pid == 0:
                print("child"); sys.exit(5)
            assert os.waitpid(pid, 0)[1] >> 8 == 5
        def test_after(): pass
        """,
    )
    result = project.json()
    assert set(result.outcomes) == {"test_a.py::test_forks", "test_a.py::test_after"}
    assert sys.executable == result.one("SessionStarted")["executable"]
