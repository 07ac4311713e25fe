"""Options that the benchmarks share."""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.suites import ALL, Suite, default_cache


def parser(doc: str | None, rounds: int = 5) -> argparse.ArgumentParser:
    """A parser with ``--rounds``, ``--cache`` and ``--strict``; ``doc`` is the module's docstring."""
    made = argparse.ArgumentParser(description=(doc or "").partition("\n")[0])
    made.add_argument("--rounds", type=int, default=rounds, help=f"rounds in which both sides run ({rounds})")
    made.add_argument("--cache", type=Path, default=default_cache(), help="folder for the fetched suites")
    made.add_argument("--strict", action="store_true", help="exit with 1 when a bound is not held")
    return made


def add_suites(made: argparse.ArgumentParser, default: tuple[Suite, ...]) -> None:
    """Add ``--suites`` with names of real suites."""
    names = ",".join(suite.name for suite in default)
    made.add_argument("--suites", type=_suites, default=default, help=f"real suites, by name ({names})")


def _suites(names: str) -> tuple[Suite, ...]:
    known = {suite.name: suite for suite in ALL}
    wanted = [name for name in names.split(",") if name]
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise argparse.ArgumentTypeError(f"no suite {', '.join(unknown)}; there are {', '.join(known)}")
    return tuple(known[name] for name in wanted)
