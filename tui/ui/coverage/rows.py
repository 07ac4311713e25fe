"""The rows of the lists: a test, what a test covers of a file, lines that are not covered. No Textual."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui.model.values import Value, value
from tui.ui.coverage.figures import counted, range_text, ranges_text
from tui.ui.status import CUT, SIGNS, STALE, Glyphs, Tone
from tui.ui.widgets.row import Part
from tui.ui.widgets.visible import fit, fit_middle, seconds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.model.coverage import Share
    from tui.model.events import ItemKey
    from tui.model.nodes import Item

_SECONDS_CELLS: Final = 6
_LEAST_PATH: Final = 16
_COUNT_CELLS: Final = 12


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

    def parts(self, width: int) -> Sequence[Part]:
        """Path, how many lines, and those that no other test covers."""
        share, cut = self.share, self.glyphs.of(CUT)
        lines = counted(len(share.lines), "line").rjust(_COUNT_CELLS)
        alone = f"  only here: {ranges_text(share.only)}" if share.only else ""
        room = max(0, min(max(self.longest, _LEAST_PATH), width - len(lines) - width // 3 - 1))
        name = fit_middle(share.path, room, cut)
        _, used = fit(name, room, cut)
        alone, _ = fit(alone, max(0, width - 1 - room - len(lines)), cut)
        return [
            Part(" "),
            Part(name, is_name=True),
            Part(" " * (room - used)),
            Part(lines, Tone.FAINT),
            Part(alone, Tone.LIVE),
        ]


@value
class PlaceRow(Value):
    """Lines of a file that are not covered."""

    path: str
    first: int
    last: int
    glyphs: Glyphs

    def parts(self, width: int) -> Sequence[Part]:
        """Path, lines, how many."""
        lines = f":{range_text(self.first, self.last)}"
        number = counted(self.last - self.first + 1, "line").rjust(_COUNT_CELLS)
        room = max(0, width - 1 - len(lines) - len(number))
        name = fit_middle(self.path, room, self.glyphs.of(CUT))
        _, used = fit(name, room, self.glyphs.of(CUT))
        return [
            Part(" "),
            Part(name, is_name=True),
            Part(lines, Tone.WHY),
            Part(" " * (room - used)),
            Part(number, Tone.FAINT),
        ]
