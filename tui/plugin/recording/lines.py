"""Where the executed lines come from, by what this interpreter offers.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from ..territory import Territory


class LineSource(Protocol):
    """Sees lines of the project being executed, in all threads."""

    problem: str | None
    """Why lines are missing, if that is known."""

    def begin(self) -> None:
        """Look from now on."""

    def take(self, into: dict[str, set[int]]) -> bool:
        """Add the lines seen since the last call to ``into``, by file name as compiled; whether none was missed."""

    def end(self) -> None:
        """Look no more."""


class NoLines:
    """Sees nothing."""

    def __init__(self, problem: str) -> None:
        self.problem: str | None = problem

    def begin(self) -> None:
        """Nothing to do."""

    def take(self, into: dict[str, set[int]]) -> bool:  # noqa: ARG002 - there is nothing to add
        """Say that lines were missed: all of them."""
        return False

    def end(self) -> None:
        """Nothing to do."""


def line_source(territory: Territory) -> LineSource:
    """The best source here, or one that sees nothing."""
    try:
        if sys.version_info >= (3, 12):
            from .monitoring import MonitoredLines

            return MonitoredLines(territory)
        from .tracing import TracedLines

        return TracedLines(territory)
    except Exception as error:
        return NoLines(str(error) or type(error).__name__)
