"""Results that outlive a test: in a cache, a registry, a global. Who gets one does not execute what made it.

Only a run of the very line that keeps a result can have kept it: who merely got one tells nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model.impact.index import SESSION, TEST
from tui.model.impact.source import members

if TYPE_CHECKING:
    from tui.model.impact.index import Context, File, Index, Version
    from tui.model.impact.reached import Reached
    from tui.model.impact.source import Block


def put_users(index: Index, reached: Reached, file: File, stale: int) -> None:
    """Put who uses what may have been kept while a stale function of ``file`` ran: they may never run it again."""
    names: set[str] = set()
    for other, blocks in _around(index, _together(file, stale)).items():
        keepers = [other.blocks[number] for number in members(blocks)]
        names.update(name for block in keepers for name in (block.dotted.rpartition(".")[2], *block.kept) if name)
        reached.put(
            reached.within_reach(file.path, reached.executing(other, blocks)), 3, f"{keepers[0].title} keeps results"
        )
    for other in index.files.values() if names else ():
        blocks = other.where(not names.isdisjoint(block.names) for block in other.blocks)
        if blocks:
            reached.put(reached.within_reach(file.path, reached.executing(other, blocks)), 3, "uses kept results")


def _together(file: File, stale: int) -> set[Context]:
    """The contexts in which a stale function ran."""
    contexts: set[Context] = set()
    for lines in file.lines.values():
        if lines.blocks & stale:
            contexts.update(context for context in lines.contexts if context.name.kind != SESSION)
    return contexts


def _around(index: Index, contexts: set[Context]) -> dict[File, int]:
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
        keeping[version.file] = keeping.get(version.file, 0) | _keepers(version, bits)
    return {file: blocks for file, blocks in keeping.items() if blocks}


def _keepers(version: Version, bits: int) -> int:
    """The blocks of a version that kept something in these lines.

    What is put into a variable of the function around lives no longer than what that returned. Where it ran in tests
    alone, none gets it from another, unless something else keeps it.
    """
    file = version.file
    blocks: tuple[Block, ...] = version.source.blocks if version.source is not None else ()
    keepers = file.only(block for block in blocks if block.keeps & bits)
    for block in blocks:
        if block.shares & bits:
            around = block.dotted.rpartition(".")[0]
            if _lasts(file, file.where(other.dotted == around for other in file.blocks)):
                keepers |= file.only([block])
    return keepers


def _lasts(file: File, blocks: int) -> bool:
    """Whether one of these blocks ran elsewhere than in tests, or has not been seen to run."""
    kinds = {context.name.kind for lines in file.lines.values() if lines.blocks & blocks for context in lines.contexts}
    return kinds != {TEST}
