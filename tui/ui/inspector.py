"""Makes the document for a node and a tab: from the store, and from the engine what is not in memory."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from tui.engine import details, source
from tui.model.nodes import Branch, Item, Kind, Node, items_below
from tui.ui.detail import failure, others
from tui.ui.detail.document import Document
from tui.ui.detail.places import with_breakpoints
from tui.ui.detail.tabs import Tab
from tui.ui.keymap import USUAL, Keys
from tui.ui.status import BREAKPOINT

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.engine.explorer import Explorer
    from tui.model.store import Store
    from tui.ui.detail.document import Place

_LOW = 12
_LOOKED_THROUGH = 2_000
"""Items of a branch that may be looked through at every repaint."""


class Inspector:
    """Looks behind nodes. Nothing that it reads is kept."""

    def __init__(
        self,
        explorer: Explorer,
        store: Store,
        output: Callable[[], Path | None],
        why: Callable[[Item], str] = lambda _: "",
        sign: str = BREAKPOINT.glyph,
        keys: Keys = USUAL,
    ) -> None:
        """``output`` gives the file of what the last run wrote to its terminal, ``why`` the reason an item ran for.

        ``sign`` stands before lines with a breakpoint; ``keys`` are those that words name.
        """
        self._why = why
        self._keys = keys
        self._sign = sign
        self._breakpoints = explorer.policy.breakpoints
        self._explorer = explorer
        self._store = store
        self._output = output

    def document(
        self, node: Node | None, tab: Tab, *, rows: int = 24, shows: Callable[[Node], bool] | None = None
    ) -> Document:
        """What that tab says of that node; None, or the root, stands for the run as a whole.

        In few ``rows`` a failure shows less code, so that message and values are in view too. ``shows`` tells which
        nodes a filter lets be seen, if there is one.
        """
        document = self._document(node, tab, rows, shows)
        document.lines = with_breakpoints(document.lines, self._has_breakpoint, self._sign)
        return document

    def _has_breakpoint(self, place: Place) -> bool:
        return bool(self._breakpoints) and self.absolute(place) in self._breakpoints

    def _document(self, node: Node | None, tab: Tab, rows: int, shows: Callable[[Node], bool] | None) -> Document:
        match tab:
            case Tab.LOCALS:
                item = node if isinstance(node, Item) else None
                why_not = self._store.halts.not_frozen.get(item.key, "") if item else ""
                return others.nothing_kept(item, why_not, self._keys)
            case Tab.COVERS:
                return others.covers_nothing()
            case Tab.TERMINAL:
                return others.terminal(self._output(), self._keys)
            case Tab.WARNINGS:
                return others.warnings(self._store.warnings)
            case _:
                return self._of_node(node, tab, rows, shows)

    def _of_node(self, node: Node | None, tab: Tab, rows: int, shows: Callable[[Node], bool] | None) -> Document:
        run = self._store.run
        if isinstance(node, Item):
            return self._of_item(node, tab, 4 if rows > _LOW else 1)
        if isinstance(node, Branch) and node.parent is not None and not (run and run.problem):
            return self._of_branch(node, tab, shows)
        if run is None:
            return Document()
        return failure.of_run(run, self._store.session, self._store.faults)

    def _of_item(self, item: Item, tab: Tab, context: int) -> Document:
        reports = details.reports(item, self._explorer.shelf)
        if tab is Tab.OUTPUT:
            return others.output(failure.name_of(item), reports, self._keys)
        if tab is Tab.SOURCE:
            found = self._source(item)
            failing = item.note.line if item.note and item.note.path == self._relative(item) else None
            return others.source(item, found, self._relative(item), failing)
        if tab is Tab.INFO:
            return others.facts(item, reports, self._source(item).docstring, self._store.warnings, self._why(item))
        pause = next((each for each in self._store.paused.values() if (each.nodeid, each.index) == item.key), None)
        if pause is not None:
            return others.paused(failure.name_of(item), pause, self._keys)
        run = self._store.run
        began = run.running.get(item.key) if run else None
        elapsed = None if began is None else self._store.clock() - began
        return failure.of_item(item, reports, elapsed, context=context, keys=self._keys)

    def _of_branch(self, branch: Branch, tab: Tab, shows: Callable[[Node], bool] | None) -> Document:
        report = details.collector_report(branch, self._explorer.shelf)
        if tab is Tab.OUTPUT and report is not None:
            return others.output(branch.name, [report], self._keys)
        if tab is Tab.SOURCE and branch.kind >= Kind.MODULE:
            path, line = self.place(branch)
            name = branch.name if branch.kind is not Kind.MODULE else ""
            failing = branch.note.line if branch.note else None
            found = source.definition(Path(path), line, name) if path else source.Source()
            return others.source(None, found, os.path.relpath(path, self.rootdir), failing)
        listing = not self._is_busy(branch)
        return failure.of_branch(branch, report, self._running(branch), listing=listing, shows=shows, keys=self._keys)

    def _running(self, branch: Branch) -> list[tuple[Item, float]]:
        run = self._store.run
        now = self._store.clock()
        found = []
        for key, since in run.running.items() if run else ():
            item = self._store.tree.item(*key)
            node: Node | None = item
            while node is not None and node is not branch:
                node = node.parent
            if item is not None and node is branch:
                found.append((item, now - since))
        return found

    def _is_busy(self, branch: Branch) -> bool:
        """Whether it changes all the time and is too large to be looked through each time."""
        return bool(self._store.run and self._store.run.active and branch.total > _LOOKED_THROUGH)

    def _source(self, item: Item) -> source.Source:
        name = item.function or item.label.partition(" #")[0].partition("[")[0]
        return source.definition(Path(self.rootdir, self._relative(item)), item.line, name)

    @property
    def rootdir(self) -> str:
        """The folder that paths in reports start from."""
        session = self._store.session
        return session.rootdir if session else str(self._explorer.project.cwd)

    def absolute(self, place: Place) -> Place:
        """A place of a report with its path absolute: it is as seen from rootdir, or from where pytest was started."""
        path, line = place
        session = self._store.session
        folders = (self.rootdir, session.invocation_dir if session else "")
        found = (full for folder in folders if os.path.exists(full := os.path.join(folder, path)))  # noqa: PTH110,PTH118
        return next(found, os.path.join(self.rootdir, path)), line  # noqa: PTH118 - what is no path must not raise

    @staticmethod
    def _relative(item: Item) -> str:
        return item.location or item.nodeid.partition("::")[0]

    def place(self, node: Node | None) -> tuple[str, int | None]:
        """Absolute path and line where an editor should open: the failing line if there is one."""
        if isinstance(node, Item):
            note = node.note
            if note is not None and note.path and node.status.is_bad and Path(self.rootdir, note.path).is_file():
                return str(Path(self.rootdir, note.path)), note.line
            return str(Path(self.rootdir, self._relative(node))), node.line
        if isinstance(node, Branch):
            if node.note is not None and node.note.path:
                return str(Path(self.rootdir, node.note.path)), node.note.line
            if node.kind in (Kind.CLASS, Kind.FUNCTION):
                first = next((item for item in items_below(node) if item.line), None)
                return self.place(first) if first is not None else (self._module_path(node), None)
            return node.path, None
        return "", None

    @staticmethod
    def _module_path(branch: Branch) -> str:
        node: Branch | None = branch
        while node is not None and not node.path:
            node = node.parent
        return node.path if node is not None else ""

    def whole(self, node: Node | None, tab: Tab) -> Path | str:
        """What the pager shows: the file that holds all of it, or the text itself."""
        document = self.document(node, tab)
        return document.file if document.file is not None else document.plain_text()
