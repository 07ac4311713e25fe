"""Results that outlive a test: in a cache, a registry, a global. Who gets one does not execute what made it.

Only a run of the very line that keeps a result can have kept it: who merely got one tells nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.model.impact.index import COLLECTOR, IMPORT, SESSION, TEST
from tui.model.impact.objects import Objects

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tui.model.events import ItemKey
    from tui.model.impact.index import Context, File, Index, Lines
    from tui.model.impact.reached import Reached

_COLLECTION = (IMPORT, COLLECTOR)


def put_users(index: Index, reached: Reached, file: File, stale: int) -> None:
    """Put who uses what may have been kept while a stale function of ``file`` ran: they may never run it again."""
    objects = Objects(index)
    names: dict[str, set[str]] = {}
    together = _together(file, stale)
    early = any(context.name.kind in _COLLECTION for context in together)
    for keeper in _keepers(index, objects, together):
        block = keeper.file.blocks[keeper.number]
        name = block.dotted.rpartition(".")[2]
        names.setdefault(keeper.of, set()).update(block.kept if keeper.of or not name else (name, *block.kept))
        keys = reached.executing(keeper.file, 1 << keeper.number)
        users = objects.users(keeper.of, reached.within_reach(file.path, keys))
        reached.put(users, 3, f"{block.title} keeps results")
    every: set[str] = set().union(*names.values())
    for other in index.files.values() if every else ():
        mentioned = [every & block.names for block in other.blocks]
        for of, asked in names.items() if any(mentioned) else ():
            blocks = other.where(not asked.isdisjoint(each) for each in mentioned)
            if blocks:
                near = reached.within_reach(file.path, reached.executing(other, blocks))
                reached.put(objects.users(of, near), 3, "uses kept results")
                if early and not of:  # files imported after that one got what it kept
                    loaded = reached.within_reach(file.path, _loaded(reached, other, blocks))
                    reached.put(loaded, 3, "uses kept results")


def _loaded(reached: Reached, file: File, blocks: int) -> Iterator[ItemKey]:
    """The items of the files in whose import or collection one of these blocks ran."""
    contexts = {context for lines in file.lines.values() if lines.blocks & blocks for context in lines.contexts}
    for context in contexts:
        if context.name.kind in _COLLECTION:
            yield from reached.tests_of(context)


class _Keeper(NamedTuple):
    """A block that kept something; ``of`` is the class of the object that has it, "" where it is in none."""

    file: File
    number: int
    of: str = ""


def _together(file: File, stale: int) -> set[Context]:
    """The contexts in which a stale function ran."""
    contexts: set[Context] = set()
    for lines in file.lines.values():
        if lines.blocks & stale:
            contexts.update(context for context in lines.contexts if context.name.kind != SESSION)
    return contexts


def _keepers(index: Index, objects: Objects, contexts: set[Context]) -> set[_Keeper]:
    """The blocks that kept a result in one of these contexts.

    What is put into a variable of the function around lives no longer than what that returned. Where it ran in tests
    alone, none gets it from another, unless something else keeps it. So it is with an object that a test has made.
    """
    found: set[_Keeper] = set()
    for file in index.files.values() if contexts else ():
        if not any(version.keeping for version in file.versions.values()):
            continue
        for lines in file.lines.values():
            if lines.bits & lines.version.keeping and not contexts.isdisjoint(lines.contexts):
                found.update(_in_lines(file, lines, objects, contexts.intersection(lines.contexts)))
    return found


def _in_lines(file: File, lines: Lines, objects: Objects, contexts: set[Context]) -> Iterator[_Keeper]:
    source = lines.version.source
    for block in source.blocks if source is not None else ():
        if not lines.bits & (block.keeps | block.shares | block.lends):
            continue
        around, number = block.dotted.rpartition(".")[0], file.number(block)
        if block.keeps & lines.bits:
            yield _Keeper(file, number)
        if block.shares & lines.bits and _lasts(file, file.where(other.dotted == around for other in file.blocks)):
            yield _Keeper(file, number)
        if block.lends & lines.bits:
            of = around.rpartition(".")[2]
            if any(objects.is_others(of, context) for context in contexts):
                yield _Keeper(file, number, of)


def _lasts(file: File, blocks: int) -> bool:
    """Whether one of these blocks ran elsewhere than in tests, or has not been seen to run."""
    kinds = {context.name.kind for lines in file.lines.values() if lines.blocks & blocks for context in lines.contexts}
    return kinds != {TEST}
