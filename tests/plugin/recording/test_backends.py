"""Both ways to see lines see the same, and each starts, stops and heals as it should."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.plugin.driver import HERE, PACKAGE, PYTHONS, clean_environ, write_files
from tests.plugin.recording.reading import is_traced
from tui.plugin import wire

NEWEST = PYTHONS[-1]

CODE = """
    import asyncio, contextlib, threading
    class Thing:
        attribute = [n for n in range(3)]
        def __init__(self):
            self.x = 1
        @property
        def y(self):
            return (self.x +
                    1)
    def loops(n):
        total = 0
        for i in range(n):
            if i % 2:
                continue
            total += i
        else:
            total += 1
        while n:
            n -= 1
        return total
    def generates():
        for i in range(3):
            yield i
    def raises():
        try:
            raise ValueError("x")
        except ValueError as error:
            return str(error)
        finally:
            Thing()
    def closes():
        with contextlib.suppress(KeyError):
            {}["x"]
        return lambda: 1
    async def waits():
        await asyncio.sleep(0)
        return [x async for x in agen()]
    async def agen():
        yield 1
    def recurses(n):
        return n if n == 0 else recurses(n - 1)
    def nested():
        def inner():
            return 1
        return inner() + sum(x for x in range(3))
    def in_thread():
        thread = threading.Thread(target=loops, args=(2,))
        thread.start()
        thread.join()
"""
CALLS = """
    loops(4); loops(4); loops(0); list(generates()); next(generates()); raises(); closes(); closes()(); Thing().y;
    asyncio.run(waits()); recurses(3); recurses(0); nested(); in_thread(); loops(1)
"""
SCRIPT = (
    wire.BOOT
    + """
import json
load(sys.argv[1])
from _redbar_plugin.territory import Territory
from importlib import import_module
sys.path.insert(0, "")
def source(name):
    module, kind = name.split(".")
    return getattr(import_module("_redbar_plugin.recording." + module), kind)(Territory())
def taken(lines):
    into = {}
    whole = lines.take(into)
    return whole, {name.rpartition("/")[2]: sorted(each) for name, each in into.items()}
"""
)
RECORD = """
for name in sys.argv[2:]:
    lines = source(name)
    lines.begin()
    sys.modules.pop("code", None)
    code = import_module("mod")
    seen = [taken(lines)]
    for call in {calls!r}.split(";"):
        eval(call.strip(), vars(code))
        seen.append(taken(lines))
    lines.end()
    sys.modules.pop("mod")
    eval("loops(3)", vars(code))
    seen.append(taken(lines))
    print(json.dumps(seen))
"""


def run(python: str, folder: Path, script: str, *args: str) -> str:
    write_files(folder, {"mod.py": CODE})
    done = subprocess.run(
        [python, "-c", SCRIPT + script, str(PACKAGE), *args],
        cwd=folder,
        env=clean_environ(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_both_see_the_same(tmp_path: Path) -> None:
    if is_traced(NEWEST):
        pytest.skip("needs a Python that has both")
    kinds = ("monitoring.MonitoredLines", "tracing.TracedLines")
    output = run(NEWEST, tmp_path, RECORD.format(calls=CALLS.strip()), *kinds)
    monitored, traced = (json.loads(line) for line in output.splitlines())
    assert len(monitored) == len(CALLS.split(";")) + 2
    assert monitored[:-1] == traced[:-1]
    assert all(whole for whole, _ in monitored[:-1])
    assert traced[-1][1] == {}
    first = monitored[1][1]["mod.py"]
    assert monitored[2][1]["mod.py"] == first
    assert len(monitored[3][1]["mod.py"]) < len(first)
    assert monitored[-1][1] == {}  # after its end


def test_the_tracer_heals(tmp_path: Path) -> None:
    """After somebody has taken its trace function and given it back, it is there again from the next call on."""
    script = """
lines = source("tracing.TracedLines")
lines.begin()
import mod
taken(lines)
sys.settrace(None)
mod.loops(2)
first = taken(lines)
mod.loops(2)
second = taken(lines)
saved = sys.gettrace()
sys.settrace(lambda *_: None)
mod.loops(2)
sys.settrace(saved)
mod.nested()
third = taken(lines)
print(json.dumps([first, second, third]))
"""
    first, second, third = json.loads(run(HERE, tmp_path, script))
    assert first == [False, {}]
    assert second[0] is True
    assert 11 < min(second[1]["mod.py"]) < max(second[1]["mod.py"]) < 23
    assert min(third[1]["mod.py"]) > 40


def test_coverage_can_be_imported_after_its_tracer_has_been(tmp_path: Path, python: str) -> None:
    """The extension can be loaded once a process; the project's own measurement needs it as well."""
    script = """
before = set(sys.modules)
lines = source("tracing.TracedLines")
assert not [name for name in set(sys.modules) - before if name.startswith("coverage")]
import coverage, coverage.tracer, mod
measuring = coverage.Coverage(data_file=None, include=["*/mod.py"])
measuring.set_option("run:core", "ctrace")
measuring.start()
mod.nested()
measuring.stop()
count = len(measuring.get_data().lines(mod.__file__))
print(json.dumps([count, coverage.tracer.__file__, lines._make is coverage.tracer.CTracer]))
"""
    count, path, same = json.loads(run(python, tmp_path, script))
    assert count > 2
    assert Path(path).parent.name == "coverage"
    assert same


def test_monitoring_leaves_other_tools_alone(tmp_path: Path) -> None:
    """Neither ids that are taken nor events that another tool has switched off."""
    if is_traced(NEWEST):
        pytest.skip("needs sys.monitoring")
    script = """
monitoring = sys.monitoring
seen = []
def line(code, number):
    seen.append(number)
    return monitoring.DISABLE
import mod
for tool in (1, 3):
    monitoring.use_tool_id(tool, "other")
monitoring.register_callback(1, monitoring.events.LINE, line)
monitoring.set_local_events(1, mod.nested.__code__, monitoring.events.LINE)
lines = source("monitoring.MonitoredLines")
lines.begin()
mod.nested()
first = len(seen)
own = taken(lines)
mod.nested()
again = taken(lines)
lines.end()
assert monitoring.get_tool(4) is None
print(json.dumps([first, len(seen), own == again, len(own[1]["mod.py"])]))
"""
    first, last, same, own = json.loads(run(NEWEST, tmp_path, script))
    assert 0 < first == last
    assert same
    assert own > 2


def test_no_id_is_left(tmp_path: Path) -> None:
    if is_traced(NEWEST):
        pytest.skip("needs sys.monitoring")
    script = """
for tool in range(6):
    sys.monitoring.use_tool_id(tool, "other")
from _redbar_plugin.recording.lines import line_source
lines = line_source(Territory())
lines.begin()
import mod
print(json.dumps([lines.problem, taken(lines)]))
"""
    assert json.loads(run(NEWEST, tmp_path, script)) == ["no free id of sys.monitoring", [False, {}]]
