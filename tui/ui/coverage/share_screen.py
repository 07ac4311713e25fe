"""What one test covers: files, lines, and which of them no other test covers."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tui.ui.coverage.heads import share_state
from tui.ui.coverage.keys import SHARE
from tui.ui.coverage.list_screen import ListScreen
from tui.ui.coverage.rows import ShareRow, home_of, only_lines, share_rows

if TYPE_CHECKING:
    from textual.binding import BindingType

    from tui.model.coverage import Share
    from tui.model.nodes import Item
    from tui.ui.coverage.room import Room
    from tui.ui.widgets.bar import BarState


class ShareScreen(ListScreen[ShareRow]):
    """The files that a test executes."""

    BINDINGS: ClassVar[list[BindingType]] = [*SHARE]

    def __init__(self, room: Room, item: Item) -> None:
        super().__init__(room)
        self._item = item

    def bar_state(self) -> BarState:
        """The test, and how much it covers."""
        shares = [row.share for row in self._list.rows]
        lines = sum(len(share.lines) for share in shares)
        return share_state(
            self._item.nodeid, lines, len(shares), only_lines(shares, home_of(self._item)), self.room.store
        )

    async def load(self) -> None:
        """Ask for the files."""
        shares = await self.room.shares(self._item.key)
        self._list.show(share_rows(shares, self.room.glyphs, home_of(self._item)), keep_place=True)
        self._words.update(self.room.nothing_of(self._item))
        self._words.display = not shares

    def place_of(self, row: ShareRow) -> tuple[str, int]:
        """The first line that only this test covers, else the first that it covers."""
        return row.share.path, row.line

    def covered_by(self, row: ShareRow) -> tuple[Item, Share]:
        """The lines of the file are marked."""
        return self._item, row.share

    def action_run(self) -> None:
        """Run the test."""
        self.say_of_run(self.room.run([self._item]))
