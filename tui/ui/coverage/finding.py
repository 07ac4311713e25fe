"""Looks for text in the lines of a file while it is typed, and goes from one line that has it to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui.ui.coverage.typed_line import TypedLine

if TYPE_CHECKING:
    from tui.ui.coverage.source_list import SourceList
    from tui.ui.coverage.view import View

_GO_ON: Final = "   {coverage-find-next} next   {coverage-find-previous} previous   {coverage-back} ends it"


class Finding:
    """Belongs to a screen with lines. What was looked for is proposed the next time, in other files, too."""

    def __init__(self, screen: View, source: SourceList) -> None:
        self._screen = screen
        self._source = source
        self._typed = TypedLine(screen, source)
        self._began = (1, 0)
        """The line under the cursor when the line was opened, and where on the screen it was."""
        self._proposed: str | None = None
        """What stood in the line at first, until something else was typed."""

    @property
    def text(self) -> str:
        """What is looked for; empty for nothing."""
        return self._source.search.text

    @property
    def has_keys(self) -> bool:
        """Whether keys are letters of what is looked for."""
        return self._typed.has_keys

    async def open(self) -> None:
        """Open the line, with what was looked for last."""
        found = self._screen.room.finds
        if not self._typed.is_open:
            self._began = (self._source.line, self._source.cursor_line)
            self._proposed = found[-1] if found else ""
        await self._typed.open(found[-1] if found else "", found[:-1], proposed=True)

    def typed(self, text: str) -> None:
        """Look for it from where the cursor was; without a match it goes back there."""
        if not self._typed.is_open:
            return  # it came after the line was left
        self._look_for(text)
        if text != self._proposed:
            self._proposed = None
            self._go_to_first()
        self._typed.show_words(self._words if text else "")

    def renew(self) -> None:
        """The lines are others: say of these how many have it."""
        if self.text:
            self._typed.show_words(self._words)

    def keep(self, text: str) -> None:
        """Enter: what is looked for stays, and can be gone on with. What was only proposed is gone on with at once."""
        self._typed.close()
        finds = self._screen.room.finds
        if text:
            finds[:] = [*(each for each in finds if each != text), text]
        self._look_for(text)
        if not text:
            self._go_back()
            return
        if text == self._proposed:
            self._go(self._source.search.next(self._source.line, 1))
        else:
            self._go_to_first()  # Enter may come before it is told what was typed
        self._tell()

    def drop(self) -> None:
        """Escape: nothing is looked for any more."""
        if self._typed.is_open:
            self._typed.close()
            self._go_back()
        self._look_for("")

    def step(self, direction: int) -> None:
        """Go to the next (1) or previous (-1) line that has it."""
        self._go(self._source.search.next(self._source.line, direction))
        self._tell()

    def _look_for(self, text: str) -> None:
        self._source.look_for(text)
        self._screen.show_bar()

    def _go_to_first(self) -> None:
        line, _ = self._began
        if not self._go(self._source.search.next(line - 1, 1)):
            self._go_back()

    def _go(self, line: int | None) -> bool:
        if line is not None:
            self._source.go_to_match(line)
        return line is not None

    def _go_back(self) -> None:
        line, on_screen = self._began
        self._source.go_to(line)
        self._source.keep_line(on_screen)

    @property
    def _words(self) -> str:
        return self._source.search.words(self._source.line)

    def _tell(self) -> None:
        search = self._source.search
        self._screen.say(f"{self._words}{self._screen.room.keys.words(_GO_ON) if search.lines else ''}")
