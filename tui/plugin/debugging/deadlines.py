"""Hypothesis' limits of time: the time that a person takes is not the test's.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType


def lift(frame: FrameType | None) -> None:
    """Take the deadline from the tests that run on the way to this frame."""
    if "hypothesis.core" not in sys.modules:
        return
    while frame is not None:
        if frame.f_globals.get("__name__") == "hypothesis.core":
            state = frame.f_locals.get("self")
            settings = getattr(state, "settings", None)
            if settings is not None and getattr(settings, "deadline", None) is not None:
                try:
                    state.settings = importlib.import_module("hypothesis").settings(settings, deadline=None)  # type: ignore[union-attr]
                except Exception:  # another version of it
                    return
        frame = frame.f_back
