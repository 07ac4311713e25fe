"""The words of what was edited: tests are often called after what they test."""

from __future__ import annotations

import keyword
import re
import zlib
from collections import defaultdict
from math import log
from typing import TYPE_CHECKING

from tui.model.impact.paths import folder_of, name_of
from tui.model.impact.source import changed_lines, members

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tui.model.events import ItemKey
    from tui.model.impact.source import Source

_WORD = re.compile(rb"\w+")
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")
_SHORTEST = 3
"""Letters of a word that is looked for inside of names; shorter ones must be a parameter by themselves."""
_SINGULAR = 4
"""Letters that a word without its last "s" must have to count as well."""
_MOST = 40
"""Words of one edit; where more was edited at once, they tell nothing."""
_ALL = 5 * _MOST
"""Words of all edits together, likewise: every one is looked for in every name."""
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
            words = [word.decode("utf-8", "replace") for word in _WORD.findall(lines[number - 1])]
            found |= parts_of(words) | {word.lower() for word in words}
        if len(found) > _MOST:
            return frozenset()
    return frozenset(found - _COMMON)


def names_between(old: Source, new: Source) -> frozenset[str]:
    """The names that the blocks of a file mention in one version alone, and those of what differs."""
    before = {block.qual: block for block in old.blocks}
    after = {block.qual: block for block in new.blocks}
    differing = [
        (before.get(qual), after.get(qual))
        for qual in before.keys() | after.keys()
        if qual not in before or qual not in after or before[qual].hash != after[qual].hash
    ]
    units = set(old.units) ^ set(new.units)
    found = {name for unit in units for name in (*unit.names, *unit.of.partition("#")[0].split("."))}
    for one, other in differing:
        found.update((one or other).dotted.split("."))  # type: ignore[union-attr] # one of them is there
        found |= (one.names if one else frozenset()) ^ (other.names if other else frozenset())
        if len(found) > _MOST:
            return frozenset()
    return frozenset(parts_of(found) | {name.lower() for name in found if len(name) >= _SHORTEST}) - _COMMON


def parts_of(names: Iterable[str]) -> set[str]:
    """Names and what they are put together from, in small letters, without those that say nothing."""
    found: set[str] = set()
    for name in names:
        found.add(name.strip("_").lower())
        found.update(part.lower() for part in _PART.findall(name))
    return {word for word in found if len(word) >= _SHORTEST and word not in _COMMON}


def called_after(words: Iterable[str], paths: Iterable[str], items: Mapping[ItemKey, str]) -> dict[ItemKey, float]:
    """How much it says that items are called after words, or their files after those of ``paths``.

    ``items`` have the paths of their files. What is said of one in a hundred counts log(100), and the sum of all such
    counts; a word in the names of a tenth of them or more says nothing, and so do hundreds of words.
    """
    said: dict[ItemKey, float] = defaultdict(float)
    words = set(words)
    if len(words) > _ALL:
        words = set()
    words |= {word[:-1] for word in words if word.endswith("s") and len(word) > _SINGULAR}
    names = [(key, key[0].partition("::")[2].lower()) for key in items]
    found: list[list[ItemKey]] = []
    for word in words:
        if len(word) >= _SHORTEST:
            found.append([key for key, name in names if word in name])
        elif len(word) > 1 and word.isdecimal():
            number = re.compile(rf"(?<!\d){word}(?!\d)")
            found.append([key for key, name in names if number.search(name)])
    found += _parameters({word for word in words if len(word) < _SHORTEST}, names)
    for there in found:
        if there and len(there) * 10 <= len(names):
            for key in there:
                said[key] += log(len(names) / len(there))
    homes = {path: _called(path) for path in set(items.values())}
    modules = {module for path in paths if len(module := _stem(path)) >= _SHORTEST}
    there = [key for key, home in items.items() if not modules.isdisjoint(homes[home])] if modules else []
    for key in there:
        said[key] += max(log(len(names) / len(there)), 1.0)
    return said


def _parameters(words: set[str], names: Iterable[tuple[ItemKey, str]]) -> list[list[ItemKey]]:
    """The items of which a parameter is one of these words, by word."""
    if not words:
        return []
    found: dict[str, list[ItemKey]] = defaultdict(list)
    for key, name in names:
        values = name.partition("[")[2]
        if values:
            for value in words.intersection(value.strip() for value in values.rstrip("]").split("-")):
                found[value].append(key)
    return list(found.values())


def _stem(path: str) -> str:
    """What a module is called."""
    stem = name_of(path).removesuffix(".py")
    return (name_of(folder_of(path)) if stem == "__init__" else stem).strip("_").lower()


def _called(home: str) -> set[str]:
    """What a file of tests is called after, by its own name or by that of its folder."""
    return {
        name.removeprefix("test_").removesuffix("_test").strip("_")
        for name in (_stem(home), name_of(folder_of(home)).lower())
    }
