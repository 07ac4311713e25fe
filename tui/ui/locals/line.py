"""The line in which one evaluates: what was typed before comes back, and names are completed."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from tui.ui.widgets.entry import Entry

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.widget import Widget


class EvaluateLine(Entry):
    """Takes Python. ``complete`` is asked for names that end a text, and answers by ``offer``."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "recall(-1)", "Expression before", show=False, id="evaluate-previous"),
        Binding("down", "recall(1)", "Expression after", show=False, id="evaluate-next"),
        Binding("tab", "complete", "Complete", id="evaluate-complete"),
        Binding("escape", "leave", "Back to the variables", id="evaluate-leave"),
    ]

    def __init__(self, evaluate: Callable[[str], None], complete: Callable[[str], None], back_to: Widget) -> None:
        super().__init__(placeholder="evaluate here", id="evaluate")
        self.on_enter = self._accept
        self._evaluate = evaluate
        self._complete = complete
        self._back_to = back_to
        self._history = [""]
        """What was typed before, the oldest first, then what is being typed."""
        self._at = 0

    def _accept(self, text: str) -> None:
        if not text.strip():
            return
        before = [each for each in self._history[:-1] if each != text]
        self._history = [*before, text, ""]
        self._at = len(self._history) - 1
        self.value = ""
        self._evaluate(text)

    def action_recall(self, direction: int) -> None:
        """Put a text of before in its place; what is typed is kept."""
        at = self._at + direction
        if 0 <= at < len(self._history):
            self._history[self._at] = self.value
            self._at = at
            self.value = self._history[at]
            self.cursor_position = len(self.value)

    def action_complete(self) -> None:
        """Ask for what can end the text before the cursor; from an empty line the keys go on."""
        if self.value.strip():
            self._complete(self.value[: self.cursor_position])
        else:
            self.screen.focus_next()

    def action_leave(self) -> None:
        """Go back to the lists."""
        self.screen.set_focus(self._back_to)

    def offer(self, begun: str, names: Sequence[str]) -> bool:
        """Take names that end ``begun``; whether something was added. The person may have typed on meanwhile."""
        if not names or self.value[: self.cursor_position] != begun:
            return False
        typed = next((begun[at:] for at in range(len(begun)) if names[0].startswith(begun[at:])), "")
        common = _beginning(names)
        added = common[len(typed) :] if common.startswith(typed) else ""
        self.value = begun + added + self.value[self.cursor_position :]
        self.cursor_position = len(begun) + len(added)
        return bool(added)


def _beginning(names: Sequence[str]) -> str:
    """What all of them begin with."""
    first, last = min(names), max(names)
    same = next((at for at, letter in enumerate(first) if last[at : at + 1] != letter), len(first))
    return first[:same]
