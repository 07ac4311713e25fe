"""How the lines of a covered file look beside their source, and which of them are worth a look. No Textual."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Final

from tui.model.coverage import LineState
from tui.ui.status import Sign, Tone

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tui.model.coverage import FileLines

SIGNS: Final[Mapping[LineState, Sign]] = {
    LineState.COVERED: Sign("│", "|", Tone.GOOD, "covered"),
    LineState.MISSED: Sign("█", "!", Tone.WHY, "not covered"),
    LineState.PARTIAL: Sign("▌", "/", Tone.ODD, "covered in part"),
    LineState.EXCLUDED: Sign("-", "-", Tone.FAINT, "excluded"),
    LineState.PLAIN: Sign(" ", " ", Tone.PLAIN, "no statement"),
    LineState.UNKNOWN: Sign("?", "?", Tone.FAINT, "not known"),
    LineState.STALE: Sign("~", "~", Tone.FAINT, "changed since it was measured"),
}
"""The sign of each state of a line."""

SAVED: Final = Sign("+", "+", Tone.LIVE, "changed by the last save")
AGAINST_GIT: Final = Sign(":", ":", Tone.MARK, "changed since HEAD")

_WORTH: Final = frozenset({LineState.MISSED, LineState.PARTIAL})


def change_of(lines: FileLines, number: int) -> Sign | None:
    """The sign of a line that was changed, the latest change first; None where it was not."""
    if number in lines.saved:
        return SAVED
    return AGAINST_GIT if number in lines.against_git else None


def state_of(lines: FileLines, number: int) -> LineState:
    """The state of a line; nobody knows it where the file has more lines than were measured."""
    return lines.states[number - 1] if number <= len(lines.states) else LineState.STALE


def words_of(lines: FileLines, number: int) -> str:
    """What there is to say of a line, without the tests that executed it."""
    state = state_of(lines, number)
    why = _short(lines.why.get(number, ""), number)
    words = [f"in part: {why}" if why and state is LineState.PARTIAL else SIGNS[state].word]
    if why and state is not LineState.PARTIAL:
        words.append(why)
    if (change := change_of(lines, number)) is not None:
        words.append(change.word)
    return ", ".join(words)


def _short(why: str, number: int) -> str:
    """Why a branch was not taken, without the number of the line itself, which stands there already."""
    return why.removeprefix(f"line {number} ").replace(f" on line {number} ", " ")


def places(states: Sequence[LineState]) -> list[int]:
    """The first lines of all that is not covered, or only in part; what follows a line in the same state belongs to it.

    Blank lines and comments between two such lines do not part them.
    """
    found: list[int] = []
    before = LineState.PLAIN
    for number, state in enumerate(states, start=1):
        if state in _WORTH and (state is not before or state is LineState.PARTIAL):
            found.append(number)
        if state is not LineState.PLAIN:
            before = state
    return found


def next_place(found: Sequence[int], line: int, direction: int) -> int | None:
    """The place after (1) or before (-1) a line; it goes round at the ends. None where there is none."""
    if not found:
        return None
    at = bisect_right(found, line) if direction > 0 else bisect_left(found, line) - 1
    return found[at % len(found)]
