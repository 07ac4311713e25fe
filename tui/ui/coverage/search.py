"""What is looked for in the lines of a file, and where it is. No Textual."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

from tui.ui.coverage.figures import counted
from tui.ui.coverage.gutter import next_place

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Search:
    """Plain text; capitals count as soon as one is looked for. ``lines`` are those that have it, the first being 1."""

    def __init__(self) -> None:
        self.text = ""
        self.lines: list[int] = []
        self._source: Sequence[str] = ()
        self._small: Sequence[str] | None = None
        """The lines without capitals, as soon as they are wanted."""

    def look_in(self, source: Sequence[str]) -> None:
        """These are the lines now."""
        if source is not self._source:
            self._source, self._small = source, None
            self.use(self.text)

    def use(self, text: str) -> None:
        """Look for another text; for none if it is empty."""
        self.text = text
        self.lines = [line for line, each in enumerate(self._lines, start=1) if text in each] if text else []

    @property
    def _minds_capitals(self) -> bool:
        return self.text != self.text.lower()

    @property
    def _lines(self) -> Sequence[str]:
        if self._minds_capitals:
            return self._source
        if self._small is None and self.text:
            self._small = [line.lower() for line in self._source]
        return self._small or ()

    def next(self, line: int, direction: int) -> int | None:
        """The line with it after (1) or before (-1) another one, round at the ends; None where there is none."""
        return next_place(self.lines, line, direction)

    def spans(self, shown: str) -> Iterator[tuple[int, int]]:
        """Where it stands in a line."""
        if self.text:
            flags = re.NOFLAG if self._minds_capitals else re.IGNORECASE
            yield from (match.span() for match in re.finditer(re.escape(self.text), shown, flags))

    def words(self, line: int) -> str:
        """Which of the lines with it a line is, or how many there are."""
        if not self.lines:
            return "no match"
        at = bisect_left(self.lines, line)
        which = f"{at + 1:,} of " if self.lines[at : at + 1] == [line] else ""
        return f"{which}{counted(len(self.lines), 'line')}"
