"""The order in which chosen items run: what is most likely to fail first, and of that what is cheap."""

from __future__ import annotations

from collections import defaultdict
from math import log
from typing import TYPE_CHECKING

from tui.model.impact.index import FIXTURE, IMPORT, TEST, Name
from tui.model.impact.source import changed_lines
from tui.model.impact.words import called_after

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from tui.model.events import ItemKey
    from tui.model.impact.choice import Edit, Facts
    from tui.model.impact.index import File, Index, Lines, Version
    from tui.model.impact.reached import Found, Suspects

_LEAD = 10
"""Items that may run one by one before the rest is grouped."""
_EXPENSIVE = 0.05
"""Seconds of setup from which a fixture of a class or module should not be set up twice."""
_LAST_TIER = 3
_NEAR = (1, 2)
_NEARER = 8.0
"""Points of being a tier nearer to the edit; a point is a factor of e in how likely a failure is."""
_SAME_WAY = 8.0
"""Points lost for every better item that goes the same way through the suspects."""
_SAME_FUNCTION = 4.0
"""Points lost for every better item of the same test function, with other parameters."""
_PRICE = 0.5
"""Points that an item loses when it costs e times as much."""
_BROAD = {3, 5, 8, 10}
"""Places that go to items that execute much: they find what was not expected."""
_BROAD_SECONDS = 1.0
"""Duration above which an item does not take such a place."""


def ordered(index: Index, facts: Facts, found: Found, edits: Iterable[Edit], suspects: Suspects) -> list[ItemKey]:
    """The items of ``found`` in running order.

    What is not known comes first and the last tier last, in each what failed last time. Among the others those come
    first that executed a changed line themselves, then by tier. In all of that an item is the better, the fewer others
    share what it has in common with the edit (words in its name, suspects that it executed), and the cheaper it is,
    specific and fast in one number; it is the worse, the more better ones go the same way through the suspects or
    differ by parameters alone. A few of the first places go to items that execute much instead.
    """
    edits = list(edits)
    doers = _Doers(index, facts)
    hits = _hits(index, edits, doers)
    words = {word for edit in edits for word in edit.words}
    named = called_after(words, [edit.path for edit in edits], {key: facts.items[key] for key in found})
    rare = _rarest(suspects.groups, found)
    weigh = _Weights(index)
    heads: dict[ItemKey, tuple[int, bool]] = {}
    points: dict[ItemKey, float] = {}
    breadth: dict[ItemKey, float] = {}
    last: dict[ItemKey, float] = {}
    for key, (tier, _) in found.items():
        seconds = facts.seconds.get(key, 0.0)
        if tier == _LAST_TIER:
            last[key] = named.get(key, 0.0) - _PRICE * log(seconds + 0.001)
            continue
        heads[key] = (tier if tier not in _NEAR else 1, key not in facts.failed)
        near = rare.get(key, 0.0) - _NEARER * (0 if key in hits else tier)
        weight = weigh.of(key)
        points[key] = near + named.get(key, 0.0) - _PRICE * log(weight * (seconds + 0.001))
        if seconds <= _BROAD_SECONDS:
            breadth[key] = near + log(weight)
    rank = _Ranking(heads, _ways(suspects.blocks, doers))
    order = _with_broad(rank.order(points), rank.order(breadth), heads)
    return order + sorted(last, key=lambda key: (key not in facts.failed, -last[key]))


class _Ranking:
    """Sorts items by their points, the best of every kind before the second of any."""

    def __init__(self, heads: Mapping[ItemKey, tuple[int, bool]], ways: Mapping[ItemKey, list[int]]) -> None:
        """``heads`` go before points; ``ways`` as of ``_ways``."""
        self._heads = heads
        self._ways = {key: (head, *sorted(ways[key])) for key, head in heads.items() if key in ways}
        self._functions = {key: (head, key[0].partition("[")[0]) for key, head in heads.items()}

    def order(self, points: Mapping[ItemKey, float]) -> list[ItemKey]:
        """The items that have points."""
        ways: dict[tuple[object, ...], int] = defaultdict(int)
        functions: dict[tuple[object, ...], int] = defaultdict(int)
        sorting: list[tuple[tuple[int, bool], float, int]] = []
        keys = sorted(points, key=points.__getitem__, reverse=True)
        for number, key in enumerate(keys):
            function, way = self._functions[key], self._ways.get(key)
            lost = _SAME_FUNCTION * functions[function]
            functions[function] += 1
            if way is not None:
                lost += _SAME_WAY * ways[way]
                ways[way] += 1
            sorting.append((self._heads[key], lost - points[key], number))
        return [keys[number] for _, _, number in sorted(sorting)]


def _with_broad(
    order: Sequence[ItemKey], broad: Sequence[ItemKey], heads: Mapping[ItemKey, tuple[int, bool]]
) -> list[ItemKey]:
    """The order with some of the first places given to the first of ``broad``, as far as nothing goes before them."""
    taken: dict[ItemKey, None] = {}
    following, others = iter(order), iter(broad)
    while len(taken) < min(_LEAD, len(order)):
        key = next(key for key in following if key not in taken)
        if len(taken) + 1 in _BROAD:
            other = next((other for other in others if other not in taken), key)
            if heads[other] == heads[key]:
                taken[other] = None
        taken[key] = None
    return list(taken | dict.fromkeys(order))


def _rarest(groups: Iterable[AbstractSet[ItemKey]], found: Found) -> dict[ItemKey, float]:
    """What it says of items that they are in these groups: few say more than many."""
    rare: dict[ItemKey, float] = {}
    for group in sorted(groups, key=len, reverse=True):
        rare.update(dict.fromkeys(group, log(max(len(found) / len(group), 1.0)) if group else 0.0))
    return rare


class _Weights:
    """How many blocks an item executes, itself and in shared fixtures."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._shared: dict[tuple[str, ...], int] = {}

    def of(self, key: ItemKey) -> int:
        """At least 1."""
        context = self._index.tests.get(key)
        if context is None:
            return 1
        shared = self._shared.get(context.fixtures)
        if shared is None:
            _, *fixtures = self._index.parts(context)
            shared = self._shared[context.fixtures] = sum(fixture.weight for fixture in fixtures)
        return 1 + context.weight + shared


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
