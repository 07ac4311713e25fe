"""100,000 tests in the real app on a pseudo-terminal of 80x24: keys, memory, CPU and bytes while results arrive.

python -m benchmarks.big_tree [--tests N] [--keys N] [--seconds N] [--strict]

The tests are reported by a stand-in for the project's interpreter (``synthetic.py``) through the real socket and
journal. An event is a start or an end of a test. Linux only: no other system tells the CPU time of a process closely.
"""

from __future__ import annotations

import random
import re
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING

from benchmarks import measuring, options, process, report, synthetic
from benchmarks.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

_EXPAND_SECONDS = 0.2
_TOGGLE_SECONDS = 0.03
_FILTER_SECONDS = 0.1
_ECHO_SECONDS = 0.016
_MEGABYTES = 120
_CPU_SHARE = 0.08
_BYTES_FAST = 6000
_BYTES_SLOW = 1000
_FRAMES_SLOW = 5
_ROW = 4
"""Line of the screen (1-based) between which and the next one the cursor goes up and down."""
_FILTER = b"function_3"
_FRAME = b"\x1b[?2026h"
_QUIET = 0.35


class App:
    """Redbar on a terminal of its own, with synthetic tests."""

    def __init__(self, folder: Path, tests: int, rate: float) -> None:
        """Start it and wait until everything is collected."""
        python = synthetic.write_interpreter(folder, tests, rate)
        env = {**measuring.environment(), "TERM": "xterm-256color", "LANG": "C.UTF-8"}
        self.terminal = Terminal(measuring.redbar("--python", str(python)), folder, env)
        self.pid = self.terminal.pid
        self.terminal.wait_for(lambda text: b"READY" in text, timeout=120)
        self.settle()

    def settle(self) -> float:
        """Read until nothing has come for a while; when the last of it came."""
        last = time.perf_counter()
        while True:
            now, data = self.terminal.read(_QUIET)
            if not data:
                return last
            last = now

    def cost(self, key: bytes) -> float:
        """CPU seconds of the app for a key, until it is at rest again."""
        before = process.cpu_seconds(self.pid)
        self.terminal.write(key)
        self.settle()
        return process.cpu_seconds(self.pid) - before

    def echo(self, key: bytes, line: int) -> float:
        """Seconds from a key to the frame in which the cursor, which is drawn reversed, is on that line."""
        pressed = self.terminal.write(key)
        return self.terminal.wait_for(lambda text: has_cursor(text, line))[0] - pressed

    def cursor_to_line(self, line: int) -> None:
        """Put the cursor on a line of the screen; the tree begins in the second."""
        self.terminal.write(b"g" + b"j" * (line - 2))
        self.terminal.rest(0.5)


def has_cursor(written: bytes, line: int) -> bool:
    """Whether something is drawn reversed on this line (1-based) of the screen."""
    lines = re.split(rb"\x1b\[(\d+)(?:;\d+)?H", written)
    drawn = b"".join(text for number, text in zip(lines[1::2], lines[2::2], strict=True) if int(number) == line)
    return re.search(rb"\x1b\[(?:\d+;)*7(?:;\d+)*m", drawn) is not None


@dataclass(frozen=True, slots=True)
class Flow:
    """What an app cost by itself: ``cpu`` as a share of a core, ``written`` in bytes and ``frames`` per second."""

    cpu: float
    written: float
    frames: float

    @classmethod
    def of(cls, app: App, seconds: float) -> Flow:
        """Watch it for so long."""
        began, cpu = time.perf_counter(), process.cpu_seconds(app.pid)
        text = app.terminal.rest(seconds)
        lasted = time.perf_counter() - began
        cpu = process.cpu_seconds(app.pid) - cpu
        return cls(cpu / lasted, len(text) / lasted, text.count(_FRAME) / lasted)


def main() -> int:
    """Measure and print."""
    parser = options.parser(__doc__)
    parser.add_argument("--tests", type=int, default=100_000, help="tests in the tree (100000)")
    parser.add_argument("--keys", type=int, default=100, help="cursor keys on each side (100)")
    parser.add_argument(
        "--seconds", type=float, default=10.0, help="time for which a stream of results is watched (10)"
    )
    chosen = parser.parse_args()
    rows: list[report.Row] = []
    with tempfile.TemporaryDirectory(prefix="redbar-benchmark-") as name:
        folder = Path(name)
        rows += _at_rest(folder, chosen.tests, chosen.rounds)
        rows += _streaming(folder, chosen.tests, chosen.keys, chosen.seconds)
        rows += _trickling(folder, chosen.tests, chosen.seconds)
    return report.finish(rows, strict=chosen.strict)


def _at_rest(folder: Path, tests: int, rounds: int) -> Iterator[report.Row]:
    """Keys that work on all rows, then a run as fast as it goes and the memory after it."""
    app = App(folder, tests, 0)
    with app.terminal:
        expand: list[float] = []
        for number in range(rounds):
            expand.append(app.cost(b"z"))
            if number < rounds - 1:
                app.cost(b"z")
        yield _bounded("expand all, CPU", _EXPAND_SECONDS, median(expand))
        app.cursor_to_line(_ROW)
        toggle = [app.cost(key) for _ in range(rounds) for key in (b"h", b"l")]
        yield _bounded("toggle a node, all expanded, CPU", _TOGGLE_SECONDS, median(toggle))
        app.cost(b"/")
        typed = [app.cost(bytes([letter])) for letter in _FILTER]
        yield _bounded("filter key, median, CPU", _FILTER_SECONDS, median(typed))
        yield _bounded("filter key, worst, CPU", _FILTER_SECONDS, max(typed))
        app.cost(b"\x1b")
        began, cpu = time.perf_counter(), process.cpu_seconds(app.pid)
        app.terminal.write(b"R")
        app.terminal.wait_for(lambda text: b"GREEN" in text, timeout=300)
        app.settle()
        cpu = process.cpu_seconds(app.pid) - cpu
        yield report.Row(f"run of {tests:,}, as fast as it goes, CPU", "", "", f"{cpu:.1f} s")
        yield report.Row("  the same, wall", "", "", f"{time.perf_counter() - began:.1f} s")
        size = process.resident_megabytes(app.pid)
        yield report.Row("memory after it", f"{_MEGABYTES} MB", "", f"{size:.0f} MB", within=size <= _MEGABYTES)


def _streaming(folder: Path, tests: int, keys: int, seconds: float) -> Iterator[report.Row]:
    """1,000 events a second, all expanded: what they cost, and cursor keys against those of 100 idle rows."""
    app = App(folder, tests, 1000)
    idle = App(folder, 75, 0)
    with app.terminal, idle.terminal:
        app.terminal.write(b"R")
        app.terminal.rest(2.0)
        yield from _flow("1,000 events/s, as opened", Flow.of(app, seconds))
        app.terminal.write(b"z")
        app.terminal.rest(2.0)
        yield from _flow("1,000 events/s, all expanded", Flow.of(app, seconds))
        idle.cost(b"z")
        for each in (app, idle):
            each.cursor_to_line(_ROW)
        busy, calm = _echoes(app, idle, keys)
    for name, part in (("p50", 49), ("p95", 94)):
        plain, ours = (quantiles(times, n=100)[part] for times in (calm, busy))
        bounded = name == "p95"
        yield report.Row(
            f"cursor key to frame, 1,000 events/s, {name}",
            f"+ {_ECHO_SECONDS * 1000:.0f} ms" if bounded else "",
            f"{plain * 1000:.1f} ms",
            f"{ours * 1000:.1f} ms",
            ours / plain,
            ours - plain <= _ECHO_SECONDS if bounded else None,
        )


def _echoes(app: App, idle: App, keys: int) -> tuple[list[float], list[float]]:
    busy: list[float] = []
    calm: list[float] = []
    chance = random.Random(1)
    for number in range(keys):
        key, line = ((b"j", _ROW + 1), (b"k", _ROW))[number % 2]
        for each, times in ((app, busy), (idle, calm)):
            other = idle if each is app else app
            # At any point between two repaints, which come every 100 ms.
            pause = time.perf_counter() + chance.uniform(0.05, 0.15)
            while (left := pause - time.perf_counter()) > 0:
                each.terminal.read(left / 2)
                other.terminal.read(0)
            times.append(each.echo(key, line))
    return busy, calm


def _flow(what: str, flow: Flow) -> Iterator[report.Row]:
    yield report.Row(
        f"{what}, CPU", f"{_CPU_SHARE:.0%} of a core", "", f"{flow.cpu:.1%}", within=flow.cpu <= _CPU_SHARE
    )
    within = flow.written <= _BYTES_FAST
    yield report.Row(f"{what}, terminal", f"{_BYTES_FAST} B/s", "", f"{flow.written:.0f} B/s", within=within)


def _trickling(folder: Path, tests: int, seconds: float) -> Iterator[report.Row]:
    """50 events a second, as opened. The bound is for 5 frames a second."""
    app = App(folder, tests, 50)
    with app.terminal:
        app.terminal.write(b"R")
        app.terminal.rest(2.0)
        flow = Flow.of(app, seconds)
    yield report.Row("50 events/s, terminal", "", "", f"{flow.written:.0f} B/s")
    scaled = flow.written * min(1.0, _FRAMES_SLOW / max(flow.frames, 0.1))
    yield report.Row(
        f"  at {_FRAMES_SLOW} of its {flow.frames:.1f} frames/s",
        f"{_BYTES_SLOW} B/s",
        "",
        f"{scaled:.0f} B/s",
        within=scaled <= _BYTES_SLOW,
    )


def _bounded(what: str, seconds: float, measured: float) -> report.Row:
    return report.Row(what, f"{seconds * 1000:.0f} ms", "", f"{measured * 1000:.0f} ms", within=measured <= seconds)


if __name__ == "__main__":
    sys.exit(main())
