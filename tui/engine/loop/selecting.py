"""What the loop asks of a run, and what it tells of the tree to those who choose."""

from __future__ import annotations

import os
from dataclasses import replace
from fnmatch import fnmatch
from typing import TYPE_CHECKING

from tui.engine.loop.together import is_bound
from tui.engine.request import Selection
from tui.engine.wishes import Wish, of_nodes
from tui.model.impact import Facts
from tui.model.nodes import Kind, items_of, modules_below
from tui.model.outcome import Status
from tui.model.pending import AFFECTED

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from tui.engine.runs import Runs
    from tui.model.events import ItemKey
    from tui.model.nodes import Item
    from tui.model.pending import Asked, Pending
    from tui.model.store import Store

_MANY = 40
"""Items from which they are run in portions."""
_AHEAD = 10
"""How many of them at most run ahead."""
_NAMED = 2_000
"""Items that a run of everything is told to begin with: where there are more, the others keep pytest's order."""
_MATTERING = (".py", ".pyi", ".pth", ".so", ".toml", ".ini", ".cfg", ".env")
_TEST_FILES = ("test*.py", "*_test.py", "*_tests.py", "tests.py")


def facts_of(store: Store) -> Facts:
    """What the choice has to know of the items."""
    items: dict[ItemKey, str] = {}
    failed: set[ItemKey] = set()
    seconds: dict[ItemKey, float] = {}
    fixtures: dict[ItemKey, tuple[str, ...]] = {}
    for module in modules_below(store.tree.root):  # once through all: a person waits for it, and there may be 100,000
        path = module.path
        for item in items_of(module):
            key = (item.nodeid, item.index)
            items[key] = path
            fixtures[key] = item.fixtures
            if item.status >= Status.PASSED:  # as its properties say, which are functions
                seconds[key] = item.seconds
                if item.status >= Status.FAILED:
                    failed.add(key)
    return Facts(items, failed, seconds, fixtures)


def known_of(store: Store, key: ItemKey) -> tuple[bool, float] | None:
    """Whether an item failed and how many seconds it took; None for one that is not there."""
    item = store.tree.item(*key)
    return None if item is None else (item.status.is_bad, item.seconds)


def most_likely(store: Store, keys: Sequence[ItemKey]) -> list[Item]:
    """The first of these items, and those behind it that lie in the same file.

    Of one file: pytest collects all files of a run before its first test.
    """
    found = [item for key in keys[:_AHEAD] if (item := store.tree.item(*key)) is not None and not is_bound(item)]
    return [item for item in found if item.module is found[0].module]


def wish_ahead(items: list[Item]) -> Wish:
    """A run of these items alone, in this order."""
    asked = tuple((item.nodeid, item.index, item.module.path) for item in items)
    size = len(asked)
    return Wish(Selection((), asked, size, size, size), words=f"{size:,} most likely touched", by_loop=True)


def broken_files(store: Store) -> set[str]:
    """Paths of the files that could not be collected, and so hold tests that nobody sees."""
    return {branch.path for branch in store.tree.broken.values() if branch.kind is Kind.MODULE}


def may_hold_tests(path: str, patterns: Sequence[str]) -> bool:
    """Whether a file is called as one is in which pytest looks for tests; no ``patterns``: as pytest's own are.

    What pytest makes of it is seen when it runs.
    """
    name = os.path.basename(path)  # noqa: PTH119 - paths are texts here
    if not name.endswith(".py") or name in ("conftest.py", "__init__.py"):
        return False
    return any(
        fnmatch(path, f"*/{pattern}") if "/" in pattern else fnmatch(name, pattern)
        for pattern in patterns or _TEST_FILES
    )


def ahead_of_others(store: Store, pending: Pending, keys: Sequence[ItemKey]) -> list[Item]:
    """The few of the affected items that run first, in a run of their own, where that begins much earlier.

    ``keys`` are those of all pending items, the most urgent first.

    A run cannot begin before the files of all its tests are collected; and if new tests are looked for, before all that
    is in them.
    """
    affected = pending.affected(keys)
    items = most_likely(store, keys[: min(_AHEAD, affected)])
    others = affected - len(items)
    if not pending.same_items:
        others += sum(module.total for module in {item.module for item in items})
    return items if others >= _MANY else []


def are_aside(paths: Iterable[str], read: Collection[str]) -> bool:
    """Whether these files are neither code, nor settings, nor ``read`` by tests.

    That an edit of others touches nothing says only that they are as they were when it was last recorded what tests
    execute: what runs may have begun with something else in them.
    """
    return not any(path.endswith(_MATTERING) or path in read for path in paths)


def portion(pending: Pending, keys: Sequence[ItemKey]) -> int | None:
    """How many of the pending items, ``keys`` with the most urgent first, the next run takes; None for all.

    Those that only might be touched, where they are many, come in a run of their own when the verdict has been given.
    So do those in files that could not be collected.
    """
    affected = pending.affected(keys)
    others = len(keys) - affected
    if pending.everything is None and affected and (others >= _MANY or (others and pending.has_retries)):
        return affected
    return None


def _everything(store: Store, asked: Asked, lead: int) -> Wish:
    """A run of all that there is, which begins with what is asked for by name."""
    tree = store.tree
    root = tree.root.path or (store.session.rootdir if store.session else "")
    # What lies elsewhere is looked for only where it is asked for by name.
    within = all(f"{module.path}/".startswith(f"{root}/") for module in modules_below(tree.root))
    keys = list(asked.items)[: _NAMED if within else None]
    found = [item for key in keys if (item := tree.item(*key)) is not None]
    items = tuple((item.nodeid, item.index, item.module.path) for item in found)
    size = len(tree)
    selection = Selection(({"path": root},), items, size, lead, size)
    return Wish(selection, words="everything", by_loop=True, finds_all=within)


def others(runs: Runs, after_green: str) -> Wish | None:
    """A run of what is red, or also out of date, wherever it lies; None if that policy wants none."""
    nodes = runs.bad_items() if after_green in ("failed", "all") else []
    if after_green == "all":
        nodes += [item for item in runs.store.tree.items() if item.stale or item.status is Status.NOT_RUN]
    return replace(of_nodes(nodes, f"{len(nodes):,} elsewhere"), by_loop=True) if nodes else None


def wish_for(store: Store, pending: Pending, asked: Asked, lead: int) -> Wish:
    """A run of what is asked for, the most urgent first."""
    tree = store.tree
    if asked.everything:
        return _everything(store, asked, lead)
    found = [item for key in asked.items if (item := tree.item(*key)) is not None]
    items = [(item.nodeid, item.index, item.module.path) for item in found]
    # An edit elsewhere can bring new items into a file that is collected anyway: parameters from a module of data.
    paths = asked.files if pending.same_items else (*asked.files, *(item.module.path for item in found))
    known: dict[str, list[ItemKey]] = {path: [] for path in paths}
    for module in modules_below(tree.root):
        if module.path in known:
            # What an edit brought may have been found already by a run that was to run something else.
            edited = module.path in asked.files
            ran = [item.key for item in items_of(module) if not (edited and item.status is Status.NOT_RUN)]
            known[module.path] += ran
    fresh = tuple((path, tuple(keys)) for path, keys in known.items())
    size = len(items) + len(fresh)
    stage = sum(pending.items[item.key].tier <= AFFECTED for item in found)
    selection = Selection((), tuple(items), size, lead, stage, fresh)
    return Wish(selection, words=f"{len(items):,} touched", by_loop=True)
