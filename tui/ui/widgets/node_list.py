"""A list of nodes on screen: only the rows that one sees cost anything, whatever the number of nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.model.nodes import Branch, Item
from tui.model.outcome import Status
from tui.ui.status import Tone
from tui.ui.widgets.row import row_parts
from tui.ui.widgets.visible import running

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.style import Style
    from textual import events

    from tui.ui.status import Glyphs


class _Painted(NamedTuple):
    """What a line of the screen showed when it was last drawn."""

    node: Branch | Item | None
    version: int
    elapsed: str


class NodeList(ScrollView, can_focus=True, inherit_bindings=False):
    """Rows with a cursor, drawn line by line from the model.

    Args:
        glyphs: Unicode or ASCII.
        clock: Seconds, by the clock that ``started`` goes by.
        started: When an item that is running began; None when that is not known.
        id: Textual's.
    """

    ALLOW_SELECT = False

    COMPONENT_CLASSES: ClassVar[set[str]] = {"row--cursor", "row--cursor-blurred", *(f"row--{tone}" for tone in Tone)}
    """
    | Class | Description |
    | :- | :- |
    | `row--cursor` | The row under the cursor. |
    | `row--cursor-blurred` | Its name, while the list has no focus. |
    | `row--good`, and so on for every tone | Glyphs, names, messages and counts. |
    """

    DEFAULT_CSS = """
    NodeList {
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
        background: $background;
        color: $foreground;
        & > .row--cursor { background: $block-cursor-background; color: $block-cursor-foreground; text-style: bold; }
        & > .row--cursor-blurred { text-style: reverse; }
        & > .row--good { color: $success; }
        & > .row--bad { color: $error; text-style: bold; }
        & > .row--why { color: $error; }
        & > .row--dead { color: $error; text-style: bold reverse; }
        & > .row--odd { color: $warning; }
        & > .row--live { color: $accent; text-style: bold; }
        & > .row--mark { color: $secondary; text-style: bold; }
        & > .row--faint { text-style: dim; }
        &:ansi {
            background: ansi_default;
            color: ansi_default;
            & > .row--cursor { background: ansi_default; color: ansi_default; text-style: reverse; }
            & > .row--good { color: ansi_green; }
            & > .row--bad { color: ansi_red; }
            & > .row--why { color: ansi_red; }
            & > .row--dead { color: ansi_red; }
            & > .row--odd { color: ansi_yellow; }
            & > .row--live { color: ansi_cyan; }
            & > .row--mark { color: ansi_magenta; }
        }
        &:nocolor > .row--cursor { text-style: bold underline; }  /* in reverse is the line above the first row */
    }
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
        id: str | None = None,  # noqa: A002 - Textual's name
    ) -> None:
        super().__init__(id=id)
        self._glyphs = glyphs
        self._clock = clock
        self._started = started
        self._cursor = 0
        self._told: Branch | Item | None = None
        self._second = int(clock())
        self._painted: dict[int, _Painted] = {}
        self._styles: dict[str, Style] = {}

    @property
    def rows(self) -> list[Branch | Item]:
        """What it shows, in order."""
        raise NotImplementedError

    @property
    def cursor_node(self) -> Branch | Item | None:
        """The node under the cursor, None while there are no rows."""
        rows = self.rows
        return rows[self._cursor] if self._cursor < len(rows) else None

    def is_open(self, branch: Branch) -> bool:  # noqa: ARG002 - for those that have rows below
        """Whether the rows below a branch are shown."""
        return False

    # Painting

    @property
    def _row_width(self) -> int:
        """Cells of a row: a blank parts it from the scrollbar, or from the pane beside it."""
        return max(1, self._width - 1)

    @property
    def _width(self) -> int:
        return self.scrollable_content_region.width

    def render_line(self, y: int) -> Strip:
        """Draw one line; ``y`` counts from the top of the widget."""
        width = self._row_width
        styles = self._styles or self._prepare_styles()
        row = y + self.scroll_offset.y
        rows = self.rows
        if row >= len(rows):
            self._painted.pop(y, None)
            return Strip.blank(self._width, styles[Tone.PLAIN])
        node = rows[row]
        elapsed = self._elapsed(node)
        self._painted[y] = _Painted(node, node.version, elapsed)
        opened = isinstance(node, Branch) and self.is_open(node)
        parts = row_parts(node, width, self._glyphs, opened=opened, elapsed=elapsed)
        under_cursor = row == self._cursor
        if under_cursor and self.has_focus:
            whole = Strip([Segment("".join(part.text for part in parts), styles["cursor"])])
            return whole.crop(0, width).extend_cell_length(self._width, styles["cursor"])
        segments = [
            Segment(part.text, styles["cursor-blurred" if under_cursor and part.is_name else part.tone])
            for part in parts
        ]
        return Strip(segments).crop(0, width).extend_cell_length(self._width, styles[Tone.PLAIN])

    def _prepare_styles(self) -> dict[str, Style]:
        base = self.rich_style
        names = ("cursor", "cursor-blurred", *Tone)
        self._styles = {name: base + self.get_component_rich_style(f"row--{name}", partial=True) for name in names}
        return self._styles

    def notify_style_update(self) -> None:
        """Forget the colours of another theme."""
        super().notify_style_update()
        self._styles = {}

    def _elapsed(self, node: Branch | Item) -> str:
        if isinstance(node, Branch) or node.status is not Status.RUNNING:
            return ""
        started = self._started(node)
        return "" if started is None else running(self._second - started)

    def repaint_changed(self) -> None:
        """Repaint the visible rows whose node has changed since they were drawn, and those that show the time."""
        self._repaint(lambda node, painted: node.version != painted.version)

    def repaint_second(self) -> None:
        """Repaint the visible rows that show how long something has been running, if a new second has begun."""
        second = int(self._clock())
        if second != self._second:
            self._second = second
            self._repaint(lambda node, painted: painted.elapsed != self._elapsed(node))

    def _repaint(self, is_due: Callable[[Branch | Item, _Painted], bool]) -> None:
        top = self.scroll_offset.y
        dirty = []
        for y, node in enumerate(self.rows[top : top + self.size.height]):
            painted = self._painted.get(y)
            if painted is None or painted.node is not node or is_due(node, painted):
                dirty.append(Region(0, y, self._width, 1))
        if dirty:
            self.refresh(*dirty)

    def rows_changed(self) -> None:
        """Take over that there are other rows."""
        self.virtual_size = Size(self._width, len(self.rows))
        self.refresh()

    # The cursor

    def move_to_row(self, row: int) -> None:
        """Put the cursor on a row, or on the nearest that there is."""
        row = max(0, min(row, len(self.rows) - 1))
        self._refresh_cursor()
        self._cursor = row
        self._refresh_cursor()
        self.keep_in_view()
        self.tell()

    def _refresh_cursor(self) -> None:
        if 0 <= self.cursor_line < self.size.height:
            self.refresh_line(self._cursor)

    def tell(self) -> None:
        """Post that another node is under the cursor, if it is another."""
        node = self.cursor_node
        if node is not self._told:
            self._told = node
            self.post_message(self.CursorMoved(node))

    def keep_in_view(self) -> None:
        """Scroll so that the cursor is seen: half a page at once, since every scroll draws the whole screen."""
        height, top = self.size.height, self.scroll_offset.y
        if height and not top <= self._cursor < top + height:
            self.scroll_to(y=self._cursor - height // 2, animate=False, force=True)

    @property
    def cursor_line(self) -> int:
        """The line of the screen that the cursor is on, counted from the top of the widget."""
        return self._cursor - self.scroll_offset.y

    def on_resize(self) -> None:
        """Keep the cursor in view when the room gets smaller."""
        self.keep_in_view()

    def on_focus(self) -> None:
        """Show the cursor as the one that keys move."""
        self._refresh_cursor()

    def on_blur(self) -> None:
        """Show that keys go elsewhere."""
        self._refresh_cursor()

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the row; a double click chooses it."""
        row = event.y + self.scroll_offset.y
        if 0 <= row < len(self.rows):
            self.move_to_row(row)
            self.clicked(self.rows[row], event.x)
            if event.chain == 2:  # noqa: PLR2004
                self.action_choose()

    def clicked(self, node: Branch | Item, x: int) -> None:
        """A row was clicked in cell ``x``."""

    # What keys do

    def action_move(self, rows: int) -> None:
        """Move the cursor."""
        self.move_to_row(self._cursor + rows)

    def action_first(self) -> None:
        """Move to the first row."""
        self.move_to_row(0)

    def action_last(self) -> None:
        """Move to the last row."""
        self.move_to_row(len(self.rows) - 1)

    def action_page(self, direction: int) -> None:
        """Move by a screen, less one row."""
        self.move_to_row(self._cursor + direction * max(1, self.size.height - 1))

    def action_half_page(self, direction: int) -> None:
        """Move by half a screen."""
        self.move_to_row(self._cursor + direction * max(1, self.size.height // 2))

    def action_choose(self) -> None:
        """Ask for more of the node under the cursor."""
        if (node := self.cursor_node) is not None:
            self.post_message(self.Chosen(node))

    def action_mark(self) -> None:
        """Ask to mark the node under the cursor."""
        if (node := self.cursor_node) is not None:
            self.post_message(self.MarkToggled(node))
