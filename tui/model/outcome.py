"""The states of an item, and the fold of its reports into one of them."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.model.events import PhaseReported


class Status(IntEnum):
    """State of one item. The numbers are the places of the counters in a branch; from PASSED on they rank outcomes."""

    NOT_RUN = 0
    QUEUED = 1
    RUNNING = 2
    PASSED = 3
    SKIPPED = 4
    XFAILED = 5
    XPASSED = 6
    FAILED = 7
    ERROR = 8
    CRASHED = 9

    @property
    def word(self) -> str:
        """The word for it on screen and in JSON."""
        return _WORDS[self]

    @property
    def is_outcome(self) -> bool:
        """Whether the item has run to an end."""
        return self >= Status.PASSED

    @property
    def is_bad(self) -> bool:
        """Whether it makes the bar red."""
        return self >= Status.FAILED


_WORDS = {status: status.name.lower().replace("_", " ") for status in Status}
BAD = (Status.FAILED, Status.ERROR, Status.CRASHED)
COUNTERS = len(Status) + 1
"""Length of a branch's counters: one for each status, and the last for stale items (counted there as well)."""
STALE = len(Status)
"""Place of the stale items in the counters."""


class Fold:
    """Folds the reports of one item to the worst, never to the last.

    A nodeid can have several reports of one phase, and after a failed subtest the last one says passed. A report
    ``rerun`` clears what the attempt before it gave.
    """

    __slots__ = ("attempts", "duration", "status")

    def __init__(self) -> None:
        self.status = Status.PASSED
        self.duration = 0.0
        """Seconds, all phases of all attempts."""
        self.attempts = 1

    def add(self, report: PhaseReported) -> None:
        """Take one report."""
        self.duration += report.duration
        if report.outcome == "rerun":
            self.status = Status.PASSED
            self.attempts += 1
            return
        self.status = max(self.status, status_of(report))


def status_of(report: PhaseReported) -> Status:
    """The state that one report means on its own. An outcome that only a plugin knows is no success."""
    if report.outcome == "failed":
        return Status.FAILED if report.when == "call" else Status.ERROR
    if report.outcome not in {"passed", "skipped"}:
        return Status.FAILED
    if report.wasxfail is not None:
        return Status.XFAILED if report.outcome == "skipped" else Status.XPASSED
    return Status.SKIPPED if report.outcome == "skipped" else Status.PASSED
