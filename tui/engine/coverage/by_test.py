"""Which tests execute a line, and which lines one test executes."""

from __future__ import annotations

import asyncio
from operator import attrgetter
from typing import TYPE_CHECKING

from tui.model.executed import places
from tui.model.impact.index import FIXTURE, TEST
from tui.model.impact.source import line_set, members

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from tui.engine.coverage.contents import Contents
    from tui.model.events import ItemKey
    from tui.model.impact.index import Context, Index, Version
    from tui.model.store import Store

_VERSION = attrgetter("version")
_OVERHEAD = 0.001
"""Seconds that a test costs besides what it takes itself."""


class ByTest:
    """Answers from the record as it stands in memory; what it works out of contexts is kept until a run is taken in."""

    def __init__(self, contents: Contents, store: Store) -> None:
        self._contents = contents
        self._store = store
        self._order: list[ItemKey] = []
        self._places: dict[ItemKey, int] = {}
        """Of each item in that order; below 0 if it is not collected any more."""
        self._by_context: dict[Context, int] = {}
        """The same by the contexts of items."""
        self._forgotten = 0
        """How often."""
        self._moves: dict[tuple[str, str, str], dict[int, int]] = {}
        """Where lines have gone, by path and the two contents."""

    def forget(self) -> None:
        """The record has changed."""
        self._forgotten += 1
        self._order = []
        self._places = {}
        self._by_context = {}
        self._moves = {}

    async def weigh(self, index: Index) -> None:
        """Put all tests in their order before anybody waits for it."""
        if self._places:
            return
        forgotten = self._forgotten
        ranks = await asyncio.to_thread(self._ranks, index.tests)
        if forgotten == self._forgotten and not self._places:
            self._adopt(*ranks)

    def tests_of(self, index: Index, path: str, first: int, last: int) -> list[ItemKey]:
        """The items that executed any of these lines, by themselves or in a shared fixture; best first.

        The best are fast and execute little else.
        """
        file = index.files.get(path)
        if file is None:
            return []
        wanted = line_set([max(first, 1), max(first, last, 1)])
        sets = list(file.lines.values())
        masks = {version: self._before(index, version, wanted) for version in set(map(_VERSION, sets))}
        if len(masks) == 1:  # thousands of sets, nearly always
            (mask,) = masks.values()
            hit = [lines.contexts for lines in sets if lines.bits & mask]
        else:
            hit = [lines.contexts for lines in sets if lines.bits & masks[lines.version]]
        contexts: set[Context] = set().union(*hit)
        if not self._places:
            self._place(index.tests)
        known = self._by_context
        places = set(map(known.get, contexts))
        found = {place for place in places if place is not None}
        rest: set[ItemKey] = set()
        for context in contexts - known.keys() if None in places else ():
            if context.name.kind == TEST:
                rest.add(context.key)
            elif context.name.kind == FIXTURE:
                rest.update(list(index.users.get(context.name.text, ())))
        return self._in_order(found | self._places_of(rest, index.tests))

    def ranked(self, keys: Collection[ItemKey], tests: Mapping[ItemKey, Context]) -> list[ItemKey]:
        """These items, the best first; ``tests`` are what is known of them."""
        return self._in_order(self._places_of(keys, tests))

    def _in_order(self, places: set[int]) -> list[ItemKey]:
        return [self._order[place] for place in sorted(places) if place >= 0]

    def _places_of(self, keys: Collection[ItemKey], tests: Mapping[ItemKey, Context]) -> set[int]:
        """The places of items; those that nobody has put in order come last."""
        if not self._places:
            self._place(tests)
        places = self._places
        for key in [key for key in keys if key not in places]:
            places[key] = len(self._order) if self._rank(key, tests.get(key)) >= 0 else -1
            self._order.append(key)
        return {places[key] for key in keys}

    def _place(self, tests: Mapping[ItemKey, Context]) -> None:
        """Put all tests in their order, once: thousands may execute one line."""
        self._adopt(*self._ranks(tests))

    def _ranks(self, tests: Mapping[ItemKey, Context]) -> tuple[dict[ItemKey, Context], list[tuple[float, ItemKey]]]:
        known = dict(tests)  # a run may be taken in meanwhile
        return known, sorted((self._rank(key, context), key) for key, context in known.items())

    def _adopt(self, known: dict[ItemKey, Context], ranks: list[tuple[float, ItemKey]]) -> None:
        self._order = [key for _, key in ranks]
        self._places = {key: place if rank >= 0 else -1 for place, (rank, key) in enumerate(ranks)}
        self._by_context = {known[key]: place for key, place in self._places.items()}

    def _rank(self, key: ItemKey, context: Context | None) -> float:
        """What an item costs times how much it executes; below 0 if it is not collected any more."""
        node = self._store.tree.item(*key)
        if node is None and self._store.complete:
            return -1.0
        seconds = node.seconds if node is not None and node.status.is_outcome else 0.0
        return (seconds + _OVERHEAD) * (1 + (context.weight if context is not None else 0))

    def _move(self, index: Index, version: Version) -> dict[int, int] | None:
        """Where the lines of a version are now; None if they are where they were."""
        path = version.file.path
        content = self._contents.hash(path)
        if version.hash == content:
            return None
        key = (path, version.hash, content or "")
        if key not in self._moves:
            source = self._contents.source(index, path, content) if content is not None else None
            known = version.source
            if source is None or known is None:
                return {}  # it may be described later
            self._moves[key] = places(known, source)
        return self._moves[key]

    def _before(self, index: Index, version: Version, lines: int) -> int:
        """What present lines are in a version."""
        move = self._move(index, version)
        if move is None:
            return lines
        return line_set([end for old, new in move.items() if lines >> new & 1 for end in (old, old)])

    def _now(self, index: Index, seen: Mapping[Version, int]) -> int:
        """Lines of versions as they are now."""
        found = 0
        for version, lines in seen.items():
            move = self._move(index, version)
            found |= lines if move is None else _moved(lines, move)
        return found

    def numbers(self, index: Index, path: str) -> dict[int, int]:
        """How many items executed each line, by themselves or in a shared fixture; lines of none are left out."""
        sets: dict[int, int] = {}
        for executed, items in self._executed(index, path):
            for line in members(executed):
                sets[line] = sets.get(line, 0) | items
        return {line: items.bit_count() for line, items in sets.items()}

    def numbers_of(self, index: Index, path: str, parts: Sequence[int]) -> list[int]:
        """How many items executed any line of each of these sets of lines."""
        found = [0] * len(parts)
        for executed, items in self._executed(index, path):
            for place, part in enumerate(parts):
                if executed & part:
                    found[place] |= items
        return [items.bit_count() for items in found]

    def _executed(self, index: Index, path: str) -> Iterator[tuple[int, int]]:
        """Sets of lines of a file, each with those that executed it: a bit for each item."""
        file = index.files.get(path)
        bits: dict[ItemKey, int] = {}
        for lines in list(file.lines.values()) if file is not None else ():
            keys: set[ItemKey] = set()
            for context in list(lines.contexts):
                if context.name.kind == TEST:
                    keys.add(context.key)
                elif context.name.kind == FIXTURE:
                    keys.update(list(index.users.get(context.name.text, ())))
            items = 0
            for key in filter(self._is_there, keys):
                items |= 1 << bits.setdefault(key, len(bits))
            if items:
                yield self._now(index, {lines.version: lines.bits}), items

    def _is_there(self, key: ItemKey) -> bool:
        return not self._store.complete or self._store.tree.item(*key) is not None

    def shares(
        self, index: Index, key: ItemKey, counts: Callable[[Context], bool]
    ) -> list[tuple[str, tuple[int, ...], tuple[int, ...]]]:
        """By path what an item executes, with its shared fixtures, and what of it nothing else executes."""
        context = index.tests.get(key)
        if context is None:
            return []
        parts = list(index.parts(context))
        own = {part for part in parts if part.name.kind == TEST or index.users.get(part.name.text, set()) <= {key}}
        found = []
        for file in {lines.version.file: None for part in parts for lines in part.lines}:
            mine: dict[Version, int] = {}
            others: dict[Version, int] = {}
            for lines in list(file.lines.values()):
                contexts = list(lines.contexts)
                for seen, hit in (
                    (mine, any(each in parts for each in contexts)),
                    (others, any(each not in own and counts(each) for each in contexts)),
                ):
                    if hit:
                        seen[lines.version] = seen.get(lines.version, 0) | lines.bits
            executed = self._now(index, mine)
            if executed:
                only = executed & ~self._now(index, others)
                found.append((file.path, tuple(members(executed)), tuple(members(only))))
        return sorted(found)


def _moved(bits: int, move: dict[int, int]) -> int:
    found = 0
    for line in members(bits):
        place = move.get(line)
        if place is not None:
            found |= 1 << place
    return found
