"""What runs have recorded about their tests: kept in the project's cache folder, and in memory to answer a save."""

from __future__ import annotations

from tui.engine.record.store import Record

__all__ = ["Record"]
