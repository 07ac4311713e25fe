"""What a run leaves of what it was asked for."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.engine.loop.together import companions
from tui.model.nodes import items_below, items_of, modules_below
from tui.model.outcome import STALE, Status
from tui.model.pending import AFFECTED

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tui.model.events import ItemFinished, ItemKey
    from tui.model.nodes import Branch, Item
    from tui.model.pending import Asked, Pending
    from tui.model.store import Store


def pend(pending: Pending, items: Iterable[Item], tier: int, run: int) -> None:
    """Items that a run should have run, and that the next one is to run; ``run`` is the last one before it."""
    left = list(items)
    for item in (*left, *(item for _, item in companions(left))):
        if item.key not in pending.items:
            pending.add(item.key, tier, item.index, "was not run yet", run)


def unreached(store: Store, asked: Asked, finished: Sequence[ItemFinished]) -> list[ItemKey]:
    """What a run was asked for, has not come to, and cannot be told to be gone: its file cannot be collected."""
    broken = [branch for branch in store.tree.broken.values() if branch.broken is Status.ERROR]
    hidden = {item.key for branch in broken for item in items_below(branch)}
    if not asked.everything:
        hidden.intersection_update(asked.items)
    return list(hidden.difference((event.nodeid, event.index) for event in finished))


def still_due(store: Store, pending: Pending) -> Pending:
    """The same without what has run while nobody watched."""

    def has_run(key: ItemKey) -> bool:
        item = store.tree.item(*key)
        return item is None or (item.status.is_outcome and not item.stale)

    pending.forget([key for key in pending.items if has_run(key)])
    pending.hindered.ran([key for key in pending.hindered.items if has_run(key)])
    if store.complete and not store.tree.root.counts[STALE]:
        pending.everything = None
    return pending


def drop_gone(store: Store, pending: Pending, run: int) -> None:
    """Take out what ``run``, which is over, told of files that were gone by then; a later one does not know them."""
    gone = {path for path in pending.gone if not os.path.lexists(path)}  # what is back will be told of
    if gone:
        root = store.session.rootdir if store.session is not None else ""

        def is_gone(branch: Branch) -> bool:  # that of an item told of after it was taken out has no path
            return (branch.path or os.path.normpath(os.path.join(root, branch.nodeid))) in gone  # noqa: PTH118 - texts

        for module in [module for module in modules_below(store.tree.root) if is_gone(module)]:
            store.tree.remove_all(items_of(module))
        for branch in [branch for branch in store.tree.broken.values() if is_gone(branch)]:
            store.tree.set_broken(branch, Status.NOT_RUN)
    pending.gone = {path: number for path, number in pending.gone.items() if number >= run}


def settle(store: Store, pending: Pending, asked: Asked, finished: Sequence[ItemFinished], *, died: bool) -> None:
    """A run has ended by itself, after these results: what it was asked for is pending no longer.

    With ``died`` only a process of it ended, under one of its tests: then what comes behind that is still to run, and
    after a run of everything it is known what that is. What it could not reach is put off.
    """
    run = store.run
    in_vain = bool(run is not None and run.problem and not run.collection_finished)
    if in_vain:
        pending.put_off(asked.items, asked.files, everything=asked.everything)
    else:
        pending.put_off(unreached(store, asked, finished))
    if not died:
        pending.settle(asked)
    elif asked.everything:
        done = {(event.nodeid, event.index) for event in finished}
        pend(pending, (item for item in store.tree.items() if item.key not in done), AFFECTED, asked.run - 1)
        pending.settle(replace(asked, items=(), files=()))
