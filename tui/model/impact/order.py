"""The order in which chosen items run: what is most likely to fail first, and of that what is cheap."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from tui.model.impact.index import FIXTURE, IMPORT, TEST, Name
from tui.model.impact.source import changed_lines, members
from tui.model.impact.words import called_after, parts_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tui.model.events import ItemKey
    from tui.model.impact.choice import Edit, Facts
    from tui.model.impact.index import Context, File, Index, Lines, Version
    from tui.model.impact.reached import Found

_LEAD = 10
"""Items that may run one by one before the rest is grouped."""
_EXPENSIVE = 0.05
"""Seconds of setup from which a fixture of a class or module should not be set up twice."""
_FEW = 3
"""Changed blocks whose names tell something."""
_LAST_TIER = 3
_NEAR = (1, 2)


def ordered(
    index: Index, facts: Facts, found: Found, edits: Iterable[Edit], suspects: Mapping[File, int]
) -> list[ItemKey]:
    """The items of ``found`` in running order.

    By tier, where the second counts as the first for tests whose own file executed a changed line when it was imported;
    failed last time; executed a changed line itself; called after something that was edited. Among equals the cheapest
    item of every distinct way through the suspects (blocks by file) before the second of any; cheap is specific and
    fast in one number. The last tier goes by duration alone.
    """
    doers = _Doers(index, facts)
    edits = list(edits)
    hits = _hits(index, edits, doers)
    named = called_after({word for edit in edits for word in edit.words} | _names_of(suspects), found)
    ways = _ways(suspects, doers)
    weights: dict[Context, int] = {}

    def cost(key: ItemKey) -> float:
        blocks = 1
        context = index.tests.get(key)
        if context is not None:
            for part in index.parts(context):
                weight = weights.get(part)
                if weight is None:
                    weight = weights[part] = part.weight
                blocks += weight
        return blocks * (facts.seconds.get(key, 0.0) + 0.001)

    heads: dict[ItemKey, tuple[int, bool, bool]] = {}
    costs: dict[ItemKey, float] = {}
    for key, (tier, _) in found.items():
        heads[key] = (1 if tier in _NEAR and key in hits else tier, key not in facts.failed, key not in hits)
        costs[key] = facts.seconds.get(key, 0.0) if tier == _LAST_TIER else cost(key)
    seen: dict[tuple[object, ...], int] = defaultdict(int)
    ranks: dict[ItemKey, int] = {}
    for key in sorted(found, key=costs.__getitem__):
        head = heads[key]
        if head[0] == _LAST_TIER:
            continue
        way = (*head, *sorted(ways[key])) if key in ways else head
        ranks[key] = seen[way]
        seen[way] += 1
    rare = len(found)
    return sorted(found, key=lambda key: (heads[key], named.get(key, rare), ranks.get(key, 0), costs[key]))


def _names_of(suspects: Mapping[File, int]) -> set[str]:
    """The words of the names of the blocks through which a change is most likely to show, where they are few."""
    blocks = [file.blocks[number] for file, numbers in suspects.items() for number in members(numbers)]
    names = (name for block in blocks for name in block.dotted.split("."))
    return parts_of(names) if len(blocks) <= _FEW else set()


def lead(index: Index, order: Sequence[ItemKey]) -> int:
    """How many of the first items may run one by one, at most 10.

    Items that use an expensive fixture of a class, module or package stay in their group, except the very first item.
    """
    count = 0
    for key in order[:_LEAD]:
        context = index.tests.get(key)
        if context is not None and any(_ties(index, fixture) for fixture in context.fixtures):
            break
        count += 1
    return min(max(count, 1), len(order))


def _ties(index: Index, fixture: str) -> bool:
    """Whether a shared fixture is expensive, and torn down between groups."""
    context = index.contexts.get(Name(FIXTURE, fixture))
    if context is None or context.setup <= _EXPENSIVE:
        return False
    node = fixture.rpartition("@")[2].partition("#")[0]
    return node not in {"", "."}


def _ways(suspects: Mapping[File, int], doers: _Doers) -> dict[ItemKey, list[int]]:
    """Each item's way through the suspects: the numbers of the distinct line sets within them that it executed."""
    ways: dict[ItemKey, list[int]] = defaultdict(list)
    numbers: dict[tuple[Version, int, bool], int] = {}
    for file, blocks in suspects.items():
        inside = {version: _lines_of(version, blocks) for version in file.recorded}
        for lines in file.lines.values():
            way = lines.bits & inside[lines.version]
            if way:
                for key, importing in doers.of(lines):
                    ways[key].append(numbers.setdefault((lines.version, way, importing), len(numbers)))
    return ways


def _lines_of(version: Version, blocks: int) -> int:
    lines = 0
    for mine, number in version.blocks:
        if blocks >> number & 1:
            lines |= mine
    return lines


def _hits(index: Index, edits: Iterable[Edit], doers: _Doers) -> set[ItemKey]:
    """The items that executed a changed line itself."""
    hits: set[ItemKey] = set()
    for edit in edits:
        file = index.files.get(edit.path)
        if file is not None:
            changed = _changed(file, edit)
            for lines in file.lines.values():
                if lines.bits & changed.get(lines.version, 0):
                    hits.update(key for key, _ in doers.of(lines))
    return hits


def _changed(file: File, edit: Edit) -> dict[Version, int]:
    """The changed lines in the numbering of each recorded version; all lines of a file that is gone."""
    versions = {lines.version for lines in file.lines.values()}
    if edit.source is None:
        return dict.fromkeys(versions, -1)
    now = edit.source.line_hashes
    return {
        version: changed_lines(version.source.line_hashes, now) if version.source is not None else -1
        for version in versions
        if version.hash != edit.hash
    }


class _Doers:
    """The items that executed lines: themselves, in a shared fixture, or while their own file was imported."""

    def __init__(self, index: Index, facts: Facts) -> None:
        self._users = index.users
        self._homes: dict[str, list[ItemKey]] = defaultdict(list)
        for key, home in facts.items.items():
            self._homes[home].append(key)

    def of(self, lines: Lines) -> Iterator[tuple[ItemKey, bool]]:
        """Each of them, and whether it was while importing."""
        for context in lines.contexts:
            kind, text, _ = context.name
            if kind == TEST:
                yield context.key, False
            elif kind == FIXTURE:
                yield from ((key, False) for key in self._users.get(text, ()))
            elif kind == IMPORT:
                yield from ((key, True) for key in self._homes.get(text, ()))
