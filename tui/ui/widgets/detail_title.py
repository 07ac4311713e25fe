"""The line above a document: its title, and the tabs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from tui.ui.detail.paint import clean
from tui.ui.detail.tabs import Tab, TabChosen
from tui.ui.widgets.visible import fit, fit_middle

if TYPE_CHECKING:
    from textual import events

_LEAST_NAME = 12
"""Cells that a name keeps beside what happened to it."""


def _on_one_line(text: str) -> str:
    return clean(text.replace("\n", "\\n"))


class DetailTitle(Widget):
    """What the pane shows, and the tabs; a click on one opens it. One line, or a line for each where there is room."""

    DEFAULT_CSS = "DetailTitle { height: 1; }"

    def __init__(self) -> None:
        super().__init__()
        self._title = self._subject = ""
        self._tab = Tab.FAILURE
        self._tabs: tuple[Tab, ...] = tuple(tab for tab in Tab if tab is not Tab.LOCALS)
        self._spans: list[tuple[int, int, Tab]] = []

    def show(self, title: str, tab: Tab, name: str = "", *, has_locals: bool = False) -> None:
        """Show a title, and which tab is open; the title begins with ``name``, which is the first to be shortened.

        The tab of the variables is among those to choose from where ``has_locals``, or where it is open.
        """
        tabs = tuple(each for each in Tab if each is not Tab.LOCALS or has_locals or tab is Tab.LOCALS)
        if (title, tab, name, tabs) != (self._title, self._tab, self._subject, self._tabs):
            self._title, self._tab, self._subject, self._tabs = title, tab, name, tabs
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """The title with the open tab; where there are two lines, all tabs above the title."""
        width = self.size.width
        focused = self._focused()
        style = self.rich_style + (Style(reverse=True) if focused else Style(dim=True))
        both = self.size.height > 1
        if both and y:
            return Strip([self._title_in(width, self.rich_style + Style(bold=True))])
        texts = [(f" {tab.value} {tab.label} ", tab) for tab in self._tabs]
        if not both:
            texts = [(f" {self._tab.value}/{max(self._tabs).value} {self._tab.label} ", self._tab)]
        at = 0 if both else max(0, width - sum(len(text) for text, _ in texts))
        segments = [] if both else [self._title_in(at, self.rich_style + Style(bold=True, reverse=focused))]
        self._spans = []
        for text, tab in texts:
            chosen = self.rich_style + Style(bold=True, underline=not focused, reverse=focused)
            segments.append(Segment(text, chosen if tab is self._tab else style))
            self._spans.append((at, at + len(text), tab))
            at += len(text)
        segments.append(Segment(" " * max(0, width - at), style))
        return Strip(segments).crop(0, width)

    def _title_in(self, room: int, style: Style) -> Segment:
        title = f"─ {self._fitted(room - 3)} "
        return Segment(set_cell_size(title + "─" * (room - cell_len(title)), room), style)

    def _fitted(self, room: int) -> str:
        """The title in so many cells: what happened where stays, the name is cut in its middle."""
        title = _on_one_line(self._title)
        if cell_len(title) <= room or not self._title.startswith(self._subject):
            return fit_middle(title, room, "…")
        rest = _on_one_line(self._title[len(self._subject) :])
        name = fit_middle(_on_one_line(self._subject), max(room - cell_len(rest), min(_LEAST_NAME, room)), "…")
        left = room - cell_len(name)
        # A place ends in its line; of counts the last matter least.
        return name + (fit_middle(rest, left, "…") if ":" in rest else fit(rest, left, "…")[0])

    def _focused(self) -> bool:
        parent = self.parent
        return isinstance(parent, Widget) and parent.has_focus_within

    def on_click(self, event: events.Click) -> None:
        """Open the tab under the mouse; in a narrow pane the next one."""
        for first, end, tab in self._spans:
            if first <= event.x < end:
                following = self._tabs[(self._tabs.index(tab) + 1) % len(self._tabs)]
                self.post_message(TabChosen(following if len(self._spans) == 1 else tab))
