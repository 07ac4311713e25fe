"""Journal and socket among tests that close, reuse, fork and fill up."""

from __future__ import annotations

import json
import textwrap

from tests.plugin.conftest import Start


def test_pokes_go_on_after_the_socket_was_closed(drive: Start) -> None:
    tests = """
        import os, socket, time
        def boom(*args): raise AssertionError("patched")
        def test_closes():
            os.closerange(200, 256)
            socket.setdefaulttimeout(0.001)
            for name in ("connect", "send", "sendmsg", "setblocking", "detach", "fileno", "close"):
                setattr(socket.socket, name, boom)
        def test_later(): time.sleep(0.1)
        def test_last(): pass
    """
    driver = drive({"test_a.py": tests})
    run = driver.run()
    hellos = [message for message in driver.messages if message.get("role") == "run"]
    assert len(hellos) > 1
    assert hellos[0] == hellos[-1]
    assert run.status == 0


def test_descriptors_of_a_test_under_our_numbers_are_left_alone(drive: Start, edge: str) -> None:
    tests = """
        import os, socket
        kept, pairs = {}, []
        def test_takes_them():
            os.closerange(200, 256)
            pair = socket.socketpair()
            for n in range(200, 220):
                os.dup2(pair[0].fileno() if n % 2 else os.open("own", os.O_RDWR | os.O_CREAT), n)
                kept[n] = os.fstat(n).st_ino
            pair[1].send(b"for the test")
            pairs.append(pair)
        def test_other(): pass
        def test_still_has_them():
            (pair,) = pairs
            assert {n: os.fstat(n).st_ino for n in kept} == kept
            assert os.path.getsize("own") == 0
            pair[1].setblocking(False)
            assert pair[0].recv(100) == b"for the test"
            try:
                raise AssertionError(pair[1].recv(100))
            except BlockingIOError:
                pass
            if os.fork() == 0:
                os._exit(0 if all(os.fstat(n).st_ino == kept[n] for n in kept) else 1)
            assert os.wait()[1] == 0
    """
    run = drive({"test_a.py": tests}, python=edge, environ={"PYTHONWARNINGS": "error"}).run("-pno:asyncio")
    assert run.status == 0, run.output
    assert len(run.ran) == 3


def test_forks_of_a_test_write_nothing(drive: Start, edge: str) -> None:
    """Not even one that goes on as if it were the run, up to its end."""
    tests = """
        import os
        def test_forks(): os.fork()
        def test_after(): assert 0
    """
    run = drive({"test_a.py": tests}, python=edge).run()
    assert run.ran == run.order == ["test_a.py::test_forks", "test_a.py::test_after"]
    assert run.names.count("SessionFinished") == 1
    assert len(run.events("PhaseReported")) == 1


def test_child_processes_inherit_nothing(drive: Start) -> None:
    tests = """
        import os, subprocess, sys
        def test_a():
            code = "import os; print([n for n in range(3, 300) if os.path.exists('/proc/self/fd/%d' % n)])"
            done = subprocess.run([sys.executable, "-c", code], close_fds=False, stdout=subprocess.PIPE)
            assert not [n for n in eval(done.stdout) if n >= 100]
    """
    assert drive({"test_a.py": tests}).run("-s").status == 0


def test_the_folder_of_the_run_is_deleted(drive: Start) -> None:
    tests = """
        import os, shutil
        def test_deletes(): shutil.rmtree(RUN)
        def test_prints(): print("x" * 100_000)
        def test_closes(): os.closerange(200, 256)
        def test_last(): open("last", "w").close()
    """
    driver = drive({})
    (driver.cwd / "test_a.py").write_text(textwrap.dedent(tests.replace("RUN", repr(str(driver.folder(1))))))
    assert driver.message("exited", driver.start())["status"] == 0
    assert (driver.cwd / "last").exists()
    # All that came after the descriptor was closed: two ends and one start.
    assert driver.message("lost", 3)["run"] == 1


def test_a_full_disk(drive: Start) -> None:
    """The limit of a file's size stands in for it: a write fails within a line, and the following ones wholly."""
    tests = """
        import os, resource, pytest
        @pytest.mark.parametrize("n", range(60))
        def test_a(n):
            size = os.path.getsize(JOURNAL)
            if n == 20: resource.setrlimit(resource.RLIMIT_FSIZE, (size + 250, resource.RLIM_INFINITY))
            if n == 40: resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
    """
    driver = drive({})
    journal = driver.folder(1) / "journal-main.jsonl"
    (driver.cwd / "test_a.py").write_text(textwrap.dedent(tests.replace("JOURNAL", repr(str(journal)))))
    number = driver.start("-pno:cacheprovider", "-pno:terminal")
    assert driver.message("exited", number)["status"] == 0
    lines = []
    torn = 0
    for line in journal.read_bytes().splitlines():
        try:
            lines.append(json.loads(line))
        except ValueError:
            torn += 1
    assert torn == 1
    ended = lines[-1]
    assert ended["event"] == "SessionFinished"
    finished = [line["nodeid"] for line in lines if line["event"] == "ItemFinished"]
    assert finished[:20] == [f"test_a.py::test_a[{n}]" for n in range(20)]
    assert finished[-20:] == [f"test_a.py::test_a[{n}]" for n in range(40, 60)]
    assert len(lines) + ended["lost"] >= 2 * 60 + 4
    assert driver.message("lost", ended["lost"])["run"] == number
