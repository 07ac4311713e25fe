"""Where the executed lines come from, by what this interpreter offers.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import functools
import sys
from typing import TYPE_CHECKING, Any, Callable, Protocol, TypeVar

if TYPE_CHECKING:
    from ..territory import Territory


Method = TypeVar("Method", bound=Callable[..., Any])


def unseen(method: Method) -> Method:
    """A method of whoever has ``lines`` that nobody looks at: under a trace function all code is slow, ours too."""

    @functools.wraps(method)
    def unwatched(self: Any, *args: Any) -> Any:
        if not self.lines.pause():
            return method(self, *args)
        try:
            return method(self, *args)
        finally:
            self.lines.resume()

    return unwatched  # type: ignore[return-value]


class LineSource(Protocol):
    """Sees lines of the project being executed, in all threads."""

    problem: str | None
    """Why lines are missing, if that is known."""

    def begin(self) -> None:
        """Look from now on."""

    def take(self, into: dict[str, set[int]], arcs: dict[str, set[int]] | None = None) -> bool:
        """Add what was seen since the last call, by file name as compiled; whether nothing was missed.

        Lines go to ``into``; arcs to ``arcs``, if that is what this source sees.
        """

    def settle(self) -> None:
        """Nothing of the project is being executed now."""

    def pause(self) -> bool:
        """Look away until ``resume``, if that makes what runs meanwhile faster; whether it does."""

    def resume(self) -> None:
        """Look again, after a ``pause`` that said yes."""

    def end(self) -> None:
        """Look no more."""


class NoLines:
    """Sees nothing."""

    def __init__(self, problem: str) -> None:
        self.problem: str | None = problem

    def begin(self) -> None:
        """Nothing to do."""

    def take(
        self,
        into: dict[str, set[int]],  # noqa: ARG002 - there is nothing to add
        arcs: dict[str, set[int]] | None = None,  # noqa: ARG002 - the same
    ) -> bool:
        """Say that lines were missed: all of them."""
        return False

    def settle(self) -> None:
        """Nothing to do."""

    def pause(self) -> bool:
        """There is nothing to look away from."""
        return False

    def resume(self) -> None:
        """Nothing to do."""

    def end(self) -> None:
        """Nothing to do."""


def line_source(territory: Territory, *, arcs: bool = False) -> LineSource:
    """The best source here, or one that sees nothing. With ``arcs`` one that sees them, if there is one."""
    problem = ""
    if arcs:
        try:
            return _traced(territory, arcs=True)
        except Exception as error:
            problem = f"no branches are recorded: {str(error) or type(error).__name__}"
    source = _line_source(territory)
    source.problem = source.problem or problem or None
    return source


def _traced(territory: Territory, *, arcs: bool) -> LineSource:
    from .tracing import TracedLines

    return TracedLines(territory, arcs=arcs)


def _line_source(territory: Territory) -> LineSource:
    try:
        if sys.version_info >= (3, 12):
            from .monitoring import MonitoredLines

            return MonitoredLines(territory)
        return _traced(territory, arcs=False)
    except Exception as error:
        return NoLines(str(error) or type(error).__name__)
