"""All files with their numbers, in a table that fills while tests run."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from tui.ui.coverage.heads import is_running, report_state
from tui.ui.coverage.keys import REPORT, REPORT_FOOTER
from tui.ui.coverage.table_screen import TableScreen

if TYPE_CHECKING:
    from textual.binding import BindingType

    from tui.model.events import ItemKey
    from tui.ui.coverage.files import Entry
    from tui.ui.coverage.room import Room
    from tui.ui.widgets.bar import BarState

_OFF = 'coverage = "selection" in [tool.redbar] records lines, "full" branches too.'
_LINES = 100_000
"""More lines than a file has that is looked at."""
_NO_FILE = "there is no file under the cursor"
_FILLS = "It fills while the tests run."
_NOTHING = "{coverage-run-all} runs all tests and records what they execute."
_IN_VAIN = "The tests that run now are not recorded: they were started before coverage was opened."


class ReportScreen(TableScreen):
    """The first screen of the coverage view."""

    BINDINGS: ClassVar[list[BindingType]] = [*REPORT]
    footer = REPORT_FOOTER

    def __init__(self, room: Room) -> None:
        super().__init__(room, room.files)
        self._noted = ""

    def on_mount(self) -> None:
        """What there is to say before anything is counted."""
        self._show_notes()

    def bar_state(self) -> BarState:
        """The total."""
        return report_state(self.room.files if self.room.counted else None, self.room.store)

    def show_bar(self) -> None:
        """Bring the bar up to date, and what is said below an empty table."""
        super().show_bar()
        if not self.room.files.report.files:
            self._show_notes()

    async def load(self) -> None:
        """Ask for all files."""
        report = await self.room.front.report()
        self.room.counted = True
        self._table.take_over(lambda lines: self.room.files.show(report, lines))
        self._titles.refresh()
        self._show_notes()

    def _show_notes(self) -> None:
        report = self.room.files.report
        notes = (self.room.note, *report.notes, _OFF if self.room.note else "")
        if self.room.counted and not report.files and not self.room.note and not report.hindered:
            fills = is_running(self.room.store) and not report.unrecorded
            notes = (*report.notes[1:], _FILLS if fills else self.room.keys.words(_NOTHING))
        if report.unrecorded:
            notes = (_IN_VAIN, *notes)
        words = "\n".join(dict.fromkeys(note for note in notes if note))
        if words != self._noted:
            self._noted = words
            self.note(words)
        self._titles.visible = bool(report.files)

    # Keys

    def on_listing_chosen(self) -> None:
        """Enter on a file: its lines."""
        entry = self._table.entry
        if entry is not None:
            self.app.push_screen(self.room.screens.file(self.room, entry.path))

    def action_functions(self) -> None:
        """The functions of the file under the cursor."""
        entry = self._table.entry
        if entry is None or entry.is_folder:
            self.say(_NO_FILE)
        else:
            self.app.push_screen(self.room.screens.functions(self.room, entry.path))

    def action_changes(self) -> None:
        """Coverage of what has changed."""
        self.app.push_screen(self.room.screens.changes(self.room))

    def action_export(self) -> None:
        """Ask for a kind of report and a path, and write it."""
        from tui.ui.coverage.exporting import export

        self.run_worker(export(self), exclusive=True, group="export")

    def action_edit(self) -> None:
        """Open the editor with the file under the cursor."""
        entry = self._table.entry
        if entry is None or entry.is_folder:
            self.say(_NO_FILE)
        else:
            self.edit(entry.path, next(iter(entry.numbers.missing_lines), None))

    def action_run(self) -> None:
        """Run the tests that execute the file under the cursor, or those of the folder."""
        entry = self._table.entry
        if entry is not None:
            self.run_worker(self._run(entry), exclusive=True, group="run")

    async def _run(self, entry: Entry) -> None:
        keys: dict[ItemKey, None] = {}
        for path in entry.paths:
            keys.update(dict.fromkeys(self.room.front.tests_of(path, 1, _LINES)))
            await asyncio.sleep(0)  # there may be many files
        items = [row.item for row in self.room.tests(keys) if row.item is not None]
        self.say_of_run(self.room.run(items, entry.name) if items else "no test has executed it")

    def action_run_all(self) -> None:
        """Run everything."""
        if words := self.room.run_all():
            self.say(words)
