"""From a request to the first outcome after an edit: plain pytest, and Redbar cold, with a warm host, and parked.

python -m benchmarks.warm FOLDER NODEID SOURCE [--python PATH] [--rounds N] [--pytest "-o pythonpath=src"]

FOLDER is a project, NODEID one of its tests, SOURCE a file of it that the test imports; both paths are relative to
FOLDER. Every request follows an edit that was never made before; the files are put back at the end. The rounds
alternate, and the ratios are medians of those of single rounds, so that they bear a machine with other work.
"""

from __future__ import annotations

import argparse
import asyncio
import shlex
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benchmarks import measuring, report
from tui.engine.explorer import Explorer, Order, Project
from tui.engine.interpreter import Interpreter
from tui.engine.request import Selection
from tui.model import events as ev

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_READY_SECONDS = 120.0
_OURS = ("cold", "warm host", "parked")
_WORDS = {"cold": "cold", "warm host": "warm host", "parked": "parked"}


class Bench:
    """One suite, one test of it, and three explorers that differ in what they keep ready."""

    def __init__(self, folder: Path, python: str, nodeid: str, args: Sequence[str]) -> None:
        self.folder = folder
        self._python = python
        self._nodeid = nodeid
        self._args = tuple(args)
        self._test = folder / nodeid.partition("::")[0]
        self._edits = 0
        self._explorers = {
            name: Explorer(Project(folder, Interpreter(python, "--python"), self._args)) for name in _OURS
        }

    async def prepare(self) -> None:
        """One run for each explorer, so that the warm ones know what to load."""
        for name, explorer in self._explorers.items():
            await self._request(explorer, cold=name == "cold")
            if name != "cold":
                await _ready(explorer)

    async def round(self, edited: Path) -> dict[str, float]:
        """Seconds from the request to the first outcome on every side."""
        seconds = {}
        self._edit(edited)
        seconds["plain"] = self._plain()
        for name, explorer in self._explorers.items():
            self._edit(edited)
            if name == "parked":
                explorer.edited([str(edited)])
                await self._request(explorer, edited)
                await _ready(explorer)
                self._edit(edited)
            seconds[name] = await self._request(explorer, edited, cold=name == "cold")
            if not explorer.warmth.startswith(_WORDS[name]):
                raise measuring.DifferenceError(f"{name}: {explorer.warmth}")
        return seconds

    def _edit(self, path: Path) -> None:
        self._edits += 1
        text = path.read_text("utf-8").partition("\n# edit ")[0].rstrip("\n")
        path.write_text(f"{text}\n# edit {self._edits} at {time.time_ns()}\n", "utf-8")

    def _plain(self) -> float:
        argv = [self._python, "-u", "-m", "pytest", "-v", "--color=no", *self._args, self._nodeid]
        started = time.perf_counter()
        process = subprocess.Popen(
            argv,
            cwd=self.folder,
            env=measuring.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert process.stdout is not None
        first = 0.0
        for line in process.stdout:
            if not first and any(word in line for word in (" PASSED", " FAILED", " SKIPPED", " ERROR")):
                first = time.perf_counter() - started
        process.wait()
        if not first:
            raise measuring.DifferenceError(f"{shlex.join(argv)} gave no result")
        return first

    async def _request(self, explorer: Explorer, *edited: Path, cold: bool = False) -> float:
        items = ((self._nodeid, 0, str(self._test)),)
        order = Order(Selection(items=items, size=1), changed=frozenset(map(str, edited)), cold=cold)
        started = time.perf_counter()
        first = 0.0
        async for batch in explorer.run(order).batches():
            if not first and any(isinstance(event, ev.ItemFinished | ev.PhaseReported) for event in batch):
                first = time.perf_counter() - started
        if not first:
            raise measuring.DifferenceError(f"no result of {self._nodeid}: {explorer.warmth}")
        return first

    def close(self) -> None:
        """End what is ready."""
        for explorer in self._explorers.values():
            explorer.close()


async def _ready(explorer: Explorer) -> None:
    explorer.rested()
    async with asyncio.timeout(_READY_SECONDS):
        while not explorer.ready:  # noqa: ASYNC110 - what is waited for happens in other processes
            await asyncio.sleep(0.02)


async def _measure(bench: Bench, files: dict[str, Path], rounds: int) -> list[report.Row]:
    rows: list[report.Row] = []
    await bench.prepare()
    for what, path in files.items():
        await bench.round(path)  # fills caches on every side
        found = [await bench.round(path) for _ in range(rounds)]
        rows += _rows(what, found)
        sys.stderr.write(f"{report.table(rows[-len(_OURS) :])}\n")
    return rows


def _rows(what: str, found: list[dict[str, float]]) -> list[report.Row]:
    def in_ms(of: Callable[[dict[str, float]], float]) -> str:
        return f"{median(map(of, found)) * 1000:.0f} ms"

    return [
        report.Row(
            f"{what} edited, {name}",
            "",
            in_ms(lambda each: each["plain"]),
            in_ms(lambda each, name=name: each[name]),  # type: ignore[misc] # bound at once
            median(each["plain"] / each[name] for each in found),
        )
        for name in _OURS
    ]


def main() -> int:
    """Measure and print; a ratio says how many times faster than plain pytest."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("nodeid")
    parser.add_argument("source")
    parser.add_argument("--python", default=sys.executable, help="interpreter of the suite (this one)")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--pytest", default="", metavar="ARGUMENTS", help="arguments for pytest, on every side")
    chosen = parser.parse_args()
    folder = chosen.folder.resolve()
    files = {"test file": folder / chosen.nodeid.partition("::")[0], "source file": folder / chosen.source}
    texts = {path: path.read_bytes() for path in files.values()}
    bench = Bench(folder, chosen.python, chosen.nodeid, shlex.split(chosen.pytest))
    try:
        rows = asyncio.run(_measure(bench, files, chosen.rounds))
    finally:
        bench.close()
        for path, text in texts.items():
            path.write_bytes(text)
    return report.finish(rows, strict=False)


if __name__ == "__main__":
    sys.exit(main())
