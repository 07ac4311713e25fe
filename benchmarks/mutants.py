"""How many failing tests selection misses: single edits of a package, each held against a run of everything.

    python -m benchmarks.mutants PROJECT --tests tests --count 100 --seed 1 [--python PYTHON] [-- pytest arguments]

The project is copied, recorded once and then edited in the copy, one mutant at a time. What fails in a run of all tests
is the truth; what the selection leaves out of it is missed. Every mutant is one line of JSON in ``--out`` with the
nodeids that failed and those that were missed; a second call goes on where the first was stopped. With ``--testmon``
(installed beside pytest) the same edits are also put to pytest-testmon.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.mutation import Mutant, sample
from benchmarks.selected import report
from benchmarks.truth import Outcome, Suite
from tui.engine.record import Record
from tui.model.impact import FILLED_UP, Choice, Facts

if TYPE_CHECKING:
    from collections.abc import Iterator

_LEFT_BEHIND = shutil.ignore_patterns(
    ".git",
    "__pycache__",
    ".venv",
    "venv",
    ".tox",
    ".nox",
    ".pytest_cache",
    ".redbar_cache",
    ".testmondata*",
    ".hypothesis",
)
_TESTMON = ("--testmon", "--testmon-forceselect")


class NothingRecordedError(Exception):
    """The tests do not execute the copy of the project."""


class Trial:
    """One mutant after the other against the recorded suite."""

    def __init__(self, suite: Suite, base: Outcome, unstable: set[str], stored: Path, testmon: Path | None) -> None:
        self._suite = suite
        self._base = base
        self._left_out = unstable | base.failing
        self._stored = stored
        self._testmon = testmon
        self._facts = Facts(base.facts.items, frozenset(), base.facts.seconds, base.facts.fixtures)

    async def row(self, mutant: Mutant) -> dict[str, Any] | None:
        """What came of a mutant; None for one that does not compile. The file is as it was afterwards."""
        path = self._suite.root / mutant.file
        original = path.read_bytes()
        if not mutant.apply(self._suite.root):
            return None
        try:
            choice, seconds = await self._choose(path)
            truth = await self._suite.run()
            told: dict[str, Any] = mutant.row() | self._compared(choice, truth)
            told["choose_ms"] = round(seconds * 1000, 1)
            if self._testmon is not None and told["status"] == "ok":
                told |= await self._ask_testmon(set(told["failing"]))
            return told
        finally:
            path.write_bytes(original)

    async def again(self, row: dict[str, Any]) -> dict[str, Any]:
        """The row with the choice made anew; what failed then stays the truth."""
        mutant = Mutant(**{field: row[field] for field in Mutant.__slots__})
        path = self._suite.root / mutant.file
        original = path.read_bytes()
        if row["status"] != "ok" or not mutant.apply(self._suite.root):
            return row
        try:
            choice, seconds = await self._choose(path)
        finally:
            path.write_bytes(original)
        return row | self._held(choice, set(row["failing"])) | {"choose_ms": round(seconds * 1000, 1)}

    async def _choose(self, path: Path) -> tuple[Choice, float]:
        with tempfile.TemporaryDirectory() as folder:
            shutil.copytree(self._stored, folder, dirs_exist_ok=True)
            record = Record(Path(folder), sys.version)
            await record.load()
            started = time.perf_counter()
            choice = await record.choose({str(path): _hash(path)}, self._suite.explorer.describe, lambda: self._facts)
            return choice, time.perf_counter() - started

    def _compared(self, choice: Choice, truth: Outcome) -> dict[str, Any]:
        if not truth.ended:
            return {"status": "hangs or breaks the session"}
        nodeids = {nodeid for nodeid, _ in self._facts.items}
        failing = truth.failing
        for collector in truth.broken:
            failing |= {
                nodeid
                for nodeid in nodeids
                if nodeid.partition("::")[0] == collector or nodeid.startswith(f"{collector}::")
            }
        failing = (failing & nodeids) - self._left_out
        told = {"status": "ok", "suite": len(self._facts.items), "new_failing": len(truth.failing - nodeids)}
        return told | self._held(choice, failing)

    def _held(self, choice: Choice, failing: set[str]) -> dict[str, Any]:
        """A choice against what failed."""
        tiers: dict[str, int] = {}
        for chosen in choice.items:
            if chosen.reason != FILLED_UP:
                tiers.setdefault(chosen.key[0], chosen.tier)
        order = [chosen.key[0] for chosen in choice.items]
        plain = [nodeid for nodeid, _ in self._facts.items]
        return {
            "failing": sorted(failing),
            "selected": [sum(tier <= limit for tier in tiers.values()) for limit in range(4)],
            "everything": choice.reason if choice.everything else "",
            "missed": [sorted(nodeid for nodeid in failing if tiers.get(nodeid, 9) > limit) for limit in range(4)],
            "first": self._first(order, failing),
            "first_plain": self._first(plain, failing),
        }

    def _first(self, order: list[str], failing: set[str]) -> list[float] | None:
        """Place of the first failing test (1 is the first), and the test seconds before it."""
        seconds = 0.0
        for place, nodeid in enumerate(order, 1):
            if nodeid in failing:
                return [place, round(seconds, 4)]
            seconds += self._facts.seconds.get((nodeid, 0), 0.0)
        return None

    async def _ask_testmon(self, failing: set[str]) -> dict[str, Any]:
        assert self._testmon is not None
        _put_testmon(self._testmon, self._suite.root)
        outcome = await self._suite.run(extra=_TESTMON)
        if not outcome.ended:
            return {}
        ran = [event.nodeid for event in outcome.finished]
        return {
            "testmon": len(ran),
            "testmon_missed": sorted(failing.difference(ran)),
            "first_testmon": self._first(ran, failing),
        }


def _put_testmon(data: Path, root: Path) -> None:
    for old in root.glob(".testmondata*"):
        old.unlink()
    for file in data.glob(".testmondata*"):  # the log belongs to the database: one without the other is another state
        shutil.copy2(file, root / file.name)


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.iterdir())


def _hash(path: Path) -> str:
    return hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest()


def _python_files(root: Path, folders: list[str]) -> Iterator[str]:
    for folder in folders:
        place = root / folder
        for path in [place] if place.is_file() else sorted(place.rglob("*.py")):
            yield str(path.relative_to(root))


def _sources(root: Path, options: argparse.Namespace) -> tuple[list[str], list[str]]:
    """Files of the product and of its tests."""
    tests = list(_python_files(root, options.tests))
    folders = options.source or (["src"] if (root / "src").is_dir() else ["."])
    outside = {"setup.py", "noxfile.py", "docs", "doc", "examples", "bench", "benchmarks", "tools", "scripts"}
    found = [file for file in _python_files(root, folders) if file not in tests]
    return [file for file in found if options.source or file.split("/", 1)[0] not in outside], tests


async def measure(options: argparse.Namespace, root: Path) -> None:
    """Record, then try every mutant of the sample that is not in the file yet."""
    sources, tests = _sources(root, options)
    done = {(row["file"], row["start"], row["new"]) for row in _rows(options.out)}
    suite = Suite(root, options)
    try:
        first = await suite.run()
        recorded = await suite.run("selection")
        with tempfile.TemporaryDirectory() as folder:
            record = Record(Path(folder), sys.version)
            await record.take(recorded.folder, suite.explorer.describe, recorded.finished)
            if record.index is None or not record.index.tests:
                raise NothingRecordedError(
                    f"{len(recorded.facts.items)} tests were collected, and nothing was recorded of any; Python before "
                    "3.12 needs coverage beside pytest"
                )
            known = await record.edited_since()
            if known:
                raise NothingRecordedError(f"files changed while they were recorded: {', '.join(known)}")
            unstable = first.failing ^ recorded.failing
            print(
                f"{len(recorded.facts.items)} items, {len(recorded.failing)} fail before any edit, {len(unstable)} are "
                f"unstable; record of {_size(Path(folder)):,} bytes",
                flush=True,
            )
            testmon = await _testmon(suite, Path(folder)) if options.testmon else None
            trial = Trial(suite, recorded, unstable, Path(folder), testmon)
            if options.again:
                rows = [await trial.again(row) for row in _rows(options.out)]
                options.out.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
                return
            for mutant in sample(root, sources, tests, options.count, options.seed):
                row = None if mutant.identity in done else await trial.row(mutant)
                if row is not None:
                    _append(options.out, row)
    finally:
        suite.explorer.close()


async def _testmon(suite: Suite, folder: Path) -> Path | None:
    outcome = await suite.run(extra=_TESTMON)
    if not outcome.ended:
        print("pytest-testmon does not get through these tests and is left out", flush=True)
        return None
    data = folder.parent / f"{folder.name}-testmon"
    data.mkdir()
    for file in suite.root.glob(".testmondata*"):
        shutil.copy2(file, data / file.name)
    return data


def _append(path: Path, row: dict[str, Any]) -> None:
    with path.open("a") as out:
        out.write(json.dumps(row) + "\n")
    print(_line(row), flush=True)


def _line(row: dict[str, Any]) -> str:
    where = f"{row['place']:8} {row['file']}:{row['line']} {row['qualified']} {row['old']!r} -> {row['new']!r}"
    if row["status"] != "ok":
        return f"{where}: {row['status']}"
    missed = ", ".join(str(len(each)) for each in row["missed"][1:])
    return f"{where}: {len(row['failing'])} fail, selected {row['selected'][1:]}, missed {missed}, first {row['first']}"


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def _options(arguments: list[str]) -> argparse.Namespace:
    made = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    made.add_argument("project", type=Path, help="folder of the project; it is copied, not touched")
    made.add_argument("--tests", nargs="+", default=["tests"], help="folders of the tests, below the project (tests)")
    made.add_argument("--source", nargs="+", default=[], help="what to mutate (src, or everything that is no test)")
    made.add_argument("--path", nargs="+", default=["src", "."], help="folders of the copy for PYTHONPATH (src .)")
    made.add_argument("--count", type=int, default=100, help="mutants (100)")
    made.add_argument("--seed", type=int, default=1, help="of the sample (1)")
    made.add_argument("--limit", type=float, default=120.0, help="seconds that one run may take (120)")
    made.add_argument("--python", default=sys.executable, help="interpreter that runs the tests (this one)")
    made.add_argument("--out", type=Path, default=None, help="file of results (mutants-NAME.jsonl)")
    made.add_argument("--testmon", action="store_true", help="put the same edits to pytest-testmon, too")
    made.add_argument("--again", action="store_true", help="choose again for what is in the file, without new runs")
    made.add_argument("--report", action="store_true", help="only report what is in the file of results")
    made.epilog = "Arguments behind -- are for pytest."
    cut = arguments.index("--") if "--" in arguments else len(arguments)
    options = made.parse_args(arguments[:cut])
    options.arguments = arguments[cut + 1 :]
    options.out = options.out or Path(f"mutants-{options.project.resolve().name}.jsonl")
    return options


def main() -> None:
    options = _options(sys.argv[1:])
    if not options.report:
        with tempfile.TemporaryDirectory(prefix="redbar-mutants-") as folder:
            root = Path(folder).resolve() / options.project.resolve().name
            shutil.copytree(options.project, root, ignore=_LEFT_BEHIND, symlinks=True)
            os.environ["PYTHONPATH"] = os.pathsep.join(
                str(root / each) for each in options.path if (root / each).is_dir()
            )
            # An edit within the second and of the same length would meet the bytecode of the one before.
            os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
            os.environ["PYTHONHASHSEED"] = "0"
            asyncio.run(measure(options, root))
    print(report(_rows(options.out)))


if __name__ == "__main__":
    main()
