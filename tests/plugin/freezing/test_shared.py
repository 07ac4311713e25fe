"""What a failing test holds open or has not written yet: nobody but the run has it, and a copy sees it as it was."""

from __future__ import annotations

import pytest

from tests.plugin.conftest import Start
from tests.plugin.driver import Driver
from tests.plugin.freezing.desk import freeze, frozen_of
from tests.plugin.outcome import Outcome

# Pairs of tests: one that fails while it holds something, then what would go wrong if a copy held it as well.
SHARED = """
    import atexit, fcntl, gc, logging, os, random, select, signal, socket, sqlite3, subprocess, sys, tempfile
    import threading, time
    import pytest

    kept = {"uncollected": gc.get_freeze_count()}  # Python 3.12 begins with hundreds

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
        assert gc.isenabled() and gc.get_freeze_count() == kept["uncollected"]
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
PART = """
    import os
    def pytest_collection_modifyitems(items):
        if os.path.exists("part"):
            names = open("part").read().split()
            items[:] = [item for item in items if item.name in names]
"""


@pytest.mark.parametrize("conftest", ["", THREAD], ids=["one thread", "two threads"])
def test_what_is_shared(drive: Start, python: str, conftest: str) -> None:
    driver = drive({"test_s.py": SHARED, "conftest.py": conftest + PART}, python=python)
    plain = driver.run("-pno:cacheprovider")
    wrong = {name for name, result in plain.results.items() if (result == "failed") != name.endswith("_fails")}
    assert not wrong, plain.output
    kinds = list(dict.fromkeys(name.rpartition("_")[0] for name in plain.results))
    for part in (kinds[::2], kinds[1::2]):
        compare(driver, {name: plain.results[name] for name in plain.results if name.rpartition("_")[0] in part}, plain)


def compare(driver: Driver, results: dict[str, str], plain: Outcome) -> None:
    (driver.cwd / "part").write_text(" ".join(name.rpartition("::")[2] for name in results))
    known = {each.pid for each in frozen_of(driver)}
    failing = [name for name, result in results.items() if result == "failed"]
    run, _ = freeze(driver, "-pno:cacheprovider", count=len(known) + len(failing))
    frozen = [each for each in frozen_of(driver) if each.pid not in known]
    assert run.results == results, run.output
    assert run.events("NotFrozen") == []
    assert len(frozen) == len(failing)
    for nodeid in results:
        assert run.sections(nodeid) == plain.sections(nodeid)
    if "test_s.py::test_exit_handlers_fails" in results:
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
