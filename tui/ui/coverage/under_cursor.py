"""What is said of the line or the function under the cursor of a file, and of its tests. No Textual."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui.model.coverage import LineState
from tui.model.values import Value, value
from tui.ui.coverage.figures import counted, range_text
from tui.ui.coverage.gutter import SIGNS, state_of, words_of
from tui.ui.status import CUT, Tone
from tui.ui.widgets.row import Part
from tui.ui.widgets.visible import fit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.model.coverage import FileLines
    from tui.ui.coverage.functions import Function
    from tui.ui.coverage.rows import TestRow
    from tui.ui.status import Glyphs

NOT_YET: Final = "which tests: known when the run is over"
_EXECUTED: Final = (LineState.COVERED, LineState.PARTIAL)
_BY_NO_TEST: Final = "by no test itself, as at import"
_NAMED: Final = 8
"""Tests that the line below names, as far as they have room."""


@value
class UnderCursor(Value):
    """A line, or the function around it, with its tests; ``is_unknown``: the present run may have executed it."""

    lines: FileLines
    number: int
    function: Function | None
    rows: Sequence[TestRow]
    glyphs: Glyphs
    is_unknown: bool

    @property
    def why_no_test(self) -> str:
        """Why there is no test."""
        what = "line" if self.function is None else "function"
        return NOT_YET if self.is_unknown else f"no test has executed this {what}"

    def title_parts(self, width: int) -> list[Part]:
        """What the list of tests is of."""
        what = f"line {self.number}" if self.function is None else self.function.name
        tests = counted(len(self.rows), "test") if self.rows else "no test"
        said = NOT_YET if self.is_unknown else f"{tests} of {what}"
        words, _ = fit(f" {said}", width, self.glyphs.of(CUT))
        return [Part(words, Tone.FAINT)]

    def parts(self, width: int) -> list[Part]:
        """Its number, its state, and its tests by name."""
        glyphs, function = self.glyphs, self.function
        parts = self._line_parts() if function is None else self._function_parts(function)
        left = width - sum(len(part.text) for part in parts[:-1]) - 1
        shown, used = fit(parts[-1].text, left, glyphs.of(CUT))
        names = ", ".join(row.key[0].rpartition("::")[2] for row in self.rows[:_NAMED])
        tail, _ = fit(f": {names}" if names else "", left - used, glyphs.of(CUT))
        return [*parts[:-1], Part(shown), Part(tail, Tone.FAINT)]

    def _line_parts(self) -> list[Part]:
        state = state_of(self.lines, self.number)
        sign = SIGNS[state]
        alone = not self.rows and not self.is_unknown and state in _EXECUTED
        # A line in the middle of a statement is executed with it, and is none by itself.
        is_within = bool(self.rows) and state is LineState.PLAIN
        words = "in a statement" if is_within else words_of(self.lines, self.number)
        said = ", ".join(filter(None, (self._tests, words, _BY_NO_TEST if alone else "")))
        return [Part(f" {self.number} "), Part(f"{self.glyphs.of(sign)} ", sign.tone), Part(said)]

    def _function_parts(self, function: Function) -> list[Part]:
        said = self._tests or (NOT_YET if self.is_unknown else "no test")
        return [Part(f" {function.name} {range_text(function.first, function.last)} "), Part(said)]

    @property
    def _tests(self) -> str:
        return counted(len(self.rows), "test") if self.rows else ""
