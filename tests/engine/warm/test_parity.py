"""A warm run finds what a cold one finds: the same outcomes, the same process as far as tests can see it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Coroutine
from typing import Any

import pytest

from tests.engine.warm.conftest import Sit
from tests.engine.warm.desk import Desk, Result
from tui.model import events as ev

GOOD = {"test_total": "passed", "test_other": "passed"}
LAYERS = ["cold", "warm", "parked"]


async def in_every_layer(desk: Desk, *args: str) -> list[Result]:
    """The same run cold, in a fork of the warm host, and in one of a parked session."""
    results = [await desk.run()]
    await desk.rest()
    results.append(await desk.run("test_cart.py"))
    await desk.rest()
    results.append(await desk.run("test_cart.py"))
    assert [result.words.split()[0].rstrip(":") for result in results] == LAYERS, desk.unparkable
    return results


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("test_cart.py", "def test_total(): assert {} == 1\n"),
        ("prices.py", "PRICE = {}\n"),
        ("conftest.py", "import cart\ncart.prices.PRICE = {}\n"),
    ],
)
async def test_edits_of_equal_length_within_one_second(sit: Sit, name: str, text: str) -> None:
    """Bytecode in the cache would count as fresh."""
    desk = sit()
    await desk.run()
    await desk.parked(name)
    wrong = 0
    for round_ in range(12):
        good = round_ % 3 == 0
        path = desk.write(name, text.format(1 if good else 2))
        os.utime(path, (1_700_000_000, 1_700_000_000))
        result = await desk.run(name)
        wrong += result.outcomes["test_total"] != ("passed" if good else "failed")
        if round_ % 4 == 0:
            await desk.rest()
    assert wrong == 0


@pytest.mark.parametrize("name", ["test_cart.py", "prices.py", "conftest.py"])
async def test_a_syntax_error_and_its_end(sit: Sit, name: str) -> None:
    desk = sit()
    await desk.run()
    await desk.parked(name)
    text = (desk.folder / name).read_text()
    for _ in range(2):
        broken = await desk.save(name, text + "oh no(\n")
        assert broken.words == f"parked before {name}"
        assert broken.outcomes == {}
        assert broken.exit in (2, 4)
        assert "SyntaxError" in broken.text
        await desk.rest()
        assert name in desk.hot
        healed = await desk.save(name, text)
        assert (healed.words, healed.outcomes) == (f"parked before {name}", GOOD)
        await desk.rest()


async def test_an_error_in_a_file_that_is_loaded_ahead(sit: Sit) -> None:
    """A test file that is parked for imports a module that breaks while it waits."""
    desk = sit({"conftest.py": ""})
    await desk.run()
    await desk.parked("test_cart.py")
    broken = await desk.save("prices.py", "PRICE = (\n")
    assert broken.outcomes == {}
    await desk.rest()
    again = await desk.run("test_cart.py")
    assert again.outcomes == {}
    assert "SyntaxError" in again.text
    healed = await desk.save("prices.py", "PRICE = 1\n")
    assert healed.outcomes == GOOD


CAPTURED = """
    import os, subprocess, sys
    print("printed at import")
    def test_total(capfd):
        os.system("echo from a child")
        assert capfd.readouterr().out == "from a child\\n"
    def test_other(capsys, tmp_path):
        print("seen")
        assert capsys.readouterr().out == "seen\\n"
        assert list(tmp_path.iterdir()) == []
        (tmp_path / "mark").touch()
    def test_fails():
        print("to stdout")
        print("to stderr", file=sys.stderr)
        os.write(1, b"to the descriptor\\n")
        import conftest, logging
        print("to the stream that a conftest has kept", file=conftest.KEPT)
        logging.warning("by a handler that a conftest has made")
        assert 0
    def test_input():
        assert sys.stdin is not None
        try:
            text = sys.stdin.read()
        except OSError:
            text = ""
        assert text == ""
"""


KEEPS_STREAMS = """
    import logging, sys
    logging.basicConfig()
    KEPT = sys.stdout
"""


@pytest.mark.parametrize("capture", ["fd", "sys", "no", "tee-sys"])
async def test_capture(sit: Sit, capture: str) -> None:
    desk = sit({"test_cart.py": CAPTURED, "conftest.py": KEEPS_STREAMS}, f"--capture={capture}")
    results = await in_every_layer(desk)
    expected = {"test_total": "passed", "test_other": "passed", "test_fails": "failed", "test_input": "passed"}
    sections = []
    for result in results:
        assert result.outcomes == expected
        failed = [event for event in result.all(ev.PhaseReported) if event.outcome == "failed"]
        lines = [desk.explorer.shelf.line(event.ref) for event in failed if event.ref is not None]
        sections.append([[(each["name"], each["text"]) for each in line["sections"]] for line in lines if line])
    assert sections[0] == sections[1] == sections[2]
    texts = [sorted(line for line in result.text.splitlines() if not re.search(r" in \d", line)) for result in results]
    assert texts[0] == texts[1] == texts[2]


PROBE = """
    import asyncio, faulthandler, gc, importlib, json, locale, logging, os, resource, signal, sys, threading, warnings
    import __main__
    def test_total(request, tmp_path):
        config = request.config
        facts = {
            "argv": sys.argv, "orig_argv": sys.orig_argv, "path": sys.path, "cwd": os.getcwd(),
            "main": [__main__.__name__, __main__.__file__, __main__.__spec__.name, sorted(vars(__main__))],
            "signals": {str(n): str(signal.getsignal(n)) for n in (1, 2, 13, 15, 17)},
            "wakeup": signal.set_wakeup_fd(-1),
            "threads": [thread.name for thread in threading.enumerate()],
            "native": threading.main_thread().native_id == os.getpid(),
            "flags": repr(sys.flags), "dont_write": sys.dont_write_bytecode,
            "filters": [repr(each) for each in warnings.filters],
            "handlers": [type(each).__name__ for each in logging.getLogger().handlers],
            "level": logging.getLogger().level, "recursion": sys.getrecursionlimit(),
            "gc": [gc.isenabled(), gc.get_threshold(), gc.get_debug()],
            "fault": faulthandler.is_enabled(), "trace": sys.gettrace() is None, "profile": sys.getprofile() is None,
            "policy": type(asyncio.get_event_loop_policy()).__name__,
            "encodings": [sys.getdefaultencoding(), sys.getfilesystemencoding(), locale.getpreferredencoding()],
            "streams": [type(sys.stdin).__name__, type(sys.stdout).__name__, sys.__stdout__.encoding],
            "umask": [os.umask(0o22), os.umask(0o22)][0], "limits": resource.getrlimit(resource.RLIMIT_NOFILE),
            "rootdir": str(config.rootpath), "ini": str(config.inipath), "args": config.args,
            "invocation": [list(config.invocation_params.args), str(config.invocation_params.dir)],
            "plugins_given": config.invocation_params.plugins,
            "excepthook": sys.excepthook is sys.__excepthook__, "unraisable": sys.unraisablehook.__module__,
            "leader": os.getsid(0) == os.getpid() == os.getpgid(0), "parent_alive": os.getppid() > 1,
            "environ": sorted(name for name in os.environ), "pager": sys.displayhook is sys.__displayhook__,
            "meta_path": [getattr(each, "__name__", type(each).__name__) for each in sys.meta_path],
            "hooks": len(sys.path_hooks), "basetemp": tmp_path.parent.parent.name,
            "conftest": sys.modules["conftest"].__file__, "niceness": os.nice(0), "stdin": os.fstat(0).st_rdev,
            "switch": sys.getswitchinterval(), "terminal": config.get_terminal_writer().fullwidth,
            "children": threading.active_count(),
        }
        with open("facts.json", "w") as file:
            json.dump(facts, file)
    def test_other(): pass
"""


async def test_a_test_sees_the_same_process(sit: Sit) -> None:
    desk = sit({"test_cart.py": PROBE})
    facts = []
    for layer in LAYERS:
        result = await desk.run(columns=90)
        assert result.words.startswith(layer)
        assert result.outcomes == GOOD
        facts.append(json.loads((desk.folder / "facts.json").read_text()))
        if layer == "warm":
            desk.explorer.edited([str(desk.folder / "test_cart.py")])
        await desk.rest()
    assert len(facts[0]) > 40
    assert facts[1] == facts[0]
    assert facts[2] == facts[0]


async def test_what_failed_last_is_remembered_by_all(sit: Sit) -> None:
    """pytest's cache is read when a session starts, which of a parked one is long ago."""
    desk = sit({"test_far.py": "def test_far(): assert 0\n"})
    await desk.run()
    await desk.parked("test_cart.py")
    failing = "def test_total(): assert 0\n"
    result = await desk.save("test_cart.py", failing, names=("test_cart.py::test_total",))
    assert result.words.startswith("parked")
    assert failed_last(desk) == {"test_far.py::test_far", "test_cart.py::test_total"}
    desk.write("test_far.py", "def test_far(): pass\n")
    await desk.run("test_far.py", names=("test_far.py::test_far",), cold=True)
    assert failed_last(desk) == {"test_cart.py::test_total"}
    result = await desk.run("test_cart.py", names=("test_cart.py::test_total",))
    assert result.words.startswith("parked")
    assert failed_last(desk) == {"test_cart.py::test_total"}


def failed_last(desk: Desk) -> set[str]:
    return set(json.loads((desk.folder / ".pytest_cache/v/cache/lastfailed").read_text()))


async def test_seeds_are_drawn_anew(sit: Sit) -> None:
    text = "import random\ndef test_total(): open('drawn', 'a').write(f'{random.random()}\\n')\n"
    desk = sit({"test_cart.py": text, "conftest.py": "import random\n"})
    await in_every_layer(desk)
    await desk.run("test_cart.py")
    drawn = (desk.folder / "drawn").read_text().split()
    assert len(set(drawn)) == len(drawn) == 4


async def test_warnings_and_skips_of_imports(sit: Sit) -> None:
    files = {
        "cart.py": "import warnings, prices\nwarnings.warn('old cart')\ndef total(): return 2\n",
        "test_skip.py": "import pytest\npytest.skip('not here', allow_module_level=True)\n",
    }
    desk = sit({**files, "conftest.py": "print('loaded')\n"})
    results = await in_every_layer(desk)
    warned = [[(event.message, event.path) for event in result.all(ev.WarningRecorded)] for result in results]
    assert warned[0]
    assert warned[0] == warned[1] == warned[2]


async def test_fixtures_of_all_widths(sit: Sit) -> None:
    files = {
        "conftest.py": """
            import os, pytest, tempfile
            @pytest.fixture(scope="session")
            def base(tmp_path_factory): return tmp_path_factory.mktemp("base")
            @pytest.fixture(scope="module")
            def pid():
                yield os.getpid()
                open("torn", "a").write("down\\n")
            """,
        "test_cart.py": """
            import os
            def test_total(base, pid): assert pid == os.getpid() and base.is_dir()
            def test_other(base, pid, monkeypatch): monkeypatch.setenv("A", "1"); monkeypatch.chdir(base)
            """,
    }
    desk = sit(files)
    for result in await in_every_layer(desk):
        assert result.outcomes == GOOD
    assert (desk.folder / "torn").read_text() == "down\n" * 3


async def recorded(desk: Desk, run: Coroutine[Any, Any, Result]) -> tuple[str, dict[str, Any]]:
    """The words of a run, and what it recorded: lines by file for each context, and the sets beside them."""
    result = await run
    files: dict[str, str] = {}
    found: dict[str, Any] = {}
    for line in (result.folder / "record-main.jsonl").read_text().splitlines():
        said = json.loads(line)
        if "file" in said:
            files[str(said["file"])] = said["path"]
        elif "context" in said:
            key = "{} {}".format(said["context"], said.get("nodeid", said.get("path", said.get("key", ""))))
            lines = {files[number]: ranges for number, ranges in said.get("lines", {}).items()}
            rest = {name: said[name] for name in ("data", "listed", "spawns", "fixtures") if name in said}
            found[key] = [lines, rest]
        else:
            for name in ("edges", "wanted", "wrote"):
                found.setdefault(name, []).extend(said.get(name, []))
    return result.words, {name: sorted(each) if name in ("edges", "wanted") else each for name, each in found.items()}


@pytest.mark.parametrize("hot", ["test_cart.py", "prices.py", "conftest.py"])
async def test_the_record_is_the_same(sit: Sit, hot: str) -> None:
    desk = sit()
    await desk.run(record="selection")
    await desk.rest()
    words, cold = await recorded(desk, desk.run(hot, record="selection", cold=True))
    assert words.startswith("cold")
    await desk.run(hot, record="selection")
    await desk.rest()
    words, parked = await recorded(desk, desk.run(hot, record="selection"))
    assert words == f"parked before {hot}"
    assert parked == cold
