"""The tab of what a test covers: its files, the lines of each, and which of them no other test covers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message
from textual.widgets import Static

from tui.ui.coverage.figures import counted
from tui.ui.coverage.rows import ShareRow, only_lines, share_rows
from tui.ui.coverage.rows_list import RowsList
from tui.ui.widgets.instead import InsteadPane

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.widget import Widget

    from tui.model.coverage import Share
    from tui.ui.detail.document import Place
    from tui.ui.status import Glyphs


class CoversPane(InsteadPane):
    """Shows shares; only the rows on screen are drawn."""

    DEFAULT_CSS = """
    CoversPane > RowsList { height: 1fr; }
    CoversPane > #covers-words { height: auto; padding: 0 1; }
    """

    class Opened(Message):
        """The person wants to see a file."""

        def __init__(self, share: Share, line: int) -> None:
            super().__init__()
            self.share = share
            self.line = line

    def __init__(self, glyphs: Glyphs) -> None:
        super().__init__(id="covers")
        self._glyphs = glyphs
        self._list: RowsList[ShareRow] = RowsList()
        self._words = Static(markup=False, id="covers-words")

    def compose(self) -> ComposeResult:
        """Words where there is nothing, rows."""
        yield self._words
        yield self._list

    @property
    def keyed(self) -> Widget:
        """The list."""
        return self._list

    def show(self, shares: Sequence[Share], home: str, words: str = "", *, keep_place: bool = False) -> None:
        """Show the shares of a test in the file ``home``, or words in their place."""
        rows = share_rows(shares, self._glyphs, home)
        if rows != self._list.rows:
            self._list.show(rows, keep_place=keep_place)
        self._words.update(words)
        self._words.display = bool(words)

    @property
    def place(self) -> Place | None:
        """The line that the row under the cursor leads to."""
        row = self._list.row
        return None if row is None else (row.share.path, row.line)

    @property
    def text(self) -> str:
        """All rows, for the pager."""
        return "".join(f"{row.text}\n" for row in self._list.rows)

    def on_listing_chosen(self, message: RowsList.Chosen) -> None:
        """Enter, or a double click: the file."""
        message.stop()
        if (row := self._list.row) is not None:
            self.post_message(self.Opened(row.share, row.line))

    def on_listing_moved(self, message: RowsList.Moved) -> None:
        """Nobody else follows it."""
        message.stop()


def covers_title(shares: Sequence[Share], home: str) -> str:
    """What stands after the name of a test in the file ``home``."""
    if not shares:
        return ""
    lines = counted(sum(len(share.lines) for share in shares), "line")
    only = only_lines(shares, home)
    alone = f", {only:,} by no other test" if only else ""
    return f"  covers {lines} in {counted(len(shares), 'file')}{alone}"
