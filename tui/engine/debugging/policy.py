"""How a person wants to debug."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from tui.model.values import state

if TYPE_CHECKING:
    from tui.engine.settings import Settings


@state
class Policy:
    """At most ``limit`` failures are frozen, which take at most ``memory`` bytes together.

    Where nobody attends, as without a screen, no process waits for a person.
    """

    debugger: str = "pudb"
    limit: int = 0
    memory: int = 0
    attended: bool = False
    breakpoints: list[tuple[str, int]] = field(default_factory=list)
    """Absolute paths and lines at which runs stop that are debugged."""


def policy_of(settings: Settings) -> Policy:
    """The policy of somebody who sits before a screen."""
    limit = settings.freeze_limit if settings.freeze == "on" else 0
    return Policy(settings.debugger, limit, settings.freeze_memory << 20, attended=True)
