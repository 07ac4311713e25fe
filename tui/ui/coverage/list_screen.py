"""A screen of the coverage view that is one list, each row of which is a place in a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic

from textual.widgets import Static

from tui.ui.coverage.keys import LIST_FOOTER
from tui.ui.coverage.rows_list import RowsList, RowT
from tui.ui.coverage.view import View
from tui.ui.widgets.bar import Bar
from tui.ui.widgets.footer import Footer

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from tui.model.coverage import Share
    from tui.model.nodes import Item
    from tui.ui.coverage.room import Room


class ListScreen(View, Generic[RowT]):
    """Bar, list, words that may be missing, footer."""

    def __init__(self, room: Room, words: str = "") -> None:
        super().__init__(room)
        self._list: RowsList[RowT] = RowsList()
        self._words = Static(words, markup=False, id="notes")

    def place_of(self, row: RowT) -> tuple[str, int]:
        """The path and the line that a row leads to."""
        raise NotImplementedError

    def covered_by(self, row: RowT) -> tuple[Item, Share] | None:  # noqa: ARG002 - for those that know a test
        """The test that a row is of, and what it covers."""
        return None

    def compose(self) -> ComposeResult:
        """Bar, rows, words, footer."""
        yield Bar(self.room.glyphs)
        yield self._list
        yield self._words
        yield Footer(LIST_FOOTER, glyphs=self.room.glyphs)

    def on_mount(self) -> None:
        """The list has the keys."""
        self._words.display = False
        self._list.focus()

    def on_listing_chosen(self) -> None:
        """Enter: the file, at that line."""
        if (row := self._list.row) is not None:
            place, covered_by = self.place_of(row), self.covered_by(row)
            self.app.push_screen(self.room.screens.file(self.room, *place, covered_by=covered_by))

    def action_edit(self) -> None:
        """Open the editor there."""
        if (row := self._list.row) is not None:
            self.edit(*self.place_of(row))
