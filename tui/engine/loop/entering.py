"""What a save touches becomes pending."""

from __future__ import annotations

import os
from fnmatch import fnmatch
from typing import TYPE_CHECKING

from tui.engine.loop.selecting import broken_files, may_hold_tests
from tui.engine.watching.names import NORECURSEDIRS
from tui.model.impact import FILLED_UP
from tui.model.nodes import items_of, modules_below

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from tui.engine.loop.round import Round
    from tui.model.events import ItemKey
    from tui.model.impact import Choice
    from tui.model.nodes import Item
    from tui.model.pending import Pending
    from tui.model.store import Store

_FEW = 1000
"""Items that are asked for one by one rather than as everything, where that spares some of them a second run."""


def enter(
    store: Store,
    pending: Pending,
    choice: Choice,
    changes: Mapping[str, str | None],
    run: int,
    round_: Round,
) -> dict[ItemKey, str]:
    """Let what the changes touch be pending, and look out of date; the reasons.

    ``run`` is the one in which the files were saved; what has been run since, in this round, is not pending.
    """
    why: dict[ItemKey, str] = {}
    done = round_.done
    tree = store.tree
    files = [module for module in modules_below(tree.root) if module.path in changes]
    edited = [item for module in files for item in items_of(module) if item.key not in done]
    for doubtful in edited:
        if doubtful.stale:  # before this save
            pending.add(doubtful.key, 0, 0, "was out of date", run)
    # The choice holds all items then. Those that run ahead already are not to run once more among "everything".
    few = len(choice.items) <= _FEW
    by_items = choice.reason == FILLED_UP and round_.went_ahead and choice.same_items and few
    if choice.everything and not by_items:
        pending.everything = (choice.reason, run)
        store.mark_stale([item for item in tree.items() if item.key not in done])
    touched: list[Item] = []
    for place, each in enumerate(choice.items):
        item = tree.item(*each.key)
        if item is not None:
            why[each.key] = each.reason
        if item is not None and each.key not in done:
            touched.append(item)
            pending.add(each.key, each.tier, place, each.reason, run)
    store.mark_stale(touched)
    gone = {path for path, content in changes.items() if content is None}
    if gone:
        lost = [item for item in edited if item.module.path in gone]
        pending.forget(item.key for item in lost)
        tree.remove_all(lost)
    written = changes.keys() - gone
    pending.files.update(
        dict.fromkeys(_to_look_through(store, choice, written, {module.path for module in files}), run)
    )
    pending.same_items = pending.same_items and choice.same_items
    return why


def _to_look_through(store: Store, choice: Choice, written: Iterable[str], edited: Collection[str]) -> Iterator[str]:
    """Files that may hold other items than are known: edited ones, and others where an edit brings the first ones."""
    broken = broken_files(store)
    holding = broken.union(edited)
    for path in written:
        if (path in broken or not choice.same_items) and may_hold_tests(path, holding):
            yield path
    if choice.same_items or choice.everything:
        return
    known = {module.path for module in modules_below(store.tree.root) if module.total}
    for path in choice.elsewhere:
        if may_hold_tests(path, known):
            yield path
    for path in written:
        folder, name = os.path.split(path)
        if name == "conftest.py":  # it says what is left out of the collection
            yield from (each for each in _files_below(folder) if each not in known and may_hold_tests(each, known))


def _files_below(folder: str) -> Iterator[str]:
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not any(fnmatch(name, pattern) for pattern in NORECURSEDIRS)]
        for name in files:
            yield os.path.join(place, name)  # noqa: PTH118 - paths are texts here
