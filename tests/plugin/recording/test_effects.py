"""What is recorded besides lines: files, folders, other processes, imports that found nothing."""

from __future__ import annotations

import pytest

from tests.plugin.conftest import Start
from tests.plugin.recording.reading import recorded

READ = {
    "open": "open('data/a.json').read()",
    "open with an absolute path": "open(os.path.abspath('data/a.json'))",
    "a path with dots": "open('data/../data/./a.json')",
    "bytes": "open(b'data/a.json')",
    "pathlib": "pathlib.Path('data/a.json').read_text()",
    "os.open": "os.open('data/a.json', os.O_RDONLY)",
    "io.open": "io.open('data/a.json', 'rb')",
    "another working folder": "os.chdir('data'); open('a.json'); os.chdir('..')",
    "a file that is not there": "os.remove('data/a.json')\n    with pytest.raises(OSError): open('data/a.json')",
    "sqlite": "import sqlite3; sqlite3.connect('data/a.json')",
    "a source as text": "open('data/a.py').read()",
    "a source as text, by pathlib": "pathlib.Path('data/a.py').read_text()",
}


@pytest.mark.parametrize("how", READ)
def test_files_that_a_test_reads(drive: Start, how: str) -> None:
    tests = f"import io, os, pathlib, pytest\ndef test_reads():\n    {READ[how]}\ndef test_other(): pass\n"
    outcome, record = recorded(drive({"test_f.py": tests, "data/a.json": "", "data/a.py": ""}))
    assert outcome.status == 0
    assert record.test("test_f.py::test_reads").data == {"data/a.py" if "source" in how else "data/a.json"}
    assert record.test("test_f.py::test_other").data == set()


def test_files_are_recorded_everywhere(drive: Start, edge: str) -> None:
    files = {
        "conftest.py": """
            import pytest
            @pytest.fixture(scope="session")
            def settings(): return open("settings.ini").read()
            def pytest_sessionstart(): open("session.ini").read()
        """,
        "lib.py": "TEXT = open('lib.txt').read()\n",
        "test_f.py": """
            import lib, pytest
            @pytest.mark.parametrize("x", open("cases.txt").read().split())
            def test_it(x, settings): open("own.txt")
        """,
        "settings.ini": "",
        "session.ini": "",
        "lib.txt": "",
        "cases.txt": "a",
        "own.txt": "",
    }
    _, record = recorded(drive(files, python=edge))
    assert record.fixture("settings").data == {"settings.ini"}
    assert record.module("lib.py").data == {"lib.txt"}
    assert record.module("test_f.py").data == {"cases.txt"}
    assert record.test("test_f.py::test_it[a]").data == {"own.txt"}
    assert "session.ini" in record.contexts["s", "s"].data


def test_sources_that_are_looked_at_for_a_traceback_are_no_data(drive: Start, edge: str) -> None:
    tests = """
        import inspect, lib, traceback
        def test_fails(): lib.boom()
        def test_source(): assert "boom" in inspect.getsource(lib)
        def test_traceback():
            try: lib.boom()
            except ValueError: traceback.format_exc()
    """
    files = {"lib.py": "def boom():\n    raise ValueError\n", "test_f.py": tests}
    _, record = recorded(drive(files, python=edge))
    assert {seen.keys.get("nodeid"): seen.data for (kind, _), seen in record.contexts.items() if kind == "t"} == {
        "test_f.py::test_fails": set(),
        "test_f.py::test_source": set(),
        "test_f.py::test_traceback": set(),
    }


@pytest.mark.parametrize(
    "how",
    ["os.listdir('data')", "list(os.scandir('data'))", "list(pathlib.Path('data').iterdir())", "list(os.walk('data'))"],
)
def test_folders_that_a_test_lists(drive: Start, how: str) -> None:
    tests = f"import os, pathlib\ndef test_lists(): {how}\ndef test_other():\n    import lib\n"
    _, record = recorded(drive({"test_f.py": tests, "data/a.json": "", "lib.py": ""}))
    assert record.test("test_f.py::test_lists").listed == {"data"}
    assert record.test("test_f.py::test_other").listed == set()


MULTIPROCESSING = "import multiprocessing as m; p = m.get_context({!r}).Process(target=int); p.start(); p.join()"
STARTS = {
    "subprocess": "import subprocess; subprocess.run(['true'])",
    "os.system": "os.system('true')",
    "os.fork": "pid = os.fork(); os._exit(0) if pid == 0 else os.waitpid(pid, 0)",
    "os.posix_spawn": "os.waitpid(os.posix_spawn('/bin/true', ['true'], {}), 0)",
    "multiprocessing, fork": MULTIPROCESSING.format("fork"),
    "multiprocessing, spawn": MULTIPROCESSING.format("spawn"),
}


@pytest.mark.parametrize("how", STARTS)
def test_processes_that_a_test_starts(drive: Start, how: str) -> None:
    tests = f"import os\ndef test_before(): pass\ndef test_starts(): {STARTS[how]}\ndef test_after(): pass\n"
    outcome, record = recorded(drive({"test_f.py": tests}))
    assert outcome.status == 0
    assert [record.test(nodeid).spawns for nodeid in record.tests] == [False, True, False]


def test_what_a_run_writes(drive: Start, edge: str) -> None:
    tests = """
        import os, pathlib
        def test_writes(tmp_path):
            open("new.txt", "w")
            open("more.txt", "a")
            pathlib.Path("path.txt").write_text("")
            os.close(os.open("low.txt", os.O_WRONLY | os.O_CREAT))
            os.rename("new.txt", "moved.txt")
            os.remove("more.txt")
            open("only_read.txt")
            (tmp_path / "elsewhere.txt").write_text("")
    """
    outcome, record = recorded(drive({"test_f.py": tests, "only_read.txt": ""}, python=edge))
    assert outcome.status == 0
    assert record.wrote == {"new.txt", "more.txt", "path.txt", "low.txt", "moved.txt"}


def test_imports_that_find_nothing(drive: Start, edge: str) -> None:
    files = {
        "pkg/__init__.py": "try:\n    from . import extra\nexcept ImportError:\n    extra = None\n",
        "test_f.py": """
            import pkg
            try:
                import fast_shop
            except ImportError:
                pass
            def test_it(): pass
        """,
    }
    _, record = recorded(drive(files, python=edge))
    assert record.pairs("wanted") == {
        ("pkg/__init__.py", "pkg/extra.py"),
        ("pkg/__init__.py", "pkg/extra/__init__.py"),
        ("test_f.py", "fast_shop.py"),
        ("test_f.py", "fast_shop/__init__.py"),
    }


def test_where_modules_are_looked_for(drive: Start) -> None:
    files = {
        "pytest.ini": "[pytest]\npythonpath = lib\n",
        "lib/shop.py": "",
        "test_f.py": "import shop\ndef test_it(): pass\n",
    }
    driver = drive(files)
    _, record = recorded(driver)
    (roots,) = [line["roots"] for line in record.lines if "roots" in line]
    assert {str(driver.cwd), str(driver.cwd / "lib")} <= set(roots)


def test_without_recording_nothing_is_there(drive: Start, python: str) -> None:
    tests = """
        import sys, threading
        def test_it():
            assert sys.gettrace() is None
            assert getattr(threading, "_trace_hook", None) is None
            assert not [name for name in sys.modules if "_plugin.recording" in name]
            assert not [each for each in sys.meta_path if "redbar" in type(each).__module__]
            if hasattr(sys, "monitoring"):
                assert [sys.monitoring.get_tool(tool) for tool in range(6)] == [None] * 6
    """
    driver = drive({"test_f.py": tests}, python=python)
    outcome = driver.run()
    assert outcome.status == 0, outcome.output
    assert list(outcome.folder.glob("record-*")) == []


def test_the_collected_errors_look_as_ever(drive: Start, edge: str) -> None:
    """No frame of ours stands in the traceback of an import that fails."""
    files = {
        "lib.py": "import inner\n",
        "inner.py": "import nowhere_at_all\n",
        "bad.py": "raise ValueError('deep')\n",
        "test_a.py": "import lib\n",
        "test_b.py": "import bad\n",
        "test_c.py": "def test_it():\n    import bad\n",
    }
    driver = drive(files, python=edge)
    driver.run("-pno:cacheprovider")
    outputs = []
    for record in ("off", "selection"):
        outcome = driver.run("-pno:cacheprovider", "--durations=0", "--continue-on-collection-errors", record=record)
        reports = [line["longrepr"] for line in outcome.events("CollectorReported")]
        reports += [phase["longrepr"] for phase in outcome.phases() if "longrepr" in phase]
        outputs.append(reports)
    assert len(outputs[0]) >= 3
    assert outputs[0] == outputs[1]
