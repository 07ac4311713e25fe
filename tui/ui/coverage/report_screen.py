"""All files with their numbers, in a table that fills while tests run."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual.widgets import Static

from tui.ui.coverage.file_table import FileTable
from tui.ui.coverage.heads import is_running, report_state
from tui.ui.coverage.keys import REPORT, REPORT_FOOTER
from tui.ui.coverage.typed_line import TypedLine
from tui.ui.coverage.view import View
from tui.ui.widgets.bar import Bar
from tui.ui.widgets.footer import Footer
from tui.ui.widgets.words_line import WordsLine

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tui.model.events import ItemKey
    from tui.ui.coverage.files import Entry
    from tui.ui.coverage.room import Room
    from tui.ui.widgets.bar import BarState
    from tui.ui.widgets.filter_line import FilterLine

_FILTER_WORDS = """\
  word  !word      parts of the path: all must be there, none of those with !
  <80              less than 80 percent is covered"""
_OFF = 'coverage = "selection" in [tool.redbar] records lines, "full" branches too.'
_LINES = 100_000
"""More lines than a file has that is looked at."""
_FILLS = "It fills while the tests run."
_NOTHING = "{coverage-run-all} runs all tests and records what they execute."
_IN_VAIN = "The tests that run now are not recorded: they were started before coverage was opened."


class ReportScreen(View):
    """The first screen of the coverage view."""

    BINDINGS: ClassVar[list[BindingType]] = [*REPORT]
    notes = _FILTER_WORDS

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self._table = FileTable(room.files, room.glyphs)
        self._titles = WordsLine(self._table.title_parts, id="titles")
        self._notes = Static(markup=False, id="notes")
        self._noted = ""
        self._typed = TypedLine(self, self._table)

    def compose(self) -> ComposeResult:
        """Bar, titles, table, notes, footer."""
        yield Bar(self.room.glyphs)
        yield self._titles
        yield self._table
        yield self._notes
        yield Footer(REPORT_FOOTER, glyphs=self.room.glyphs)

    def on_mount(self) -> None:
        """The table has the keys."""
        self._table.focus()
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
        self._table.show(report)
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
            self._notes.update(words)
        self._notes.display = bool(words)
        self._titles.visible = bool(report.files)

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What is typed into the filter is no key."""
        if self._typed.has_keys and action in ("back", "filter"):
            return False
        return super().check_action(action, parameters)

    def on_listing_chosen(self) -> None:
        """Enter on a file: its lines."""
        entry = self._table.entry
        if entry is not None:
            self.app.push_screen(self.room.screens.file(self.room, entry.path))

    def action_order(self) -> None:
        """Sort by the next column."""
        self._table.action_order()
        self._say_order()

    def action_reverse(self) -> None:
        """Sort the other way round."""
        self._table.action_reverse()
        self._say_order()

    def _say_order(self) -> None:
        files = self.room.files
        self._titles.refresh()
        self.say(f"sorted by {files.order.value}{', the other way round' if files.reverse else ''}")

    def action_fold(self) -> None:
        """Open or fold all folders."""
        self._table.action_fold()

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
            self.say("there is no file under the cursor")
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

    def action_back(self) -> None:
        """Drop the filter, then leave."""
        if self.room.files.filter:
            self._use("")
        else:
            self.dismiss()

    # The filter

    async def action_filter(self) -> None:
        """Open the line of the filter; what is typed while it opens goes into it."""
        await self._typed.open(self.room.files.filter)

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
