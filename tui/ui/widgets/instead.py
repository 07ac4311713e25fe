"""What can stand in the detail pane in place of a document."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from textual.widget import Widget

if TYPE_CHECKING:
    from tui.ui.detail.document import Place


class InsteadPane(Widget):
    """Its parts stand one below the other; one of them takes the keys."""

    DEFAULT_CSS = "InsteadPane { width: 1fr; height: 1fr; layout: vertical; overflow: hidden hidden; }"

    _wants_keys = False

    @property
    @abstractmethod
    def keyed(self) -> Widget:
        """The part that takes the keys; composed with the pane."""

    @property
    @abstractmethod
    def place(self) -> Place | None:
        """The line of a file that the cursor is on or leads to."""

    @property
    @abstractmethod
    def text(self) -> str:
        """All of it, for the pager."""

    def on_mount(self) -> None:
        """Now there is something to take the keys."""
        if self._wants_keys:
            self.take_keys()

    def take_keys(self) -> None:
        """Focus what takes the keys, as soon as it is there."""
        self._wants_keys = not self.keyed.is_attached
        if not self._wants_keys:
            self.screen.set_focus(self.keyed)
