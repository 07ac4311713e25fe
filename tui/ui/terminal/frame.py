"""Writes cells as terminal sequences, with as few bytes as the cells allow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui.ui.terminal.cells import PLAIN, Ink, Line, on_blank

if TYPE_CHECKING:
    from collections.abc import Iterator

GAP: Final = 4
"""Unchanged cells between two changed ones that are cheaper sent again than jumped over."""

_ERASE_FROM: Final = 4
"""Plain blanks at the end of a line from which on erasing is cheaper than writing."""


class FrameWriter:
    """Collects the sequences of one frame.

    It remembers where the cursor is and which ink is set, so that neighbouring cells cost only
    their text. The ink is plain at the start, and again after `finish`.
    """

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._ink = PLAIN
        self._row: int | None = None
        self._column = 0

    def write_line(self, y: int, line: Line, old: Line | None) -> None:
        """Make the terminal show `line` in row `y` (0-based).

        Args:
            y: The row.
            line: What it shall show.
            old: What it shows now; None when that is not known.
        """
        if old is None or len(old) != len(line) or line.fragile or old.fragile:
            self._write_cells(y, line, 0, len(line))
            if line.fragile:
                self._row = None
            return
        for start, end in changed_ranges(old, line):
            if self._write_cells(y, line, start, end):
                return

    def finish(self) -> str:
        """End the frame and return its sequences; empty when nothing had to be written."""
        self._use(PLAIN)
        return "".join(self._parts)

    def _write_cells(self, y: int, line: Line, start: int, end: int) -> bool:
        """Write a range; True when the rest of the line was erased, so that it is finished."""
        erase = end - max(start, line.tail) >= _ERASE_FROM
        stop = max(start, line.tail) if erase else end
        self._move(start, y)
        append = self._parts.append
        texts, inks = line.texts, line.inks
        for x in range(start, stop):
            text = texts[x]
            if not text:
                continue
            ink = inks[x]
            if ink != self._ink and not (text == " " and on_blank(self._ink) == ink):
                self._use(ink)
            append(text)
        self._column = stop
        if erase:
            self._use(PLAIN)
            append("\x1b[K")
        return erase

    def _move(self, x: int, y: int) -> None:
        if self._row != y:
            self._parts.append(f"\x1b[{y + 1}H" if x == 0 else f"\x1b[{y + 1};{x + 1}H")
        elif self._column != x:
            self._parts.append(f"\x1b[{x + 1}G")
        self._row, self._column = y, x

    def _use(self, ink: Ink) -> None:
        now = self._ink
        if ink.link != now.link:
            self._parts.append(f"\x1b]8;;{ink.link}\x1b\\")
        if ink.sgr != now.sgr:
            if not ink.sgr:
                self._parts.append("\x1b[m")
            else:
                self._parts.append(f"\x1b[0;{ink.sgr}m" if now.sgr else f"\x1b[{ink.sgr}m")
        self._ink = ink


def changed_ranges(old: Line, new: Line) -> Iterator[tuple[int, int]]:
    """Ranges of cells (start, end) in which two lines of one width differ.

    No range cuts a wide character of either line in two, and short gaps are bridged.
    """
    # A range cannot begin inside a wide character: its first half would differ as well.
    changed = [
        x
        for x, (text, before, ink, ink_before) in enumerate(zip(new.texts, old.texts, new.inks, old.inks, strict=True))
        if text != before or ink != ink_before
    ]
    at = 0
    while at < len(changed):
        start = last = changed[at]
        at += 1
        while at < len(changed) and changed[at] - last <= GAP:
            last = changed[at]
            at += 1
        end = last + 1
        while end < len(new) and not new.texts[end]:
            end += 1
        yield start, end
