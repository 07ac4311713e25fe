"""The functions and classes of a file with their numbers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from tui.ui.coverage.function_rows import Functions
from tui.ui.coverage.heads import file_state
from tui.ui.coverage.keys import FUNCTIONS, FUNCTIONS_FOOTER
from tui.ui.coverage.table_screen import TableScreen

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.binding import BindingType

    from tui.model.coverage import FileRegions
    from tui.ui.coverage.room import Room
    from tui.ui.widgets.bar import BarState


class FunctionsScreen(TableScreen):
    """Which functions of a file are not covered, and how many tests execute each."""

    BINDINGS: ClassVar[list[BindingType]] = [*FUNCTIONS]
    footer = FUNCTIONS_FOOTER

    def __init__(self, room: Room, path: str, line: int = 0, go: Callable[[int], None] | None = None) -> None:
        """The cursor begins at the function around ``line``; ``go`` leads to a line of the file that is open below."""
        self._functions = Functions(path)
        super().__init__(room, self._functions)
        self._path = path
        self._line = line
        self._go = go
        self._found: FileRegions | None = None

    def bar_state(self) -> BarState:
        """The file's numbers."""
        report, files = self.room.files.report, self._functions
        if self._found is None:
            numbers = next((file for file in report.files if file.path == self._path), None)
        else:
            numbers = self._found.numbers
        state = file_state(self._path, numbers, report, self.room.store)
        if self._found is None:
            return replace(state, toggles=(*state.toggles, "being counted"))
        return replace(state, filter_text=files.filter, matches=files.matches)

    def show_bar(self) -> None:
        """Bring the bar up to date; load again when the file has been saved."""
        super().show_bar()
        if self._found is not None and self.room.front.is_outdated(self._path):
            self.room.changed()

    async def load(self) -> None:
        """Ask for the functions."""
        if not self.room.counted:
            self.room.files.show(await self.room.front.report(), self.size.height)
            self.room.counted = True
        found = await self.room.front.functions(self._path)
        is_first, self._found = self._found is None, found
        self._table.take_over(lambda lines: self._functions.take(found, self.room.files.report, lines))
        if is_first and self._line:
            self._table.go_to(self._functions.path_at(self._line))
        self._titles.refresh()
        self._titles.visible = bool(found.regions)
        self.note(found.words)

    # Keys

    def on_listing_chosen(self) -> None:
        """Enter on a function: its place in the file."""
        entry = self._table.entry
        if entry is None:
            return
        if self._go is None:
            self.app.push_screen(self.room.screens.file(self.room, self._path, entry.line))
        else:
            self.dismiss()
            self._go(entry.line)

    def action_edit(self) -> None:
        """Open the editor there."""
        if (entry := self._table.entry) is not None:
            self.edit(self._path, entry.line)

    def action_run(self) -> None:
        """Run the tests that execute the function or the class."""
        if (entry := self._table.entry) is None:
            return
        keys = self.room.front.tests_of(self._path, entry.line, entry.last)
        items = [row.item for row in self.room.tests(keys) if row.item is not None]
        self.say_of_run(self.room.run(items, entry.name) if items else "no test has executed it")
