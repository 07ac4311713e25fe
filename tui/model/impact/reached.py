"""The items that contexts stand for, and the best tier and reason found for each item so far."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model.impact.choice import TIERS
from tui.model.impact.graph import Graph
from tui.model.impact.index import COLLECTOR, FIXTURE, IMPORT, SESSION, TEST
from tui.model.impact.paths import short

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.model.events import ItemKey
    from tui.model.impact.choice import Edit, Facts
    from tui.model.impact.index import Context, File, Index

Found = dict["ItemKey", tuple[int, str]]


class Suspects:
    """Where a change is most likely to show: blocks by file, and the items that executed them, by what changed."""

    def __init__(self) -> None:
        self.blocks: dict[File, int] = {}
        self._groups: dict[str, set[ItemKey]] = {}

    def add(self, what: str, file: File, blocks: int, keys: set[ItemKey]) -> None:
        """Blocks of a file, because ``what`` changed, with the items that executed one of them."""
        self.blocks[file] = self.blocks.get(file, 0) | blocks
        self._groups.setdefault(what, set()).update(keys)

    @property
    def groups(self) -> Iterable[set[ItemKey]]:
        """The items by what changed."""
        return self._groups.values()


class Reached:
    """What one selection has found; of an item the lowest tier counts, and in it the first reason."""

    def __init__(self, index: Index, facts: Facts) -> None:
        self._index = index
        self._facts = facts
        self._found: tuple[Found, ...] = tuple({} for _ in TIERS)
        self.by_home: dict[str, list[ItemKey]] = {}
        """The items by their files."""
        for key, home in facts.items.items():
            self.by_home.setdefault(home, []).append(key)
        self.graph = Graph(index, self.by_home.keys())
        self.suspects = Suspects()

    def put(self, keys: Iterable[ItemKey], tier: int, reason: str) -> None:
        """These items, as far as they are there, belong to that tier or a lower one."""
        found = self._found[tier]
        items = self._facts.items
        for key in keys:
            if key not in found and key in items:
                found[key] = (tier, reason)

    def best(self) -> Found:
        """The lowest tier of every item and its reason."""
        best: Found = {}
        for found in reversed(self._found):
            best.update(found)
        return best

    def in_homes(self, homes: Iterable[str]) -> list[ItemKey]:
        """The items of these files."""
        return [key for home in homes for key in self.by_home.get(home, ())]

    def home(self, key: ItemKey) -> str:
        """The file of an item; "" for one that is not there."""
        return self._facts.items.get(key, "")

    def reaching(self, path: str) -> list[ItemKey]:
        """The items whose imports lead to a file."""
        return self.in_homes(self.graph.homes_reaching(path))

    def tests_of(self, context: Context) -> Iterable[ItemKey]:
        """The items that depend on what was done in a context."""
        kind, text, _ = context.name
        if kind == TEST:
            return (context.key,)
        if kind == FIXTURE:
            return self._index.users.get(text, ())
        if kind == IMPORT:
            return self.reaching(text)
        if kind == COLLECTOR and text not in {"", "."}:
            return [key for key in self._facts.items if _is_below(key[0], text)]
        return self._facts.items

    def suspect(self, what: str, file: File, blocks: int) -> set[ItemKey]:
        """Count these blocks among the suspects, since ``what`` changed; the items that executed one of them.

        Those of a file of tests that did so while it was imported or collected are among them.
        """
        keys = self.executing(file, blocks)
        for lines in file.lines.values():
            if lines.blocks & blocks:
                for context in lines.contexts:
                    kind, text, _ = context.name
                    if kind == IMPORT:
                        keys.update(self.by_home.get(text, ()))
                    elif kind == COLLECTOR and text.partition("::")[0].endswith(".py"):
                        keys.update(self.tests_of(context))
        self.suspects.add(what, file, blocks, keys)
        return keys

    def executing(self, file: File, blocks: int) -> set[ItemKey]:
        """The items that executed one of these blocks, themselves or in a shared fixture."""
        keys: set[ItemKey] = set()
        contexts: set[Context] = set()
        for lines in file.lines.values():
            if lines.blocks & blocks:
                contexts |= lines.contexts
        for context in contexts:
            if context.name.kind == TEST:
                keys.add(context.key)
            elif context.name.kind == FIXTURE:
                keys.update(self._index.users.get(context.name.text, ()))
        return keys

    def fixture_users(self, names: set[str]) -> list[ItemKey]:
        """The items that use a fixture of one of these names."""
        return [key for key, fixtures in self._facts.fixtures.items() if not names.isdisjoint(fixtures)]

    def within_reach(self, path: str, keys: Iterable[ItemKey]) -> Iterable[ItemKey]:
        """Those of the items that an edit of ``path`` may concern in ways that are not recorded.

        All of them; for a file of tests, the items that import it or are its own: what tests leave behind for those of
        other files is not looked for.
        """
        if path not in self.by_home:
            return keys
        homes = self.graph.homes_reaching(path)
        return [key for key in keys if self.home(key) in homes]

    def starting_processes(self, path: str) -> None:
        """What a child process executes is not recorded: who starts one may depend on any edited ``path``.

        What the session itself starts is left out: plugins ask the system for libraries and versions in that way.
        """
        for context in self._index.contexts.values():
            if context.spawns and context.name.kind != SESSION:
                self.put(self.within_reach(path, self.tests_of(context)), 3, "starts processes")

    def without_record(self, changed: Iterable[Edit]) -> None:
        """Items of which nothing is known, or nothing that still holds, go by imports alone."""
        items = self._facts.items
        doubtful = {key: items[key] for key in self._index.unrecorded(items)}
        paths = {edit.path for edit in changed}
        doubtful.update((key, self.home(key)) for key in self._outdated(paths) if self.home(key))
        if not doubtful:
            return
        empty = len(doubtful) == len(self._facts.items)
        unknown = {home for home in doubtful.values() if home not in self._index.files}
        for path in paths:
            is_code = path.endswith(".py") or path in self._index.files
            homes = self.graph.homes_reaching(path).keys() | self.graph.homes_wanting(path)
            words = f"imports {short(path)}" if empty else "no record yet"
            for key, home in doubtful.items():
                if home == path:
                    self.put((key,), 0, "edited itself" if empty else words)
                elif home in homes:
                    self.put((key,), 0, words)
                elif home in unknown or not is_code:
                    self.put((key,), 0, "no record yet")

    def _outdated(self, but: set[str]) -> set[ItemKey]:
        """Items not recorded since something that they executed was edited, in files other than these."""
        keys: set[ItemKey] = set()
        for path, file in self._index.files.items():
            if path not in but and any(content != file.current for content, _ in file.lines):
                stale = file.stale
                if stale:
                    keys |= self.executing(file, stale)
        return keys


def _is_below(nodeid: str, collector: str) -> bool:
    return nodeid.startswith(collector) and nodeid[len(collector) : len(collector) + 1] in {"", "/", ":", "["}
