"""A screen of the coverage view that is a table with titles, which is sorted, folded and filtered."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.widgets import Static

from tui.ui.coverage.file_table import FileTable
from tui.ui.coverage.typed_line import TypedLine
from tui.ui.coverage.view import View
from tui.ui.widgets.bar import Bar
from tui.ui.widgets.footer import Footer
from tui.ui.widgets.words_line import WordsLine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from tui.ui.coverage.files import Files
    from tui.ui.coverage.room import Room
    from tui.ui.widgets.filter_line import FilterLine


class TableScreen(View):
    """Bar, titles, the table of ``files``, notes, footer."""

    notes = """\
  word  !word      parts of the name: all must be there, none of those with !
  <80              less than 80 percent is covered"""
    footer: ClassVar[Sequence[str]] = ()
    """Ids of the keys that the footer shows."""

    def __init__(self, room: Room, files: Files) -> None:
        super().__init__(room)
        self._files = files
        self._table = FileTable(files, room.glyphs)
        self._titles = WordsLine(self._table.title_parts, id="titles")
        self._notes = Static(markup=False, id="notes")
        self._typed = TypedLine(self, self._table)

    def compose(self) -> ComposeResult:
        """Bar, titles, table, notes, footer."""
        yield Bar(self.room.glyphs)
        yield self._titles
        yield self._table
        yield self._notes
        yield Footer(self.footer, glyphs=self.room.glyphs)

    def on_mount(self) -> None:
        """The table has the keys."""
        self._table.focus()

    def note(self, words: str) -> None:
        """Say something below the table; nothing if it is empty."""
        self._notes.update(words)
        self._notes.display = bool(words)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What is typed into the filter is no key."""
        if self._typed.has_keys and action in ("back", "filter"):
            return False
        return super().check_action(action, parameters)

    def action_order(self) -> None:
        """Sort by the next column."""
        self._table.action_order()
        self._say_order()

    def action_reverse(self) -> None:
        """Sort the other way round."""
        self._table.action_reverse()
        self._say_order()

    def _say_order(self) -> None:
        self._titles.refresh()
        self.say(f"sorted by {self._files.order.value}{', the other way round' if self._files.reverse else ''}")

    def action_fold(self) -> None:
        """Open or fold all that can be."""
        self._table.action_fold()

    def action_back(self) -> None:
        """Drop the filter, then leave."""
        if self._files.filter:
            self._use("")
        else:
            self.dismiss()

    # The filter

    async def action_filter(self) -> None:
        """Open the line of the filter."""
        await self._typed.open(self._files.filter)

    def on_filter_line_changed(self, message: FilterLine.Changed) -> None:
        """Filter while typing; what was typed before the line was left may come after that."""
        if self._typed.is_open:
            self._use(message.text)

    def on_filter_line_accepted(self, message: FilterLine.Accepted) -> None:
        """Enter keeps the filter."""
        self._close_line(message.text)

    def on_filter_line_dropped(self) -> None:
        """Escape drops it."""
        self._close_line("")

    def _use(self, text: str) -> None:
        self._typed.show_matches(self._table.filter_by(text))
        self.show_bar()

    def _close_line(self, text: str) -> None:
        self._typed.close()
        self._use(text)
