"""Sets of arcs, as small as they can be held: hundreds for each test and file."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Arc = tuple[int, int]
"""From line to line; entries and exits of a code object are its first line, negative."""


def packed(arcs: Iterable[Arc]) -> bytes:
    """The set as bytes: equal sets give equal bytes."""
    data = bytearray()
    last = 0
    for start, end in sorted(set(arcs)):
        _put(data, start - last)
        _put(data, end - start)
        last = start
    return zlib.compress(bytes(data), 6)


def unpacked(data: bytes) -> Iterator[Arc]:
    """The arcs of a packed set. Raises ValueError, zlib.error for other bytes."""
    numbers = _numbers(zlib.decompress(data))
    start = 0
    for step in numbers:
        start += step
        jump = next(numbers, None)
        if jump is None:
            raise ValueError("a set of arcs that breaks off")
        yield start, start + jump


def _put(data: bytearray, number: int) -> None:
    """Seven bits a byte, the last one without the high bit; the lowest bit is the sign."""
    rest = number << 1 if number >= 0 else (-number << 1) - 1
    while rest > 0x7F:  # noqa: PLR2004 - seven bits
        data.append(rest & 0x7F | 0x80)
        rest >>= 7
    data.append(rest)


def _numbers(data: bytes) -> Iterator[int]:
    number = shift = 0
    for byte in data:
        number |= (byte & 0x7F) << shift
        if byte & 0x80:
            shift += 7
            continue
        yield -((number + 1) >> 1) if number & 1 else number >> 1
        number = shift = 0
    if shift:
        raise ValueError("a number that breaks off")
