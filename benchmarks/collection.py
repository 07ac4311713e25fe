"""Collection: ``redbar collect`` against ``python -m pytest --collect-only -q``.

python -m benchmarks.collection [--rounds N] [--suites click,networkx] [--tests N] [--cache FOLDER] [--strict]
"""

from __future__ import annotations

import sys

from benchmarks import measuring, options, report, suites

_FACTOR = 1.05
_SECONDS = 0.15


def main() -> int:
    """Measure and print."""
    parser = options.parser(__doc__)
    options.add_suites(parser, suites.ALL)
    parser.add_argument("--tests", type=int, default=5000, help="tests of the trivial suite, 0 for none (5000)")
    chosen = parser.parse_args()
    cache = suites.prepare(chosen.cache, chosen.suites)
    places = [(suite.name, cache.folder(suite), suite.arguments) for suite in chosen.suites]
    if chosen.tests:
        folder = suites.write_trivial(cache.root / f"trivial-{chosen.tests}", chosen.tests)
        places.append((f"{chosen.tests:,} trivial tests", folder, ()))
    rows: list[report.Row] = []
    for name, folder, arguments in places:
        plain = [str(cache.python), "-m", "pytest", "--collect-only", "-q", *arguments]
        ours = measuring.redbar("collect", "--python", str(cache.python), *arguments)
        rows += _rows(name, measuring.side_by_side(plain, ours, folder, chosen.rounds))
    return report.finish(rows, strict=chosen.strict)


def _rows(name: str, pair: measuring.Pair) -> list[report.Row]:
    plain, ours = pair.medians(measuring.wall)
    within = pair.excess(measuring.wall, _FACTOR) <= _SECONDS
    bound = f"{_FACTOR} x + {_SECONDS} s"
    plain_cpu, ours_cpu = pair.medians(measuring.cpu)
    return [
        report.Row(f"{name}, wall", bound, f"{plain:.2f} s", f"{ours:.2f} s", pair.ratio(measuring.wall), within),
        report.Row(f"{name}, CPU", "", f"{plain_cpu:.2f} s", f"{ours_cpu:.2f} s", pair.ratio(measuring.cpu)),
    ]


if __name__ == "__main__":
    sys.exit(main())
