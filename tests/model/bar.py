"""The first line of the screen, as a person reads it."""

from __future__ import annotations

from tests.model.making import Player
from tui.model.verdict import verdict

A, B, C = "tests/a.py::one", "tests/a.py::two", "tests/b.py::three"


def shown(player: Player) -> tuple[str, str, str]:
    """Its colour, its word, and what stands behind it."""
    says = verdict(player.store)
    return (says.colour.value, says.word, says.text)
