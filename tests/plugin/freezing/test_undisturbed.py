"""The run does not notice that copies of it are made: what comes after a frozen failure is as without one."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.plugin.conftest import Start
from tests.plugin.driver import Driver, Outcome, lives, until
from tests.plugin.freezing.desk import freeze, frozen_of
from tests.plugin.recording.reading import Record

# Pairs of tests: one that fails while it holds something, then what would go wrong if a copy held it as well.
SHARED = """
    import atexit, fcntl, gc, logging, os, random, select, signal, socket, sqlite3, subprocess, sys, tempfile
    import threading, time
    import pytest

    kept = {}

    @pytest.fixture
    def cat():
        process = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        yield process
        process.stdin.close()
        process.wait(5)

    def test_popen_fails(cat): assert 0

    @pytest.fixture
    def server():
        end = socket.socket()
        end.bind(("127.0.0.1", 0))
        end.listen()
        kept["port"] = end.getsockname()[1]
        yield end
        end.close()

    def test_port_fails(server): assert 0
    def test_port_after():
        with socket.socket() as end: end.bind(("127.0.0.1", kept["port"]))

    @pytest.fixture
    def peers():
        one, other = socket.socketpair()
        yield one
        one.close()
        other.settimeout(5)
        assert other.recv(1) == b""

    def test_peer_fails(peers): assert 0

    def test_pipe_fails():
        kept["pipe"] = os.pipe()
        assert 0
    def test_pipe_after():
        reading, writing = kept["pipe"]
        os.close(writing)
        assert select.select([reading], [], [], 5)[0]

    def test_flock_fails(tmp_path):
        kept["lock"] = file = open(tmp_path / "lock", "w")
        fcntl.flock(file, fcntl.LOCK_EX)
        assert 0
    def test_flock_after():
        file = kept.pop("lock")
        name = file.name
        file.close()
        with open(name, "w") as again: fcntl.flock(again, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def test_folder_lock_fails(tmp_path):
        kept["folder"] = os.open(tmp_path, os.O_RDONLY), tmp_path
        fcntl.flock(kept["folder"][0], fcntl.LOCK_EX)
        assert 0
    def test_folder_lock_after():
        os.close(kept["folder"][0])
        again = os.open(kept["folder"][1], os.O_RDONLY)
        fcntl.flock(again, fcntl.LOCK_EX | fcntl.LOCK_NB)

    if hasattr(select, "epoll"):
        def test_epoll_fails():
            poll = select.epoll()
            one, other = socket.socketpair()
            poll.register(one.fileno(), select.EPOLLIN)
            other.send(b"x")
            kept["epoll"] = poll, one, other
            assert 0
        def test_epoll_after():
            poll, one, _other = kept["epoll"]
            one.close()
            assert poll.poll(0.2) == []

    def test_database_fails(tmp_path):
        kept["path"] = tmp_path / "data"
        kept["db"] = sqlite3.connect(kept["path"])
        kept["db"].executescript("create table t (x); begin; insert into t values (1)")
        assert 0
    def test_database_after():
        kept["db"].execute("insert into t values (2)")
        kept["db"].commit()
        with sqlite3.connect(kept["path"], timeout=0) as other:
            assert other.execute("select x from t").fetchall() == [(1,), (2,)]
            other.execute("insert into t values (3)")

    def test_temporary_file_fails():
        kept["file"] = file = tempfile.TemporaryFile("w+")
        file.write("before ")
        assert 0
    def test_temporary_file_after():
        file = kept["file"]
        file.write("after")
        file.seek(0)
        assert file.read() == "before after"

    def test_named_file_fails(tmp_path):
        kept["named"] = open(tmp_path / "named", "w")
        kept["named"].write("once")
        assert 0
    def test_named_file_after():
        kept["named"].close()
        assert open(kept["named"].name).read() == "once"

    def test_offset_fails(tmp_path):
        (tmp_path / "long").write_text("0123456789")
        kept["offset"] = os.open(tmp_path / "long", os.O_RDONLY)
        os.read(kept["offset"], 3)
        assert 0
    def test_offset_after(): assert os.read(kept["offset"], 3) == b"345"

    def test_children_fails():
        kept["child"] = subprocess.Popen(["sleep", "0"])
        assert 0
    def test_children_after():
        assert os.waitpid(-1, 0)[0] == kept["child"].pid
        with pytest.raises(ChildProcessError): os.waitpid(-1, os.WNOHANG)
        kept["child"].returncode = 0

    def test_no_children_fails(): assert 0
    def test_no_children_after():
        with pytest.raises(ChildProcessError): os.wait()

    def test_child_signal_fails():
        kept["signals"] = []
        kept["handler"] = signal.signal(signal.SIGCHLD, lambda *_: kept["signals"].append(1))
        assert 0
    def test_child_signal_after():
        assert kept["signals"] == []
        subprocess.run(["true"])
        deadline = time.monotonic() + 5
        while not kept["signals"] and time.monotonic() < deadline: pass
        signal.signal(signal.SIGCHLD, kept["handler"])
        assert kept["signals"] == [1]

    def test_wakeup_fails():
        kept["ends"] = socket.socketpair()
        for end in kept["ends"]: end.setblocking(False)
        signal.set_wakeup_fd(kept["ends"][1].fileno())
        assert 0
    def test_wakeup_after():
        assert signal.set_wakeup_fd(-1) == kept["ends"][1].fileno()
        with pytest.raises(BlockingIOError): kept["ends"][0].recv(9)

    def test_interpreter_fails():
        random.seed(5)
        kept["mask"] = signal.pthread_sigmask(signal.SIG_BLOCK, [])
        kept["trace"] = sys.gettrace()
        assert 0
    def test_interpreter_after():
        assert random.random() == random.Random(5).random()
        assert gc.isenabled() and gc.get_freeze_count() == 0
        assert signal.pthread_sigmask(signal.SIG_BLOCK, []) == kept["mask"]
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
        assert sys.gettrace() is kept["trace"]
        assert logging.raiseExceptions
        assert os.getpgid(0) == os.getpid()

    def test_limit_fails():
        import resource
        kept["limit"] = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (64, kept["limit"][1]))
        kept["all"] = []
        try:
            while True: kept["all"].append(os.dup(0))
        except OSError: pass
        assert 0
    def test_limit_after():
        import resource
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (64, kept["limit"][1])
        with pytest.raises(OSError): os.dup(0)
        resource.setrlimit(resource.RLIMIT_NOFILE, kept["limit"])
        for descriptor in kept["all"]: os.close(descriptor)

    def test_exit_handlers_fails():
        def at_end():
            with open("exits", "a") as file: file.write(f"{os.getpid()}\\n")
        atexit.register(at_end)
        assert 0

    def test_output_fails():
        sys.stdout.write("printed once;")
        os.write(1, b"written once;")
        assert 0
"""


# With another thread, copies are made in another way.
THREAD = """
    import threading
    def pytest_configure(): threading.Thread(target=threading.Event().wait, daemon=True).start()
"""


# More than so many failures at once are not all frozen.
PARTS = """
    def pytest_collection_modifyitems(items):
        kinds = list(dict.fromkeys(item.name.rpartition("_")[0] for item in items))
        parity = open("part").read() == "odd"
        items[:] = [item for item in items if kinds.index(item.name.rpartition("_")[0]) % 2 == parity]
"""


def passed(run: Outcome) -> int:
    return sum(result == "passed" for result in run.results.values())


@pytest.mark.parametrize("conftest", ["", THREAD], ids=["one thread", "two threads"])
def test_what_is_shared(drive: Start, python: str, conftest: str) -> None:
    driver = drive({"test_s.py": SHARED, "conftest.py": conftest + PARTS}, python=python)
    for part in ("even", "odd"):
        compare(driver, part)


def compare(driver: Driver, part: str) -> None:
    (driver.cwd / "exits").unlink(missing_ok=True)
    (driver.cwd / "part").write_text(part)
    plain = driver.run("-pno:cacheprovider")
    known = {each.pid for each in frozen_of(driver)}
    run, _ = freeze(driver, "-pno:cacheprovider", count=len(known) + len(plain.results) - passed(plain))
    frozen = [each for each in frozen_of(driver) if each.pid not in known]
    assert run.results == plain.results
    wrong = {name for name, result in run.results.items() if (result == "failed") != name.endswith("_fails")}
    assert not wrong, run.output
    assert run.events("NotFrozen") == []
    assert len(frozen) == len(run.results) - passed(run)
    for nodeid in run.results:
        assert run.sections(nodeid) == plain.sections(nodeid)
    if "test_s.py::test_exit_handlers_fails" in run.results:
        assert len((driver.cwd / "exits").read_text().split()) == 2  # one each of two runs
    for each in frozen:
        # They all live, and each still has what it held.
        assert each.evaluate("6 * 7") == "42"


def test_what_a_copy_still_sees(drive: Start, edge: str) -> None:
    """Files that are gone meanwhile, as they were; nothing that it does reaches them."""
    tests = """
        import os, sqlite3, socket, pytest
        @pytest.fixture
        def folder(tmp_path):
            yield tmp_path
            for name in os.listdir(tmp_path): os.unlink(tmp_path / name)
        def test_a(folder):
            text = open(folder / "text", "w+")
            text.write("seen")
            text.flush()
            db = sqlite3.connect(folder / "data")
            db.executescript("create table t (x); begin; insert into t values (1)")
            end = socket.socket()
            print("captured")
            assert 0
    """
    driver = drive({"test_a.py": tests}, python=edge)
    _run, (frozen,) = freeze(driver, count=1)
    assert frozen.evaluate("text.seek(0), text.read()") == "(0, 'seen')"
    assert frozen.evaluate("db.execute('select x from t').fetchall()") == "[(1,)]"
    assert frozen.evaluate("os.write(text.fileno(), b'x')") == "OSError: [Errno 9] Bad file descriptor"
    assert "OSError" in frozen.evaluate("end.bind(('127.0.0.1', 0))")
    words = frozen.hello["descriptors"]
    assert any("text" in each and "for reading alone" in each for each in words)
    assert any("socket" in each and each.endswith("closed") for each in words)
    assert not any("output" in each for each in words), words  # what lay open before the test


def test_output_that_is_not_captured(drive: Start) -> None:
    """What waits in the buffers of the run comes once."""
    tests = "import sys\ndef test_a():\n    print('once', end=';')\n    assert 0\n"
    run, _ = freeze(drive({"test_a.py": tests}), "-s", count=1)
    assert run.output.count("once;") == 1


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
