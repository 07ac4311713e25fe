"""Cursor keys over a slow line while results arrive: from the key to the cursor on its new row.

python -m benchmarks.slow_line [--tests N] [--keys N] [--strict]

The line is modelled: everything that Redbar writes goes into a queue without an end, as into an ssh server's, which is
drained at 8 kB/s; each direction takes 150 ms on top. 1,000 events (starts and ends of tests) arrive per second.
"""

from __future__ import annotations

import heapq
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks import options, report
from benchmarks.big_tree import App, has_cursor
from benchmarks.terminal import Terminal, TerminalError

_BYTES_A_SECOND = 8000
_DELAY = 0.15
_ECHO_SECONDS = 0.8
_ROW = 4
_EVENTS_A_SECOND = 1000
_PATIENCE = 30.0
_COLLECTING = 8.0
"""Seconds in which the run is through with collecting and its first results have come."""


class SlowLine:
    """A line between a person and a program in a terminal that gives no answers of its own."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._free_at = 0.0
        self._due: list[tuple[float, bytes]] = []
        """What is on its way to the program: when it will be there, and the bytes."""

    def turn(self, timeout: float) -> tuple[float, bytes]:
        """Let it work for a while: what the program wrote, and when the person has seen the last of it."""
        now = time.perf_counter()
        while self._due and self._due[0][0] <= now:
            self._terminal.write(heapq.heappop(self._due)[1])
        until = min(now + timeout, self._due[0][0] if self._due else now + timeout)
        at, data = self._terminal.read(max(0.0, until - now))
        if not data:
            return at, data
        self._free_at = max(at, self._free_at) + len(data) / _BYTES_A_SECOND
        seen = self._free_at + _DELAY
        for answer in self._terminal.answers_to(data):
            heapq.heappush(self._due, (seen + _DELAY, answer))
        return seen, data

    def press(self, key: bytes) -> float:
        """Send a key; the time at which it was pressed."""
        now = time.perf_counter()
        heapq.heappush(self._due, (now + _DELAY, key))
        return now

    def rest(self, seconds: float) -> None:
        """Let it work for so long."""
        until = time.perf_counter() + seconds
        while (left := until - time.perf_counter()) > 0:
            self.turn(left)

    def echo(self, key: bytes, line: int) -> float:
        """Seconds from a key until the person sees the cursor on that line. Raises TerminalError."""
        pressed = self.press(key)
        text = b""
        while time.perf_counter() - pressed < _PATIENCE:
            seen, data = self.turn(1.0)
            text += data
            if data and has_cursor(text, line):
                return seen - pressed
        raise TerminalError(f"The cursor did not come to line {line} in {_PATIENCE:.0f} s.")


def main() -> int:
    """Measure and print."""
    parser = options.parser(__doc__)
    parser.add_argument("--tests", type=int, default=100_000, help="tests in the tree (100000)")
    parser.add_argument("--keys", type=int, default=20, help="cursor keys (20)")
    chosen = parser.parse_args()
    rows: list[report.Row] = []
    with tempfile.TemporaryDirectory(prefix="redbar-benchmark-") as name:
        for expanded in (False, True):
            times = _echoes(Path(name), chosen.tests, chosen.keys, expanded=expanded)
            words = "all expanded" if expanded else "as opened"
            rows.append(report.Row(f"key echo, {words}, median", "", "", f"{median(times):.2f} s"))
            worst = max(times)
            bound = f"{_ECHO_SECONDS} s"
            rows.append(report.Row("  worst", bound, "", f"{worst:.2f} s", within=worst <= _ECHO_SECONDS))
    return report.finish(rows, strict=chosen.strict)


def _echoes(folder: Path, tests: int, keys: int, *, expanded: bool) -> list[float]:
    app = App(folder, tests, _EVENTS_A_SECOND)
    with app.terminal as terminal:
        app.cursor_to_line(_ROW)
        if expanded:
            app.cost(b"z")
            app.cursor_to_line(_ROW)
        terminal.answers = False
        line = SlowLine(terminal)
        line.press(b"R")
        line.rest(_COLLECTING)
        times = []
        for number in range(keys):
            key, row = ((b"j", _ROW + 1), (b"k", _ROW))[number % 2]
            times.append(line.echo(key, row))
            line.rest(0.7)
        return times


if __name__ == "__main__":
    sys.exit(main())
