"""Results that are older than the file of their test."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tui.model.nodes import Branch, Kind, items_below

if TYPE_CHECKING:
    from tui.engine.journal import Shelf
    from tui.model.store import Store


def age(store: Store, shelf: Shelf, since: float) -> None:
    """Let results look out of date whose file was changed later, and after ``since``: seconds since the epoch."""
    stack: list[Branch] = [store.tree.root]
    while stack:
        branch = stack.pop()
        stack.extend(child for child in branch.children if isinstance(child, Branch) and child.kind <= Kind.MODULE)
        changed = _modified(branch.path) if branch.kind is Kind.MODULE and branch.path else None
        if changed is not None and changed > since:
            items = (item for item in items_below(branch) if item.ref is not None and not item.stale)
            store.mark_stale([item for item in items if shelf.started(item.ref or 0) < changed])


def _modified(path: str) -> float | None:
    try:
        return Path(path).stat().st_mtime
    except OSError:
        return None
