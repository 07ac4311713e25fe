"""What one test covers: files, lines, and which of them no other test covers."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.widgets import Static

from tui.ui.coverage.heads import share_state
from tui.ui.coverage.keys import LIST_FOOTER, SHARE
from tui.ui.coverage.rows import ShareRow
from tui.ui.coverage.rows_list import RowsList
from tui.ui.coverage.view import View
from tui.ui.widgets.bar import Bar
from tui.ui.widgets.footer import Footer

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tui.model.nodes import Item
    from tui.ui.coverage.room import Room
    from tui.ui.widgets.bar import BarState

_NOTHING = "Nothing is recorded of this test yet. r runs it and records what it executes."


class ShareScreen(View):
    """The files that a test executes."""

    BINDINGS: ClassVar[list[BindingType]] = [*SHARE]

    def __init__(self, room: Room, item: Item) -> None:
        super().__init__(room)
        self._item = item
        self._list: RowsList[ShareRow] = RowsList()
        self._words = Static(_NOTHING, markup=False, id="notes")

    def compose(self) -> ComposeResult:
        """Bar, files, footer."""
        yield Bar(self.room.glyphs)
        yield self._list
        yield self._words
        yield Footer(LIST_FOOTER, glyphs=self.room.glyphs)

    def on_mount(self) -> None:
        """The list has the keys."""
        self._words.display = False
        self._list.focus()

    def bar_state(self) -> BarState:
        """The test, and how much it covers."""
        shares = [row.share for row in self._list.rows]
        lines = sum(len(share.lines) for share in shares)
        only = sum(len(share.only) for share in shares)
        return share_state(self._item.nodeid, lines, len(shares), only, self.room.store)

    async def load(self) -> None:
        """Ask for the files."""
        shares = self.room.front.of_test(self._item.key)
        longest = max((len(share.path) for share in shares), default=0)
        self._list.show([ShareRow(share, self.room.glyphs, longest) for share in shares], keep_place=True)
        self._words.display = not shares

    def on_listing_chosen(self) -> None:
        """Enter: the file, at the first line that only this test covers, else the first that it covers."""
        from tui.ui.coverage.file_screen import FileScreen

        if (row := self._list.row) is not None:
            self.app.push_screen(FileScreen(self.room, row.share.path, self._first(row)))

    @staticmethod
    def _first(row: ShareRow) -> int:
        return next(iter((*row.share.only, *row.share.lines)), 1)

    def action_edit(self) -> None:
        """Open the editor at the first line."""
        if (row := self._list.row) is not None:
            self.edit(row.share.path, self._first(row))

    def action_run(self) -> None:
        """Run the test."""
        self.say_of_run(self.room.run([self._item], "test"))
