"""The words of what was edited: tests are often called after what they test."""

from __future__ import annotations

import keyword
import re
import zlib
from typing import TYPE_CHECKING

from tui.model.impact.source import changed_lines, members

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from tui.model.events import ItemKey

_WORD = re.compile(rb"[A-Za-z_][A-Za-z0-9_]*")
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")
_SHORTEST = 3
_MOST = 40
"""Words of one edit; where more was edited at once, they tell nothing."""
_COMMON = frozenset(
    {"self", "cls", "str", "int", "bool", "args", "kwargs", "test", "tests", *map(str.lower, keyword.kwlist)}
)


def words_of(text: bytes, before: Sequence[int]) -> frozenset[str]:
    """The words of the lines that are not those of ``before`` (hashes of stripped lines), whole and in parts."""
    lines = text.splitlines()
    changed = changed_lines([zlib.crc32(line.strip()) for line in lines], before)
    found: set[str] = set()
    for number in members(changed):
        if number <= len(lines):
            found |= parts_of(word.decode() for word in _WORD.findall(lines[number - 1]))
        if len(found) > _MOST:
            return frozenset()
    return frozenset(found)


def parts_of(names: Iterable[str]) -> set[str]:
    """Names and what they are put together from, in small letters, without those that say nothing."""
    found: set[str] = set()
    for name in names:
        found.add(name.strip("_").lower())
        found.update(part.lower() for part in _PART.findall(name))
    return {word for word in found if len(word) >= _SHORTEST and word not in _COMMON}


def called_after(words: Iterable[str], keys: Collection[ItemKey]) -> dict[ItemKey, int]:
    """The items in whose names one of the words is, by how many items that word is in: few say more than many.

    A word that is in the names of a tenth of them or more says nothing.
    """
    names = [(key, key[0].partition("::")[2].lower()) for key in keys]
    found: dict[ItemKey, int] = {}
    for word in words:
        there = [key for key, name in names if word in name]
        if len(there) * 10 <= len(names):
            for key in there:
                found[key] = min(found.get(key, len(there)), len(there))
    return found
