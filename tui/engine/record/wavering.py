"""Tests that do not do the same every time: generated examples, random order, time. Every way counts that they went."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model.impact.source import members, set_of

if TYPE_CHECKING:
    from tui.engine.record.ingest import Where
    from tui.model.impact.index import Context, Lines, Version


def carried(old: Context, lines: dict[Where, int]) -> dict[Where, int]:
    """What a test executed in its last run, with what it did before in code that is still the same.

    Files that were edited meanwhile count as far as their blocks are what they were.
    """
    contents = dict(lines.keys())
    united = dict(lines)
    for each in old.lines:
        file = each.version.file
        now = contents.get(file.path, file.current)
        version = file.versions.get(now) if now is not None else None
        if version is not None:
            where = (file.path, version.hash)
            united[where] = united.get(where, 0) | _moved(each, version)
    return {where: bits for where, bits in united.items() if bits}


def _moved(lines: Lines, version: Version) -> int:
    """The lines in another version of the file, those of blocks that it has as well."""
    if lines.version is version:
        return lines.bits
    if lines.version.source is None or version.source is None:
        return 0
    there = {(block.qual, block.hash): list(members(block.lines)) for block in version.source.blocks}
    moved: list[int] = []
    for block in lines.version.source.blocks:
        targets = there.get((block.qual, block.hash), [])
        mine = list(members(block.lines)) if block.lines & lines.bits else []
        if len(mine) == len(targets):
            moved += [target for line, target in zip(mine, targets, strict=True) if lines.bits >> line & 1]
        elif mine:
            moved += targets
    return set_of(moved)
