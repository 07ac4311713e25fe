"""What the tests of the widgets share: a tree to look at, a clock to turn, and the screen as text and style."""

from __future__ import annotations

from typing import Any

from rich.style import Style
from textual.app import App

from tui.model.events import CollectedItem
from tui.model.nodes import Item, Note
from tui.model.outcome import Status
from tui.model.tree import Tree


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
    lines = app.screen._compositor.render_strips(app.size)
    assert len(lines) == height
    return [[(text, style or Style()) for text, style, control in line.crop(0, width) if not control] for line in lines]


def style_of(app: App[Any], text: str) -> Style:
    """The style of the only place on the screen where ``text`` stands."""
    found: list[Style] = []
    for line in screen_segments(app):
        cells = "".join(part for part, _ in line)
        if text not in cells:
            continue
        assert cells.count(text) == 1
        at = cells.index(text)
        styles = [style for part, style in line for _ in part]
        assert len(set(map(str, styles[at : at + len(text)]))) == 1, f"{text!r} has several styles"
        found.append(styles[at])
    assert len(found) == 1, f"{text!r} stands on {len(found)} lines"
    return found[0]
