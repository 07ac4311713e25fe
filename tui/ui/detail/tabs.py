"""The tabs of the detail pane."""

from __future__ import annotations

from enum import IntEnum

from textual.message import Message


class Tab(IntEnum):
    """The tabs, by the key that opens them."""

    FAILURE = 1
    OUTPUT = 2
    SOURCE = 3
    INFO = 4
    WARNINGS = 5
    TERMINAL = 6
    LOCALS = 7
    COVERS = 8

    @property
    def label(self) -> str:
        """Its name on screen."""
        return self.name.capitalize()


class TabChosen(Message):
    """The person chose a tab with the mouse."""

    def __init__(self, tab: Tab) -> None:
        super().__init__()
        self.tab = tab
