"""Sets of lines as they are written down.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def ranges(lines: Iterable[int]) -> list[int]:
    """First and last line of every run of lines that follow each other, flattened; lines below 1 are no lines."""
    flat: list[int] = []
    last = 0
    for line in sorted(lines):
        if line != last + 1 or not flat:
            if line < 1:
                continue
            if flat:
                flat.append(last)
            flat.append(line)
        last = line
    if flat:
        flat.append(last)
    return flat
