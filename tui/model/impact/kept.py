"""Results that outlive a test: in a cache, a registry, a global. Who gets one does not execute what made it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model.impact.index import SESSION
from tui.model.impact.source import members

if TYPE_CHECKING:
    from tui.model.impact.index import Context, File, Index
    from tui.model.impact.reached import Reached


def put_users(index: Index, reached: Reached, file: File, stale: int) -> None:
    """Put who uses what may have been kept while a stale function of ``file`` ran: they may never run it again."""
    names: set[str] = set()
    for other, blocks in _around(_together(file, stale)).items():
        keepers = [other.blocks[number] for number in members(blocks)]
        names.update(block.dotted.rpartition(".")[2] for block in keepers)
        reached.put(
            reached.within_reach(file.path, reached.executing(other, blocks)), 3, f"{keepers[0].title} keeps results"
        )
    for other in index.files.values():
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


def _around(contexts: set[Context]) -> dict[File, int]:
    """The blocks that keep results and ran in one of these contexts."""
    keeping: dict[File, int] = {}
    for context in contexts:
        for lines in context.lines:
            blocks = lines.blocks & lines.version.keeping
            if blocks:
                file = lines.version.file
                keeping[file] = keeping.get(file, 0) | blocks
    return keeping
