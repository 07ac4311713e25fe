"""The functions and classes of a file, from what coverage.py counted of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model.coverage import FileCoverage, Region, RegionKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.engine.coverage.counts import RegionCount


def regions_of(told: Sequence[RegionCount], tests: Sequence[int]) -> tuple[Region, ...]:
    """Each part with how many tests executed any of it, in their order; what is outside of functions comes first."""
    found = [_region(each, number) for each, number in zip(told, tests, strict=True)]
    return tuple(sorted(found, key=lambda region: (region.kind is not RegionKind.MODULE, region.first)))


def _region(told: RegionCount, tests: int) -> Region:
    statements, missing, excluded, branches, not_taken, half = told.numbers
    numbers = FileCoverage(told.name, statements, missing, excluded, branches, not_taken, (), half)
    return Region(RegionKind(told.kind), told.first, max(told.first, told.lines.bit_length() - 1), numbers, tests)
