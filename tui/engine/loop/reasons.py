"""Why tests ran for the last save, and why others did not."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.model.events import ItemKey
    from tui.model.impact import Choice


class Reasons:
    """Of one round. ``choice`` is what its last changes touch, ``why`` the words of those that run."""

    def __init__(self) -> None:
        self.choice: Choice | None = None
        self.why: dict[ItemKey, str] = {}

    def told(self, choice: Choice, *, ahead: bool) -> tuple[tuple[ItemKey, str], ...]:
        """What a choice touches, with the reasons; with ``ahead`` also what has been begun before it was known."""
        before = self.why if ahead else {}
        return tuple({**before, **{each.key: each.reason for each in choice.items}}.items())

    def of(self, key: ItemKey) -> str:
        """Why an item ran for the last save, or why it did not; empty when there was none."""
        why = self.why.get(key)
        if why is not None:
            return why
        if self.choice is None:
            return ""
        if self.choice.everything:
            return self.choice.reason
        words = self.choice.why_not(key)
        if words == "not collected":  # then; the edit brought it
            return "new"
        return f"not run: {words}" if words else ""
