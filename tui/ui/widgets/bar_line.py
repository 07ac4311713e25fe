"""The words of the bar, fitted to a width: what matters least goes first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from rich.cells import cell_len

from tui.model.verdict import Colour
from tui.ui.status import CUT, DONE, TO_DO
from tui.ui.widgets.visible import fit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tui.ui.status import Glyphs
    from tui.ui.widgets.bar import BarState

_PROGRESS_CELLS: Final = 10
_FILTER_CELLS: Final = 24
_LEAST_TEXT: Final = 16
"""Cells that are left to the text before anything else goes."""

_LEAST_CLOSING: Final = 32
"""The same for a text about what is left: cut, it would be wrong."""

_LEAST: Final = {Colour.MAGENTA: 48, Colour.YELLOW: 40}
"""The same for a text that tells what a person is to do, or which teardown holds a run up."""

_RANKS: Final = {"failed": 1, "error": 1, "errors": 1, "crashed": 1, "passed": 3, "skipped": 6}
_OTHER_COUNTS: Final = 8
_PERCENT: Final = 2
_ELAPSED: Final = 4
_FILTER: Final = 5
_TOGGLES: Final = 6
_ESTIMATE: Final = 7
_PROGRESS: Final = 9


class _Piece(NamedTuple):
    """Some words, ``apart`` from those before them; of several pieces the one with the highest rank goes first."""

    words: str
    rank: int
    apart: str = "  "
    counted: bool = False
    """Whether it says what came out."""


def bar_line(state: BarState, width: int, glyphs: Glyphs) -> tuple[str, str]:
    """The first word, and the rest of the line; together at most ``width`` cells."""
    word, used = fit(f" {state.word}", width, glyphs.of(CUT))
    pieces = list(_pieces(state, glyphs))
    least = _LEAST_CLOSING if state.closing else _LEAST.get(state.colour, _LEAST_TEXT)
    text_cells = min(cell_len(state.text[:width]) + 2, least) if state.text else 0
    while pieces and used + text_cells + _cells(pieces) > width:
        pieces.remove(max(reversed(pieces), key=lambda piece: piece.rank))
    counted = sum(piece.counted for piece in pieces) if state.closing else 0
    apart = ", " if counted else " "
    text, _ = fit(state.text, width - used - _cells(pieces) - len(apart), glyphs.of(CUT))
    if text:
        pieces.insert(counted, _Piece(text, 0, apart))
    words = ""
    for piece, last in zip(pieces, [None, *pieces], strict=False):
        # One blank parts the verdict from the first that follows it, and the progress from its number.
        close = last is None or (piece.rank == _PERCENT and last.rank == _PROGRESS)
        words += (" " if close else piece.apart) + piece.words
    return word, words


def _cells(pieces: list[_Piece]) -> int:
    return sum(len(piece.apart) + cell_len(piece.words) for piece in pieces)


def _pieces(state: BarState, glyphs: Glyphs) -> Iterator[_Piece]:
    for number, word in state.counts:
        yield _Piece(f"{number:,} {word}", _RANKS.get(word, _OTHER_COUNTS), counted=True)
    if state.took:
        yield _Piece(state.took, _ELAPSED, apart=" " if state.took.startswith("in") else "  ", counted=True)
    if state.done is not None:
        cells = state.done * _PROGRESS_CELLS // 100
        yield _Piece(glyphs.of(DONE) * cells + glyphs.of(TO_DO) * (_PROGRESS_CELLS - cells), _PROGRESS)
        yield _Piece(f"{state.done}%", _PERCENT)
    if state.elapsed:
        yield _Piece(state.elapsed, _ELAPSED)
    if state.estimate:
        yield _Piece(f"of {state.estimate}", _ESTIMATE, apart=" ")
    for toggle in state.toggles:
        yield _Piece(toggle, _TOGGLES)
    if state.filter_text:
        text, _ = fit(state.filter_text, _FILTER_CELLS, glyphs.of(CUT))
        yield _Piece(f"/{text} ({state.matches or 'none'})", _FILTER)
