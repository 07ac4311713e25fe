"""The detail pane: a line with title and tabs, and the document of the tab."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from textual.containers import Vertical
from textual.message import Message

if TYPE_CHECKING:
    from tui.ui.detail.document import Document
    from tui.ui.widgets.detail_title import DetailTitle
    from tui.ui.widgets.pane import DocumentPane


class Tab(IntEnum):
    """The tabs, by the key that opens them."""

    FAILURE = 1
    OUTPUT = 2
    SOURCE = 3
    INFO = 4
    WARNINGS = 5
    TERMINAL = 6

    @property
    def label(self) -> str:
        """Its name on screen."""
        return self.name.capitalize()


class Detail(Vertical):
    """Shows documents; which one belongs to a tab is not its business.

    It is empty until there is one to show: what shows it is neither loaded nor mounted for the first frame.
    """

    DEFAULT_CSS = "Detail { height: 1fr; width: 1fr; }"

    class TabChosen(Message):
        """The person chose a tab with the mouse."""

        def __init__(self, tab: Tab) -> None:
            super().__init__()
            self.tab = tab

    def __init__(self, *, dark: bool = True, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._dark = dark
        self._parts: tuple[DetailTitle, DocumentPane] | None = None

    def _filled(self) -> tuple[DetailTitle, DocumentPane]:
        """Title and pane."""
        if self._parts is None:
            from tui.ui.widgets.detail_title import DetailTitle
            from tui.ui.widgets.pane import DocumentPane

            self._parts = DetailTitle(), DocumentPane(dark=self._dark)
            self.mount(*self._parts)
        return self._parts

    @property
    def pane(self) -> DocumentPane:
        """The part that scrolls."""
        return self._filled()[1]

    def show(self, document: Document, tab: Tab, *, keep_place: bool = False) -> None:
        """Show the document of a tab."""
        title, pane = self._filled()
        title.show(document.title, tab, document.name)
        pane.show(document, keep_place=keep_place)

    def on_descendant_focus(self) -> None:
        """The title tells whether keys go here."""
        self._filled()[0].refresh()

    def on_descendant_blur(self) -> None:
        """The title tells whether keys go here."""
        self._filled()[0].refresh()
