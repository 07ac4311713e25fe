"""What the loop asks of a run, and what it tells of the tree to those who choose."""

from __future__ import annotations

import os
from fnmatch import fnmatch
from typing import TYPE_CHECKING

from tui.engine.request import Selection
from tui.engine.wishes import EVERYTHING, Wish
from tui.model.impact import Facts
from tui.model.nodes import Kind

if TYPE_CHECKING:
    from collections.abc import Collection

    from tui.model.events import ItemKey
    from tui.model.pending import Pending
    from tui.model.store import Store

_TEST_FILES = ("test*.py", "*_test.py", "*_tests.py", "tests.py")


def facts_of(store: Store) -> Facts:
    """What the choice has to know of the items."""
    items = list(store.tree.items())
    return Facts(
        items={item.key: item.module.path for item in items},
        failed={item.key for item in items if item.status.is_bad},
        seconds={item.key: item.seconds for item in items if item.status.is_outcome},
    )


def test_files(store: Store) -> set[str]:
    """Paths of the files that hold tests, or did until they could not be collected."""
    tree = store.tree
    broken = {branch.path for branch in tree.broken.values() if branch.kind is Kind.MODULE}
    return broken | {item.module.path for item in tree.items()}


def may_hold_tests(path: str, known: Collection[str]) -> bool:
    """Whether tests may lie in a file: it has some, or is called like one that has.

    What pytest makes of it is seen when it runs.
    """
    if path in known:
        return True
    name = os.path.basename(path)  # noqa: PTH119 - paths are texts here
    if not name.endswith(".py") or name in ("conftest.py", "__init__.py"):
        return False
    return any(fnmatch(name, pattern) for pattern in _TEST_FILES)


def wish_for(store: Store, pending: Pending, lead: int) -> Wish:
    """A run of all that is pending, the most urgent first."""
    if pending.everything is not None and not store.complete:
        return Wish(EVERYTHING.selection, by_loop=True)
    tree = store.tree
    keys = pending.ordered()
    items = [(item.nodeid, item.index, item.module.path) for key in keys if (item := tree.item(*key)) is not None]
    if pending.everything is not None:
        root = tree.root.path or (store.session.rootdir if store.session else "")
        size = len(tree)
        selection = Selection(({"path": root},), tuple(items), size, lead, size)
        return Wish(selection, words="everything", by_loop=True)
    known: dict[str, list[ItemKey]] = {path: [] for path in pending.files}
    for item in tree.items():
        if item.module.path in known:
            known[item.module.path].append(item.key)
    fresh = tuple((path, tuple(keys)) for path, keys in known.items())
    size = len(items) + len(fresh)
    selection = Selection((), tuple(items), size, lead, pending.affected(), fresh)
    return Wish(selection, words=f"{len(items):,} touched", by_loop=True)
