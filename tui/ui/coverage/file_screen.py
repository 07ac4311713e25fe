"""A file line by line, with the tests of the line under the cursor."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual.containers import Container
from textual.widgets import Static

from tui.model.coverage import LineState
from tui.model.nodes import label_of
from tui.ui.coverage.figures import counted, range_text
from tui.ui.coverage.functions import Function, enclosing, functions
from tui.ui.coverage.gutter import SIGNS, state_of, words_of
from tui.ui.coverage.heads import file_state, is_running
from tui.ui.coverage.keys import FILE, FILE_FOOTER
from tui.ui.coverage.rows_list import RowsList
from tui.ui.coverage.source_list import MARK, SourceList
from tui.ui.coverage.view import View
from tui.ui.status import CUT, Tone
from tui.ui.widgets.bar import Bar
from tui.ui.widgets.footer import Footer
from tui.ui.widgets.row import Part
from tui.ui.widgets.visible import fit
from tui.ui.widgets.words_line import WordsLine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.timer import Timer

    from tui.model.coverage import Share
    from tui.model.nodes import Item
    from tui.ui.coverage.room import Room
    from tui.ui.coverage.rows import TestRow
    from tui.ui.widgets.bar import BarState
    from tui.ui.widgets.listing import Listing

_PAUSE = 0.05
"""Seconds that the cursor has to rest before the tests of its line are looked up."""


_EXECUTED = (LineState.COVERED, LineState.PARTIAL)
_BY_NO_TEST = "by no test itself, as at import"
_NOT_YET = "which tests: known when the run is over"
_NAMED = 8
"""Tests that the line below names, as far as they have room."""


class FileScreen(View):
    """Source with a gutter; below it, and beside it where there is room, the tests of a line or a function."""

    BINDINGS: ClassVar[list[BindingType]] = [*FILE]

    def __init__(self, room: Room, path: str, line: int = 0, *, covered_by: tuple[Item, Share] | None = None) -> None:
        """``line`` is where the cursor begins; 0 for the first place that is not covered.

        ``covered_by`` is a test, and what it covers of this file: its lines are marked.
        """
        super().__init__(room)
        self._covered_by = covered_by
        self._covered = frozenset(covered_by[1].lines) if covered_by is not None else frozenset()
        self._path = path
        self._wanted = line
        self._source: SourceList | None = None
        self._tests: RowsList[TestRow] = RowsList(id="tests")
        self._title = WordsLine(self._title_parts, id="titles")
        self._below = WordsLine(self._below_parts, id="below")
        self._words = Static("being counted", markup=False, id="notes")
        self._timer: Timer | None = None
        self._rows: list[TestRow] = []
        self._listed = (0, 0)
        """The lines whose tests are listed."""
        self._function: Function | None = None
        self._functions: list[Function] | None = None
        self._is_loaded = False
        self._is_counted = False
        """Whether there has been an answer."""
        self._has_numbers = True
        """Whether those of the last report are about the file as it is now."""

    def compose(self) -> ComposeResult:
        """Bar, source and tests, the line that follows the cursor, footer."""
        self._source = SourceList(self.room.glyphs, dark=not self.app.theme.endswith("light"))
        yield Bar(self.room.glyphs)
        with Container(id="file"):
            yield self._source
            with Container(id="side"):
                yield self._title
                yield self._tests
        yield self._words
        yield self._below
        yield Footer(FILE_FOOTER, glyphs=self.room.glyphs)

    @property
    def source(self) -> SourceList:
        """The lines."""
        return self.query_one(SourceList)

    def on_mount(self) -> None:
        """The source has the keys."""
        self.source.focus()

    def bar_state(self) -> BarState:
        """The file's numbers."""
        report = self.room.files.report
        files = report.files if self._has_numbers else ()
        numbers = next((file for file in files if file.path == self._path), None)
        return file_state(self._path, numbers, report, self.room.store)

    def show_bar(self) -> None:
        """Bring the bar up to date, and the outcomes of the tests; load again when the file has been saved."""
        super().show_bar()
        if self._is_loaded and self.room.front.is_outdated(self._path):
            self.room.changed()
        if self.room.runs.busy:
            for each in (self._tests, self._title, self._below):
                each.refresh()

    async def load(self) -> None:
        """Ask for the lines, and for the tests of the one under the cursor."""
        if not self.room.counted:
            self.room.files.show(await self.room.front.report(), self.size.height)
            self.room.counted = True
        lines = await self.room.front.lines(self._path)
        self._is_counted = True
        self._has_numbers = bool(lines.source) and LineState.UNKNOWN not in lines.states
        source = self.source
        if lines.source != source.lines.source:
            self._functions = None
        source.show(lines)
        self._words.update(lines.words)
        self._words.display = bool(lines.words)
        if not self._is_loaded and lines.source:
            self._is_loaded = True
            source.go_to(self._wanted or next(iter(source.places), 1))
            if self._covered_by is not None:
                self.say(f"{self.room.glyphs.of(MARK)} marks what {label_of(self._covered_by[0])} executes")
        self._look_up()
        source.show_numbers(await self.room.front.numbers(self._path))

    # The tests of the line, or of the function

    def on_listing_moved(self, message: Listing.Moved) -> None:
        """Follow the cursor of the source, when it rests; within a function whose tests are listed it may move."""
        if message.listing is not self._source:
            return
        if self._function is not None and not self._function.first <= self.source.line <= self._function.last:
            self._function = None
        self._below.refresh()
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(_PAUSE, self._look_up)

    def _look_up(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        source = self.source
        if not source.count:
            return
        first, last = self._listed = self._range
        source.mark(range(first, last + 1) if self._function is not None else self._covered)
        rows = self.room.tests(self.room.front.tests_of(self._path, first, last))
        if rows != self._rows or not self._tests.count:
            same = [row.key for row in rows] == [row.key for row in self._rows]
            self._rows = rows
            self._tests.show(rows, keep_place=same)
        else:
            self._tests.refresh()
        self._title.refresh()
        self._below.refresh()
        self.refresh_bindings()

    @property
    def _range(self) -> tuple[int, int]:
        if self._function is not None:
            return self._function.first, self._function.last
        return self.source.line, self.source.line

    def _title_parts(self, width: int) -> Sequence[Part]:
        """What the list of tests is of."""
        what = f"line {self.source.line}" if self._function is None else self._function.name
        tests = counted(len(self._rows), "test") if self._rows else "no test"
        said = _NOT_YET if self._is_unknown else f"{tests} of {what}"
        words, _ = fit(f" {said}", width, self.room.glyphs.of(CUT))
        return [Part(words, Tone.FAINT)] if self._is_counted and self.source.count else ()

    def _below_parts(self, width: int) -> Sequence[Part]:
        source, glyphs = self.source, self.room.glyphs
        if not source.count:
            return ()
        number, function = source.line, self._function
        tests = counted(len(self._rows), "test") if self._rows else ""
        if function is None:
            sign = SIGNS[state_of(source.lines, number)]
            parts = [Part(f" {number} "), Part(f"{glyphs.of(sign)} ", sign.tone)]
            alone = not tests and not self._is_unknown and state_of(source.lines, number) in _EXECUTED
            # A line in the middle of a statement is executed with it, and is none by itself.
            is_within = bool(tests) and state_of(source.lines, number) is LineState.PLAIN
            words = "in a statement" if is_within else words_of(source.lines, number)
            said = ", ".join(filter(None, (tests, words, _BY_NO_TEST if alone else "")))
        else:
            parts = [Part(f" {function.name} {range_text(function.first, function.last)} ")]
            said = tests or (_NOT_YET if self._is_unknown else "no test")
        left = width - sum(len(part.text) for part in parts) - 1
        shown, used = fit(said, left, glyphs.of(CUT))
        names = ", ".join(row.key[0].rpartition("::")[2] for row in self._rows[:_NAMED])
        tail, _ = fit(f": {names}" if names else "", left - used, glyphs.of(CUT))
        return [*parts, Part(shown), Part(tail, Tone.FAINT)]

    # Keys

    def why_not(self, binding_id: str) -> str:
        """Why a key can do nothing now."""
        if binding_id == "coverage-stop":
            return super().why_not(binding_id)
        if not self._is_counted:
            return "the lines are still being counted"
        if not self.source.count:
            return "there are no lines here"
        is_about_places = binding_id in ("coverage-next", "coverage-previous")
        return "no uncovered line to go to" if is_about_places else self._no_test

    @property
    def _is_unknown(self) -> bool:
        """Whether tests may have executed the line in the present run: of which that was is known at its end."""
        if self._rows or not is_running(self.room.store) or self.room.files.report.unrecorded:
            return False
        return self._function is not None or state_of(self.source.lines, self.source.line) is not LineState.MISSED

    @property
    def _no_test(self) -> str:
        what = "line" if self._function is None else "function"
        return _NOT_YET if self._is_unknown else f"no test has executed this {what}"

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that can do nothing now."""
        if action == "next_place":
            return bool(self._source is not None and self._source.places) or None
        if action in ("run", "tests", "function", "covers") and (self._source is None or not self._source.count):
            return None
        if action in ("run", "tests", "covers") and self._listed == self._range:
            return bool(self._rows) or None
        return super().check_action(action, parameters)

    def action_next_place(self, direction: int) -> None:
        """Go to the next or previous place that is not covered."""
        self.source.next_place(direction)

    def action_other_file(self, direction: int) -> None:
        """Go to the next or previous file of the table; the way back stays the same."""
        other = self.room.files.beside(self._path, direction)
        if other is None:
            self.say("there is no other file")
        elif not self._is_closed:
            self._is_closed = True
            self.app.switch_screen(self.room.screens.file(self.room, other))

    def _catch_up(self) -> bool:
        """Look up the tests of the line now, if the cursor has just come there; whether there are any."""
        if self._listed != self._range:
            self._look_up()
        if not self._rows:
            self.say(self._no_test)
        return bool(self._rows)

    def action_tests(self) -> None:
        """The list of tests gets the keys, or gives them back."""
        if self._tests.has_focus:
            self._close_tests()
        elif self._catch_up():
            self.add_class("-tests")
            self._tests.focus()

    def _close_tests(self) -> None:
        self.remove_class("-tests")
        self.source.focus()

    def action_function(self) -> None:
        """The tests of the function around the cursor, or again those of the line."""
        if self._function is None:
            self.run_worker(self._list_function(), exclusive=True, group="function")
        else:
            self._function = None
            self._look_up()

    async def _list_function(self) -> None:
        source = self.source
        if self._functions is None:
            self._functions = await asyncio.to_thread(functions, source.lines.source)
        self._function = enclosing(self._functions, source.line)
        self._look_up()
        if self._function is None:
            self.say("this line is in no function")
        elif self._rows:
            self.add_class("-tests")
            self._tests.focus()

    def on_listing_chosen(self, message: Listing.Chosen) -> None:
        """Enter on a test: to the tree. Enter on a line: its tests."""
        row = self._tests.row
        if message.listing is not self._tests:
            self.action_tests()
        elif row is not None and row.item is not None:
            self.leave_to(row.item)
        else:
            self.say("this test is no longer there")

    def action_run(self) -> None:
        """Run the tests that are listed."""
        if not self._catch_up():
            return
        items = [row.item for row in self._rows if row.item is not None]
        place = f"{self._path.rpartition('/')[2]}:{range_text(*self._range)}"
        self.say_of_run(self.room.run(items, place))

    def action_covers(self) -> None:
        """What the test under the cursor covers."""
        if not self._catch_up():
            return
        row = self._tests.row
        if row is not None and row.item is not None:
            self.app.push_screen(self.room.screens.share(self.room, row.item))
        else:
            self.say("this test is no longer there")

    def action_edit(self) -> None:
        """Open the editor at the line."""
        self.edit(self._path, self.source.line)

    def action_changes(self) -> None:
        """Coverage of what has changed."""
        self.app.push_screen(self.room.screens.changes(self.room))

    def action_back(self) -> None:
        """From the tests to the source, from there to the screen below."""
        if self._tests.has_focus:
            self._close_tests()
        else:
            self.dismiss()
