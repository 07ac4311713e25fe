"""Tests that do anything to their process: events keep coming, and what the tests see is what they made."""

from __future__ import annotations

import subprocess
import textwrap

import pytest

from tests.plugin.conftest import Start
from tests.plugin.driver import HERE

# What a test does and never takes back: it lies there while its own report is made, and for all that follow.
FOR_EVER = {
    "the working folder": "os.mkdir('d'); os.chdir('d'); os.rmdir('../d')",
    "the environment": "os.environ.clear()",
    "os": """
        for name in ("write", "open", "close", "fstat", "getpid", "read", "mkdir", "dup2"):
            setattr(os, name, boom)
    """,
    "os.path": """
        import posixpath
        def joining(*parts, real=posixpath.join):
            if sys._getframe(1).f_globals["__name__"] != "pathlib": boom()  # which Python 3.12 writes paths with
            return real(*parts)
        posixpath.join, posixpath.dirname = joining, boom
    """,
    "json": """
        import json, json.encoder
        json.dumps = json.loads = boom
        json.JSONEncoder.encode = json.JSONEncoder.iterencode = json.JSONEncoder.default = boom
        json.JSONDecoder.decode = boom
    """,
    "socket": """
        import socket
        for name in ("connect", "send", "sendall", "recv", "close", "sendmsg", "fileno", "setblocking", "detach"):
            setattr(socket.socket, name, boom)
        socket.socket = boom
        os.closerange(200, 256)
    """,
    "the default timeout of sockets": "import socket; socket.setdefaulttimeout(0.001); os.closerange(200, 256)",
    "clocks": "import time; time.time = time.monotonic = time.perf_counter = time.sleep = lambda *_: 1e12",
    "the clock of pokes": "import time; time.monotonic = boom",
    "a clock that goes back": "import time; time.monotonic = iter(range(10**6, 0, -1)).__next__",
    "open": "import builtins, io; builtins.open = io.open = boom",
    "print and repr": "import builtins, reprlib; builtins.print = boom; reprlib.Repr.repr = boom",
    "struct and array": "import struct, array; struct.pack = struct.unpack = struct.Struct = boom; array.array = boom",
    "linecache": "import linecache; linecache.getline = linecache.getlines = boom",
    "traceback": "import traceback; traceback.format_exception = boom",
    "importlib": """
        import importlib, builtins
        def importing(name, *args, real=builtins.__import__):
            if name.startswith("_redbar"): boom()
            return real(name, *args)
        builtins.__import__ = importing
        importlib.import_module = boom
    """,
    "sys.path": "sys.path[:] = []; sys.meta_path[:] = []",
    "sys.modules": """
        for name in list(sys.modules):
            if name.partition(".")[0] in ("os", "json", "socket", "time", "struct", "array", "traceback", "linecache",
                                          "posixpath", "fcntl", "_socket", "reprlib", "threading", "atexit"):
                del sys.modules[name]
    """,
    "our modules": """
        for name in list(sys.modules):
            if name.startswith("_redbar"):
                del sys.modules[name]
    """,
    "low descriptors": "os.closerange(3, 100)",
    "all descriptors above the streams": "os.closerange(3, 256)",
    "our descriptors, for files of its own": """
        global kept
        os.closerange(200, 256)
        kept = [os.open("own", os.O_RDWR | os.O_CREAT)]
        kept += [os.dup2(kept[0], n) for n in range(200, 230)]
    """,
    "sys.stdout": "sys.stdout.close(); sys.__stdout__.close()",
    "sys.stderr": "sys.stderr = sys.__stderr__ = None",
    "descriptors 0, 1 and 2": "os.closerange(0, 3)",
    "signals": """
        import signal
        for name in ("SIGPIPE", "SIGCHLD", "SIGALRM"):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
        os.closerange(200, 256)
    """,
    "the umask": "os.umask(0o777)",
    "limits": "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64)); os.closerange(200, 256)",
    "threads": """
        import threading, time
        threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
        threading.Thread(target=time.sleep, args=(0.1,)).start()
    """,
    "the garbage": "import gc; gc.disable(); gc.freeze()",
    "the recursion limit": "sys.setrecursionlimit(120)",
    "the hash of strings": "import random; random.seed(0)",
    "the locale": "import locale; locale.setlocale(locale.LC_ALL, 'C')",
    "warnings": "import warnings; warnings.simplefilter('error'); os.closerange(200, 256)",
    "a trace function": "sys.setprofile(lambda *_: None); sys.settrace(lambda *_: None)",
    "every alias of a clock": """
        import time
        fakes = {id(time.time): lambda: 1.0, id(time.monotonic): lambda: 1.0, id(time.perf_counter): lambda: 1.0}
        for module in list(sys.modules.values()):
            for name, value in list(vars(module).items()):
                fake = fakes.get(id(value))
                if fake: setattr(module, name, fake)
    """,
    "every alias of os and open": """
        import types
        fake = types.ModuleType("os")
        for name in ("open", "write", "close", "fstat", "getpid", "read"): setattr(fake, name, boom)
        fake.path, fake.sep, fake.environ, fake.O_RDONLY = os.path, os.sep, os.environ, 0
        for name, module in list(sys.modules.items()):
            if name.startswith("_redbar"):
                for each in [n for n, value in vars(module).items() if value is os]: setattr(module, each, fake)
                module.open = boom
    """,
}
TESTS = """
    import os, sys, pytest
    def boom(*args, **kwargs): raise AssertionError("patched")
    def test_before(): pass
    def test_hostile():
{body}
    def test_after(): pass
    def test_fails_after(): assert 0
    def test_last(): pass
"""
EXPECTED = {
    "test_h.py::test_before": "passed",
    "test_h.py::test_hostile": "passed",
    "test_h.py::test_after": "passed",
    "test_h.py::test_fails_after": "failed",
    "test_h.py::test_last": "passed",
}
# Without these pytest itself breaks down: it can neither print nor look at a failure.
FATAL = {"linecache", "sys.stdout", "descriptors 0, 1 and 2"}


def indented(body: str) -> str:
    if not body.startswith("\n"):
        body = "\n        " + body
    return body.rstrip()


@pytest.mark.parametrize("what", FOR_EVER)
def test_changes_for_ever(drive: Start, what: str) -> None:
    tests = TESTS.format(body=indented(FOR_EVER[what]))
    # With pytest's capture and cache out of the way our part alone is put to the test.
    run = drive({"test_h.py": tests}).run("-pno:cacheprovider", "-s", "-pno:faulthandler", "--tb=native")
    assert run.names[-1] == "SessionFinished"
    started = [line["nodeid"] for line in run.events("ItemStarted")]
    if what in FATAL:
        assert started[:2] == ["test_h.py::test_before", "test_h.py::test_hostile"]
        assert run.ran == started[:-1]
    else:
        assert run.results == EXPECTED, run.output
        assert run.ran == started == list(EXPECTED)
        assert run.status == 1


SANDWICHED = {
    "os": "monkeypatch.setattr(os, 'write', boom); monkeypatch.setattr(os, 'open', boom)",
    "open": "monkeypatch.setattr('builtins.open', boom)",
    "json": "monkeypatch.setattr('json.JSONEncoder.encode', boom); monkeypatch.setattr('json.dumps', boom)",
    "socket": "monkeypatch.setattr('socket.socket', boom)",
    "environ": "monkeypatch.setattr(os, 'environ', {})",
    "cwd": "monkeypatch.chdir('/')",
    "fork": "os.fork() or os._exit(0)",
    "descriptors": "os.closerange(200, 256)",
    "path": "monkeypatch.setattr(sys, 'path', [])",
}


def test_changes_taken_back_in_teardown(drive: Start, python: str) -> None:
    """Still there when the call is reported; with pytest's own capture and settings."""
    tests = "import os, sys\ndef boom(*args, **kwargs): raise AssertionError('patched')\n"
    for name, body in SANDWICHED.items():
        tests += f"def test_{name}(monkeypatch):\n    print('x')\n    {body}\n"
        tests += f"def test_{name}_failing(monkeypatch):\n    print('x')\n    {body}\n    assert 0\n"
    run = drive({"test_h.py": tests}, python=python).run()
    names = [f"test_h.py::test_{name}{failing}" for name in SANDWICHED for failing in ("", "_failing")]
    assert run.order == run.ran == names
    assert run.results == {name: "failed" if name.endswith("_failing") else "passed" for name in names}, run.output
    assert all(("Captured stdout call", "x\n") in run.sections(name) for name in names)


LIBRARIES = {
    "freezegun": """
        import freezegun, time, datetime
        @freezegun.freeze_time("2001-02-03")
        def test_frozen():
            time.sleep(0)
            assert datetime.date.today().year == 2001
            assert 0
    """,
    "time_machine": """
        import time_machine, datetime
        @time_machine.travel("2001-02-03", tick=False)
        def test_frozen():
            assert datetime.date.today().year == 2001
            assert 0
    """,
    "pyfakefs": """
        import os
        def test_frozen(fs):
            fs.create_file("/fake")
            assert not os.path.exists("/proc")
            print("x" * 100_000)
            os.closerange(200, 256)
            assert 0
    """,
    "pytest_socket": """
        import os, socket
        def test_frozen(socket_disabled):
            os.closerange(200, 256)
            socket.socket()
    """,
}


@pytest.mark.parametrize("library", LIBRARIES)
def test_libraries_that_replace_the_world(drive: Start, library: str) -> None:
    if subprocess.run([HERE, "-c", f"import {library}"], check=False, capture_output=True).returncode:
        pytest.skip(f"{HERE} has no {library}")
    tests = "def test_before(): pass\n" + textwrap.dedent(LIBRARIES[library]) + "\ndef test_after(): pass\n"
    run = drive({"test_a.py": tests}).run("-pno:randomly")
    assert list(run.results.values()) == ["passed", "failed", "passed"], run.output
    failure = run.event("PhaseReported")
    assert failure["frame"]["name"] == "test_frozen"
    assert failure["duration"] < 1000
    if library == "pyfakefs":
        (section,) = [section for section in failure["sections"] if section["name"].endswith("stdout call")]
        assert (run.folder / section["file"]).stat().st_size == 100_001
