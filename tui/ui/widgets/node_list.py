"""A list of nodes on screen: only the rows that one sees cost anything, whatever the number of nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message

from tui.model.nodes import Branch, Item
from tui.model.outcome import Status
from tui.ui.widgets.row import row_parts
from tui.ui.widgets.row_list import RowList
from tui.ui.widgets.visible import running

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tui.ui.status import Glyphs
    from tui.ui.widgets.row import Part


class _Painted(NamedTuple):
    """What a line of the screen showed when it was last drawn."""

    node: Branch | Item | None
    version: int
    elapsed: str
    paused: str


class NodeList(RowList, inherit_bindings=False):
    """Rows that are nodes, drawn from the model.

    Args:
        glyphs: Unicode or ASCII.
        clock: Seconds, by the clock that ``started`` goes by.
        started: When an item that is running began; None when that is not known.
        paused: Where an item that is running waits for a person; empty while it does not.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "Down", show=False, id="tree-down"),
        Binding("up,k", "move(-1)", "Up", show=False, id="tree-up"),
        Binding("home,g", "first", "First", show=False, id="tree-first"),
        Binding("end,G", "last", "Last", show=False, id="tree-last"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="tree-page-down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="tree-page-up"),
        Binding("ctrl+d", "half_page(1)", "Half a page down", show=False, id="tree-half-page-down"),
        Binding("ctrl+u", "half_page(-1)", "Half a page up", show=False, id="tree-half-page-up"),
        Binding("enter", "choose", "Detail", show=False, id="tree-choose"),
        Binding("space", "mark", "Mark", show=False, id="tree-mark"),
    ]

    class CursorMoved(Message, namespace="test_tree"):
        """Another node is under the cursor; ``node`` is None when there is none at all."""

        def __init__(self, node: Branch | Item | None) -> None:
            super().__init__()
            self.node = node

    class Chosen(Message, namespace="test_tree"):
        """The person wants to see more of a node."""

        def __init__(self, node: Branch | Item) -> None:
            super().__init__()
            self.node = node

    class MarkToggled(Message, namespace="test_tree"):
        """The person marks a node, or takes the mark away; the receiver changes the model."""

        def __init__(self, node: Branch | Item) -> None:
            super().__init__()
            self.node = node

    def __init__(
        self,
        glyphs: Glyphs,
        *,
        clock: Callable[[], float],
        started: Callable[[Item], float | None] = lambda _: None,
        paused: Callable[[Item], str] = lambda _: "",
    ) -> None:
        super().__init__()
        self._glyphs = glyphs
        self._clock = clock
        self._started = started
        self._paused = paused
        self._told: Branch | Item | None = None
        self._second = int(clock())
        self._painted: dict[int, _Painted] = {}

    @property
    def rows(self) -> list[Branch | Item]:
        """What it shows, in order."""
        raise NotImplementedError

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self.rows)

    @property
    def cursor_node(self) -> Branch | Item | None:
        """The node under the cursor, None while there are no rows."""
        rows = self.rows
        return rows[self._cursor] if self._cursor < len(rows) else None

    def is_open(self, branch: Branch) -> bool:  # noqa: ARG002 - for those that have rows below
        """Whether the rows below a branch are shown."""
        return False

    # Painting

    def parts_of(self, row: int, y: int, width: int) -> Sequence[Part]:
        """How a row looks, which is remembered for the next look at what has changed."""
        node = self.rows[row]
        elapsed, paused = self._now(node)
        self._painted[y] = _Painted(node, node.version, elapsed, paused)
        opened = isinstance(node, Branch) and self.is_open(node)
        return row_parts(node, width, self._glyphs, opened=opened, elapsed=elapsed, paused=paused)

    def _now(self, node: Branch | Item) -> tuple[str, str]:
        """For how long an item has been running, and where it waits."""
        if isinstance(node, Branch) or node.status is not Status.RUNNING:
            return "", ""
        started = self._started(node)
        return "" if started is None else running(self._second - started), self._paused(node)

    def repaint_changed(self) -> None:
        """Repaint the visible rows whose node has changed since they were drawn, and those that show the time."""
        self._repaint(lambda node, painted: node.version != painted.version)

    def repaint_second(self) -> None:
        """Repaint the visible rows of what is running where they have changed, if a new second has begun."""
        second = int(self._clock())
        if second != self._second:
            self._second = second
            self._repaint(lambda node, painted: (painted.elapsed, painted.paused) != self._now(node))

    def _repaint(self, is_due: Callable[[Branch | Item, _Painted], bool]) -> None:
        top = self.scroll_offset.y
        dirty = []
        for y, node in enumerate(self.rows[top : top + self.size.height]):
            painted = self._painted.get(y)
            if painted is None or painted.node is not node or is_due(node, painted):
                dirty.append(Region(0, y, self.whole_width, 1))
        if dirty:
            self.refresh(*dirty)

    # The cursor

    def tell(self) -> None:
        """Post that another node is under the cursor, if it is another."""
        node = self.cursor_node
        if node is not self._told:
            self._told = node
            self.post_message(self.CursorMoved(node))

    # What keys do

    def action_choose(self) -> None:
        """Ask for more of the node under the cursor."""
        if (node := self.cursor_node) is not None:
            self.post_message(self.Chosen(node))

    def action_mark(self) -> None:
        """Ask to mark the node under the cursor."""
        if (node := self.cursor_node) is not None:
            self.post_message(self.MarkToggled(node))
