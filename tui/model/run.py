"""A run as far as it has come, and how pytest says that it ended."""

from __future__ import annotations

from dataclasses import field
from enum import IntEnum
from typing import TYPE_CHECKING

from tui.model.values import state

if TYPE_CHECKING:
    from tui.model import events as ev


class ExitCode(IntEnum):
    """pytest's exit codes, by the names that they have there. A process that died has others."""

    OK = 0
    TESTS_FAILED = 1
    """Also that of a collection which ``--maxfail`` has cut short."""
    INTERRUPTED = 2
    INTERNAL_ERROR = 3
    USAGE_ERROR = 4
    NO_TESTS_COLLECTED = 5


@state
class RunState:
    """A run as far as it has come. Times are of the store's clock, in seconds."""

    number: int
    collecting: bool
    """Whether it only collects."""
    whole: bool
    """Whether it was asked for everything, so that what it does not find is gone."""
    started: float
    first_item: float | None = None
    ended: float | None = None
    planned: int = 0
    done: int = 0
    bad: int = 0
    estimate: float | None = None
    """Seconds that the items of this run took last time, by the number of workers; None when not known."""
    workers: int = 0
    running: dict[ev.ItemKey, float] = field(default_factory=dict)
    """Start of each item that runs now."""
    collected: int = 0
    latest_file: str = ""
    collection_finished: bool = False
    stopping: bool = False
    stopped: bool = False
    """Whether the person stopped it."""
    reason: str = ""
    """Why it stopped, where a test or fixture said so by ``pytest.exit``."""
    left: int = 0
    """Items whose turn never came, or which were cut off."""
    kept: int = 0
    """Those of ``left`` that keep the result of an earlier run."""
    crashed: bool = False
    """Whether a process died under a test, which then says so itself."""
    problem: str = ""
    """Why pytest could not do its work, first line; empty when it could."""
    detail: str = ""
    """The text behind ``problem``."""
    dropped: tuple[str, ...] = ()
    missing: int = 0
    exit: int | None = None

    @property
    def active(self) -> bool:
        """Whether its process still lives."""
        return self.ended is None

    @property
    def tells_all(self) -> bool:
        """Whether its collection was one of everything, and went through."""
        cut = self.stopped or self.stopping or self.problem or self.exit == ExitCode.TESTS_FAILED
        return self.whole and self.collection_finished and (self.first_item is not None or not cut)
