"""What the user's code can see of Redbar: nothing."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest

from tests.plugin.conftest import Plainly, Start
from tests.plugin.driver import HERE, Driver

FACTS = """
    import atexit, gc, json, os, signal, sys, threading, tempfile, subprocess, resource

    def known(path):
        try:
            return os.readlink(path)
        except OSError:
            return None

    def facts():
        main = sys.modules["__main__"]
        spec = main.__spec__
        found = {
            "argv": sys.argv,
            "orig_argv": getattr(sys, "orig_argv", None) and sys.orig_argv[1:],
            "path": sys.path,
            "meta_path": [getattr(finder, "__name__", type(finder).__name__) for finder in sys.meta_path],
            "path_hooks": len(sys.path_hooks),
            "main": [main.__name__, main.__file__, main.__doc__, main.__package__, getattr(main, "__cached__", None)],
            "builtins": type(main.__builtins__).__name__,
            "spec": spec and [spec.name, spec.origin, type(main.__loader__).__name__],
            "signals": {int(n): str(signal.getsignal(n)).split(" at 0x")[0] for n in signal.valid_signals()},
            "mask": sorted(map(int, signal.pthread_sigmask(signal.SIG_BLOCK, []))),
            "cwd": os.getcwd(),
            "environ": {k: v for k, v in os.environ.items() if k not in ("PYTEST_CURRENT_TEST", "_")},
            "threads": [thread.name for thread in threading.enumerate()],
            "umask": os.umask(os.umask(0)),
            "leads_its_session": os.getsid(0) == os.getpid() == os.getpgid(0),
            "descriptors": {n: os.get_inheritable(n) for n in range(100) if known("/proc/self/fd/%d" % n)},
            "stdin": sys.stdin is None or known("/proc/self/fd/0"),
            "flags": list(sys.flags),
            "warnoptions": sys.warnoptions,
            "excepthook": sys.excepthook is sys.__excepthook__,
            "trace": [str(sys.gettrace()), str(sys.getprofile())],
            "gc": [gc.isenabled(), gc.get_threshold()],
            "limits": [resource.getrlimit(getattr(resource, name)) for name in dir(resource) if name[:7] == "RLIMIT_"],
            "recursion": sys.getrecursionlimit(),
            "streams": [[s.encoding, s.errors, s.line_buffering] for s in (sys.__stdout__, sys.__stderr__)],
            "priority": os.getpriority(os.PRIO_PROCESS, 0),
        }
        return json.loads(json.dumps(found))

    def inherited():
        "What a child process gets."
        code = "import os, json, sys; print(json.dumps([sys.path[1:], dict(os.environ), os.listdir('/proc/self/fd')]))"
        return json.loads(subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, close_fds=False).stdout)
"""
TESTS = """
    import atexit, json, threading, time, weakref, facts

    def test_facts(request, pytestconfig):
        with open("facts.json", "w") as file:
            json.dump({**facts.facts(), "inherited": facts.inherited(), "args": pytestconfig.args}, file)
        class Kept: pass
        global kept
        kept = Kept()
        weakref.finalize(kept, lambda: open("atexit.log", "a").write("finalized "))
        atexit.register(lambda: open("atexit.log", "a").write("atexit "))
        def late():
            threading.main_thread().join()
            open("atexit.log", "a").write("thread ")
        threading.Thread(target=late).start()
"""
PROJECT = {"facts.py": FACTS, "test_facts.py": TESTS, "sub/test_b.py": "def test_b(): pass\n"}


@pytest.mark.parametrize("args", [[], ["-p", "no:faulthandler", "-s"]], ids=["plain", "no-capture"])
def test_facts_of_the_process(drive: Start, python: str, plainly: Plainly, args: list[str]) -> None:
    driver = drive(PROJECT, python=python)

    def told() -> tuple[dict[str, Any], str]:
        known = json.loads((driver.cwd / "facts.json").read_text())
        return known, (driver.cwd / "atexit.log").read_text()

    plain = plainly(python, driver.cwd, *args)
    expected, at_exit = told()
    (driver.cwd / "atexit.log").unlink()
    for _ in range(2):  # the second run of a host sees what the first one saw
        run = driver.run(*args)
        found, at_our_exit = told()
        (driver.cwd / "atexit.log").unlink()
        differing = {name: (expected[name], found[name]) for name in expected if expected[name] != found[name]}
        assert differing == {}
        assert at_our_exit == at_exit == "thread atexit finalized "
        assert run.status == plain.returncode == 0
        assert (driver.cwd / "facts.json").stat().st_mode == (driver.cwd / "test_facts.py").stat().st_mode


def test_the_script_instead_of_the_module(drive: Start) -> None:
    driver = drive(PROJECT)
    run = driver.run("--import-mode=importlib", "sub", cwd_on_path=False)
    assert run.status == 0
    conftest = "import json, sys\nopen('seen.json', 'w').write(json.dumps([sys.path, sys.argv]))\n"
    (driver.cwd / "conftest.py").write_text(conftest)
    driver.run("--import-mode=importlib", "sub", cwd_on_path=False)
    path, argv = json.loads((driver.cwd / "seen.json").read_text())
    assert str(driver.cwd) not in path
    assert argv[0].endswith("/bin/pytest")
    assert path[0] == argv[0].rpartition("/")[0]


def test_safe_path(drive: Start) -> None:
    if subprocess.run([HERE, "-c", "import sys; sys.flags.safe_path"], check=False, capture_output=True).returncode:
        pytest.skip("Python 3.11 made it")
    driver = drive({"test_a.py": "import sys, os\ndef test_a(): assert sys.path[0] != os.getcwd()\n"})
    # pytest itself puts the folder of a test in front, unless it is told otherwise.
    assert driver.run("--import-mode=importlib").status == 1
    with Driver(HERE, driver.cwd, driver.cwd / "safe", environ={"PYTHONSAFEPATH": "1"}) as safe:
        assert safe.run("--import-mode=importlib").status == 0


def test_width_of_the_terminal_text(drive: Start) -> None:
    tests = "import os\ndef test_a(): assert os.environ['COLUMNS'] == '33'\n"
    run = drive({"test_a.py": tests}, environ={"COLUMNS": "33"}).run()
    assert run.status == 0
    assert {len(line) for line in run.output.splitlines() if line.startswith("==")} == {100}


def test_pickles_and_spawned_processes(drive: Start) -> None:
    tests = """
        import multiprocessing
        def work(queue): queue.put(6 * 7)
        def test_spawn():
            context = multiprocessing.get_context("spawn")
            queue = context.Queue()
            process = context.Process(target=work, args=(queue,))
            process.start()
            assert queue.get(timeout=60) == 42
            process.join()
            assert process.exitcode == 0
    """
    run = drive({"test_a.py": tests}).run()
    assert run.status == 0, run.output
