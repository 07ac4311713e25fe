"""Arcs as coverage.py's C tracer notes them: two line numbers in one integer, or a pair.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

_SHIFTS = (28, 20)
"""Bits of a line number in present and in earlier versions."""
_shift = _SHIFTS[0]


def learn(seen: Iterable[Any], lines: set[int]) -> bool:
    """Find out how arcs are packed, from those of code that has these lines; whether they can be read."""
    global _shift  # noqa: PLW0603 - one tracer a process
    for shift in _SHIFTS:
        _shift = shift
        if seen and all({abs(start), abs(end)} <= lines for start, end in unpacked(seen)):
            return True
    return False


def unpacked(seen: Iterable[Any]) -> list[tuple[int, int]]:
    """Arcs as pairs of lines; a first line of a code object is negative where it stands for its entry or exit."""
    shift, mask = _shift, (1 << _shift) - 1
    start_sign, end_sign = 1 << 2 * shift, 1 << 2 * shift + 1
    found = []
    for each in seen:
        if isinstance(each, tuple):
            found.append(each)
            continue
        start, end = each & mask, (each >> shift) & mask
        found.append((-start if each & start_sign else start, -end if each & end_sign else end))
    return found


def flat(seen: Iterable[Any]) -> list[int]:
    """Arcs as pairs, flattened, in a fixed order."""
    return [end for arc in sorted(unpacked(seen)) for end in arc]


def lines_of(seen: Iterable[Any]) -> set[int]:
    """The lines at the ends of arcs."""
    return {end for arc in unpacked(seen) for end in arc if end > 0}
