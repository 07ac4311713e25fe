"""Whether edits can change what pytest collects."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING

from tui.model.impact.index import COLLECTOR, FIXTURE, IMPORT, TEST
from tui.model.impact.source import Kind, members

if TYPE_CHECKING:
    from tui.model.impact.choice import Edit
    from tui.model.impact.index import Index
    from tui.model.impact.reached import Reached
    from tui.model.impact.source import Block, Source

_AFTER_COLLECTION = {TEST, FIXTURE}
"""Kinds of contexts that begin when all is collected."""


class Bringing:
    """The edits of one selection that may bring items, or take some away. ``index`` already holds the edited state."""

    def __init__(self, index: Index, reached: Reached) -> None:
        self.edits: list[Edit] = []
        self._index = index
        self._reached = reached

    def take(self, edit: Edit) -> None:
        """Keep the edit if it is one of them."""
        path = edit.path
        if self._is_open(path) or self._may_get_doctests(path) or not self._collects_the_same(edit):
            self.edits.append(edit)

    def files(self) -> set[str]:
        """Files in which the edits may bring items although none of theirs is touched.

        Those that were imported and hold no items may get their first ones. Where a result is kept, only the first
        file that asked for it is known to depend on it.
        """
        homes = self._reached.by_home.keys()
        found = {name.text for name in self._index.contexts if name.kind == IMPORT} - homes
        for edit in self.edits:
            file = self._index.files.get(edit.path)
            stale = file.stale if file is not None and edit.source is not None else 0
            if file is not None and any(file.blocks[number].keeps for number in members(stale)):
                found |= homes
        return found

    def _collects_the_same(self, edit: Edit) -> bool:
        """Whether the same items are there after the edit as before.

        They are if nothing but function bodies (or data) differs, and these never ran (or were read) but in tests and
        fixtures: not while modules were imported, tests collected or parametrized, hooks called.
        """
        if edit.error is not None or edit.hash is None or not self._is_known:
            return False
        if edit.path in self._index.gone:  # until now, and with it its items: the record may still hold them
            return False
        if not edit.path.endswith(".py"):
            readers = self._index.data.get(edit.path)
            return bool(readers) and all(context.name.kind in _AFTER_COLLECTION for context in readers or ())
        file = self._index.files.get(edit.path)
        if file is None or edit.source is None or not file.lines:
            return False
        if not all(_differ_in_bodies(version.source, edit.source) for version in file.recorded):
            return False
        stale = file.stale
        return all(
            context.name.kind in _AFTER_COLLECTION
            for lines in file.lines.values()
            if lines.blocks & stale
            for context in lines.contexts
        )

    @cached_property
    def _is_known(self) -> bool:
        """Whether it is recorded what runs while tests are collected: of other processes that are asked it is not."""
        index = self._index
        return not (
            any(name.kind not in _AFTER_COLLECTION for name in index.doubtful)
            or any(context.spawns and name.kind in (IMPORT, COLLECTOR) for name, context in index.contexts.items())
        )

    def _is_open(self, path: str) -> bool:
        """Whether it is not known what some file of tests executes while it is collected, and ``path`` may be in that.

        So it is as long as none of its items has been run under the recorder.
        """
        if not self._unseen:
            return False
        files = self._index.files
        is_code = path.endswith(".py") or path in files
        homes = self._reached.graph.homes_reaching
        return not (is_code and self._unseen <= files.keys() and self._unseen.isdisjoint(homes(path)))

    @cached_property
    def _unseen(self) -> set[str]:
        tests = self._index.tests
        return {home for home, keys in self._reached.by_home.items() if not any(key in tests for key in keys)}

    def _may_get_doctests(self, path: str) -> bool:
        """Whether a docstring of that file may become an item: pytest looks into the file, and collects doctests."""
        return path in self._reached.by_home and self._has_doctests

    @cached_property
    def _has_doctests(self) -> bool:
        homes = self._reached.by_home.items()
        ends = (keys[end][0] for home, keys in homes if home.endswith(".py") for end in (0, -1))
        return any(map(_is_doctest, ends))


def module_level(source: Source | None) -> set[tuple[str, str]]:
    """The blocks other than functions, by name and hash."""
    blocks: tuple[Block, ...] = source.blocks if source is not None else ()
    return {(block.qual, block.hash) for block in blocks if block.kind is not Kind.FUNCTION}


def _differ_in_bodies(old: Source | None, new: Source) -> bool:
    """Whether nothing differs but function bodies: not what runs on the way to them, nor headers with arguments."""
    if old is None or module_level(old) != module_level(new):
        return False
    return old.units == new.units or Counter(old.units) == Counter(new.units)  # the first is fast, and nearly always so


def _is_doctest(nodeid: str) -> bool:
    """Whether an item of Python code is called after a dotted name or its module, and not like a test function."""
    file, _, name = nodeid.partition("::")
    name = name.partition("[")[0]
    is_of_module = f"/{file}".endswith((f"/{name}.py", f"/{name}/__init__.py"))
    return "." in name or (is_of_module and not name.startswith("test"))
