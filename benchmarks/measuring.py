"""Runs programs side by side in alternating rounds, and takes medians of what they cost."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROOT = Path(__file__).resolve().parent.parent
_BOOT = "import sys; sys.path.insert(0, {root!r}); sys.argv[0] = 'redbar'; from tui.cli import main; main()"
_LEFT_OUT = ("PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "PYTEST_ADDOPTS", "PYTEST_PLUGINS", "VIRTUAL_ENV")


class DifferenceError(Exception):
    """The two sides did not do the same."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds that one program took: ``wall``, and ``cpu`` (user and system) with all that it started."""

    wall: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Pair:
    """The rounds of two programs that ran in turns: ``plain[n]`` beside ``ours[n]``."""

    plain: tuple[Cost, ...]
    ours: tuple[Cost, ...]

    def medians(self, of: Callable[[Cost], float]) -> tuple[float, float]:
        """Median of either side."""
        return median(map(of, self.plain)), median(map(of, self.ours))

    def ratio(self, of: Callable[[Cost], float]) -> float:
        """Median over the rounds of ours / plain."""
        return median(of(ours) / of(plain) for plain, ours in zip(self.plain, self.ours, strict=True))

    def excess(self, of: Callable[[Cost], float], factor: float = 1.0) -> float:
        """Median over the rounds of ours - factor * plain."""
        return median(of(ours) - factor * of(plain) for plain, ours in zip(self.plain, self.ours, strict=True))


def wall(cost: Cost) -> float:
    """Key for `Pair`: seconds by the clock."""
    return cost.wall


def cpu(cost: Cost) -> float:
    """Key for `Pair`: seconds of CPU."""
    return cost.cpu


def redbar(*arguments: str) -> list[str]:
    """The command line of Redbar in this checkout, whatever the folder; as an installed script, without a cwd."""
    return [sys.executable, "-P", "-c", _BOOT.format(root=str(ROOT)), *arguments]


def environment() -> dict[str, str]:
    """What both sides get: this process's own, without what would change either of them, and without settings."""
    kept = {name: value for name, value in os.environ.items() if name not in _LEFT_OUT}
    kept["XDG_CONFIG_HOME"] = str(Path(tempfile.gettempdir()) / "redbar-benchmarks-no-settings")
    return kept


def timed(argv: Sequence[str], cwd: Path) -> tuple[Cost, int]:
    """Run to the end with output to nowhere; what it cost, and its exit code."""
    started = time.perf_counter()
    process = subprocess.Popen(
        argv,
        cwd=cwd,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    elapsed = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    return Cost(elapsed, usage.ru_utime + usage.ru_stime), process.returncode


def side_by_side(plain: Sequence[str], ours: Sequence[str], cwd: Path, rounds: int) -> Pair:
    """Run both in turns, after one round that only fills caches. Raises DifferenceError when exit codes differ."""
    codes = {side: timed(argv, cwd)[1] for side, argv in (("plain", plain), ("ours", ours))}
    if codes["plain"] != codes["ours"]:
        raise DifferenceError(f"exit codes in {cwd}: {codes}")
    costs: dict[str, list[Cost]] = {"plain": [], "ours": []}
    for number in range(rounds):
        # Each side comes first in every other round.
        order = (("plain", plain), ("ours", ours))
        for side, argv in order if number % 2 == 0 else reversed(order):
            costs[side].append(timed(argv, cwd)[0])
    return Pair(tuple(costs["plain"]), tuple(costs["ours"]))
