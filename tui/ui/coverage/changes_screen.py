"""Coverage of what has changed since a commit: a number, and the lines that no test executes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.widgets import Static

from tui.ui.coverage.figures import ranges
from tui.ui.coverage.heads import diff_state
from tui.ui.coverage.keys import DIFFERENCE, LIST_FOOTER
from tui.ui.coverage.rows import PlaceRow
from tui.ui.coverage.rows_list import RowsList
from tui.ui.coverage.view import View
from tui.ui.widgets.bar import Bar
from tui.ui.widgets.footer import Footer

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tui.model.coverage import DiffCoverage
    from tui.ui.coverage.room import Room
    from tui.ui.widgets.bar import BarState


class ChangesScreen(View):
    """The lines that differ from git HEAD, or from another commit or branch."""

    BINDINGS: ClassVar[list[BindingType]] = [*DIFFERENCE]

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self._list: RowsList[PlaceRow] = RowsList()
        self._words = Static(markup=False, id="notes")
        self._base = "HEAD"
        self._diff: DiffCoverage | None = None

    def compose(self) -> ComposeResult:
        """Bar, places, words, footer."""
        yield Bar(self.room.glyphs)
        yield self._list
        yield self._words
        yield Footer(LIST_FOOTER, glyphs=self.room.glyphs)

    def on_mount(self) -> None:
        """The list has the keys."""
        self._words.display = False
        self._list.focus()

    def bar_state(self) -> BarState:
        """The number."""
        return diff_state(self._diff, self.room.files.report, self.room.store)

    async def load(self) -> None:
        """Ask for the difference."""
        diff = await self.room.front.diff(self._base)
        self._diff = diff
        rows = [
            PlaceRow(path, first, last, self.room.glyphs)
            for path, lines in sorted(diff.missing.items())
            for first, last in ranges(lines)
        ]
        self._list.show(rows, keep_place=True)
        self._words.update(diff.words)
        self._words.display = bool(diff.words)

    def on_listing_chosen(self) -> None:
        """Enter: the file, at these lines."""
        from tui.ui.coverage.file_screen import FileScreen

        if (row := self._list.row) is not None:
            self.app.push_screen(FileScreen(self.room, row.path, row.first))

    def action_edit(self) -> None:
        """Open the editor at the lines."""
        if (row := self._list.row) is not None:
            self.edit(row.path, row.first)

    async def action_base(self) -> None:
        """Ask for another branch or commit."""
        from tui.ui.screens.dialogs import Prompt

        def take(text: str | None) -> None:
            if text:
                self._base, self._diff = text, None
                self.show_bar()
                self.more()

        hint = "a branch, a tag or a commit, such as main or HEAD~3"
        await self.app.push_screen(Prompt("Compare with", self._base, hint), take)
