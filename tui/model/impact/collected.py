"""Whether an edit can change what pytest collects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model.impact.index import FIXTURE, TEST
from tui.model.impact.source import Kind

if TYPE_CHECKING:
    from tui.model.impact.choice import Edit
    from tui.model.impact.index import Index
    from tui.model.impact.source import Block, Source

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
    if any(name.kind not in _AFTER_COLLECTION for name in index.doubtful):
        return False
    if not edit.path.endswith(".py"):
        readers = index.data.get(edit.path)
        there = bool(readers) and edit.path not in index.gone  # before: else it may come up in a listing
        return there and all(context.name.kind in _AFTER_COLLECTION for context in readers or ())
    file = index.files.get(edit.path)
    if file is None or edit.source is None or not file.lines:
        return False
    level = module_level(edit.source)
    for version in {lines.version for lines in file.lines.values()}:
        if version.source is None or module_level(version.source) != level:
            return False
    stale = ((1 << len(file.blocks)) - 1) & ~file.only(edit.source.blocks)
    return all(
        context.name.kind in _AFTER_COLLECTION
        for lines in file.lines.values()
        if lines.blocks & stale
        for context in lines.contexts
    )


def module_level(source: Source | None) -> set[tuple[str, str]]:
    """The blocks other than functions, by name and hash."""
    blocks: tuple[Block, ...] = source.blocks if source is not None else ()
    return {(block.qual, block.hash) for block in blocks if block.kind is not Kind.FUNCTION}
