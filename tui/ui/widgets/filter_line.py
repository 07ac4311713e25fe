"""The input that takes the footer's place while one types a filter.

Import it when it is needed: the first frame does without Textual's `Input`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from tui.ui.widgets.entry import Entry
from tui.ui.widgets.visible import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult
    from textual.widgets import Input


class FilterLine(Widget):
    """A line to type a filter in. It tells what is typed and shows what comes of it; it knows no filter itself.

    Args:
        text: What stands in it at first.
        history: Filters of before, the oldest first.
        check: Says why a text is no filter; Enter takes only those of which it says nothing.
        back_to: Gets the focus when the line is left, at once, so that keys typed ahead reach it.
    """

    DEFAULT_CSS = """
    FilterLine {
        height: 1;
        layout: horizontal;
        & > #filter-prompt { width: 2; text-style: bold; }
        & > #filter-entry { width: 1fr; height: 1; border: none; padding: 0; background: transparent; }
        & > #filter-answer { width: auto; max-width: 60%; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
        & > #filter-answer.-problem { color: $error; text-style: bold; }
        &:ansi > #filter-answer.-problem { color: ansi_red; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "drop", "Drop", id="filter-drop"),
        Binding("up", "recall(-1)", "Filter before", show=False, id="filter-previous"),
        Binding("down", "recall(1)", "Filter after", show=False, id="filter-next"),
    ]

    class Changed(Message):
        """The text is another; the receiver filters and answers by ``show_matches`` or ``show_problem``."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Accepted(Message):
        """The filter is to stay."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Dropped(Message):
        """There is to be no filter."""

    def __init__(
        self,
        text: str = "",
        *,
        history: Sequence[str] = (),
        check: Callable[[str], str] = lambda _: "",
        back_to: Widget | None = None,
    ) -> None:
        super().__init__()
        self._history = [*history, text]
        self._at = len(history)
        self._check = check
        self._back_to = back_to
        self._entry = Entry(text, id="filter-entry")
        self._entry.on_enter = self._accept
        self._answer = Static(markup=False, id="filter-answer")

    def compose(self) -> ComposeResult:
        """Prompt, input, answer."""
        yield Static("/", markup=False, id="filter-prompt")
        yield self._entry
        yield self._answer

    def on_mount(self) -> None:
        """Take the keys."""
        self._entry.focus()

    @property
    def entry(self) -> Entry:
        """Where one types."""
        return self._entry

    @property
    def text(self) -> str:
        """What is typed."""
        return self._entry.value

    def show_matches(self, matches: int) -> None:
        """Say how many nodes the filter shows."""
        words = f"{matches:,} matches" if matches != 1 else "1 match"
        self.show_words(words if matches else "no match")

    def show_words(self, words: str) -> None:
        """Say what has come of the text."""
        self._show(words, problem=False)

    def show_problem(self, words: str) -> None:
        """Say why the text is no filter; empty for nothing."""
        self._show(visible(words), problem=True)

    def _show(self, words: str, *, problem: bool) -> None:
        self._answer.set_class(problem, "-problem")
        self._answer.update(words)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Tell what is typed."""
        event.stop()
        self._history[self._at] = event.value
        self.post_message(self.Changed(event.value))

    def _accept(self, text: str) -> None:
        """Tell that it is to stay; what is no filter is not taken."""
        problem = self._check(text)
        if problem:
            self.show_problem(problem)
            return
        self.post_message(self.Accepted(text))
        self._leave()

    def action_drop(self) -> None:
        """Tell that there is to be none."""
        self.post_message(self.Dropped())
        self._leave()

    def _leave(self) -> None:
        self._entry.left = True
        if self._back_to is not None:
            self.screen.set_focus(self._back_to)

    def action_recall(self, direction: int) -> None:
        """Put a filter of before in its place; what is typed is kept, after the newest."""
        at = self._at + direction
        if 0 <= at < len(self._history):
            self._at = at
            self._entry.value = self._history[at]
            self._entry.cursor_position = len(self._entry.value)
