"""The host: parent of every run, and the end of everything when the explorer goes."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from tests.plugin.conftest import Start
from tests.plugin.driver import Driver, lives, until
from tui.plugin import wire

needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks into /proc")
needs_subreaper = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has subreapers")


def pids(driver: Driver, *names: str) -> list[int]:
    """Process ids that the tests wrote down, waited for."""

    def written() -> bool:
        return all((driver.cwd / name).exists() and (driver.cwd / name).read_text().strip() for name in names)

    driver.wait(written, "process ids")
    return [int((driver.cwd / name).read_text()) for name in names]


FAMILY = """
    import os, signal, subprocess, sys, time

    def note(name):
        with open(name + ".new", "w") as file:
            file.write(str(os.getpid()))
        os.rename(name + ".new", name)

    def child(name, *, session=False, orphan=False):
        if os.fork():
            return
        if session:
            os.setsid()
        if orphan and os.fork():
            os._exit(0)
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        note(name)
        while True:
            time.sleep(600)

    def test_family():
        note("run")
        child("child")
        child("own_session", session=True)
        child("daemon", session=True, orphan=True)
        program = "import os, time; open('program','w').write(str(os.getpid())); time.sleep(600)"
        subprocess.Popen([sys.executable, "-c", program], start_new_session=True)
        if not os.path.exists("leave"):
            time.sleep(600)
"""
NAMES = ("run", "child", "own_session", "daemon", "program")


@needs_subreaper
def test_end_of_the_explorer_ends_everything(drive: Start, edge: str) -> None:
    driver = drive({"test_a.py": FAMILY}, python=edge)
    driver.start()
    family = pids(driver, *NAMES)
    assert all(map(lives, family))
    driver.hang_up()
    assert driver.host.wait(10) == 0
    until(lambda: not any(map(lives, family)), "the end of all processes")


@needs_subreaper
def test_what_a_finished_run_left_goes_with_the_explorer(drive: Start) -> None:
    driver = drive({"test_a.py": FAMILY, "leave": ""})
    number = driver.start()
    run, *left = pids(driver, *NAMES)
    assert driver.message("exited", number)["status"] == 0
    assert not lives(run)
    assert all(map(lives, left))
    driver.hang_up()
    until(lambda: not any(map(lives, left)), "the end of all that was left")


def test_a_stopped_run_goes_too(drive: Start) -> None:
    driver = drive({"test_a.py": "import os, signal\ndef test_a(): os.kill(os.getpid(), signal.SIGSTOP)\n"})
    number = driver.start()
    run = driver.message("forked", number)["pid"]
    driver.saw(number, "ItemStarted")
    if Path("/proc/self/stat").exists():
        stat = Path(f"/proc/{run}/stat")
        driver.wait(lambda: stat.read_bytes().rpartition(b")")[2].split()[0] == b"T", "the stop")
    driver.hang_up()
    until(lambda: not lives(run), "the end of the stopped run")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("pass", 0),
        ("assert 0", 1),
        ("import os; os._exit(3)", 3),
        ("import os; os.kill(os.getpid(), 9)", -9),
        ("import os; os.abort()", -signal.SIGABRT),
        ("import os, signal; os.kill(os.getpid(), signal.SIGTERM)", -signal.SIGTERM),
        ("import pytest; pytest.exit('enough', 256 + 7)", 7),
    ],
)
def test_statuses(drive: Start, body: str, status: int) -> None:
    driver = drive({"test_a.py": f"def test_a():\n    print('last words', flush=True)\n    {body}\n"})
    run = driver.run()
    assert run.status == status
    assert run.lines[0]["event"] == "SessionStarted"
    if "SessionFinished" not in run.names:
        assert run.lines[-1] == {"event": "ItemStarted", "nodeid": "test_a.py::test_a"}
        assert _captured(driver) == "last words\n"


def _captured(driver: Driver) -> str:
    """What pytest's capture file held when the process died: its descriptor has come over the socket."""
    (message, descriptors) = driver.captures[-1]
    descriptor = descriptors[message["capture"].index("stdout")]
    return os.pread(descriptor, 1000, 0).decode()


def test_several_runs_at_once_and_one_after_the_other(drive: Start) -> None:
    waiting = """
        import os, time
        def test_a():
            while not os.path.exists("go"): time.sleep(0.01)
    """
    driver = drive({"test_a.py": waiting})
    first, second = driver.start(), driver.start()
    for number in (first, second):
        driver.saw(number, "ItemStarted")
    driver.signal(first, signal.SIGKILL)
    assert driver.end(first).status == -signal.SIGKILL
    assert driver.lines(second)[-1]["event"] == "ItemStarted"
    (driver.cwd / "go").touch()
    assert driver.end(second).status == 0
    assert driver.run().status == 0


@needs_proc
def test_nothing_stays_behind(drive: Start) -> None:
    """No zombie, no descriptor of an earlier run, and little memory."""
    driver = drive(
        {"test_a.py": "import subprocess, sys\ndef test_a(): subprocess.Popen([sys.executable, '-c', ''])\n"}
    )
    descriptors = Path(f"/proc/{driver.host.pid}/fd")
    driver.connection("host")
    driver.run()
    before = sorted(path.name for path in descriptors.iterdir())
    for _ in range(3):
        driver.run()
    assert sorted(path.name for path in descriptors.iterdir()) == before
    until(lambda: not _children(driver.host.pid), "the host to bury its dead")
    status = Path(f"/proc/{driver.host.pid}/status").read_text()
    megabytes = int(status.split("VmRSS:")[1].split()[0]) / 1024
    assert megabytes < 40
    assert "Threads:\t1\n" in status


def _children(pid: int) -> list[str]:
    children = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_bytes().rpartition(b")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            children.append(stat.parent.name)
    return children


def test_a_folder_that_is_gone_does_not_end_the_host(drive: Start) -> None:
    driver = drive({"test_a.py": "def test_a(): pass\n"})
    driver.command({"do": "run", "folder": "/nowhere/at/all"})
    assert driver.message("folder", "/nowhere/at/all")["status"] == 250
    driver.command({"do": "signal", "run": 99, "number": 9})
    driver.command({"do": "no such thing"})
    assert driver.run().status == 0


def test_hello(drive: Start, edge: str) -> None:
    driver = drive({"test_a.py": "def test_a(): pass\n"}, python=edge)
    run = driver.run()
    host, own = (next(m for m in driver.messages if m.get("role") == role) for role in ("host", "run"))
    assert host["protocol"] == own["protocol"] == wire.PROTOCOL
    assert host["pid"] == driver.host.pid
    assert own["pid"] == driver.message("forked", 1)["pid"] == run.lines[0]["pid"]
    assert run.lines[0]["python"] == host["python"]


def test_without_pytest(drive: Start, tmp_path: Path) -> None:
    """The first thing on sys.path is the project: what it calls pytest is what counts."""
    driver = drive({"pytest.py": "raise ModuleNotFoundError('No module named pytest', name='pytest')\n"})
    run = driver.run()
    assert run.status == 4
    assert run.event("NotStarted")["problem"] == "no-pytest"


def test_broken_and_old_pytest(drive: Start) -> None:
    driver = drive({"pytest.py": "import nothing_of_that_name\n"})
    assert driver.run().event("NotStarted")["problem"] == "broken-pytest"
    (driver.cwd / "pytest.py").write_text("raise SystemExit('what')\n")
    assert driver.run().event("NotStarted")["problem"] == "broken-pytest"
    (driver.cwd / "pytest.py").write_text("__version__ = '6.2.5'\n")
    run = driver.run()
    assert run.event("NotStarted")["detail"] == "6.2.5"
    assert run.event("NotStarted")["problem"] == "old-pytest"


def test_old_python_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """BOOT runs on any Python; an old one is told by the words with which it leaves."""
    monkeypatch.setattr(sys, "version_info", (3, 8, 10))
    with pytest.raises(SystemExit, match=r"^redbar: python 3\.8$"):
        exec(wire.BOOT, {})


def test_a_suspended_engine_holds_nobody_up(drive: Start) -> None:
    """It neither accepts nor reads; tests that close descriptors make the run connect again and again."""
    tests = """
        import os, pytest, time
        @pytest.mark.parametrize("n", range(30))
        def test_a(n):
            os.closerange(200, 220)
            time.sleep(0.03)  # longer than a poke waits for the next
    """
    driver = drive({"test_a.py": tests}, backlog=1)
    number = driver.start()
    until(lambda: driver.lines(number)[-1:] and driver.lines(number)[-1]["event"] == "SessionFinished", "the end")
    assert len(driver.end(number).ran) == 30
