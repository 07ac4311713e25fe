"""Coverage: what recorded runs executed, counted by the project's own coverage.py."""

from __future__ import annotations

from tui.engine.coverage.front import Coverage

__all__ = ["Coverage"]
