"""Takes what a run recorded into the index: what replaces what, and what is added to it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from tui.engine.record.wavering import carried
from tui.model.arcs import packed, unpacked
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
        whole = not recorded.partial and (name.kind != TEST or (name.text, name.number) in finished)
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


def _merged(index: Index, name: Name, recorded: Recorded, *, whole: bool, ended: bool) -> Context:
    lines = recorded.lines
    arcs = _arcs(recorded)
    old = index.contexts.get(name)
    data, listed = recorded.data, recorded.listed
    adds = old is not None and _adds(name, old, recorded, ended=ended)
    wavers = name.kind == TEST and old is not None and (adds or (old.wavers and not _is_rewritten(name, old, lines)))
    if old is not None and (adds or wavers):
        arcs = _both(old, arcs)
        lines = carried(old, lines) if wavers and not arcs else _union(old, lines)
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


def _is_rewritten(name: Name, old: Context, lines: dict[Where, int]) -> bool:
    """Whether the file of a test is another one than at its last run: so may be what the test does."""
    home = f"/{name.text.partition('::')[0]}"
    contents = dict(lines.keys())
    files = {each.version.file.path: each.version.hash for each in old.lines}
    return any(path.endswith(home) and contents.get(path) != content for path, content in files.items())


def _arcs(recorded: Recorded) -> dict[Where, bytes]:
    """The arcs of a context, packed."""
    return {where: _packed(frozenset(parts)) for where, parts in recorded.arcs.items()}


@lru_cache(4096)
def _packed(parts: frozenset[Flat]) -> bytes:
    return packed(arc for flat in parts for arc in zip(flat[::2], flat[1::2], strict=False))


def _both(old: Context, arcs: dict[Where, bytes]) -> dict[Where, bytes]:
    """The arcs of both, but for what the old record says of other contents; nothing where it has none."""
    if not old.arcs:
        return {} if old.lines else arcs
    contents = dict(arcs.keys())
    united = dict(arcs)
    for each, data in zip(old.lines, old.arcs, strict=True):
        where = (each.version.file.path, each.version.hash)
        if contents.get(*where) == where[1] and united.get(where) != data:
            known = united.get(where)
            united[where] = packed([*unpacked(known), *unpacked(data)]) if known is not None else data
    return united


def _adds(name: Name, old: Context, recorded: Recorded, *, ended: bool) -> bool:
    """Whether a record is added to the one before, instead of replacing it.

    What broke off (an import, a collection) was seen in a part only, and so were session and folders when only some
    tests ran. A fixture's teardown is missing in a run that was killed. A test that did something else with the same
    files is not the same every time.
    """
    if (
        recorded.failed
        or name.kind == SESSION
        or (name.kind == COLLECTOR and not name.text.partition("::")[0].endswith(".py"))
    ):
        return True
    if name.kind == FIXTURE:
        return not ended
    if name.kind != TEST:
        return False
    before = {(lines.version.file.path, lines.version.hash): lines.bits for lines in old.lines}
    same_files = dict(recorded.lines.keys())
    if any(same_files.get(path, content) != content for path, content in before):
        return False
    return before != recorded.lines


def _union(old: Context, lines: dict[Where, int]) -> dict[Where, int]:
    """Both, but for what the old record says of other contents of the same files."""
    contents = dict(lines.keys())
    united = dict(lines)
    for each in old.lines:
        where = (each.version.file.path, each.version.hash)
        if contents.get(*where) == where[1]:
            united[where] = united.get(where, 0) | each.bits
    return united
