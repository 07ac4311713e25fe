"""Numbers of coverage in words: percentages as coverage.py writes them, differences, ranges of lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model import coverage
from tui.ui.status import Tone

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.model.coverage import FileCoverage, Report

_WHOLE = 100.0


def percent_text(percent: float | None, precision: int = 0) -> str:
    """``87%``; a dash where there is nothing to cover."""
    return "-" if percent is None else f"{coverage.percent_text(percent, precision)}%"


def difference(now: FileCoverage, before: FileCoverage | None) -> float:
    """By how many points of a percent coverage has grown; 0 where that is not known."""
    if before is None or now.percent is None or before.percent is None:
        return 0.0
    return now.percent - before.percent


def difference_text(points: float) -> str:
    """``+2.1``; nothing where that would be ``+0.0``."""
    text = f"{points:+.1f}"
    return "" if text[1:] == "0.0" else text


def tone_of(percent: float | None, report: Report) -> Tone:
    """Green or red by the project's threshold; without one, only what is wholly covered is green."""
    if percent is None:
        return Tone.FAINT
    if report.fail_under:
        return Tone.WHY if report.is_below(percent) else Tone.GOOD
    return Tone.GOOD if percent == _WHOLE else Tone.PLAIN


def ranges(lines: Iterable[int]) -> list[tuple[int, int]]:
    """Lines as ranges, each with its first and last line."""
    found: list[tuple[int, int]] = []
    for line in sorted(lines):
        if found and line == found[-1][1] + 1:
            found[-1] = (found[-1][0], line)
        else:
            found.append((line, line))
    return found


def ranges_text(lines: Iterable[int]) -> str:
    """``3-9, 12``."""
    return ", ".join(range_text(*each) for each in ranges(lines))


def range_text(first: int, last: int) -> str:
    """``3-9``, or ``12`` alone."""
    return str(first) if first == last else f"{first}-{last}"


def counted(number: int, word: str) -> str:
    """``1 line``, ``1,204 lines``."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"
