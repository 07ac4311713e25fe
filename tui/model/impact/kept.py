"""Results that outlive a test: in a cache, a registry, a global. Who gets one does not execute what made it.

Only a run of the very line that keeps a result can have kept it: who merely got one tells nothing.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from tui.model.impact.index import SESSION, TEST
from tui.model.impact.source import Kind, members

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.model.impact.index import Context, File, Index, Version
    from tui.model.impact.reached import Reached
    from tui.model.impact.source import Block


def put_users(index: Index, reached: Reached, file: File, stale: int) -> None:
    """Put who uses what may have been kept while a stale function of ``file`` ran: they may never run it again."""
    names: set[str] = set()
    longevity = _Longevity(index)
    for other, blocks in _around(index, longevity, _together(file, stale)).items():
        keepers = [other.blocks[number] for number in members(blocks)]
        names.update(name for block in keepers for name in _asked_by(block))
        reached.put(
            reached.within_reach(file.path, reached.executing(other, blocks)), 3, f"{keepers[0].title} keeps results"
        )
    for other in index.files.values() if names else ():
        blocks = other.where(not names.isdisjoint(block.names) for block in other.blocks)
        if blocks:
            reached.put(reached.within_reach(file.path, reached.executing(other, blocks)), 3, "uses kept results")


def _asked_by(block: Block) -> Iterable[str]:
    """The names that lead to what a block keeps; those of methods lead to too much."""
    name = block.dotted.rpartition(".")[2]
    return block.kept if block.lends or not name else (name, *block.kept)


def _together(file: File, stale: int) -> set[Context]:
    """The contexts in which a stale function ran."""
    contexts: set[Context] = set()
    for lines in file.lines.values():
        if lines.blocks & stale:
            contexts.update(context for context in lines.contexts if context.name.kind != SESSION)
    return contexts


def _around(index: Index, longevity: _Longevity, contexts: set[Context]) -> dict[File, int]:
    """The blocks that kept a result in one of these contexts."""
    kept: dict[Version, int] = {}
    for file in index.files.values() if contexts else ():
        if any(version.keeping for version in file.versions.values()):
            for lines in file.lines.values():
                bits = lines.bits & lines.version.keeping
                if bits and not contexts.isdisjoint(lines.contexts):
                    kept[lines.version] = kept.get(lines.version, 0) | bits
    keeping: dict[File, int] = {}
    for version, bits in kept.items():
        keeping[version.file] = keeping.get(version.file, 0) | _keepers(longevity, version, bits)
    return {file: blocks for file, blocks in keeping.items() if blocks}


def _keepers(longevity: _Longevity, version: Version, bits: int) -> int:
    """The blocks of a version that kept something in these lines.

    What is put into a variable of the function around lives no longer than what that returned. Where it ran in tests
    alone, none gets it from another, unless something else keeps it. So it is with what is put into an object.
    """
    file = version.file
    blocks: tuple[Block, ...] = version.source.blocks if version.source is not None else ()
    keepers = file.only(block for block in blocks if block.keeps & bits)
    for block in blocks:
        around = block.dotted.rpartition(".")[0]
        if block.lends & bits and longevity.of(around.rpartition(".")[2]):
            keepers |= file.only([block])
        if block.shares & bits and _lasts(file, file.where(other.dotted == around for other in file.blocks)):
            keepers |= file.only([block])
    return keepers


def _lasts(file: File, blocks: int) -> bool:
    """Whether one of these blocks ran elsewhere than in tests, or has not been seen to run."""
    kinds = {context.name.kind for lines in file.lines.values() if lines.blocks & blocks for context in lines.contexts}
    return kinds != {TEST}


class _Longevity:
    """Which classes have objects that may outlive a test: one is made, or used, elsewhere than in tests, or is kept."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def of(self, name: str) -> bool:
        """Whether that class has such objects, or one that is derived from it."""
        return not self._lasting.isdisjoint(self._derived(name))

    def _derived(self, name: str) -> set[str]:
        found: set[str] = set()
        pending = {name}
        while pending:
            found |= pending
            pending = {each for base in pending for each in self._subclasses.get(base, ())} - found
        return found

    @cached_property
    def _subclasses(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for file in self._index.files.values():
            for unit in file.source.units if file.source is not None else ():
                if unit.kind == "class":
                    for base in unit.mentions:
                        found.setdefault(base, set()).update(unit.names)
        return found

    @cached_property
    def _lasting(self) -> set[str]:
        """The names of classes, among others, that such code mentions."""
        found: set[str] = set()
        for file in self._index.files.values():
            for unit in file.source.units if file.source is not None else ():
                if unit.kind in {"assign", "other"}:
                    found |= unit.mentions
            elsewhere = 0
            for lines in file.lines.values():
                if any(context.name.kind != TEST for context in lines.contexts):
                    elsewhere |= lines.blocks
            for number, block in enumerate(file.blocks):
                if block.keeps or (block.kind is Kind.FUNCTION and elsewhere >> number & 1):
                    found |= block.names
                    found.update(block.dotted.split(".")[:-1])
        return found
