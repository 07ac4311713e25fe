"""Tests that patch the world: their copies come to rest, live and answer, and can be debugged."""

from __future__ import annotations

import subprocess
import textwrap

import pytest

from tests.plugin.conftest import Start
from tests.plugin.driver import HERE, Driver, lives, until
from tests.plugin.freezing.desk import Frozen, Terminal, freeze

PATCHED = {
    "open": "monkeypatch.setattr(builtins, 'open', boom); monkeypatch.setattr(io, 'open', boom)",
    "time": "for name in ('time', 'monotonic', 'sleep', 'perf_counter'): monkeypatch.setattr(time, name, boom)",
    "environ": "monkeypatch.setattr(os, 'environ', {})",
    "home": "monkeypatch.setenv('HOME', '/nowhere'); monkeypatch.setenv('TERM', 'dumb')",
    "json": "for name in ('dumps', 'loads'): monkeypatch.setattr(json, name, boom)",
    "codecs": "monkeypatch.setattr(struct, 'pack', boom); monkeypatch.setattr('json.JSONEncoder.encode', boom)",
    "socket": "monkeypatch.setattr(socket, 'socket', boom); monkeypatch.setattr(select, 'select', boom)",
    "poll": "monkeypatch.setattr(select, 'poll', boom); monkeypatch.setattr(socket, 'socketpair', boom)",
    "os": "for name in OS: monkeypatch.setattr(os, name, boom)",
    "posix": "for name in OS: monkeypatch.setattr('posix.' + name, boom)",
    "signal": "for name in ('signal', 'getsignal', 'setitimer'): monkeypatch.setattr(signal, name, boom)",
    "path": "monkeypatch.setattr(os.path, 'exists', boom); monkeypatch.setattr(os.path, 'join', boom)",
    "streams": "monkeypatch.setattr(sys, 'stdin', io.StringIO()); monkeypatch.setattr(sys, '__stdout__', None)",
    "sys.path": "monkeypatch.setattr(sys, 'path', []); monkeypatch.setattr(sys, 'meta_path', [])",
    "sys.modules": "for name in ('os', 'json', 'termios', 'pdb'): monkeypatch.delitem(sys.modules, name, False)",
    "chdir": "monkeypatch.chdir('/')",
    "threading": "for name in ('active_count', 'enumerate', 'get_ident'): monkeypatch.setattr(threading, name, boom)",
    "gc": "monkeypatch.setattr('gc.freeze', boom); monkeypatch.setattr('atexit._clear', boom)",
    "warnings": "for name in ('catch_warnings', 'simplefilter'): monkeypatch.setattr('warnings.' + name, boom)",
    "logging": "monkeypatch.setattr('logging._handlerList', None)",
    "mask": "signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM, signal.SIGINT})",
    "handlers": "signal.signal(signal.SIGALRM, boom); signal.signal(signal.SIGPIPE, signal.SIG_DFL)",
    "timer": "signal.signal(signal.SIGALRM, lambda *_: None); signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)",
    "recursion": "sys.setrecursionlimit(150)",
    "umask": "os.umask(0o777)",
    "trace": "sys.settrace(lambda *_: None); sys.setprofile(lambda *_: None)",
    "standard input": "os.close(0)",
    "high descriptors": "os.closerange(100, 300)",
    "nofile": "lower_limit()",
    "import": "monkeypatch.setattr(builtins, '__import__', importing)",
    "working folder": "os.mkdir('d'); os.chdir('d'); os.rmdir('../d')",
}
HOSTILE = """
    import builtins, io, json, os, pytest, select, signal, socket, struct, sys, threading, time
    OS = ("fork", "read", "write", "close", "_exit", "waitpid", "kill", "dup2", "fstat", "listdir", "pipe", "lseek",
          "setpgid", "getpid", "readlink")
    def boom(*args, **kwargs): raise AssertionError("patched")
    def lower_limit():
        import resource
        resource.setrlimit(resource.RLIMIT_NOFILE, (9, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    def importing(name, *rest, real=__import__):
        if name.partition(".")[0] in ("pdb", "signal", "ast", "cmd", "code", "_redbar_plugin"): boom()
        return real(name, *rest)
    @pytest.fixture(autouse=True)
    def back():
        import resource
        limit, depth, folder = resource.getrlimit(resource.RLIMIT_NOFILE), sys.getrecursionlimit(), os.getcwd()
        handlers = {number: signal.getsignal(number) for number in (signal.SIGALRM, signal.SIGPIPE)}
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, [])
        yield
        signal.setitimer(signal.ITIMER_REAL, 0)
        resource.setrlimit(resource.RLIMIT_NOFILE, limit)
        sys.setrecursionlimit(depth)
        os.umask(0o022)
        os.chdir(folder)
        sys.settrace(None)
        sys.setprofile(None)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        for number, handler in handlers.items(): signal.signal(number, handler)
    def test_hostile(back, monkeypatch):
        answer = 42
        BODY
        raise ValueError("hostile")
    def test_after(): pass
"""


@pytest.mark.parametrize("what", PATCHED)
def test_patched(drive: Start, what: str) -> None:
    tests = HOSTILE.replace("BODY", PATCHED[what])
    driver = drive({"test_h.py": tests})
    # With pytest's own capture and terminal out of the way: some of this breaks them.
    run, (frozen,) = freeze(driver, "-pno:cacheprovider", "-s", "-pno:faulthandler", "--tb=native", count=1)
    assert run.results["test_h.py::test_hostile"] == "failed"
    assert run.names[-1] == "SessionFinished"
    assert frozen.frame["function"] == "test_hostile"
    assert frozen.texts()["answer"] == "42"
    assert frozen.evaluate("answer + 1") == "43"
    assert "answer" in frozen.ask("complete", text="ans")["words"]
    # A debugger, at the second attempt at the latest.
    first = debug(driver, frozen, 1, pristine=False)
    assert first == 0 or debug(driver, frozen, 2, pristine=True) == 0
    assert frozen.texts()["answer"] == "42"


def debug(driver: Driver, frozen: Frozen, number: int, *, pristine: bool) -> int:
    """Ask for a value in a debugger; the status of the session."""
    terminal = Terminal(frozen, number, pristine=pristine)
    driver.wait(lambda: terminal.shows("(Pdb)") or terminal.has_ended, "a debugger")
    if terminal.shows("(Pdb)"):
        terminal.type("p answer * 2")
        terminal.until("84")
        terminal.type("q")
    status = int(terminal.ended()["status"])
    terminal.close()
    return status


LIBRARIES = {
    "freezegun": """
        import freezegun
        @freezegun.freeze_time("2001-02-03")
        def test_a():
            answer = 42
            assert 0
    """,
    "time_machine": """
        import time_machine
        @time_machine.travel("2001-02-03", tick=False)
        def test_a():
            answer = 42
            assert 0
    """,
    "pyfakefs": """
        def test_a(fs):
            answer = 42
            fs.create_file("/fake")
            assert 0
    """,
    "pytest_socket": """
        def test_a(socket_disabled):
            answer = 42
            assert 0
    """,
    "gevent": """
        from gevent import monkey
        monkey.patch_all()
        def test_a():
            answer = 42
            assert 0
    """,
}


@pytest.mark.parametrize("library", LIBRARIES)
def test_libraries(drive: Start, library: str) -> None:
    if subprocess.run([HERE, "-c", f"import {library}"], check=False, capture_output=True).returncode:
        pytest.skip(f"{HERE} has no {library}")
    driver = drive({"test_a.py": textwrap.dedent(LIBRARIES[library])})
    _run, (frozen,) = freeze(driver, "-pno:rerunfailures", count=1)
    assert frozen.texts()["answer"] == "42"
    assert frozen.evaluate("answer") == "42"


def test_an_exception_whose_text_hangs_where_no_signal_reaches_it(drive: Start) -> None:
    """The copy is ended, and the run is none the worse."""
    text = """
        import os
        class Endless(Exception):
            def __str__(self):
                if os.getpid() != run: sum(range(10 ** 15))
                return "endless"
        def test_a():
            raise Endless
        def test_b(): pass
        run = os.getpid()
    """
    driver = drive({"test_a.py": textwrap.dedent(text)})
    run, _ = freeze(driver, count=0)
    assert run.results == {"test_a.py::test_a": "failed", "test_a.py::test_b": "passed"}
    until(lambda: not lives(run.event("Frozen")["pid"]), "the end of the copy")
