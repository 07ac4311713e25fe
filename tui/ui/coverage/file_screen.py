"""A file line by line, with the tests of the line under the cursor."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual.containers import Container
from textual.widgets import Static

from tui.model.nodes import label_of
from tui.ui.coverage.finding import Finding
from tui.ui.coverage.heads import file_state
from tui.ui.coverage.keys import FILE, FILE_FOOTER
from tui.ui.coverage.source_list import MARK, SourceList
from tui.ui.coverage.tests_beside import TestsBeside
from tui.ui.coverage.view import View
from tui.ui.widgets.bar import Bar
from tui.ui.widgets.footer import Footer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tui.model.coverage import FileLines, Share
    from tui.model.nodes import Item
    from tui.ui.coverage.room import Room
    from tui.ui.widgets.bar import BarState
    from tui.ui.widgets.filter_line import FilterLine
    from tui.ui.widgets.listing import Listing

_NOTHING_SOUGHT = "nothing is looked for: {coverage-find} asks for a text"
_GONE = "this test is no longer there"


class FileScreen(View):
    """Source with a gutter; below it, and beside it where there is room, the tests of a line or a function."""

    BINDINGS: ClassVar[list[BindingType]] = [*FILE]

    def __init__(
        self,
        room: Room,
        path: str,
        line: int = 0,
        *,
        covered_by: tuple[Item, Share] | None = None,
        lines: FileLines | None = None,
    ) -> None:
        """``line`` is where the cursor begins; 0 for the first place that is not covered.

        ``covered_by`` is a test, and what it covers of this file: its lines are marked. ``lines`` are the file, if
        it has been asked for already.
        """
        super().__init__(room)
        self._covered_by = covered_by
        self._path = path
        self._wanted = line
        self.source = SourceList(room.glyphs)
        """The lines."""
        self._finding = Finding(self, self.source)
        covered = frozenset(covered_by[1].lines) if covered_by is not None else frozenset()
        self._beside = TestsBeside(self, self.source, path, covered)
        self._words = Static("being counted", markup=False, id="notes")
        self._ready = lines
        self._next = ""
        """The file that is shown as soon as its lines are there."""
        self._is_loaded = False
        self._is_counted = False
        """Whether there has been an answer."""

    def compose(self) -> ComposeResult:
        """Bar, source and tests, the line that follows the cursor, footer."""
        yield Bar(self.room.glyphs)
        with Container(id="file"):
            yield self.source
            with Container(id="side"):
                yield self._beside.title
                yield self._beside.list
        yield self._words
        yield self._beside.below
        yield Footer(FILE_FOOTER, glyphs=self.room.glyphs)

    def on_mount(self) -> None:
        """The source has the keys."""
        self.source.focus()
        if self._ready is not None:
            self._show(self._ready)

    def bar_state(self) -> BarState:
        """The file's numbers, and what is looked for in it."""
        report, search = self.room.files.report, self.source.search
        numbers = self.source.lines.numbers
        if not self._is_counted:
            numbers = next((file for file in report.files if file.path == self._path), None)
        state = file_state(self._path, numbers, report, self.room.store)
        return replace(state, filter_text=search.text, matches=len(search.lines)) if search.text else state

    def show_bar(self) -> None:
        """Bring the bar up to date, and the outcomes of the tests; load again when the file has been saved."""
        super().show_bar()
        if self._is_loaded and self.room.front.is_outdated(self._path):
            self.room.changed()
        if self.room.runs.busy:
            self._beside.refresh()

    async def load(self) -> None:
        """Ask for the lines, and for the tests of the one under the cursor."""
        if not self.room.counted:
            self.room.files.show(await self.room.front.report(), self.size.height)
            self.room.counted = True
        if self._ready is None:
            self._show(await self.room.front.lines(self._path))
        self._ready = None
        self._beside.look_up()
        self.source.show_numbers(await self.room.front.numbers(self._path))

    def _show(self, lines: FileLines) -> None:
        self._is_counted = True
        source = self.source
        if lines.source != source.lines.source:
            self._beside.forget_functions()
        source.show(lines)
        self._finding.renew()
        self._words.update(lines.words)
        self._words.display = bool(lines.words)
        if not self._is_loaded and lines.source:
            self._is_loaded = True
            source.go_to(self._wanted or next(iter(source.places), 1))
            if self._covered_by is not None:
                self.say(f"{self.room.glyphs.of(MARK)} marks what {label_of(self._covered_by[0])} executes")

    def on_listing_moved(self, message: Listing.Moved) -> None:
        """Follow the cursor of the source."""
        if message.listing is self.source:
            self._beside.follow()

    # Keys

    def why_not(self, binding_id: str) -> str:
        """Why a key can do nothing now."""
        if binding_id == "coverage-stop":
            return super().why_not(binding_id)
        if not self._is_counted:
            return "the lines are still being counted"
        if not self.source.count:
            return "there are no lines here"
        if binding_id in ("coverage-next", "coverage-previous"):
            return "no uncovered line to go to"
        if binding_id in ("coverage-find-next", "coverage-find-previous"):
            return "no match" if self._finding.text else self.room.keys.words(_NOTHING_SOUGHT)
        return self._beside.shown.why_no_test

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that can do nothing now. What is typed into the line is no key."""
        if action in ("back", "find") and self._finding.has_keys:
            return False
        may_have_tests = self._beside.rows or not self._beside.is_current
        wants: Mapping[str, object] = {
            "find": True,
            "function": True,
            "next_match": self.source.search.lines,
            "next_place": self.source.places,
            **dict.fromkeys(("run", "tests", "covers"), may_have_tests),
        }
        if action in wants:
            return bool(self.source.count and wants[action]) or None
        return super().check_action(action, parameters)

    def action_next_place(self, direction: int) -> None:
        """Go to the next or previous place that is not covered."""
        self.source.next_place(direction)

    def action_other_file(self, direction: int) -> None:
        """Go to the next or previous file of the table, as soon as its lines are there; the way back stays the same."""
        other = self.room.files.beside(self._next or self._path, direction)
        if other is None:
            self.say("there is no other file")
            return
        self._next = other
        self.say(f"{other}: being counted")
        self.run_worker(self._go_on(other), exclusive=True, group="other")

    async def _go_on(self, path: str) -> None:
        lines = await self.room.front.lines(path)
        self._next = ""
        # The person may do something else by now.
        if self.is_active and not self._is_closed and not self._finding.has_keys:
            self._is_closed = True
            self.app.switch_screen(self.room.screens.file(self.room, path, lines=lines))

    def action_tests(self) -> None:
        """The list of tests gets the keys, or gives them back."""
        if self._beside.list.has_focus:
            self._close_tests()
        elif self._has_tests():
            self._open_tests()

    def _has_tests(self) -> bool:
        if not self._beside.catch_up():
            self.say(self._beside.shown.why_no_test)
        return bool(self._beside.rows)

    def _open_tests(self) -> None:
        self.add_class("-tests")
        self._beside.list.focus()

    def _close_tests(self) -> None:
        self.remove_class("-tests")
        self.source.focus()

    def action_function(self) -> None:
        """The tests of the function around the cursor, or again those of the line."""
        if self._beside.is_of_function:
            self._beside.leave_function()
        else:
            self.run_worker(self._list_function(), exclusive=True, group="function")

    async def _list_function(self) -> None:
        if not await self._beside.find_function():
            self.say("this line is in no function")
        elif self._beside.rows:
            self._open_tests()

    def on_listing_chosen(self, message: Listing.Chosen) -> None:
        """Enter on a test: to the tree. Enter on a line: its tests."""
        if message.listing is not self._beside.list:
            self.action_tests()
        elif (item := self._beside.item) is not None:
            self.leave_to(item)
        else:
            self.say(_GONE)

    def action_run(self) -> None:
        """Run the tests that are listed."""
        if self._has_tests():
            items = [row.item for row in self._beside.rows if row.item is not None]
            self.say_of_run(self.room.run(items, self._beside.place))

    def action_covers(self) -> None:
        """What the test under the cursor covers."""
        if not self._has_tests():
            return
        if (item := self._beside.item) is not None:
            self.app.push_screen(self.room.screens.share(self.room, item))
        else:
            self.say(_GONE)

    def action_functions(self) -> None:
        """The functions of the file; Enter leads from there back to its lines."""
        here = self.source.line
        screen = self.room.screens.functions(self.room, self._path, here, self.source.go_to)
        self.app.push_screen(screen, lambda _: self.more())  # the file may have been saved meanwhile

    def action_edit(self) -> None:
        """Open the editor at the line."""
        self.edit(self._path, self.source.line)

    def action_changes(self) -> None:
        """Coverage of what has changed."""
        self.app.push_screen(self.room.screens.changes(self.room))

    def action_back(self) -> None:
        """From the tests to the source, then drop what is looked for, then to the screen below."""
        if self._beside.list.has_focus:
            self._close_tests()
        elif self._finding.text:
            self._finding.drop()
        else:
            self.dismiss()

    # What is looked for

    async def action_find(self) -> None:
        """Open the line in which one types what is looked for."""
        await self._finding.open()

    def action_next_match(self, direction: int) -> None:
        """Go to the next or previous line that has it."""
        self._finding.step(direction)

    def on_filter_line_changed(self, message: FilterLine.Changed) -> None:
        """Look for it while it is typed."""
        self._finding.typed(message.text)

    def on_filter_line_accepted(self, message: FilterLine.Accepted) -> None:
        """Enter keeps it."""
        self._finding.keep(message.text)

    def on_filter_line_dropped(self) -> None:
        """Escape drops it."""
        self._finding.drop()
