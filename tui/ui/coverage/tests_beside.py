"""The tests of the line under the cursor of a file, or of the function around it: looked up, listed, said in words."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from tui.model.coverage import LineState
from tui.ui.coverage.figures import range_text
from tui.ui.coverage.functions import Function, enclosing, functions
from tui.ui.coverage.gutter import state_of
from tui.ui.coverage.heads import is_running
from tui.ui.coverage.rows_list import RowsList
from tui.ui.coverage.under_cursor import UnderCursor
from tui.ui.widgets.words_line import WordsLine

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from textual.timer import Timer

    from tui.model.nodes import Item
    from tui.ui.coverage.rows import TestRow
    from tui.ui.coverage.source_list import SourceList
    from tui.ui.coverage.view import View
    from tui.ui.widgets.row import Part

_PAUSE: Final = 0.05
"""Seconds that the cursor has to rest before the tests of its line are looked up."""


class TestsBeside:
    """Follows the cursor of ``source``, the lines of the file ``path``, with three widgets of ``screen``."""

    __test__ = False

    def __init__(self, screen: View, source: SourceList, path: str, marked: Container[int]) -> None:
        """``marked`` are the lines that stand out as long as no function does."""
        self.list: RowsList[TestRow] = RowsList(id="tests")
        self.title = WordsLine(self._title_parts, id="titles")
        """Stands above the list."""
        self.below = WordsLine(self._below_parts, id="below")
        """Says of the line, or the function, what there is to say."""
        self.rows: list[TestRow] = []
        self._screen = screen
        self._source = source
        self._path = path
        self._marked = marked
        self._timer: Timer | None = None
        self._listed = (0, 0)
        """The lines whose tests are listed."""
        self._function: Function | None = None
        self._functions: list[Function] | None = None

    @property
    def item(self) -> Item | None:
        """The test under the cursor of the list; None if it is not collected any more."""
        row = self.list.row
        return row.item if row is not None else None

    @property
    def place(self) -> str:
        """The file, and the lines whose tests these are."""
        return f"{self._path.rpartition('/')[2]}:{range_text(*self._range)}"

    @property
    def is_current(self) -> bool:
        """Whether these are the tests of where the cursor is."""
        return self._listed == self._range

    @property
    def is_of_function(self) -> bool:
        """Whether these are the tests of a function."""
        return self._function is not None

    @property
    def shown(self) -> UnderCursor:
        """What is said."""
        lines, number = self._source.lines, self._source.line
        return UnderCursor(lines, number, self._function, self.rows, self._screen.room.glyphs, self._is_unknown)

    def follow(self) -> None:
        """The cursor has moved: look up when it rests. Within a function whose tests are listed it may move."""
        function = self._function
        if function is not None and not function.first <= self._source.line <= function.last:
            self._function = None
        self.below.refresh()
        self._stop_waiting()
        self._timer = self._screen.set_timer(_PAUSE, self.look_up)

    def look_up(self) -> None:
        """Ask for the tests."""
        self._stop_waiting()
        if not self._source.count:
            return
        before, self._listed = self._listed, self._range
        first, last = self._listed
        self._source.mark(range(first, last + 1) if self._function is not None else self._marked)
        room = self._screen.room
        rows = room.tests(room.front.tests_of(self._path, first, last))
        if rows != self.rows or not self.list.count:
            self.rows = rows
            self.list.show(rows, keep_place=self._listed == before)  # they may be in another order after a run
        self.refresh()
        self._screen.refresh_bindings()

    def catch_up(self) -> bool:
        """Look up now, if the cursor has just come there; whether there are any tests."""
        if not self.is_current:
            self.look_up()
        return bool(self.rows)

    def refresh(self) -> None:
        """Outcomes may be others."""
        for each in (self.list, self.title, self.below):
            each.refresh()

    def forget_functions(self) -> None:
        """The lines are others."""
        self._functions = None

    def leave_function(self) -> None:
        """The tests of the line again."""
        self._function = None
        self.look_up()

    async def find_function(self) -> bool:
        """The tests of the function around the cursor; whether there is one."""
        if self._functions is None:
            self._functions = await asyncio.to_thread(functions, self._source.lines.source)
        self._function = enclosing(self._functions, self._source.line)
        self.look_up()
        return self.is_of_function

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    @property
    def _range(self) -> tuple[int, int]:
        if self._function is not None:
            return self._function.first, self._function.last
        return self._source.line, self._source.line

    @property
    def _is_unknown(self) -> bool:
        """Whether tests may have executed the line in the present run: of which that was is known at its end."""
        room = self._screen.room
        if self.rows or not is_running(room.store) or room.files.report.unrecorded:
            return False
        return self.is_of_function or state_of(self._source.lines, self._source.line) is not LineState.MISSED

    def _title_parts(self, width: int) -> Sequence[Part]:
        return self.shown.title_parts(width) if self._source.count else ()

    def _below_parts(self, width: int) -> Sequence[Part]:
        return self.shown.parts(width) if self._source.count else ()
