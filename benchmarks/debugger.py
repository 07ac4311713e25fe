"""Time from the key ``d`` to pudb's first frame at a failure, against running it again under ``pytest --pdb``.

python -m benchmarks.debugger [--rounds N] [--strict]
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks import measuring, options, report
from benchmarks.first_frame import visible
from benchmarks.terminal import Terminal

_SECONDS = 0.3
_FACTOR = 8.0
_LOOK = 2.0
"""Seconds that the person looks at a failure before the key; the debugger is loaded meanwhile."""
_TESTS = """
def test_first():
    answer = 42
    assert answer == 43


def test_second():
    answer = 41
    assert answer == 43
"""
_FAILURES = 2
_KEPT = "❄".encode()
"""Beside a failure whose process is kept."""
_FRAME = re.compile(rb"PuDB.*Stack:.*test_(first|second)", re.DOTALL)
"""Title, list of frames, and the test in it: the frame is on the screen."""


@dataclass(frozen=True, slots=True)
class Round:
    """Seconds to the first frame: under ``pytest --pdb``, at once, after a look, and once more; and back again."""

    plain: float
    at_once: float
    looked_at: float
    again: float
    back: float


def shows_debugger(written: bytes) -> bool:
    """Whether pudb has painted where the test failed."""
    return _FRAME.search(visible(written)) is not None


def main() -> int:
    """Measure and print."""
    parser = options.parser(__doc__, rounds=7)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="redbar-benchmark-") as name:
        folder = Path(name) / "project"
        folder.mkdir()
        (folder / "test_fails.py").write_text(_TESTS, encoding="utf-8")
        (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
        settings = Path(name) / "settings" / "pudb"
        settings.mkdir(parents=True)
        (settings / "pudb.cfg").write_text("[pudb]\nseen_welcome = z\n", encoding="utf-8")
        environ = {**measuring.environment(), "TERM": "xterm-256color", "XDG_CONFIG_HOME": str(settings.parent)}
        rounds = [_round(folder, environ) for _ in range(chosen.rounds + 1)][1:]  # the first only fills caches
    return report.finish(_rows(rounds), strict=chosen.strict)


def _round(folder: Path, environ: dict[str, str]) -> Round:
    return Round(_again_under_pytest(folder, environ), *_in_redbar(folder, environ))


def _again_under_pytest(folder: Path, environ: dict[str, str]) -> float:
    debugger = ("--pdb", "--pdbcls=pudb.debugger:Debugger")
    argv = [sys.executable, "-m", "pytest", "-q", *debugger, "test_fails.py::test_second"]
    with Terminal(argv, folder, environ) as terminal:
        return terminal.wait_for(shows_debugger)[0] - terminal.started


def _in_redbar(folder: Path, environ: dict[str, str]) -> tuple[float, float, float, float]:
    shutil.rmtree(folder / ".redbar_cache", ignore_errors=True)  # else it begins with the results of last time
    with Terminal(measuring.redbar("--python", sys.executable), folder, environ) as terminal:
        terminal.wait_for(lambda text: b"READY" in text)
        terminal.write(b"R")
        terminal.wait_for(lambda text: text.count(_KEPT) >= _FAILURES)
        terminal.rest(_LOOK)  # all that comes with the end of a run
        terminal.write(b"n")
        terminal.wait_for(lambda text: b"test_first" in visible(text))
        at_once = _visit(terminal)
        _leave(terminal)
        terminal.write(b"n")
        terminal.rest(_LOOK)
        looked_at = _visit(terminal)
        back = _leave(terminal)
        terminal.rest(_LOOK)
        again = _visit(terminal)
        _leave(terminal)
    return at_once, looked_at, again, back


def _visit(terminal: Terminal) -> float:
    pressed = terminal.write(b"d")
    return terminal.wait_for(shows_debugger)[0] - pressed


def _leave(terminal: Terminal) -> float:
    pressed = terminal.write(b"q")
    return terminal.wait_for(lambda text: b"RED" in visible(text))[0] - pressed


def _rows(rounds: list[Round]) -> list[report.Row]:
    plain = median(each.plain for each in rounds)
    rows = []
    for what, ours in (
        (f"key d to pudb, after {_LOOK:.0f} s before the failure", [each.looked_at for each in rounds]),
        ("the same failure once more", [each.again for each in rounds]),
        ("without a look at it", [each.at_once for each in rounds]),
    ):
        seconds = median(ours)
        factor = median(each.plain / mine for each, mine in zip(rounds, ours, strict=True))
        bound = f"{_SECONDS} s, {_FACTOR:.0f} times faster"
        within = seconds <= _SECONDS and factor >= _FACTOR
        rows.append(report.Row(what, bound, f"{plain:.3f} s", f"{seconds:.3f} s", 1 / factor, within))
    rows[-1] = report.Row(rows[-1].what, "", rows[-1].plain, rows[-1].ours, rows[-1].ratio)
    back = median(each.back for each in rounds)
    rows.append(report.Row("key q to the explorer", "", "", f"{back:.3f} s"))
    return rows


if __name__ == "__main__":
    sys.exit(main())
