"""Red, green, refactor: where the person is in the cycle of test-driven development."""

from __future__ import annotations

import time
from collections import deque
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_STRIP = 40
"""Verdicts that are remembered."""


class CyclePhase(StrEnum):
    """A step of the cycle."""

    RED = "RED"
    GREEN = "GREEN"
    REFACTOR = "REFACTOR"


class Cycle:
    """Follows the verdicts on what edits touched.

    RED: a touched test fails. GREEN: all touched ones pass after RED; that ends a cycle. REFACTOR: edits from then on
    (or from the start) that stay passing. Times are of ``clock``, in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.phase: CyclePhase | None = None
        """None until the first verdict."""
        self.cycles = 0
        """How often RED became GREEN."""
        self.since = clock()
        """When the present phase began."""
        self.last_green: float | None = None
        """When everything that an edit touched was last seen to pass."""
        self.strip: deque[CyclePhase] = deque(maxlen=_STRIP)
        """The phases that the last verdicts led to, the oldest first."""
        self._clock = clock

    def verdict(self, *, passing: bool) -> bool:
        """Take the verdict on what an edit touched; whether red and passing have changed places."""
        before = self.phase
        was_red = before is CyclePhase.RED
        if not passing:
            phase = CyclePhase.RED
        elif was_red:
            phase = CyclePhase.GREEN
            self.cycles += 1
        else:
            phase = CyclePhase.REFACTOR
        now = self._clock()
        if phase is not before:
            self.phase = phase
            self.since = now
        if passing:
            self.last_green = now
        self.strip.append(phase)
        return was_red == passing and before is not None

    @property
    def seconds(self) -> float:
        """How long the present phase lasts."""
        return self._clock() - self.since
