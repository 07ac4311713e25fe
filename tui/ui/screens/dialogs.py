"""Small screens over the main one: a question with a line to type, a yes or no, words to be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from tui.engine import wishes
from tui.ui.screens.overlay import ClosesOnce
from tui.ui.terminal.diff import DiffModalScreen
from tui.ui.widgets.entry import Entry

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual import events
    from textual.app import ComposeResult


class Prompt(ClosesOnce, DiffModalScreen[str | None]):
    """Asks for one line; the result is None when the person thinks better of it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "drop", "Close", id="prompt-close")]

    def __init__(
        self, question: str, text: str = "", hint: str = "", check: Callable[[str], str] = lambda _: ""
    ) -> None:
        """``check`` says why a text will not do; Enter takes only those of which it says nothing."""
        super().__init__()
        self._question = question
        self._entry = Entry(text)
        self._entry.on_enter = self._take
        self._answer = Static(hint, markup=False, classes="hint")
        self._check = check

    def compose(self) -> ComposeResult:
        """Question, line, hint."""
        with Vertical(classes="dialog"):
            yield Static(self._question, markup=False, classes="question")
            yield self._entry
            yield self._answer

    def on_mount(self) -> None:
        """At once, for keys that were typed ahead. What is typed takes the place of what is proposed."""
        self.set_focus(self._entry)
        self._entry.select_all()

    def _take(self, text: str) -> None:
        problem = self._check(text.strip())
        if problem:
            self._answer.update(problem)
        else:
            self._entry.left = True
            self.dismiss(text.strip())

    def action_drop(self) -> None:
        """Escape: never mind."""
        self._entry.left = True
        self.dismiss(None)


def expression() -> Prompt:
    """Asks for what is to run."""
    hint = "names with and, or, not, as after -k; or -m and names of markers"
    return Prompt("Run what matches -k", "", hint, wishes.problem_of)


def number_of_failures() -> Prompt:
    """Asks when runs are to stop."""

    def problem_of(text: str) -> str:
        return "" if text.isdecimal() or not text else "a whole number, 0 or nothing for never"

    return Prompt("Stop runs after how many failures?", "", "0 or nothing: never", problem_of)


class Question(ClosesOnce, DiffModalScreen[bool]):
    """A question that one key answers with yes; every other closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,n", "answer(False)", "No", id="question-no")]

    def __init__(self, question: str, yes: str) -> None:
        super().__init__()
        self._question = question
        self._yes = yes

    def compose(self) -> ComposeResult:
        """The question and its keys."""
        with Vertical(classes="dialog"):
            yield Static(self._question, markup=False, classes="question")
            yield Static(f"{self._yes} or y: yes   Esc: no", markup=False, classes="hint")

    def on_key(self, event: events.Key) -> None:
        """The key that asked, once more, means yes."""
        if event.character in (self._yes, "y") or event.key == self._yes:
            event.stop()  # else it would go on to the screen below, which is on top by then
            self.dismiss(True)  # noqa: FBT003 - Textual's signature

    def action_answer(self, answer: bool) -> None:
        """No."""
        self.dismiss(answer)


class Words(ClosesOnce, DiffModalScreen[None]):
    """Something that must be read: it stays until a key closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,enter,q", "close", "Close", id="words-close")]

    def __init__(self, title: str, text: str) -> None:
        super().__init__()
        self._title = title
        self._text = text

    def compose(self) -> ComposeResult:
        """Title and text."""
        with Vertical(classes="dialog"):
            yield Static(self._title, markup=False, classes="question")
            yield Static(self._text, markup=False)
            yield Static("Esc closes", markup=False, classes="hint")

    def action_close(self) -> None:
        """Read."""
        self.dismiss(None)
