"""Takes what a run recorded into the index: what replaces what, and what is added to it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from tui.engine.record.wavering import carried
from tui.model.arcs import packed
from tui.model.impact.index import COLLECTOR, FIXTURE, SESSION, TEST, Context, Name

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from tui.engine.record.ingest import Flat, Journals, Recorded, Where
    from tui.model.events import ItemKey
    from tui.model.impact.index import Index


def merge(
    index: Index, journals: Journals, finished: AbstractSet[ItemKey], cut_off: AbstractSet[ItemKey]
) -> list[Name]:
    """Take the record of a run; the names of the contexts that are different now.

    ``finished`` are the items that came to an end of their own, ``cut_off`` those that the end of a process ended.
    """
    touched: list[Name] = []
    for name, recorded in journals.contexts.items():
        whole = not (recorded.partial or journals.torn) and (name.kind != TEST or (name.text, name.number) in finished)
        if _is_known(index, name, recorded, whole=whole, ended=journals.ended):
            continue
        index.put(_merged(index, name, recorded, whole=whole, ended=journals.ended))
        touched.append(name)
    for key in finished | cut_off:
        name = Name(TEST, *key)
        if name not in journals.contexts and index.doubt(name):  # it ran, and what it did was not written
            touched.append(name)
    for graph, seen in ((index.imports, journals.imports), (index.wanted, journals.wanted)):
        for importer, imported in seen.items():
            graph.setdefault(importer, set()).update(imported)
    return touched


def _is_known(index: Index, name: Name, recorded: Recorded, *, whole: bool, ended: bool) -> bool:
    """Whether nothing was seen but what is in the index already."""
    old = index.contexts.get(name)
    if old is None or old.wavers or old.arcs or recorded.arcs or _is_part(name, recorded, ended=ended):
        return False
    same = old.whole == whole and old.spawns == recorded.spawns and old.setup == (recorded.setup or old.setup)
    read = same and old.data == recorded.data and old.listed == recorded.listed
    return read and old.fixtures == tuple(recorded.fixtures) and _lines_of(old) == recorded.lines


def _lines_of(context: Context) -> dict[Where, int]:
    return {(lines.version.file.path, lines.version.hash): lines.bits for lines in context.lines}


def _merged(index: Index, name: Name, recorded: Recorded, *, whole: bool, ended: bool) -> Context:
    lines = recorded.lines
    arcs = _arcs(recorded)
    old = index.contexts.get(name)
    data, listed = recorded.data, recorded.listed
    part = _is_part(name, recorded, ended=ended)
    wavers = old is not None and (old.wavers or (not part and _goes_another_way(old, recorded)))
    if old is not None and (part or wavers):
        lines, arcs = carried(old, lines, arcs, edited=wavers)
        data, listed = data | old.data, listed | old.listed
    return Context(
        name,
        tuple(index.file(path).executed(content, bits) for (path, content), bits in lines.items() if bits),
        frozenset(data),
        frozenset(listed),
        tuple(recorded.fixtures),
        recorded.spawns or bool(old is not None and old.spawns and data > recorded.data),
        recorded.setup or (old.setup if old is not None else 0.0),
        whole,
        tuple(arcs[where] for where, bits in lines.items() if bits) if arcs.keys() >= lines.keys() else (),
        wavers,
    )


def _arcs(recorded: Recorded) -> dict[Where, bytes]:
    """The arcs of a context, packed."""
    return {where: _packed(frozenset(parts)) for where, parts in recorded.arcs.items()}


@lru_cache(4096)
def _packed(parts: frozenset[Flat]) -> bytes:
    return packed(arc for flat in parts for arc in zip(flat[::2], flat[1::2], strict=False))


def _is_part(name: Name, recorded: Recorded, *, ended: bool) -> bool:
    """Whether a record is added to the one before, instead of replacing it.

    What broke off (an import, a collection) was seen in a part only, and so were session and folders when only some
    tests ran. A fixture's teardown is missing in a run that was killed.
    """
    return (
        recorded.failed
        or name.kind == SESSION
        or (name.kind == COLLECTOR and not name.text.partition("::")[0].endswith(".py"))
        or (name.kind == FIXTURE and not ended)
    )


def _goes_another_way(old: Context, recorded: Recorded) -> bool:
    """Whether something else was executed in the same files: what does that is not the same every time."""
    before = _lines_of(old)
    same_files = dict(recorded.lines.keys())
    if any(same_files.get(path, content) != content for path, content in before):
        return False
    return before != recorded.lines
