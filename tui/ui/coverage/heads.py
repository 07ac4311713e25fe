"""The first line of each screen: percent first, then what it is of, how it has changed, and what runs meanwhile."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from tui.model.nodes import items_in
from tui.model.outcome import BAD, Status
from tui.model.verdict import Colour, verdict
from tui.ui.coverage.figures import counted, difference, difference_text, percent_text
from tui.ui.widgets.bar import BarState
from tui.ui.widgets.visible import fit_middle

if TYPE_CHECKING:
    from tui.model.coverage import DiffCoverage, FileCoverage, Report
    from tui.model.store import Store
    from tui.ui.coverage.files import Files

_LOOKED_AT = 50
"""Queued tests that are asked whether they ran before: most runs are all alike."""
_PATH_CELLS = 44
"""Of a long path both ends are seen on a narrow screen."""
_MORE_PRECISE = 1
"""Places of the totals, where the project does not want more."""


def report_state(files: Files | None, store: Store) -> BarState:
    """Of all files; None while they are being counted for the first time."""
    if files is None:
        return BarState(word="COVERAGE", text="being counted", toggles=_running(store))
    report = files.report
    total = report.total
    if total.percent is None:
        text = "nothing could be measured" if report.hindered else "nothing is recorded yet"
        return BarState(word="NO COVERAGE", text=text, toggles=_running(store))
    measured = () if is_running(store) else (_measured(report),)
    return BarState(
        colour=_colour(total, report, store),
        word=_word(total, report),
        text=_since(total, files.total_before, "since last run"),
        counts=((total.missing, f"of {total.statements:,} missing"),),
        toggles=(*_threshold(total, report, store), *measured, *_running(store)),
        filter_text=files.filter,
        matches=files.matches,
    )


def file_state(path: str, numbers: FileCoverage | None, report: Report, store: Store) -> BarState:
    """Of one file."""
    if numbers is None or numbers.percent is None:
        name = path.rpartition("/")[2] or path
        return BarState(word=name, text="" if numbers or name == path else path, toggles=_running(store))
    words = [fit_middle(path, _PATH_CELLS, "…"), _since(numbers, report.before.get(path), "since last run")]
    parts = ((numbers.half, "in part"),) if numbers.half else ()
    return BarState(
        colour=_colour(numbers, report, store),
        word=_word(numbers, report),
        text=", ".join(word for word in words if word),
        counts=((numbers.missing, f"of {numbers.statements:,} missing"), *parts),
        toggles=_running(store),
    )


def diff_state(diff: DiffCoverage | None, report: Report, store: Store) -> BarState:
    """Of what has changed; None while it is being counted."""
    if diff is None:
        return BarState(word="CHANGES", text="being counted", toggles=_running(store))
    if not diff.statements and diff.words:
        return BarState(word="CHANGES", text=f"since {diff.base} are not known", toggles=_running(store))
    if not diff.statements:
        return BarState(word="NO CHANGES", text=f"to statements since {diff.base}", toggles=_running(store))
    percent = 100.0 * diff.covered / diff.statements
    missing = diff.statements - diff.covered
    return BarState(
        colour=Colour.GREEN if not missing else _colour_of(percent, report),
        word=percent_text(percent, report.precision),
        text=f"of the changes since {diff.base}",
        counts=((missing, f"of {diff.statements:,} missing"),),
        toggles=_running(store),
    )


def share_state(name: str, lines: int, files: int, only: int, store: Store) -> BarState:
    """Of what one test covers."""
    text = f"{counted(lines, 'line')} in {counted(files, 'file')}"
    return BarState(word=name, text=text, counts=((only, "by no other test"),) if only else (), toggles=_running(store))


def _word(numbers: FileCoverage, report: Report) -> str:
    return percent_text(numbers.percent, max(report.precision, _MORE_PRECISE))


def _colour(numbers: FileCoverage, report: Report, store: Store) -> Colour:
    if numbers.percent is None or _is_filling(report, store):
        return Colour.NEUTRAL
    return _colour_of(numbers.percent, report)


def _measured(report: Report) -> str:
    """What the numbers are of. Until the last run has been taken in they are too small or too large."""
    if report.filling:
        return "being counted"
    return "branches" if report.branches_measured else "lines only"


def _is_filling(report: Report, store: Store) -> bool:
    """Whether no number is the last word: tests run that have never run before, or what they executed is being read."""
    if not is_running(store):
        return report.filling
    return any(not item.was.is_outcome for item in islice(items_in(store.tree.root, Status.QUEUED), _LOOKED_AT))


def _colour_of(percent: float, report: Report) -> Colour:
    if not report.fail_under:
        return Colour.NEUTRAL
    return Colour.RED if report.is_below(percent) else Colour.GREEN


def _threshold(numbers: FileCoverage, report: Report, store: Store) -> tuple[str, ...]:
    if not report.fail_under or numbers.percent is None or _is_filling(report, store):
        return ()
    reached = _colour_of(numbers.percent, report) is Colour.GREEN
    return (f"{'at least' if reached else 'below'} {report.fail_under:g}%",)


def _since(now: FileCoverage, before: FileCoverage | None, words: str) -> str:
    points = difference_text(difference(now, before))
    return f"{points} {words}" if points else ""


def is_running(store: Store) -> bool:
    """Whether tests run."""
    return store.run is not None and store.run.active and not store.run.collecting


def _running(store: Store) -> tuple[str, ...]:
    """What the tests do meanwhile."""
    run = store.run
    if run is not None and is_running(store):
        return (f"running {run.done:,} of {run.planned:,}" if run.planned else "running",)
    broken = sum(branch.broken.is_bad for branch in store.tree.broken.values())
    failed = sum(store.tree.root.counts[status] for status in BAD) - broken
    if failed > 0 or broken:
        words = (f"{counted(failed, 'test')} failed", f"{counted(broken, 'file')} not collected")
        return tuple(each for each, number in zip(words, (failed, broken), strict=True) if number > 0)
    said = verdict(store)
    return (f"tests {said.word}",) if said.colour is Colour.RED else ()
