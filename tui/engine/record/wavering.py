"""Tests that do not do the same every time: generated examples, random order, time. Every way counts that they went."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from tui.model.arcs import packed, unpacked
from tui.model.executed import moved, within
from tui.model.impact.source import set_of

if TYPE_CHECKING:
    from tui.engine.record.ingest import Where
    from tui.model.impact.index import Context, Version
    from tui.model.impact.source import Block


def carried(
    old: Context, lines: dict[Where, int], arcs: dict[Where, bytes], *, edited: bool
) -> tuple[dict[Where, int], dict[Where, bytes]]:
    """What a context executed in its last run, with what it did before; and the arcs, if there are those of all.

    Files that were edited meanwhile count by their blocks: those that are what they were, and with ``edited`` those
    that are only called the same, too: another run may go that way again. What is gone counts no more.
    """
    contents = dict(lines.keys())
    lines, arcs = dict(lines), dict(arcs)
    if not old.arcs and old.lines:
        arcs.clear()
    for each, data in zip_longest(old.lines, old.arcs):
        before, file = each.version, each.version.file
        now = contents.get(file.path, file.current)
        if now is None:
            continue
        # What nobody has described is compared when somebody has.
        version = file.versions.get(now, before if file.path not in contents else None)
        if version is None:
            continue
        where = (file.path, version.hash)
        place = None if version is before else _Places(before, version, each.bits, edited=edited)
        added = each.bits if place is None else place.lines
        if added:
            lines[where] = lines.get(where, 0) | added
        if added and data is not None:
            ways = data if place is None else packed(moved(unpacked(data), place.move))
            known = arcs.get(where)
            arcs[where] = ways if known in (None, ways) else packed([*unpacked(known or b""), *unpacked(ways)])
    lines = {where: bits for where, bits in lines.items() if bits}
    return lines, arcs if arcs.keys() >= lines.keys() else {}


class _Places:
    """Where the lines of ``bits`` are in another version of their file, as far as their blocks are there.

    ``move`` has those that are still the same, ``lines`` all that stand for them.
    """

    def __init__(self, before: Version, version: Version, bits: int, *, edited: bool) -> None:
        self.move: dict[int, int] = {}
        self.lines = 0
        self._bits = bits
        if before.source is None or version.source is None:
            return
        same = {(block.qual, block.hash): block for block in version.source.blocks}
        called = {block.qual: block for block in version.source.blocks} if edited else {}
        for block in before.source.blocks:
            target = same.get((block.qual, block.hash)) or called.get(block.qual)
            if target is not None and block.lines & bits:
                self._take(block, target, within(block, target, before.source.line_hashes, version.source.line_hashes))

    def _take(self, block: Block, target: Block, found: dict[int, int]) -> None:
        move = {line: place for line, place in found.items() if self._bits >> line & 1}
        self.move.update(move)
        # One line is enough to say that a block ran.
        self.lines |= set_of(move.values()) or target.lines & -target.lines
        kinds = ((block.keeps, target.keeps), (block.shares, target.shares), (block.lends, target.lends))
        for keeping, there in kinds:
            if keeping & self._bits:
                self.lines |= there
