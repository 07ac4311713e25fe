"""Results that outlive a test: in a cache, a registry, a global. Who gets one does not execute what made it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model.impact.index import FIXTURE, SESSION, TEST

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tui.model.impact.index import Context, File, Index, Version
    from tui.model.impact.reached import Reached

Place = tuple["Version", int]
"""A block of one version: its number within the file."""


def put_users(index: Index, reached: Reached, file: File, stale: int) -> None:
    """Put who uses what was kept while a stale function of ``file`` ran.

    A block that only overwrites something does so each time: who went over the same lines has a value of its own.
    """
    kept, overwritten = _around(_together(file, stale))
    names: set[str] = set()
    for version, number in kept:
        block = version.file.blocks[number]
        names.add(block.dotted.rsplit(".", 1)[-1])
        reached.put(reached.executing(version.file, 1 << number), 3, f"{block.title} keeps results")
    for (version, number), lines in overwritten.items():
        words = f"{version.file.blocks[number].title} keeps results"
        for context in _without(version, number, lines):
            reached.put(reached.tests_of(context), 3, words)
    for other in index.files.values():
        blocks = other.where(not names.isdisjoint(block.names) for block in other.blocks)
        if blocks:
            reached.put(reached.executing(other, blocks), 3, "uses kept results")


def _together(file: File, stale: int) -> set[Context]:
    """The contexts in which a stale function ran."""
    contexts: set[Context] = set()
    for lines in file.lines.values():
        if lines.blocks & stale:
            contexts.update(context for context in lines.contexts if context.name.kind != SESSION)
    return contexts


def _around(contexts: set[Context]) -> tuple[dict[Place, int], dict[Place, int]]:
    """The blocks that kept something in one of these contexts, and those that overwrote something; on which lines."""
    kept: dict[Place, int] = {}
    overwritten: dict[Place, int] = {}
    for context in contexts:
        for lines in context.lines:
            for number, keeps, sets in lines.version.keeping:
                if lines.bits & keeps:
                    kept[lines.version, number] = kept.get((lines.version, number), 0) | lines.bits & keeps
                elif lines.bits & sets:
                    place = (lines.version, number)
                    overwritten[place] = overwritten.get(place, 0) | lines.bits & sets
    return kept, overwritten


def _without(version: Version, number: int, wanted: int) -> Iterator[Context]:
    """Tests and fixtures that executed a block, but not all of these lines of it."""
    for lines in version.file.lines.values():
        if lines.blocks >> number & 1 and (lines.version is not version or wanted & ~lines.bits):
            yield from (context for context in lines.contexts if context.name.kind in {TEST, FIXTURE})
