"""One version of a source file, as blocks (code objects) and units (statements of module and class level).

Line sets are integers: bit n stands for line n, so bit 0 is never set.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

DIFF_LIMIT = 3000
"""Lines between the equal ends of two versions above which all of them count as changed."""


class Kind(StrEnum):
    """What a block is. OPAQUE stands for a whole version that could not be described."""

    MODULE = "module"
    CLASS = "class"
    FUNCTION = "function"
    OPAQUE = "opaque"


@dataclass(frozen=True, slots=True)
class Block:
    """A code object. ``qual`` is its qualified name ("" for the module), with "#n" behind the n-th of one name.

    ``lines`` belong to it and to no inner block; ``names`` are the identifiers that it mentions. ``keeps``: those of
    its lines that may keep a result from one test to the next, ``shares`` those that do so in a variable of the
    function around, ``lends`` those that do so in the object whose method it is, ``kept`` the names by which it is
    asked for; ``reads_source``: it may look at source texts.
    """

    qual: str
    kind: Kind
    hash: str
    lines: int
    names: frozenset[str] = frozenset()
    keeps: int = 0
    shares: int = 0
    reads_source: bool = False
    lends: int = 0
    kept: frozenset[str] = frozenset()

    @property
    def dotted(self) -> str:
        """The qualified name as it stands in the source."""
        return self.qual.partition("#")[0]

    @property
    def title(self) -> str:
        """What a person calls it."""
        return f"{self.dotted}()" if self.kind is Kind.FUNCTION else self.dotted


@dataclass(frozen=True, slots=True)
class Unit:
    """A statement of module or class level, without bodies in it.

    ``names`` are what it binds, ``of`` is the block that it stands in, ``mentions`` are the identifiers in it.
    """

    kind: str
    names: tuple[str, ...]
    hash: str
    of: str = ""
    mentions: frozenset[str] = frozenset()

    @property
    def quals(self) -> Iterable[str]:
        """The qualified names of what it binds."""
        return (f"{self.of}.{name}".lstrip(".") for name in self.names)


@dataclass(frozen=True, slots=True)
class Source:
    """One version of a file. ``line_hashes[n]`` is of line n + 1; ``imports`` and ``wants`` are absolute paths."""

    hash: str
    line_hashes: Sequence[int]
    blocks: tuple[Block, ...]
    units: tuple[Unit, ...]
    imports: frozenset[str] = frozenset()
    wants: frozenset[str] = frozenset()


def line_set(ranges: Sequence[int]) -> int:
    """The set of the lines in inclusive ranges, flattened: ``[first, last, first, last, ...]``."""
    lines = 0
    for place in range(0, len(ranges) - 1, 2):
        first, last = ranges[place], ranges[place + 1]
        lines |= ((1 << (last - first + 1)) - 1) << first
    return lines


def set_of(lines: Iterable[int]) -> int:
    """The set of these lines, as ``members`` takes it apart."""
    found = 0
    for line in lines:
        found |= 1 << line
    return found


def members(bits: int) -> Iterable[int]:
    """The numbers of the bits that are set, lowest first."""
    while bits:
        low = bits & -bits
        yield low.bit_length() - 1
        bits ^= low


def changed_lines(old: Sequence[int], new: Sequence[int]) -> int:
    """The lines of ``old`` that are gone in ``new``, or that have something new beside them."""
    first, tail = ends_equal(old, new)
    before, after = old[first : len(old) - tail], new[first : len(new) - tail]
    if max(len(before), len(after)) > DIFF_LIMIT:
        return line_set([first + 1, first + max(len(before), 1)])
    lines = 0
    end_before = end_after = 0
    matches = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    for block in matches:
        if (end_before, end_after) != (block.a, block.b):
            lines |= span(first, end_before, block.a)
        end_before, end_after = block.a + block.size, block.b + block.size
    return lines


def ends_equal(old: Sequence[int], new: Sequence[int]) -> tuple[int, int]:
    """How many elements at the beginning and, of the others, at the end are the same."""
    first = _equal(old, new)
    return first, min(_equal(old[::-1], new[::-1]), min(len(old), len(new)) - first)


def span(offset: int, start: int, stop: int) -> int:
    """Lines for a difference at ``start`` to ``stop`` behind ``offset``; an insertion marks the lines around it."""
    if start < stop:
        return line_set([offset + start + 1, offset + stop])
    return line_set([max(offset + start, 1), offset + start + 1])


def _equal(left: Sequence[int], right: Sequence[int]) -> int:
    """How many elements at the beginning are the same."""
    count = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        count += 1
    return count
