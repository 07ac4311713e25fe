"""What the collection of one run tells, brought into the tree."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from tui.model.messages import last_line
from tui.model.nodes import Branch, Item, Kind, Note, items_below, key_of
from tui.model.outcome import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tui.model import events as ev
    from tui.model.tree import Tree

MESSAGE_LIMIT = 400
"""Characters of a crash message that stay in memory; the whole lies in the journal."""


class Collection:
    """The collection of one run. ``whole``: it looks for everything; ``live``: items are shown as they are found.

    What is no longer there goes in two steps. A file that was read decides about its own items at once. Files that
    were not read may be gone, or the collection was cut short (``-x``, ctrl+c, ``pytest.exit``), and pytest reports
    both in the same way: only ``confirm`` takes their items out.

    ``left_out`` are keys that a run of everything found and took out (by the project's own ``-m``, for example). A
    partial run takes its own items out of what it found before anybody could deselect the rest. ``arranged``: the order
    in which items run is not pytest's.
    """

    def __init__(
        self,
        tree: Tree,
        *,
        whole: bool,
        live: bool,
        left_out: Iterable[str | ev.ItemKey] = (),
        arranged: bool = False,
    ) -> None:
        self.failed: set[str] = set()
        """Nodeids of the collectors that failed."""
        self._tree = tree
        self._whole = whole
        self._live = live
        self._arranged = arranged
        self._skipped: set[str] = set()
        self._through: set[str] = set()
        self._found: dict[str | ev.ItemKey, ev.CollectedItem] = {}
        self._broken_after: dict[str | ev.ItemKey | None, list[Branch]] = {}
        """Collectors that gave no items, by the last item that was found before them."""
        self._deselected: set[str | ev.ItemKey] = set(left_out)
        self._final: set[str | ev.ItemKey] | None = None

    def found(self, items: Iterable[ev.CollectedItem]) -> None:
        """Take items that pytest has found."""
        for collected in items:
            self._found[key_of(collected.nodeid, collected.index)] = collected
            if self._live:
                self._tree.add(collected)

    def deselected(self, keys: Iterable[ev.ItemKey]) -> None:
        """Take items that will not run. Only of a run of everything does that mean that they are not wanted at all."""
        keys = list(keys)
        self._deselected.update(key_of(*key) for key in keys)
        if self._live and self._whole:
            self._tree.remove_all(item for key in keys if (item := self._tree.item(*key)) is not None)

    def reported(self, event: ev.CollectorReported, rootdir: str) -> None:
        """Take the report of a collector. What lies below one that failed is out of date, but not gone."""
        file, _, rest = event.nodeid.partition("::")
        if event.outcome == "passed":
            self._through.add(file)
            branch = self._tree.broken.get("" if file == "." else file)
            if branch is not None:
                self._tree.set_broken(branch, Status.NOT_RUN)
            return
        path = posixpath.normpath(posixpath.join(rootdir, file)) if rootdir else ""
        branch = self._tree.collector(event.nodeid, path)
        message = event.crash.message if event.crash else last_line(event.longrepr or "")
        branch.note = Note(message[:MESSAGE_LIMIT], *((event.crash.path, event.crash.line) if event.crash else ()))
        if event.ref is not None:
            branch.note.refs.append(event.ref)
        self._tree.touch(branch)
        self._broken_after.setdefault(next(reversed(self._found), None), []).append(branch)
        if event.outcome == "skipped":
            self._skipped.add(branch.nodeid)
            self._tree.set_broken(branch, Status.SKIPPED)
            if not rest:
                self._through.add(file)
            return
        self.failed.add(branch.nodeid)
        self._tree.set_broken(branch, Status.ERROR)
        for item in items_below(branch):
            if item.status.is_outcome or item.was.is_outcome:
                self._tree.set_status(item, item.status, stale=True)

    def finish(self, items: tuple[ev.CollectedItem, ...]) -> list[Item]:
        """Bring the tree to the final word on what there is, as far as files were read; the items that will run."""
        final = {key_of(item.nodeid, item.index) for item in items}
        self._final = final
        in_tree = self._add_all(items)
        self._heal()
        if len(self._tree) > len(final):
            self._tree.remove_all(self._gone(final))
        self._tree.reorder(self._with_broken(in_tree))
        self._found = {}
        if self._whole:
            return in_tree
        return [item for key in items if (item := self._tree.item(key.nodeid, key.index)) is not None]

    def _gone(self, final: set[str | ev.ItemKey]) -> list[Item]:
        """What was in the files that were read, and is not any more."""
        gone = [item for item in self._of_read_files() if _key(item) not in final and not self._may_be_there(item)]
        if self._whole:
            gone += [
                item
                for key, collected in self._found.items()
                if key not in final and (item := self._tree.item(collected.nodeid, collected.index)) is not None
            ]
        return gone

    def _with_broken(self, items: list[Item]) -> Sequence[Branch | Item]:
        if not self._broken_after:
            return items
        nodes: list[Branch | Item] = [*self._broken_after.get(None, ())]
        for item in items:
            nodes.append(item)
            nodes += self._broken_after.get(_key(item), ())
        return nodes

    def _add_all(self, items: tuple[ev.CollectedItem, ...]) -> list[Item]:
        """Add what there is; the items in their order of collection."""
        add, find = self._tree.add, self._tree.item
        if not self._whole:
            for item in items:
                key = key_of(item.nodeid, item.index)
                if key not in self._found or key in self._deselected:
                    add(item)
            return self._tree.add_all(item for key, item in self._found.items() if key not in self._deselected)
        if self._arranged:
            added = dict(
                zip((key_of(item.nodeid, item.index) for item in items), self._tree.add_all(items), strict=True)
            )
            known = [added.pop(key) for key in self._found if key in added]
            return [*known, *added.values()]
        if not self._live:
            return self._tree.add_all(items)
        found = self._found
        return [
            (find(item.nodeid, item.index) if found.get(key_of(item.nodeid, item.index)) is item else None) or add(item)
            for item in items
        ]

    def _of_read_files(self) -> list[Item]:
        items: list[Item] = []
        for nodeid in self._through:
            branch = self._tree.module(nodeid)
            if branch is not None and branch.kind is Kind.MODULE:
                items += [item for item in items_below(branch) if item.module is branch]
        return items

    def _may_be_there(self, item: Item) -> bool:
        """Whether an item can exist although it will not run.

        A partial run is silent on what it leaves out. Doubles that a plugin makes have only their nodeid in common
        with what was found.
        """
        return self.is_hidden(item) or (not self._whole and item.nodeid in self._found)

    def is_hidden(self, item: Item) -> bool:
        """Whether it cannot be told if an item is there: a collector above it failed."""
        if not self.failed:
            return False
        branch: Branch | None = item.parent
        while branch is not None:
            if branch.nodeid in self.failed:
                return True
            branch = branch.parent
        return False

    @property
    def left_out(self) -> set[str | ev.ItemKey]:
        """What was found and taken out."""
        return self._deselected

    def is_deselected(self, item: Item) -> bool:
        """Whether the item was found, and taken out."""
        return _key(item) in self._deselected

    def is_final(self, item: Item) -> bool:
        """Whether the item will run."""
        return self._final is not None and _key(item) in self._final

    def _heal(self, *, all_: bool = False) -> None:
        """Collectors that failed once and were read this time, or are gone, are well."""
        for nodeid, branch in list(self._tree.broken.items()):
            if nodeid not in self.failed and nodeid not in self._skipped and (all_ or self._was_read(branch)):
                self._tree.set_broken(branch, Status.NOT_RUN)

    def _was_read(self, branch: Branch) -> bool:
        file = branch.nodeid.partition("::")[0]
        if file in self._through or (branch.parent is None and self._through):
            return True
        return branch.kind is Kind.FOLDER and any(nodeid.startswith(f"{file}/") for nodeid in self._through)

    def confirm(self, running: Iterable[ev.ItemKey] = ()) -> None:
        """The collection was not cut short: what it has not found is gone, but for ``running``."""
        final, self._final = self._final, None
        if final is None or not self._whole:
            return
        self._heal(all_=True)
        final.update(key_of(*key) for key in running)
        if len(self._tree) > len(final):
            self._tree.remove_all(
                item for item in self._tree.items() if _key(item) not in final and not self.is_hidden(item)
            )


def _key(item: Item) -> str | ev.ItemKey:
    return key_of(item.nodeid, item.index)
