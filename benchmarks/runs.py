"""Full runs: ``redbar run`` against ``python -m pytest -q``, on real suites and on tests that do nothing.

python -m benchmarks.runs [--rounds N] [--suites click,networkx] [--tests N] [--cache FOLDER] [--strict]
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from benchmarks import measuring, options, report, suites

if TYPE_CHECKING:
    from pathlib import Path

_FACTOR = 1.03
_SECONDS = 0.15
_MICROSECONDS_A_TEST = 60


def main() -> int:
    """Measure and print."""
    parser = options.parser(__doc__)
    options.add_suites(parser, (suites.CLICK, suites.JINJA, suites.ITERTOOLS, suites.NETWORKX))
    parser.add_argument("--tests", type=int, default=5000, help="tests of the trivial suite, 0 for none (5000)")
    chosen = parser.parse_args()
    cache = suites.prepare(chosen.cache, chosen.suites)
    rows: list[report.Row] = []
    for suite in chosen.suites:
        pair = _run(cache, cache.folder(suite), suite.arguments, chosen.rounds)
        rows += _real(suite.name, pair)
        print(report.table(rows[-2:]), file=sys.stderr)
    if chosen.tests:
        one = _run(cache, suites.write_trivial(cache.root / "trivial-1", 1), (), chosen.rounds)
        folder = suites.write_trivial(cache.root / f"trivial-{chosen.tests}", chosen.tests)
        rows += _trivial(one, _run(cache, folder, (), chosen.rounds), chosen.tests)
    return report.finish(rows, strict=chosen.strict)


def _run(cache: suites.Cache, folder: Path, arguments: tuple[str, ...], rounds: int) -> measuring.Pair:
    plain = [str(cache.python), "-m", "pytest", "-q", *arguments]
    ours = measuring.redbar("run", "--python", str(cache.python), *arguments)
    return measuring.side_by_side(plain, ours, folder, rounds)


def _real(name: str, pair: measuring.Pair) -> list[report.Row]:
    plain, ours = pair.medians(measuring.wall)
    within = pair.excess(measuring.wall, _FACTOR) <= _SECONDS
    bound = f"{_FACTOR} x + {_SECONDS} s"
    return [
        report.Row(f"{name}, wall", bound, f"{plain:.2f} s", f"{ours:.2f} s", pair.ratio(measuring.wall), within),
        _cpu(name, pair),
    ]


def _cpu(name: str, pair: measuring.Pair) -> report.Row:
    plain, ours = pair.medians(measuring.cpu)
    return report.Row(f"{name}, CPU", "", f"{plain:.2f} s", f"{ours:.2f} s", pair.ratio(measuring.cpu))


def _trivial(one: measuring.Pair, many: measuring.Pair, tests: int) -> list[report.Row]:
    """What a test costs beyond what a run costs: the excess of many tests less that of a single one."""
    start = one.excess(measuring.wall)
    each = (many.excess(measuring.wall) - start) / (tests - 1) * 1e6
    plain_each = (many.medians(measuring.wall)[0] - one.medians(measuring.wall)[0]) / (tests - 1) * 1e6
    plain, ours = one.medians(measuring.wall)
    many_plain, many_ours = many.medians(measuring.wall)
    return [
        report.Row(
            "1 trivial test, wall", f"+ {_SECONDS} s", f"{plain:.2f} s", f"{ours:.2f} s", within=start <= _SECONDS
        ),
        report.Row(
            f"{tests:,} trivial tests, wall",
            "",
            f"{many_plain:.2f} s",
            f"{many_ours:.2f} s",
            many.ratio(measuring.wall),
        ),
        report.Row(
            "  of it, each test",
            f"+ {_MICROSECONDS_A_TEST} us",
            f"{plain_each:.0f} us",
            f"+ {each:.0f} us",
            within=each <= _MICROSECONDS_A_TEST,
        ),
        _cpu(f"{tests:,} trivial tests", many),
    ]


if __name__ == "__main__":
    sys.exit(main())
