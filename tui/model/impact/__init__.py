"""Which tests an edit touches, why, and in what order they run best: pure functions over what runs have recorded."""

from __future__ import annotations

from tui.model.impact.choice import Choice, Chosen, Edit, Facts
from tui.model.impact.guess import likely
from tui.model.impact.index import Index
from tui.model.impact.selection import FILLED_UP, select

__all__ = ["FILLED_UP", "Choice", "Chosen", "Edit", "Facts", "Index", "likely", "select"]
