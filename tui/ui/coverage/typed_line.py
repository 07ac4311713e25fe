"""The line that takes the footer's place while one types what the screen below it filters or looks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Input

from tui.ui.widgets.filter_line import FilterLine
from tui.ui.widgets.footer import Footer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.screen import Screen
    from textual.widget import Widget


class TypedLine:
    """Opens and closes it; what is typed comes to the screen as messages of ``FilterLine``."""

    def __init__(self, screen: Screen[None], back_to: Widget) -> None:
        """``back_to`` has the keys when the line is left."""
        self._screen = screen
        self._back_to = back_to
        self._line: FilterLine | None = None

    @property
    def is_open(self) -> bool:
        """Whether somebody types; what comes of a line that was left counts no more."""
        return self._line is not None

    @property
    def has_keys(self) -> bool:
        """Whether keys are letters that are typed."""
        return isinstance(self._screen.focused, Input)

    async def open(self, text: str, history: Sequence[str] = (), *, proposed: bool = False) -> None:
        """Open the line, or go back to it; what is typed while it opens goes into it.

        A text that is ``proposed`` gives way to what is typed.
        """
        if self._line is not None:
            self._screen.set_focus(self._line.entry)
            return
        footer = self._screen.query_one(Footer)
        self._line = FilterLine(text, history=history, back_to=self._back_to)
        await self._screen.mount(self._line, after=footer)
        footer.display = False
        self._screen.set_focus(self._line.entry)
        if proposed:
            self._line.entry.select_all()

    def show_matches(self, matches: int) -> None:
        """Say how many rows the text leaves."""
        if self._line is not None:
            self._line.show_matches(matches)

    def show_words(self, words: str) -> None:
        """Say what has come of the text."""
        if self._line is not None:
            self._line.show_words(words)

    def close(self) -> None:
        """The footer is there again."""
        if self._line is not None:
            self._line.remove()
            self._line = None
        self._screen.query_one(Footer).display = True
        self._back_to.focus()
