"""What a save touches becomes pending.

Of 100,000 items that takes longer than a key may wait: it is done in parts, between which others come to their turn.
"""

from __future__ import annotations

import asyncio
import os
from fnmatch import fnmatch
from typing import TYPE_CHECKING

from tui.engine.loop.selecting import broken_files, may_hold_tests
from tui.engine.loop.together import companions
from tui.engine.watching.names import NORECURSEDIRS
from tui.model.impact import FILLED_UP
from tui.model.nodes import items_of, label_of, modules_below
from tui.model.pending import AFFECTED

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from tui.engine.loop.round import Round
    from tui.model.events import ItemKey
    from tui.model.impact import Choice, Chosen
    from tui.model.nodes import Item
    from tui.model.pending import Pending
    from tui.model.store import Store

_FEW = 1000
"""Items that are asked for one by one rather than as everything, where that spares some of them a second run."""
_AT_ONCE = 5_000
"""Items of one part."""


async def enter(
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
    still = {path: words for path, words in store.unreadable.items() if path not in changes}
    store.unreadable = {**still, **choice.syntax_errors}
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
    everything = choice.everything and not by_items
    if everything:
        pending.everything = (choice.reason, run)
    why: dict[ItemKey, str] = {}
    for start in range(0, len(choice.items), _AT_ONCE):
        if start:
            await asyncio.sleep(0)
        why |= _touch(store, pending, choice.items[start : start + _AT_ONCE], start, run, done)
    if everything:  # what has been found since, too
        await _touch_all(store, done)
    gone = {path for path, content in changes.items() if content is None}
    if gone:
        lost = [item for item in edited if item.module.path in gone]
        pending.forget(item.key for item in lost)
        pending.homes.update(item.module.path for item in lost)
        tree.remove_all(lost)
        pending.gone.update(dict.fromkeys(gone, run))
    written = changes.keys() - gone
    for path in written:
        pending.gone.pop(path, None)
    pending.files.update(
        dict.fromkeys(_to_look_through(store, pending, choice, written, {module.path for module in files}), run)
    )
    pending.same_items = pending.same_items and choice.same_items
    for path in choice.syntax_errors:
        _hinder(store, pending, path, choice.outdated.get(path, ()), run, done)
    return why | await _mend(store, pending, changes.keys() - choice.syntax_errors.keys(), run, done)


async def _touch_all(store: Store, done: Collection[ItemKey]) -> None:
    """Let everything look out of date but what is ``done``."""
    items = list(store.tree.items())
    for start in range(0, len(items), _AT_ONCE):
        if start:
            await asyncio.sleep(0)
        some = [item for item in items[start : start + _AT_ONCE] if not item.stale and item.key not in done]
        store.mark_stale([item for item in some if store.tree.item(*item.key) is item])  # it may have gone meanwhile


def _touch(
    store: Store, pending: Pending, chosen: Sequence[Chosen], start: int, run: int, done: Collection[ItemKey]
) -> dict[ItemKey, str]:
    """Let some of the items that were chosen be pending, and look out of date; the reasons. ``start``: their place."""
    why: dict[ItemKey, str] = {}
    touched: list[Item] = []
    for place, each in enumerate(chosen, start):
        item = store.tree.item(*each.key)
        if item is not None:
            why[each.key] = each.reason
            if each.key not in done:
                touched.append(item)
                pending.add(each.key, each.tier, place, each.reason, run)
    for cause, item in companions(touched):
        if item.key not in pending.items:
            why[item.key] = f"runs with {label_of(cause)}"
            pending.add(item.key, pending.items[cause.key].tier, start, why[item.key], run)
    store.mark_stale(touched)
    return why


def _hinder(
    store: Store, pending: Pending, path: str, keys: Collection[ItemKey], run: int, done: Collection[ItemKey]
) -> None:
    """Let what a file that cannot be compiled put out of date look so; it is not pending."""
    found = [item for key in keys if (item := store.tree.item(*key)) is not None and key not in done]
    before = {item.key for item in found if item.stale}
    store.mark_stale(found)
    marked = (item.key for item in found if item.stale and item.key not in before | pending.items.keys())
    pending.hindered.broke(path, run, keys, () if pending.everything else marked)
    pending.hindered.ran(done)


async def _mend(
    store: Store, pending: Pending, paths: Iterable[str], run: int, done: Collection[ItemKey]
) -> dict[ItemKey, str]:
    """Files can be compiled again: what else depends on them looks up to date, or is pending, with these reasons."""
    hold, again = pending.hindered.mended(paths)
    why: dict[ItemKey, str] = {}
    found = [item for item in store.tree.items() if item.key in again] if again else []
    for item in found:
        key, words = item.key, again[item.key]
        if key not in done and key not in pending.items and (words or item.stale):
            why[key] = words or "was out of date"
            pending.add(key, AFFECTED, len(why), why[key], run)
    store.mark_stale([item for item in found if item.key in why])
    for number, key in enumerate(hold, 1):
        if not number % _AT_ONCE:
            await asyncio.sleep(0)
        held = store.tree.item(*key)
        if held is not None and key not in pending.items and not pending.everything:
            store.tree.set_status(held, held.status, stale=False)
    return why


def _to_look_through(
    store: Store, pending: Pending, choice: Choice, written: Iterable[str], edited: Collection[str]
) -> Iterator[str]:
    """Files that may hold other items than are known: edited ones, and others where an edit brings the first ones."""
    broken = broken_files(store)
    patterns = store.session.python_files if store.session is not None else ()
    for path in written:
        if path in broken or path in edited:
            may_hold = path in broken or not choice.same_items
        else:  # whatever the record says of a file without items: they may have been lost
            may_hold = path in pending.homes or may_hold_tests(path, patterns) or _is_kin(store, path)
        if may_hold:
            yield path
    if choice.same_items or choice.everything:
        return
    known = {module.path for module in modules_below(store.tree.root) if module.total}
    for path in choice.elsewhere:
        if path in known or may_hold_tests(path, patterns):
            yield path
    for path in written:
        folder, name = os.path.split(path)
        if name == "conftest.py":  # it says what is left out of the collection
            yield from (each for each in _files_below(folder) if each not in known and may_hold_tests(each, patterns))


def _is_kin(store: Store, path: str) -> bool:
    """Whether other files hold items that are of the same kind, and not Python's: doctests in texts, tests in YAML."""
    suffix = os.path.splitext(path)[1]  # noqa: PTH122 - paths are texts here
    if suffix in ("", ".py"):
        return False
    return any(module.total and module.path.endswith(suffix) for module in modules_below(store.tree.root))


def _files_below(folder: str) -> Iterator[str]:
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not any(fnmatch(name, pattern) for pattern in NORECURSEDIRS)]
        for name in files:
            yield os.path.join(place, name)  # noqa: PTH118 - paths are texts here
