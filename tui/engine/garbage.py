"""When Python looks for garbage: with 100,000 tests in memory that takes longer than a key may wait."""

from __future__ import annotations

import gc

_ALLOCATIONS = 20_000
"""Between two looks: a hundred thousand tests make few cycles, and the default looks 30 times as often."""


def collect_seldom() -> None:
    """Look for garbage among what is new from now on, and seldom through all; what is imported is none."""
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS, 20, 50)
    gc.enable()
