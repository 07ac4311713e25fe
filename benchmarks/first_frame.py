"""Time from the start of ``redbar`` to its placeholder and to its first frame, against a minimal Textual app.

python -m benchmarks.first_frame [--rounds N] [--strict]
"""

from __future__ import annotations

import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benchmarks import measuring, options, process, report, suites
from benchmarks.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_FACTOR = 1.3
_PLACEHOLDER_SECONDS = 0.06
_TESTS = 100
_MINIMAL = Path(__file__).with_name("minimal_app.py")
_ESCAPES = re.compile(
    rb"\x1b\[[0-?]*[ -/]*[@-~]"  # control sequences
    rb"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"  # operating system commands
    rb"|\x1b[@-Z\\^_]"
    rb"|\x1b.{0,20}$|\s",  # one that has not come to its end yet
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Start:
    """Seconds from exec: ``placeholder`` (of Redbar alone) and ``frame``; ``cpu`` of the app's process until then."""

    placeholder: float
    frame: float
    cpu: float


def visible(written: bytes) -> bytes:
    """What is no escape sequence and no blank."""
    return _ESCAPES.sub(b"", written)


def main() -> int:
    """Measure and print."""
    parser = options.parser(__doc__, rounds=11)
    chosen = parser.parse_args()
    minimal: list[Start] = []
    ours: list[Start] = []
    with tempfile.TemporaryDirectory(prefix="redbar-benchmark-") as name:
        folder = suites.write_trivial(Path(name) / "project", _TESTS)
        redbar = measuring.redbar("--python", sys.executable)
        plain = [sys.executable, "-P", str(_MINIMAL)]
        for number in range(-1, chosen.rounds):  # the first only fills caches
            pair = (_start(plain, folder, placeholder=False), _start(redbar, folder, placeholder=True))
            if number >= 0:
                minimal.append(pair[0])
                ours.append(pair[1])
    return report.finish(_rows(minimal, ours), strict=chosen.strict)


def _start(argv: Sequence[str], folder: Path, *, placeholder: bool) -> Start:
    with Terminal(argv, folder, {**measuring.environment(), "TERM": "xterm-256color"}) as terminal:
        first, words = 0.0, b""
        if placeholder:
            first, text = terminal.wait_for(lambda text: visible(text) != b"")
            words = visible(text)
        frame, _ = terminal.wait_for(lambda text: visible(text) != b"")
        cpu = process.cpu_seconds(terminal.pid)
    assert not placeholder or words == b"COLLECTING", words
    return Start(first - terminal.started, frame - terminal.started, cpu)


def _rows(minimal: list[Start], ours: list[Start]) -> list[report.Row]:
    placeholder = median(start.placeholder for start in ours)
    frames = _compared("first frame, wall", minimal, ours, lambda start: start.frame, bounded=True)
    return [
        report.Row(
            "placeholder",
            f"{_PLACEHOLDER_SECONDS * 1000:.0f} ms",
            "",
            f"{placeholder * 1000:.0f} ms",
            within=placeholder <= _PLACEHOLDER_SECONDS,
        ),
        frames,
        _compared("first frame, CPU", minimal, ours, lambda start: start.cpu, bounded=False),
    ]


def _compared(
    what: str, minimal: list[Start], ours: list[Start], of: Callable[[Start], float], *, bounded: bool
) -> report.Row:
    ratio = median(of(mine) / of(other) for other, mine in zip(minimal, ours, strict=True))
    return report.Row(
        what,
        f"{_FACTOR} x" if bounded else "",
        f"{median(map(of, minimal)) * 1000:.0f} ms",
        f"{median(map(of, ours)) * 1000:.0f} ms",
        ratio,
        ratio <= _FACTOR if bounded else None,
    )


if __name__ == "__main__":
    sys.exit(main())
