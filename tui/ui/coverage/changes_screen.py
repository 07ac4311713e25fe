"""Coverage of what has changed since a commit: a number, and the lines that no test executes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tui.ui.coverage.heads import diff_state
from tui.ui.coverage.keys import DIFFERENCE
from tui.ui.coverage.list_screen import ListScreen
from tui.ui.coverage.rows import PlaceRow, place_rows

if TYPE_CHECKING:
    from textual.binding import BindingType

    from tui.model.coverage import DiffCoverage
    from tui.ui.coverage.room import Room
    from tui.ui.widgets.bar import BarState


class ChangesScreen(ListScreen[PlaceRow]):
    """The lines that differ from git HEAD, or from another commit or branch."""

    BINDINGS: ClassVar[list[BindingType]] = [*DIFFERENCE]

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self._base = "HEAD"
        self._diff: DiffCoverage | None = None

    def bar_state(self) -> BarState:
        """The number."""
        return diff_state(self._diff, self.room.files.report, self.room.store)

    async def load(self) -> None:
        """Ask for the difference."""
        diff = await self.room.front.diff(self._base)
        self._diff = diff
        self._list.show(place_rows(diff, self.room.glyphs), keep_place=True)
        self._words.update(diff.words)
        self._words.display = bool(diff.words)

    def place_of(self, row: PlaceRow) -> tuple[str, int]:
        """The line."""
        return row.path, row.line

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
