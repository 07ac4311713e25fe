"""The terminal that a debugger is given: the explorer's own, or a pane beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractAsyncContextManager


class Terminal(Protocol):
    """Where a person sits. Inside ``lent`` nobody else reads from it or writes to it."""

    @property
    def input(self) -> int:
        """The descriptor that is read."""

    @property
    def output(self) -> int:
        """The descriptor that is written; of a terminal the same will do."""

    @property
    def environ(self) -> Mapping[str, str]:
        """Its variables that a debugger needs: TERM, COLORTERM and the like."""

    @property
    def tells_of_resizing(self) -> bool:
        """Whether SIGWINCH comes to this process when its size changes; else its size is looked at now and then."""

    def lent(self) -> AbstractAsyncContextManager[None]:
        """Have it alone. Raises an exception when that cannot be; it is passed on to whoever asked for a debugger."""
