"""Whether an edit can change what pytest collects."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tui.model.impact.index import COLLECTOR, FIXTURE, IMPORT, TEST
from tui.model.impact.source import Kind, members

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

    from tui.model.impact.choice import Edit
    from tui.model.impact.index import Index
    from tui.model.impact.source import Block, Source, Unit

_AFTER_COLLECTION = {TEST, FIXTURE}
"""Kinds of contexts that begin when all is collected."""


def collects_the_same(index: Index, edit: Edit) -> bool:
    """Whether the same items are there after the edit as before.

    They are if nothing but function bodies (or data) differs, and these never ran (or were read) but in tests and
    fixtures: not while modules were imported, tests collected or parametrized, hooks called. ``index`` already holds
    the edited state.
    """
    if edit.error is not None or edit.hash is None:
        return False
    if any(name.kind not in _AFTER_COLLECTION for name in index.doubtful) or _asks_others(index):
        return False
    if not edit.path.endswith(".py"):
        readers = index.data.get(edit.path)
        there = bool(readers) and edit.path not in index.gone  # before: else it may come up in a listing
        return there and all(context.name.kind in _AFTER_COLLECTION for context in readers or ())
    file = index.files.get(edit.path)
    if file is None or edit.source is None or not file.lines:
        return False
    outline = _outline(edit.source)
    for version in {lines.version for lines in file.lines.values()}:
        if version.source is None or _outline(version.source) != outline:
            return False
    stale = ((1 << len(file.blocks)) - 1) & ~file.only(edit.source.blocks)
    return all(
        context.name.kind in _AFTER_COLLECTION
        for lines in file.lines.values()
        if lines.blocks & stale
        for context in lines.contexts
    )


def files_to_look_through(index: Index, edits: Iterable[Edit], homes: AbstractSet[str]) -> set[str]:
    """Files in which edits that may bring items may do so although none of their items is touched.

    ``homes`` are the files that items lie in: others that were imported may get their first ones. Where a result is
    kept, only the first file that asked for it is known to depend on it.
    """
    found = {name.text for name in index.contexts if name.kind == IMPORT} - homes
    for edit in edits:
        file = index.files.get(edit.path)
        if file is not None and edit.source is not None:
            gone = ((1 << len(file.blocks)) - 1) & ~file.only(edit.source.blocks)
            if any(file.blocks[number].keeps for number in members(gone)):
                found |= homes
    return found


def _asks_others(index: Index) -> bool:
    """Whether other processes are asked while tests are collected: nobody knows what they execute."""
    return any(context.spawns and name.kind in (IMPORT, COLLECTOR) for name, context in index.contexts.items())


def _outline(source: Source) -> tuple[set[tuple[str, str]], Counter[Unit]]:
    """All but function bodies: what is executed on the way to them, and their headers with the arguments."""
    return module_level(source), Counter(source.units)


def module_level(source: Source | None) -> set[tuple[str, str]]:
    """The blocks other than functions, by name and hash."""
    blocks: tuple[Block, ...] = source.blocks if source is not None else ()
    return {(block.qual, block.hash) for block in blocks if block.kind is not Kind.FUNCTION}
