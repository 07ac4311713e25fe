"""What is covered: a report by file, a file line by line, the share of a test, the lines of a difference.

Statements, exclusions and branches are what coverage.py says of them; paths are relative to the rootdir where they lie
below it, else absolute; lines are 1-based.
"""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum
from typing import TYPE_CHECKING

from tui.model.values import Value, value

if TYPE_CHECKING:
    from collections.abc import Mapping


@value
class FileCoverage(Value):
    """Numbers of one file, or of several taken together. ``partial`` is the number of branches not taken.

    ``branches`` and ``partial`` are 0 where branches are not measured. ``half`` are those of them that leave statements
    which were executed (the column BrPart of coverage.py).
    """

    path: str
    statements: int
    missing: int
    excluded: int = 0
    branches: int = 0
    partial: int = 0
    missing_lines: tuple[int, ...] = ()
    half: int = 0

    @property
    def percent(self) -> float | None:
        """Covered statements and branches, in percent of all, as coverage.py counts it; None where there are none."""
        whole = self.statements + self.branches
        if not whole:
            return None
        return 100.0 * (whole - self.missing - self.partial) / whole


WHOLE = 100.0
"""Percent."""

NOTHING = FileCoverage("", 0, 0)


@value
class Report(Value):
    """All files. ``notes`` say in words what is missing, out of date or measured in part.

    ``before`` are the numbers of files as they were before the last run, where these differ; ``head`` those of the
    content that git HEAD has, as far as they are known. ``fail_under`` is the project's threshold in percent.
    """

    files: tuple[FileCoverage, ...] = ()
    total: FileCoverage = NOTHING
    fail_under: float | None = None
    branches_measured: bool = False
    notes: tuple[str, ...] = ()
    before: Mapping[str, FileCoverage] = field(default_factory=dict)
    head: Mapping[str, FileCoverage] = field(default_factory=dict)
    precision: int = 0
    """Decimal places that the project wants percentages to have."""
    threshold_decimals: int | None = None
    """Places to which a percentage is rounded before it is compared with ``fail_under``; None: ``precision``."""
    hindered: bool = False
    """Whether tests have run and nothing could be recorded or counted; ``notes`` say why. More runs change nothing."""

    filling: bool = False
    """Whether the present run, or the one that has just ended, is known in part: the record has not taken it in."""
    unrecorded: bool = False
    """Whether tests run of which nothing is recorded: they were started before anybody asked for coverage."""
    committed: bool = True
    """Whether there is a commit of git that the files can be compared with."""

    @property
    def decimals(self) -> int:
        """Places to which percentages are rounded before they are compared with ``fail_under``."""
        return self.precision if self.threshold_decimals is None else self.threshold_decimals

    def is_below(self, percent: float | None) -> bool:
        """Whether a percentage is less than ``fail_under``, as coverage.py decides it. 100 is reached by all alone."""
        wanted = self.fail_under
        if not wanted or percent is None:
            return False
        return percent < wanted if wanted == WHOLE else round(percent, self.decimals) < wanted


class LineState(StrEnum):
    """What is known of a line."""

    COVERED = "covered"
    MISSED = "missed"
    PARTIAL = "partial"
    """Executed, but not all that could follow it."""
    EXCLUDED = "excluded"
    PLAIN = "plain"
    """No statement."""
    UNKNOWN = "unknown"
    """Of a file that is not counted, whatever the reason."""
    STALE = "stale"
    """Changed since it was measured: nobody knows."""


@value
class FileLines(Value):
    """A file line by line; ``source[0]`` and ``states[0]`` are line 1.

    ``why`` are words for lines, by their number: where a branch did not go. ``saved`` are the lines that the last save
    changed, ``against_git`` those that differ from git HEAD. ``words`` say why nothing, or not all, can be shown.
    ``numbers`` are those of these lines, None where nobody knows them.
    """

    path: str
    source: tuple[str, ...] = ()
    states: tuple[LineState, ...] = ()
    why: Mapping[int, str] = field(default_factory=dict)
    saved: frozenset[int] = frozenset()
    against_git: frozenset[int] = frozenset()
    words: str = ""
    numbers: FileCoverage | None = None


class RegionKind(StrEnum):
    """What a part of a file is."""

    FUNCTION = "function"
    CLASS = "class"
    """All of its methods."""
    MODULE = "module"
    """What is outside of functions."""


@value
class Region(Value):
    """A part of a file; ``numbers`` have its dotted name as their path, ``tests`` is how many executed any of it.

    ``first`` is the line of ``def`` or ``class``, and ``last`` the last one of its body.
    """

    kind: RegionKind
    first: int
    last: int
    numbers: FileCoverage
    tests: int = 0


@value
class FileRegions(Value):
    """The functions and classes of a file in their order, and what is outside of functions.

    Functions and what is outside of them are together the whole file. ``words`` say why there are none, or what they
    leave out.
    """

    path: str
    regions: tuple[Region, ...] = ()
    words: str = ""

    @property
    def numbers(self) -> FileCoverage | None:
        """Those of the whole file; None where there are none."""
        parts = tuple(region.numbers for region in self.regions if region.kind is not RegionKind.CLASS)
        return total_of(parts, self.path) if parts else None


@value
class Share(Value):
    """What one test executed of a file; ``only`` are the lines that no other test executed."""

    path: str
    lines: tuple[int, ...]
    only: tuple[int, ...]


@value
class DiffCoverage(Value):
    """Coverage of the lines that differ from ``base``: how many are statements, how many of them are covered.

    ``missing`` are the others, by path; ``code`` is the text of each of them. ``words`` say why there is no number, or
    what it leaves out.
    """

    base: str
    statements: int = 0
    covered: int = 0
    missing: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    words: str = ""
    code: Mapping[str, Mapping[int, str]] = field(default_factory=dict)


def total_of(files: tuple[FileCoverage, ...], path: str = "") -> FileCoverage:
    """The sum of these files under the name ``path``: a folder, or "" for all."""
    return FileCoverage(
        path,
        sum(file.statements for file in files),
        sum(file.missing for file in files),
        sum(file.excluded for file in files),
        sum(file.branches for file in files),
        sum(file.partial for file in files),
        (),
        sum(file.half for file in files),
    )


def rounded(percent: float, precision: int = 0) -> float:
    """A percentage to so many places. Only what is wholly covered is 100, and only what is not at all is 0."""
    least = 10.0**-precision
    if 0 < percent < least:
        return least
    if 100 - least < percent < 100:  # noqa: PLR2004 - percent
        return 100 - least
    return round(percent, precision)


def percent_text(percent: float, precision: int = 0) -> str:
    """A percentage without its sign, with so many decimal places, rounded as above."""
    return f"{rounded(percent, precision):.{precision}f}"
