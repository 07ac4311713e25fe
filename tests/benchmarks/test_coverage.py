"""The parts of the benchmark of coverage that need no time to pass."""

from __future__ import annotations

from benchmarks.coverage import Sides, cost_rows


def test_bounds_are_held_against_the_right_sides() -> None:
    cpu = {
        "plain": 10.0,
        "selection, alone": 12.0,
        "full, alone": 26.0,
        "run --cov": 21.0,
        "pytest-cov": 20.0,
        "pytest-cov, branches": 40.0,
    }
    rows = cost_rows("suite", Sides(cpu, {"selection": 1500.0, "full": 4500.0}))
    assert [(row.what.strip(), row.within) for row in rows] == [
        ("suite: selection", True),
        ("against pytest-cov", True),
        ("suite: full", False),
        ("against pytest-cov, branches", True),
        ("redbar run --cov", False),
        ("record, selection", True),
        ("record, full", False),
    ]
    assert rows[0].ratio == 1.2
