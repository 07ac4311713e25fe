"""The rows of the lists: a test, what a test covers of a file, lines that are not covered. No Textual."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len

from tui.model.values import Value, value
from tui.ui.coverage.figures import counted, ranges, ranges_text
from tui.ui.detail.paint import clean
from tui.ui.status import CUT, SIGNS, STALE, Glyphs, Tone
from tui.ui.widgets.row import Part
from tui.ui.widgets.visible import fit, fit_middle, seconds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.model.coverage import DiffCoverage, Share
    from tui.model.events import ItemKey
    from tui.model.nodes import Item

_SECONDS_CELLS: Final = 6
_LEAST_PATH: Final = 16
_COUNT_CELLS: Final = 12
_LEAST_RANGES: Final = 5
"""Cells below which ranges, with the blanks before them, are nothing but a sign that they were cut."""


@value
class TestRow(Value):
    """A test that executed something. ``item`` is None where it is no longer collected."""

    __test__ = False

    key: ItemKey
    item: Item | None
    glyphs: Glyphs

    def parts(self, width: int) -> Sequence[Part]:
        """Its glyph, nodeid, duration."""
        item = self.item
        room = max(0, width - _SECONDS_CELLS - 6)
        name = fit_middle(self.key[0], room, self.glyphs.of(CUT))
        _, used = fit(name, room, self.glyphs.of(CUT))
        blanks = Part(" " * (room - used))
        if item is None:
            return [Part("   "), Part(name, Tone.FAINT, is_name=True), blanks, Part("gone".rjust(_SECONDS_CELLS + 2))]
        sign = SIGNS[item.status]
        stale = self.glyphs.of(STALE) if item.stale else " "
        took = seconds(item.seconds) if item.status.is_outcome and item.seconds else ""
        return [
            Part(" "),
            Part(self.glyphs.of(sign), Tone.FAINT if item.stale else sign.tone),
            Part(stale, Tone.FAINT),
            Part(" "),
            Part(name, is_name=True),
            blanks,
            Part(f"  {took:>{_SECONDS_CELLS}}", Tone.FAINT),
        ]


@value
class ShareRow(Value):
    """What a test covers of a file."""

    share: Share
    glyphs: Glyphs
    longest: int = 0
    """Cells of the longest path in the list."""

    @property
    def line(self) -> int:
        """The first line that only this test covers, else the first that it covers."""
        return next(iter((*self.share.only, *self.share.lines)), 1)

    @property
    def text(self) -> str:
        """All of it, however long."""
        share = self.share
        return f"{share.path}  {counted(len(share.lines), 'line')}{''.join(self._lines)}"

    @property
    def _lines(self) -> tuple[str, str]:
        """Those that no other test covers, and all of them."""
        share = self.share
        if not share.only:
            return "", f"  {ranges_text(share.lines)}"
        whole = f"  of {ranges_text(share.lines)}" if len(share.only) < len(share.lines) else ""
        return f"  only here: {ranges_text(share.only)}", whole

    def parts(self, width: int) -> Sequence[Part]:
        """Path, how many lines, those that no other test covers, and as many of all as have room."""
        share, cut = self.share, self.glyphs.of(CUT)
        lines = counted(len(share.lines), "line").rjust(_COUNT_CELLS)
        room = max(0, min(max(self.longest, _LEAST_PATH), width - len(lines) - width // 3 - 1))
        name = fit_middle(share.path, room, cut)
        _, used = fit(name, room, cut)
        left = max(0, width - 1 - room - len(lines))
        alone, whole = self._lines
        alone, taken = fit(alone, left, cut)
        whole, _ = fit(whole, left - taken, cut)
        return [
            Part(" "),
            Part(name, is_name=True),
            Part(" " * (room - used)),
            Part(lines, Tone.FAINT),
            Part(alone, Tone.LIVE),
            Part("" if len(whole) <= _LEAST_RANGES and whole.endswith(cut) else whole, Tone.FAINT),
        ]


def share_rows(shares: Sequence[Share], glyphs: Glyphs, home: str) -> list[ShareRow]:
    """Rows of what a test covers: first the files of which it covers something that no other test does.

    The file ``home`` that the test itself is in comes last: of course no other test executes its lines.
    """
    longest = max((cell_len(share.path) for share in shares), default=0)
    placed = sorted(shares, key=lambda share: (share.path == home, not share.only, share.path))
    return [ShareRow(share, glyphs, longest) for share in placed]


def only_lines(shares: Sequence[Share], home: str) -> int:
    """How many lines no other test covers, without those of the file ``home`` that the test itself is in."""
    return sum(len(share.only) for share in shares if share.path != home)


def home_of(item: Item) -> str:
    """The file that a test is in."""
    return item.location or item.nodeid.partition("::")[0]


@value
class PlaceRow(Value):
    """A line of a file that is not covered, with its text. The first of several that follow each other counts them."""

    path: str
    line: int
    glyphs: Glyphs
    lines: int = 1
    """How many there are from here on; 0 for those after the first."""
    code: str = ""
    longest: int = 0
    """Cells of the longest path with its line in the list."""

    def parts(self, width: int) -> Sequence[Part]:
        """Path and line, as much of the code as has room, how many lines."""
        cut = self.glyphs.of(CUT)
        number = f":{self.line}" if self.lines else f" {self.line}"
        count = counted(self.lines, "line") if self.lines else ""
        left = max(0, width - 1)
        room = min(max(self.longest, _LEAST_PATH), max(len(number), left // 2))
        name = fit_middle(self.path, max(0, room - len(number)), cut)
        _, used = fit(name, room, cut)
        code, taken = fit(f"  {self.code}", max(0, left - room - len(count)), cut)
        return [
            Part(" "),
            Part(name if self.lines else " " * used, is_name=True),
            Part(number, Tone.WHY),
            Part(" " * (room - used - len(number))),
            Part(code),
            Part(" " * max(0, left - room - taken - len(count))),
            Part(count, Tone.FAINT),
        ]


def place_rows(diff: DiffCoverage, glyphs: Glyphs) -> list[PlaceRow]:
    """Rows of the lines of a difference that are not covered, file by file; code is indented as in its neighbours."""
    places = [(path, *each) for path, lines in sorted(diff.missing.items()) for each in ranges(lines)]
    longest = max((cell_len(f"{path}:{last}") for path, _, last in places), default=0)
    rows = []
    for path, first, last in places:
        texts = [clean(diff.code.get(path, {}).get(line, "")) for line in range(first, last + 1)]
        for line, text in enumerate(dedent("\n".join(texts)).split("\n"), start=first):
            lines = last - first + 1 if line == first else 0
            rows.append(PlaceRow(path, line, glyphs, lines, text.rstrip(), longest))
    return rows
