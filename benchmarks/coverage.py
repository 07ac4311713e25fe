"""Coverage: what recording costs beside pytest-cov, how big the record gets, how soon questions are answered.

Run as ``python -m benchmarks.coverage``. CPU is that of all processes of one side, redbar's own and the counting of
``--cov`` among them; ``alone`` is the run without them.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benchmarks import suites
from benchmarks.measuring import ROOT, environment, redbar, timed
from benchmarks.report import Row, finish
from tui.engine.coverage import Coverage
from tui.engine.coverage.by_test import ByTest
from tui.engine.coverage.contents import Contents
from tui.engine.explorer import Explorer, Order, Project
from tui.engine.interpreter import Interpreter
from tui.engine.record.database import Changed, Database
from tui.engine.record.lookup import executors
from tui.engine.runs import Runs
from tui.engine.settings import Settings
from tui.engine.wishes import EVERYTHING
from tui.model.impact.index import TEST, Context, Index, Name
from tui.model.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_MEASURED = ("coverage==7.17.3", "pytest-cov==7.1.0")
_PLAIN = ("-q", "-p", "no:cacheprovider")
_CONTEXTS = ("--cov", "--cov-context=test", "--cov-report=")
_MODULE = "".join(f"def f{n}(x):\n    if x > {n}:\n        return {n}\n    return x\n\n\n" for n in range(20))
_TESTS, _FILES = 10_000, 100


@dataclass(frozen=True, slots=True)
class Sides:
    """Median CPU seconds of each way to run a suite, by its name; ``store`` are bytes per test by policy."""

    cpu: Mapping[str, float]
    store: Mapping[str, float]


def measure(python: Path, folder: Path, arguments: Sequence[str], rounds: int) -> Sides:
    """Run a suite in all ways, in turns."""
    pytest = [str(python), "-m", "pytest", *_PLAIN, *arguments]
    alone = [sys.executable, "-m", "benchmarks.coverage", "--alone"]
    run = redbar("run", "--cov", "--python", str(python))
    ways = {
        "plain": [*pytest, "-p", "no:cov"],
        "selection, alone": [*alone, "selection", str(python), str(folder), *arguments],
        "full, alone": [*alone, "full", str(python), str(folder), *arguments],
        "run --cov": [*run, "--", *_PLAIN[1:], *arguments],
        "pytest-cov": [*pytest, *_CONTEXTS],
        "pytest-cov, branches": [*pytest, *_CONTEXTS, "--cov-branch"],
    }
    costs: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds):
        names = list(ways) if number % 2 == 0 else list(reversed(ways))
        for name in names:
            costs[name].append(_cpu(ways[name], folder, own="alone" in name))
    sizes = {policy: _size(python, folder, arguments, policy) for policy in ("selection", "full")}
    return Sides({name: median(each) for name, each in costs.items()}, sizes)


def _cpu(argv: Sequence[str], folder: Path, *, own: bool) -> float:
    """CPU of a command; of one of ours that measures the run by itself, what it says."""
    if not own:
        return timed(argv, folder)[0].cpu
    done = subprocess.run(argv, cwd=ROOT, env=environment(), capture_output=True, text=True, check=True)
    return float(json.loads(done.stdout)["cpu"])


def _size(python: Path, folder: Path, arguments: Sequence[str], policy: str) -> float:
    with tempfile.TemporaryDirectory() as place:
        argv = [*redbar("run", "--json", "--cov", "--coverage", policy, "--python", str(python)), "--", *_PLAIN[1:]]
        cache = {**environment(), "XDG_CACHE_HOME": place}
        done = subprocess.run([*argv, *arguments], cwd=folder, env=cache, capture_output=True, text=True, check=False)
        tests = done.stdout.count('"event": "ItemFinished"')
        (record,) = (folder / ".redbar_cache").glob("record-*.sqlite")
        size = record.stat().st_size / max(1, tests)
        record.unlink()
        return size


async def alone(policy: str, python: str, folder: str, arguments: Sequence[str]) -> None:
    """Run a suite without anything around it, and print what its processes cost."""
    explorer = Explorer(Project(Path(folder), Interpreter(python, "benchmark"), (*_PLAIN[1:], *arguments)))
    stream = explorer.run(Order(record=policy, cold=True))
    async for _ in stream.batches():
        pass
    explorer.close()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(json.dumps({"cpu": used.ru_utime + used.ru_stime}))


def cost_rows(name: str, sides: Sides) -> list[Row]:
    """What recording costs on one suite."""
    cpu = sides.cpu
    rows = []
    for policy, limit, other, share in (
        ("selection", 2.0 if sys.version_info < (3, 12) else 1.3, "pytest-cov", 1.0),
        ("full", 2.5, "pytest-cov, branches", 0.7),
    ):
        ours, plain, theirs = cpu[f"{policy}, alone"], cpu["plain"], cpu[other]
        ratio, beside = ours / plain, ours / theirs
        rows += [
            Row(f"{name}: {policy}", f"{limit:.2f} x", f"{plain:.2f} s", f"{ours:.2f} s", ratio, within=ratio <= limit),
            Row(f"  against {other}", f"{share} x", f"{theirs:.2f} s", f"{ours:.2f} s", beside, within=beside <= share),
        ]
    whole = cpu["run --cov"] / cpu["pytest-cov"]
    text = f"{cpu['run --cov']:.2f} s"
    rows.append(Row("  redbar run --cov", "1.0 x", f"{cpu['pytest-cov']:.2f} s", text, whole, within=whole <= 1))
    for policy, limit in (("selection", 2000), ("full", 4000)):
        size = sides.store[policy]
        rows.append(Row(f"  record, {policy}", f"{limit} B", "", f"{size:.0f} B", size, within=size <= limit))
    return rows


def store_rows() -> list[Row]:
    """Which tests execute a line, in a record of 10,000 tests."""
    with tempfile.TemporaryDirectory() as place:
        file = Path(place, "m0.py")
        file.write_text("x = 1\n" * 1000)
        contents = Contents(_no_answer)
        content = contents.hash(str(file)) or ""
        index = big_index(place, content)
        changed = Changed()
        changed.contexts = list(index.contexts)
        database = Database(Path(place), "benchmark")
        database.write(index, changed)
        cold = _median_ms(lambda: executors(database.path, str(file), content, 1 << 500))
        by_test = ByTest(contents, Store())
        asyncio.run(by_test.weigh(index))
        warm = _median_ms(lambda: by_test.tests_of(index, str(file), 500, 500))
    return [
        Row("tests of a line, 10,000 tests, closed", "60 ms", "", f"{cold:.1f} ms", cold, within=cold <= 60),  # noqa: PLR2004
        Row("the same, open", "5 ms", "", f"{warm:.1f} ms", warm, within=warm <= 5),  # noqa: PLR2004
    ]


async def _no_answer(_paths: Sequence[str]) -> dict[str, object]:
    raise OSError("nobody is asked")


def big_index(folder: str, content: str) -> Index:
    """A record of 10,000 tests with lines of seven files each; a third executes line 500 of one, each in its way."""
    index, chance = Index(), random.Random(7)
    for number in range(_TESTS):
        parts = []
        for file in (*chance.sample(range(1, _FILES), 6), *((0,) if number % 3 == 0 else (1,))):
            bits = 0
            for _ in range(6):
                bits |= ((1 << chance.randrange(5, 60)) - 1) << chance.randrange(501, 950)
            if file == 0:
                bits |= 1 << 500
            parts.append(index.file(f"{folder}/m{file}.py").executed(content, bits))
        index.put(Context(Name(TEST, f"tests/test_{number % 50}.py::test_{number}"), tuple(parts)))
    return index


def _median_ms(work: Callable[[], object], times: int = 15) -> float:
    taken = []
    for _ in range(times):
        began = time.process_time()
        work()
        taken.append((time.process_time() - began) * 1000)
    return median(taken)


async def view_rows(python: str, folder: Path) -> list[Row]:
    """The report of 1,000 files: counted for the first time, from what is kept, and after an edit of one."""
    for number in range(1000):
        (folder / f"m{number}.py").write_text(_MODULE)
    imports = "".join(f"import m{number}\n" for number in range(1000))
    (folder / "test_all.py").write_text(f"{imports}def test_all():\n    assert m7.f1(0) == 0\n")
    times = []
    for _ in range(2):
        explorer = Explorer(Project(folder, Interpreter(python, "benchmark"), _PLAIN[1:]))
        runs = Runs(explorer, Store(), lambda: None)
        coverage = Coverage(runs, Settings())
        coverage.begin()
        runs.ask(EVERYTHING)
        while runs.busy:  # noqa: ASYNC110 - runs tell nobody that they are at rest
            await asyncio.sleep(0.02)
        times.append(await _timed(coverage))
        (folder / "m7.py").write_text(_MODULE + "X = 1\n")
        times.append(await _timed(coverage))
        (folder / "m7.py").write_text(_MODULE)
        explorer.close()
    first, edited, again, _ = times
    return [
        Row("report of 1,000 files, first", "", "", f"{first:.2f} s", first, within=True),
        Row("  from what is kept", "", "", f"{again:.2f} s", again, within=True),
        Row("  after an edit of one", "", "", f"{edited:.2f} s", edited, within=True),
    ]


async def _timed(coverage: Coverage) -> float:
    began = time.perf_counter()
    report = await coverage.report()
    assert len(report.files) > 1000  # noqa: PLR2004 - the modules and the tests
    return time.perf_counter() - began


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--suites", nargs="*", default=["jinja2", "more-itertools", "click"])
    parser.add_argument("--cache", type=Path, default=suites.default_cache() / "coverage")
    parser.add_argument("--strict", action="store_true")
    parser.add_argument("--alone", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.alone:
        policy, python, folder, *arguments = options.alone
        asyncio.run(alone(policy, python, folder, arguments))
        return 0
    rows = store_rows()
    chosen = tuple(suite for suite in suites.ALL if suite.name in options.suites)
    cache = suites.prepare(options.cache, chosen)
    subprocess.run([str(cache.python), "-m", "pip", "install", "--quiet", *_MEASURED], check=True)
    with tempfile.TemporaryDirectory() as place:
        rows += asyncio.run(view_rows(str(cache.python), Path(place).resolve()))
    for suite in chosen:
        folder = cache.folder(suite)
        # The venv holds these packages, too: what is to be recorded is the project's own source.
        source = ("-o", "pythonpath=src") if (folder / "src").is_dir() else ()
        sides = measure(cache.python, folder, (*suite.arguments, *source), options.rounds)
        rows += cost_rows(suite.name, sides)
    return finish(rows, strict=options.strict)


if __name__ == "__main__":
    sys.exit(main())
