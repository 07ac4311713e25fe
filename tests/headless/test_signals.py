"""Stopping ``redbar run``: by signals, by a reader who leaves, by death."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.headless.launch import SECONDS, Project, check, gone, heard

# Tells through two pipes that it runs and that its teardown has run.
SLEEPS = """
    import os, subprocess, sys, time
    import pytest
    @pytest.fixture
    def resource():
        yield
        {teardown}
        open({torn!r}, "w").close()
    def test_quick(): pass
    def test_sleeps(resource):
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
        with open({ready!r}, "w") as file: file.write(f"{{os.getpid()}} {{os.getppid()}} {{child.pid}}")
        time.sleep(600)
    def test_never(): pass
"""


class Sleeper:
    """A run that sleeps in a test."""

    def __init__(self, project: Project, tmp_path: Path, *args: str, teardown: str = "pass") -> None:
        self.project = project
        self.torn = tmp_path / "torn"
        ready = tmp_path / "ready"
        os.mkfifo(ready)
        project.write("test_a.py", SLEEPS.format(ready=str(ready), torn=str(self.torn), teardown=teardown))
        self.process = project.start("run", "--python", project.python, *args)
        self.pids = [int(pid) for pid in heard(ready).split()]

    def gone(self) -> bool:
        """Whether nothing that the run started is there any more, once the host has had its time."""
        return gone(*self.pids)


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 2), (signal.SIGTERM, 143)])
def test_first_signal_interrupts(
    project: Project, tmp_path: Path, number: signal.Signals, code: int, as_json: bool
) -> None:
    """As ctrl+c does with pytest: teardowns run, and what has run is told."""
    sleeper = Sleeper(project, tmp_path, *(["--json"] if as_json else []))
    sleeper.process.send_signal(number)
    result = project.end(sleeper.process)
    assert result.code == code
    assert sleeper.torn.exists()
    if as_json:
        check(result.events)
        assert result.outcomes == {"test_a.py::test_quick": "passed"}
        assert result.one("Interrupted")["by_exit"] is False
        assert result.events[-1]["exit"] == 2
    else:
        assert result.last.startswith("STOPPED 1 passed, 2 not run")
    assert sleeper.gone()


def test_second_signal_kills(project: Project, tmp_path: Path) -> None:
    """A teardown that does not end is not waited for."""
    tearing = tmp_path / "tearing"
    os.mkfifo(tearing)
    sleeper = Sleeper(project, tmp_path, teardown=f"open({str(tearing)!r}, 'w').close(); time.sleep(600)")
    sleeper.process.send_signal(signal.SIGINT)
    heard(tearing)
    sleeper.process.send_signal(signal.SIGINT)
    result = project.end(sleeper.process)
    assert result.code == 128 + signal.SIGKILL
    assert not sleeper.torn.exists()
    assert "CRASHED" not in result.out
    assert result.last.startswith("STOPPED 1 passed, 2 not run")
    assert sleeper.gone()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGHUP])
def test_nothing_outlives_redbar(project: Project, tmp_path: Path, number: signal.Signals) -> None:
    """Not the host, not the run, not what a test has started, even in a session of its own."""
    sleeper = Sleeper(project, tmp_path)
    sleeper.process.send_signal(number)
    sleeper.process.wait(SECONDS)
    if Path("/proc").exists():
        assert sleeper.gone()
    else:
        sleeper.pids.pop()  # only Linux hands the children of the dead to the host
        assert sleeper.gone()


def test_results_of_a_killed_redbar_are_in_its_journal(project: Project, tmp_path: Path) -> None:
    sleeper = Sleeper(project, tmp_path)
    sleeper.process.kill()
    sleeper.process.wait(SECONDS)
    journal = (project.folder / ".redbar_cache" / "runs" / "1" / "journal-main.jsonl").read_text()
    assert '"ItemFinished","nodeid":"test_a.py::test_quick"' in journal
    assert '"ItemStarted","nodeid":"test_a.py::test_sleeps"' in journal


@pytest.mark.parametrize("as_json", [False, True])
def test_a_reader_that_leaves(project: Project, as_json: bool) -> None:
    """As with ``redbar run | head -1``: the run ends at once, and quietly."""
    project.write(
        "test_a.py",
        """
        import pytest, time
        @pytest.mark.parametrize("n", range(2000))
        def test_a(n):
            if n > 2: time.sleep(0.05)
            assert 0
        """,
    )
    process = project.start("run", *(["--json"] if as_json else []), "--python", project.python)
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline()
    process.stdout.close()
    assert process.wait(SECONDS) == 128 + signal.SIGPIPE
    assert process.stderr.read() == ""
    process.stderr.close()


def test_output_that_cannot_be_written(project: Project) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no /dev/full here")
    project.write("test_a.py", "def test_a(): pass\n")
    with full.open("w") as out:
        result = project.run(stdout=out)
    assert result.code == 2
    assert result.err.startswith("redbar: The output cannot be written: ")


def test_standard_output_closed_from_the_start(project: Project) -> None:
    project.write("test_a.py", "def test_a(): pass\ndef test_b(): assert 0\n")
    shell = 'exec "$@" >&-'
    process = project.start("run", "--python", project.python)
    project.end(process)
    arguments = [str(arg) for arg in process.args]  # type: ignore[union-attr]
    done = subprocess.run(
        ["/bin/sh", "-c", shell, "sh", *arguments],
        cwd=project.folder,
        env=project.env,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, b"")


# What looks at the modules that a run has imported comes across this one.
LATE = """
    import os, signal, sys, types
    class Late(types.ModuleType):
        @property
        def __file__(self):
            os.kill(os.getpid(), signal.SIGINT)
            return "late.py"
    def pytest_unconfigure():
        module = Late("late")
        module.__spec__ = __spec__
        sys.modules["late"] = module
"""


@pytest.mark.parametrize(("test", "code"), [("pass", 0), ("assert 0", 1)])
def test_interrupted_after_pytest_has_ended(project: Project, test: str, code: int) -> None:
    project.write("conftest.py", LATE)
    project.write("test_a.py", f"def test_a(): {test}\n")
    assert project.run().code == code


def test_interrupted_at_any_moment_of_the_start(project: Project) -> None:
    """Whatever it was doing: it ends, with no traceback of ours, and with a code that tells."""
    project.write("test_a.py", "def test_a(): pass\n")
    codes = set()
    for milliseconds in range(0, 400, 25):
        process = project.start("run", "--python", project.python)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(milliseconds / 1000)
        process.send_signal(signal.SIGINT)
        result = project.end(process)
        if "Traceback" not in result.err:  # of the interpreter itself, which had not come to us
            codes.add(result.code)
    assert codes <= {0, 2, 130, -signal.SIGINT}
