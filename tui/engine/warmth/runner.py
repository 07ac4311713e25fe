"""What the engine needs of a process that makes runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from tui.plugin import wire


class Runner(Protocol):
    """A process that forks runs: a host or a parked session."""

    @property
    def pid(self) -> int:
        """The number of its process; -1 if there is none."""

    @property
    def alive(self) -> bool:
        """Whether its process lives."""

    @property
    def is_connected(self) -> bool:
        """Whether it can be told anything."""

    def command(self, command: wire.Command) -> None:
        """Send a command."""

    def signal(self, number: int) -> None:
        """Send a signal to its process group, if it cannot be told anything."""

    def words(self) -> tuple[str, str]:
        """Why it is not there, for the person; and all that it printed."""

    def ending(self) -> str:
        """How it ended, in words."""
