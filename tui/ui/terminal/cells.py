"""A line of the screen as terminal cells: what stands in each, and in which ink."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import split_graphemes
from textual.strip import Strip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.color import ColorSystem
    from rich.segment import Segment
    from rich.style import Style


class Ink(NamedTuple):
    """How a cell is drawn."""

    sgr: str
    """Parameters of the SGR sequence that gives this look, counted from a reset; empty for plain."""
    link: str = ""
    """Target of the OSC 8 hyperlink, empty for none."""


PLAIN = Ink("")
"""The terminal's own colours, no attribute."""

# An explicit "default colour" says nothing after a reset.
_DEFAULT_COLOURS = frozenset({"39", "49"})
# Underline, reverse, strike, double underline, frame, encircle, overline: seen on a blank, too.
_SEEN_ON_BLANKS = frozenset({"4", "7", "9", "21", "51", "52", "53"})
_BACKGROUNDS = frozenset(str(code) for code in (*range(40, 48), *range(100, 108)))
_BLINKS = frozenset({"5", "6"})
_EXTENDED_FOREGROUND, _EXTENDED_BACKGROUND = "38", "48"
_PARAMETERS = {"5": 3, "2": 5}
"""How many SGR parameters an extended colour takes, by its kind (palette, RGB)."""

_BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_COMBINING = range(0x0300, 0x0370)
_REGIONAL = range(0x1F1E6, 0x1F200)


class Line:
    """One line of the screen, cell by cell.

    Attributes:
        segments: What it was made from, in Rich's terms.
        texts: What stands in each cell; the second half of a wide character is the empty string.
        inks: The ink of each cell. Blanks carry only what is seen of a blank.
        tail: The cell from which on the line is plain blanks; the width when there are none.
        fragile: Terminals disagree about the width of something on it (joined emoji, flags,
            variation selectors), so that a position to the right of it cannot be trusted.
    """

    __slots__ = ("fragile", "inks", "segments", "tail", "texts")

    def __init__(self, segments: Sequence[Segment], color_system: ColorSystem) -> None:
        self.segments = segments
        self.texts: list[str] = []
        self.inks: list[Ink] = []
        self.fragile = False
        for text, style, control in segments:
            if text and not control:
                self._add(text, ink_of(style, color_system) if style else PLAIN)
        self.tail = self._find_tail()

    def __len__(self) -> int:
        return len(self.texts)

    def _add(self, text: str, ink: Ink) -> None:
        if text.isascii() and text.isprintable():
            self.texts.extend(text)
            if " " in text:
                blank = on_blank(ink)
                self.inks.extend([blank if character == " " else ink for character in text])
            else:
                self.inks.extend([ink] * len(text))
            return
        for start, end, width in split_graphemes(text)[0]:
            self._add_cluster(_harmless(text[start:end]), width, ink)

    def _add_cluster(self, cluster: str, width: int, ink: Ink) -> None:
        if not cluster:
            return
        if not width:
            # A mark at the start of a segment belongs to the character before it.
            if self.texts:
                at = len(self.texts) - (2 if self.texts[-1] == "" else 1)
                self.texts[at] += cluster
                self.fragile = self.fragile or _is_fragile(self.texts[at])
            return
        self.fragile = self.fragile or _is_fragile(cluster)
        self.texts.append(cluster)
        self.texts.extend([""] * (width - 1))
        self.inks.extend([on_blank(ink) if cluster == " " else ink] * width)

    def _find_tail(self) -> int:
        at = len(self.texts)
        while at and self.texts[at - 1] == " " and self.inks[at - 1] == PLAIN:
            at -= 1
        return at


@lru_cache(maxsize=4096)
def ink_of(style: Style, color_system: ColorSystem) -> Ink:
    """The ink that a terminal with this many colours uses for a style."""
    return Ink(_essential(Strip.render_ansi(style, color_system)), style.link or "")


@lru_cache(maxsize=1024)
def on_blank(ink: Ink) -> Ink:
    """What is seen of an ink where nothing is written."""
    groups = _groups(ink.sgr)
    if ink.link or any(group in _SEEN_ON_BLANKS for group in groups):
        return ink
    visible = [
        group
        for group in groups
        if group in _BACKGROUNDS or group in _BLINKS or group.partition(";")[0] == _EXTENDED_BACKGROUND
    ]
    return Ink(";".join(visible))


@lru_cache(maxsize=1024)
def _essential(sgr: str) -> str:
    return ";".join(group for group in _groups(sgr) if group not in _DEFAULT_COLOURS)


def _groups(sgr: str) -> list[str]:
    """SGR parameters, those of an extended colour kept together."""
    codes = sgr.split(";") if sgr else []
    groups: list[str] = []
    at = 0
    while at < len(codes):
        length = 1
        if codes[at] in {_EXTENDED_FOREGROUND, _EXTENDED_BACKGROUND} and at + 1 < len(codes):
            length = _PARAMETERS.get(codes[at + 1], 1)
        groups.append(";".join(codes[at : at + length]))
        at += length
    return groups


def _harmless(cluster: str) -> str:
    """The cluster without control characters: no escape sequence reaches the terminal as text."""
    return "".join(
        character
        for character in cluster
        if unicodedata.category(character) != "Cc" and character not in _BIDI_CONTROLS
    )


def _is_fragile(cluster: str) -> bool:
    if ord(cluster[0]) in _REGIONAL:
        return True
    return any(ord(character) not in _COMBINING for character in cluster[1:])
