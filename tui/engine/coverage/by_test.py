"""Which tests execute a line, and which lines one test executes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model.executed import places
from tui.model.impact.index import FIXTURE, TEST
from tui.model.impact.source import line_set, members

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from tui.engine.coverage.contents import Contents
    from tui.model.events import ItemKey
    from tui.model.impact.index import Context, File, Index, Lines
    from tui.model.store import Store

_OVERHEAD = 0.001
"""Seconds that a test costs besides what it takes itself."""


class ByTest:
    """Answers from the record as it stands in memory; what it works out of contexts is kept until a run is taken in."""

    def __init__(self, contents: Contents, store: Store) -> None:
        self._contents = contents
        self._store = store
        self._weights: dict[Context, int] = {}

    def forget(self) -> None:
        """The record has changed."""
        self._weights = {}

    def weigh(self, index: Index) -> None:
        """Work out for all tests how specific they are, before anybody waits for it."""
        for context in list(index.tests.values()):
            self._weights[context] = context.weight

    def tests_of(self, index: Index, path: str, first: int, last: int) -> list[ItemKey]:
        """The items that executed any of these lines, by themselves or in a shared fixture; best first.

        The best are fast and execute little else.
        """
        file = index.files.get(path)
        if file is None:
            return []
        wanted = line_set([max(first, 1), max(first, last, 1)])
        found: dict[ItemKey, None] = {}
        for lines, seen in self._present(index, file):
            if not seen & wanted:
                continue
            for context in list(lines.contexts):
                if context.name.kind == TEST:
                    found[context.key] = None
                elif context.name.kind == FIXTURE:
                    found.update(dict.fromkeys(list(index.users.get(context.name.text, ()))))
        return self.ranked(found, index.tests)

    def ranked(self, keys: Iterable[ItemKey], tests: Mapping[ItemKey, Context]) -> list[ItemKey]:
        """These items, the best first; ``tests`` are what is known of them."""
        item = self._store.tree.item
        ranked: list[tuple[float, str, int]] = []
        for key in keys:
            node = item(*key)
            if node is None and self._store.complete:
                continue
            weight = self._weight(tests[key]) if key in tests else 0
            seconds = node.seconds if node is not None and node.status.is_outcome else 0.0
            ranked.append(((seconds + _OVERHEAD) * (weight + 1), *key))
        ranked.sort()
        return [(nodeid, number) for _, nodeid, number in ranked]

    def _weight(self, context: Context) -> int:
        weight = self._weights.get(context)
        if weight is None:
            weight = self._weights[context] = context.weight
        return weight

    def _present(self, index: Index, file: File) -> Iterator[tuple[Lines, int]]:
        """The line sets of a file, with what they are in its present content."""
        content = self._contents.hash(file.path)
        moves: dict[str, dict[int, int]] = {}
        for lines in list(file.lines.values()):
            version = lines.version
            if version.hash == content:
                yield lines, lines.bits
                continue
            if version.hash not in moves:
                source = self._contents.source(index, file.path, content) if content is not None else None
                known = version.source
                moves[version.hash] = places(known, source) if source is not None and known is not None else {}
            move = moves[version.hash]
            yield lines, _moved(lines.bits, move)

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
            mine = others = 0
            for lines, seen in self._present(index, file):
                contexts = list(lines.contexts)
                if any(each in parts for each in contexts):
                    mine |= seen
                if any(each not in own and counts(each) for each in contexts):
                    others |= seen
            if mine:
                found.append((file.path, tuple(members(mine)), tuple(members(mine & ~others))))
        return sorted(found)


def _moved(bits: int, move: dict[int, int]) -> int:
    found = 0
    for line in members(bits):
        place = move.get(line)
        if place is not None:
            found |= 1 << place
    return found
