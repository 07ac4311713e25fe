"""Numbers in words."""

from __future__ import annotations

import pytest

from tui.model.coverage import FileCoverage, Report
from tui.ui.coverage.figures import difference, difference_text, percent_text, ranges, ranges_text, tone_of
from tui.ui.status import Tone


@pytest.mark.parametrize(
    ("percent", "precision", "text"),
    [
        (None, 0, "-"),
        (0.0, 0, "0%"),
        (0.01, 0, "1%"),
        (49.6, 0, "50%"),
        (99.99, 0, "99%"),
        (100.0, 0, "100%"),
        (99.99, 1, "99.9%"),
        (99.99, 2, "99.99%"),
        (87.654, 1, "87.7%"),
    ],
)
def test_percentages_are_rounded_as_coverage_does(percent: float | None, precision: int, text: str) -> None:
    assert percent_text(percent, precision) == text


def test_percentages_are_those_of_coverage_itself() -> None:
    results = pytest.importorskip("coverage.results")
    for statements in (1, 3, 7, 200, 1001):
        for missing in range(0, statements + 1, max(1, statements // 7)):
            file = FileCoverage("a.py", statements, missing)
            numbers = results.Numbers(precision=1, n_statements=statements, n_missing=missing)
            assert percent_text(file.percent, 1) == f"{numbers.pc_covered_str}%"


@pytest.mark.parametrize(("points", "text"), [(0.0, ""), (0.04, ""), (-0.04, ""), (0.06, "+0.1"), (-12.34, "-12.3")])
def test_differences_have_a_sign(points: float, text: str) -> None:
    assert difference_text(points) == text


def test_difference_is_nothing_where_either_side_is_unknown() -> None:
    some, none = FileCoverage("a.py", 10, 5), FileCoverage("a.py", 0, 0)
    assert difference(some, None) == 0
    assert difference(some, none) == 0
    assert difference(none, some) == 0
    assert difference(some, FileCoverage("a.py", 10, 6)) == pytest.approx(10)


@pytest.mark.parametrize(
    ("percent", "threshold", "tone"),
    [
        (None, 80.0, Tone.FAINT),
        (80.0, 80.0, Tone.GOOD),
        (79.6, 80.0, Tone.GOOD),
        (79.4, 80.0, Tone.WHY),
        (99.0, None, Tone.PLAIN),
        (100.0, None, Tone.GOOD),
    ],
)
def test_threshold_of_the_project_colours(percent: float | None, threshold: float | None, tone: Tone) -> None:
    assert tone_of(percent, Report(fail_under=threshold)) is tone


def test_lines_become_ranges() -> None:
    assert ranges([5, 1, 2, 3, 9]) == [(1, 3), (5, 5), (9, 9)]
    assert ranges_text([5, 1, 2, 3, 9]) == "1-3, 5, 9"
    assert ranges_text([]) == ""
