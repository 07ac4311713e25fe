"""What the tests of the widgets share: a tree to look at, a clock to turn, and the screen as text and style."""

from __future__ import annotations

from typing import Any

from rich.style import Style
from textual import on
from textual._context import visible_screen_stack
from textual.app import App, ComposeResult

from tui.model.events import CollectedItem
from tui.model.nodes import Item, Note, label_of
from tui.model.outcome import Status
from tui.model.tree import Tree
from tui.ui.status import UNICODE, Glyphs
from tui.ui.widgets.tree import TestTree


class Clock:
    """A clock that stands until a test turns it."""

    def __init__(self, now: float = 100.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def collected(nodeid: str, *, markers: tuple[str, ...] = (), index: int = 0) -> CollectedItem:
    """A collected item with the collectors that its nodeid tells of."""
    file, _, rest = nodeid.partition("::")
    name, bracket, _ = rest.partition("[")
    *classes, function = name.split("::")
    collector = "::".join((file, *classes))
    grouped = function if bracket else None
    return CollectedItem(
        nodeid, index, file, f"/project/{file}", collector, tuple(classes), grouped, file, 1, markers, ()
    )


def add(tree: Tree, *nodeids: str) -> list[Item]:
    """Add items to a tree."""
    return [tree.add(collected(nodeid)) for nodeid in nodeids]


def finish(tree: Tree, nodeid: str, status: Status, seconds: float = 0.004, message: str = "") -> Item:
    """Give an item of the tree an outcome."""
    item = tree.item(nodeid)
    assert item is not None
    item.note = Note(message) if message else None
    tree.set_seconds(item, seconds)
    tree.set_status(item, status)
    return item


def screen_lines(app: App[Any]) -> list[str]:
    """What stands on each line of the screen, without blanks at its end."""
    return ["".join(text for text, _ in line).rstrip() for line in screen_segments(app)]


def screen_segments(app: App[Any]) -> list[list[tuple[str, Style]]]:
    """Texts and styles of each line of the screen."""
    width, height = app.size
    visible_screen_stack.set(app._background_screens)  # as for a frame: a screen on top shows those below it
    lines = app.screen._compositor.render_strips(app.size)
    assert len(lines) == height
    return [[(text, style or Style()) for text, style, control in line.crop(0, width) if not control] for line in lines]


class TreeApp(App[None]):
    """A tree and nothing else; keeps the messages that it posts."""

    ENABLE_COMMAND_PALETTE = False

    def __init__(self, tree: Tree, *, glyphs: Glyphs = UNICODE, started: float | None = None) -> None:
        super().__init__(ansi_color=True)
        self.theme = "ansi-dark"
        self.clock = Clock()
        self.widget = TestTree(tree, glyphs, clock=self.clock, started=lambda _: started)
        self.moved: list[str | None] = []
        self.chosen: list[str] = []
        self.marked: list[str] = []

    def compose(self) -> ComposeResult:
        yield self.widget

    def on_mount(self) -> None:
        self.widget.focus()

    @on(TestTree.CursorMoved)
    def _moved(self, message: TestTree.CursorMoved) -> None:
        self.moved.append(message.node.nodeid if message.node else None)

    @on(TestTree.Chosen)
    def _chosen(self, message: TestTree.Chosen) -> None:
        self.chosen.append(message.node.nodeid)

    @on(TestTree.MarkToggled)
    def _marked(self, message: TestTree.MarkToggled) -> None:
        self.marked.append(message.node.nodeid)

    @property
    def lines(self) -> list[str]:
        """What stands on each line, without blanks at both ends and empty lines."""
        return [line.strip() for line in screen_lines(self) if line.strip()]

    @property
    def names(self) -> list[str]:
        """The names of the visible rows: the first word after mark, arrow and glyph."""
        return [next(word for word in line.split() if len(word) > 2) for line in self.lines]

    @property
    def at(self) -> str:
        """The name of the node under the cursor."""
        node = self.widget.cursor_node
        assert node is not None
        return label_of(node)

    @property
    def cursor_line(self) -> int:
        """The line of the screen that is drawn as the one under the cursor."""
        reverse = [number for number, line in enumerate(screen_segments(self)) if line[0][1].reverse]
        assert len(reverse) == 1
        return reverse[0]
