"""What lists whose rows can be chosen have in common: keys that move, and the choice of a row."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from tui.ui.widgets.row_list import RowList


class Listing(RowList, inherit_bindings=False):
    """A list whose rows can be chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "Down", show=False, id="list-down"),
        Binding("up,k", "move(-1)", "Up", show=False, id="list-up"),
        Binding("g,home", "first", "First", show=False, id="list-first"),
        Binding("G,end", "last", "Last", show=False, id="list-last"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="list-page-down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="list-page-up"),
        Binding("ctrl+d", "half_page(1)", "Half a page down", show=False, id="list-half-page-down"),
        Binding("ctrl+u", "half_page(-1)", "Half a page up", show=False, id="list-half-page-up"),
        Binding("enter", "choose", "open", id="list-choose"),
    ]

    class OfRow(Message):
        """What a person does with the row under the cursor."""

        def __init__(self, listing: Listing) -> None:
            super().__init__()
            self.listing = listing

        @property
        def control(self) -> Listing:
            """The list."""
            return self.listing

    class Moved(OfRow):
        """Another row is under the cursor."""

    class Chosen(OfRow):
        """The person wants to see more of the row under the cursor."""

    def tell(self) -> None:
        """Post that the cursor has moved."""
        self.post_message(self.Moved(self))

    def action_choose(self) -> None:
        """Ask for more of the row under the cursor."""
        if self.count:
            self.post_message(self.Chosen(self))
