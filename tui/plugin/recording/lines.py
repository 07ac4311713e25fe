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

    def begin(self) -> None:
        """Look from now on."""

    def take(self, into: dict[str, set[int]]) -> bool:
        """Add the lines seen since the last call to ``into``, by file name as compiled; whether none was missed."""

    def end(self) -> None:
        """Look no more."""


class NoLines:
    """Sees nothing."""

    def begin(self) -> None:
        """Nothing to do."""

    def take(self, into: dict[str, set[int]]) -> bool:  # noqa: ARG002 - there is nothing to add
        """Say that lines were missed: all of them."""
        return True

    def end(self) -> None:
        """Nothing to do."""


def line_source(territory: Territory) -> tuple[LineSource, str | None]:
    """The best source here, or one that sees nothing and the reason why."""
    try:
        if sys.version_info >= (3, 12):
            from .monitoring import MonitoredLines

            return MonitoredLines(territory), None
        from .tracing import TracedLines

        return TracedLines(territory), None
    except Exception as error:
        return NoLines(), str(error)
