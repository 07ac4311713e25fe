"""The tree of tests: rows that follow the model while the cursor stays where the person put it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from tui.model.nodes import Branch, Item
from tui.ui.status import UNICODE
from tui.ui.widgets.node_list import NodeList
from tui.ui.widgets.outline import Outline, survivor
from tui.ui.widgets.row import arrow_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tui.model.filter import Filter
    from tui.model.nodes import Node
    from tui.model.tree import Tree
    from tui.ui.status import Glyphs

_FIND_PAUSE = 0.5
"""Seconds between two looks for what the filter shows, while results change."""
_REST = 10
"""After work on all rows it waits this many times as long as the work took, before it does it again."""


class TestTree(NodeList):
    """The tree of tests.

    It looks at the model in ``tick`` only: somebody has to call that, about every 50 ms. The cursor belongs to the
    person: it stays on its node and on its line of the screen while rows come and go.

    Args:
        tree: The nodes to show.
        glyphs: Unicode or ASCII.
        clock: Seconds, by the clock that ``started`` goes by.
        started: When an item that is running began; None when that is not known.
        paused: Where an item that is running waits for a person; empty while it does not.
    """

    __test__: ClassVar[bool] = False
    """Not a class of tests, whatever its name says to pytest."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,l", "enter", "Open", show=False, id="tree-open"),
        Binding("left,h", "leave", "Close, or go to parent", show=False, id="tree-close"),
        Binding("backspace", "parent", "Go to parent", show=False, id="tree-parent"),
    ]

    def __init__(
        self,
        tree: Tree,
        glyphs: Glyphs = UNICODE,
        *,
        clock: Callable[[], float],
        started: Callable[[Item], float | None] = lambda _: None,
        paused: Callable[[Item], str] = lambda _: "",
    ) -> None:
        super().__init__(glyphs, clock=clock, started=started, paused=paused)
        self._outline = Outline(tree)
        self._structure = tree.structure
        self._generation = self._found_generation = tree.generation
        self._rest_until = self._find_at = clock()

    @property
    def rows(self) -> list[Branch | Item]:
        """The visible nodes, in order."""
        return self._outline.rows

    def is_open(self, branch: Branch) -> bool:
        """Whether the rows below a branch are shown."""
        return self._outline.is_open(branch)

    def on_mount(self) -> None:
        """Show what is there already."""
        self.rows_changed()
        self.tell()

    def show(self, tree: Tree) -> None:
        """Show another tree; the cursor goes to the node of the same nodeid, if there is one. A filter stays."""
        wanted = self._outline.filter
        self._outline, old = Outline(tree), self._outline
        if wanted is not None:
            self._outline.filter_by(wanted)
        self._follow(old.rows)

    def tick(self) -> bool:
        """Bring the screen up to date with the model. Costs next to nothing while nothing has changed.

        Returns whether something had to wait, so that it wants to be called again although nothing else changes.
        """
        outline, now = self._outline, self._clock()
        tree = outline.tree
        other_nodes = tree.structure != self._structure
        other_results = tree.generation != self._found_generation and self._follows_results
        if (other_nodes and now >= self._rest_until) or (other_results and now >= self._find_at):
            self._renew(now)
            other_nodes = other_results = False
        if tree.generation != self._generation:
            self._generation = tree.generation
            self.repaint_changed()
        self.repaint_second()
        return other_nodes or other_results

    @property
    def _follows_results(self) -> bool:
        return self._outline.filter is not None and self._outline.filter.follows_results

    def _renew(self, now: float) -> None:
        old = self._outline.rows
        self._outline.rebuild()
        self._follow(old)
        took = self._clock() - now
        self._rest_until = now + _REST * took
        self._find_at = now + max(_FIND_PAUSE, _REST * took)

    def _follow(self, old: list[Branch | Item]) -> None:
        """Take over other rows: the cursor stays on its node, or the nearest that is left, and on its line."""
        tree, rows = self._outline.tree, self._outline.rows
        self._structure, self._found_generation = tree.structure, tree.generation
        if old == rows:
            return
        line = self.cursor_line
        if old and rows:
            self._cursor = self._row_left_for(old)
        elif not rows:
            self._cursor = 0
        self.rows_changed()
        self.keep_line(line)
        self.tell()

    def _row_left_for(self, old: list[Branch | Item]) -> int:
        outline, node = self._outline, old[self._cursor]
        row = outline.row_of(node)
        if row is None and (twin := outline.twin(node)) is not None and twin is not node:
            row = outline.row_near(twin)
        return survivor(old, self._cursor, outline.rows) if row is None else row

    # Moving

    def move_to_node(self, node: Node) -> bool:
        """Put the cursor on a node and open what is above it; False if the filter hides it or it is gone."""
        count = len(self.rows)
        row = self._outline.reveal(node)
        if len(self.rows) != count:
            self.rows_changed()
        if row is None:
            return False
        self.move_to_row(row)
        return True

    def next_bad(self, direction: int) -> bool:
        """Move to the next (1) or previous (-1) failed, erroneous or crashed item or broken collector.

        It opens what is closed, and goes round at the end. False if there is none.
        """
        node = self._outline.next_bad(self.cursor_node, direction)
        return node is not None and self.move_to_node(node)

    def open_to(self, nodes: Iterable[Branch | Item]) -> None:
        """Open what is above these nodes as long as all rows fit on the screen; the cursor stays where it is."""
        outline, old = self._outline, self._outline.rows
        for node in nodes:
            if len(outline.rows) + outline.rows_to(node) <= self.size.height:
                outline.reveal(node)
        self._follow(old)

    def go_to_parent(self) -> None:
        """Put the cursor on the branch that the node under it is in."""
        node = self.cursor_node
        if node is not None and node.parent is not None and (row := self._outline.row_of(node.parent)) is not None:
            self.move_to_row(row)

    # Opening and closing

    def expand_cursor(self) -> bool:
        """Open the branch under the cursor; False if there is nothing to open."""
        return self._set_open(self._cursor, opened=True)

    def collapse_cursor(self) -> bool:
        """Close the branch under the cursor; False if there is nothing to close."""
        return self._set_open(self._cursor, opened=False)

    def _set_open(self, row: int, *, opened: bool) -> bool:
        changed = row < len(self.rows) and self._outline.set_open(row, opened=opened)
        if changed:
            self.rows_changed()
        return changed

    def toggle_all(self) -> None:
        """Open every branch, or close all but an only folder if there is none to open."""
        node, line = self.cursor_node, self.cursor_line
        self._outline.set_all_open(opened=not self._outline.is_all_open())
        self._cursor = (self._outline.row_near(node) if node is not None else None) or 0
        self.rows_changed()
        self.keep_line(line)
        self.tell()

    # Filter and marks

    def set_filter(self, wanted: Filter | None) -> int:
        """Show only what matches, opened; None shows all again, opened and closed as it was before.

        Returns the number of matches.
        """
        old = self.rows
        self._outline.filter_by(wanted)
        self._follow(old)
        return self.matches

    @property
    def matches(self) -> int:
        """How many items and broken collectors the filter shows; 0 without one."""
        return self._outline.matches

    def shows(self, node: Node) -> bool:
        """Whether the filter lets a node be seen, once what is above it is open."""
        return self._outline.shows(node)

    def marked_nodes(self) -> list[Branch | Item]:
        """The nodes that are marked, in order of the tree, shown or not."""
        return self._outline.marked()

    # What keys and clicks do

    def clicked(self, row: int, x: int) -> None:
        """Open or close a branch whose arrow was clicked."""
        node = self.rows[row]
        if isinstance(node, Branch) and arrow_at(node) <= x <= arrow_at(node) + 1:
            self._set_open(self._cursor, opened=not self.is_open(node))

    def action_enter(self) -> None:
        """Open the branch under the cursor, or go to its first row."""
        node = self.cursor_node
        if not self.expand_cursor() and isinstance(node, Branch) and node.children:
            self.move_to_row(self._cursor + 1)

    def action_leave(self) -> None:
        """Close the branch under the cursor, or go to its parent."""
        if not self.collapse_cursor():
            self.go_to_parent()

    def action_parent(self) -> None:
        """Go to the parent."""
        self.go_to_parent()
