"""What is in view: moving through the tree, filtering it, and the detail pane that follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Input

from tui.ui.detail.tabs import Tab, TabChosen
from tui.ui.screens.parts import SIZES, Parts

if TYPE_CHECKING:
    from tui.model.nodes import Node
    from tui.ui.coverage.covers_pane import CoversPane
    from tui.ui.widgets.filter_line import FilterLine
    from tui.ui.widgets.tree import TestTree


class Looking(Parts):
    """Moves the eye; nothing here changes what is known of a test."""

    def on_test_tree_cursor_moved(self) -> None:
        """Follow the cursor."""
        self.show_detail()
        self.refresh_bindings()

    def on_test_tree_chosen(self) -> None:
        """Enter: the detail pane in full."""
        self.resize_detail("full")
        self.show_detail()

    def on_test_tree_mark_toggled(self, message: TestTree.MarkToggled) -> None:
        """Space: mark, or no longer."""
        self._mark(message.node, marked=not message.node.marked)

    def _mark(self, node: Node, *, marked: bool) -> None:
        self._store.tree.set_marked(node, marked=marked)
        self.marked = self.tree_view.marked_nodes()
        self.changed()
        self.refresh_bindings()

    def on_covers_pane_opened(self, message: CoversPane.Opened) -> None:
        """Enter on a file that the test covers: its lines."""
        self._covers.open(message)

    def on_tab_chosen(self, message: TabChosen) -> None:
        """A click on a tab."""
        self.action_tab(message.tab)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whether a key can find anything now."""
        match action:
            case "filter":
                return not isinstance(self.focused, Input)
            case "next_bad":
                return self.has_failures or None
            case _:
                return super().check_action(action, parameters)

    # Finding

    def action_next_bad(self, direction: int) -> None:
        """Go to the next or previous failure."""
        if not self.tree_view.next_bad(direction):
            self.say("nothing has failed")

    async def action_filter(self) -> None:
        """Open the line of the filter; what is typed while it opens goes into it."""
        await self.filtering.open()

    def on_filter_line_changed(self, message: FilterLine.Changed) -> None:
        """Filter while typing."""
        self.filtering.use(message.text)

    def on_filter_line_accepted(self, message: FilterLine.Accepted) -> None:
        """Enter keeps the filter."""
        self.filtering.close(keep=message.text)

    def on_filter_line_dropped(self) -> None:
        """Escape drops it."""
        self.filtering.drop()

    def action_filter_bad(self) -> None:
        """Show only what failed, or all again."""
        self.filtering.use("" if self.filtering.text == "is:bad" else "is:bad")

    def action_fold(self) -> None:
        """Expand or collapse all."""
        self.tree_view.toggle_all()

    # The detail pane

    def action_tab(self, number: int) -> None:
        """Open a tab."""
        self.tab = Tab(number)
        if self.detail_size == "off":
            self.resize_detail("third")
        self.show_detail()
        if self.detail.shows_locals and self.has_class("-narrow") and self.detail_size == "third":
            self.resize_detail("full")  # in a third of few lines there is nothing to be seen of it

    def action_resize_detail(self) -> None:
        """A third, full, off."""
        self.resize_detail(SIZES[(SIZES.index(self.detail_size) + 1) % len(SIZES)])
        self.show_detail()

    def action_back(self) -> None:
        """Close what is open: the full pane, then the filter, then the marks."""
        if self.detail_size == "full":
            self.resize_detail("third")
            self.tree_view.focus()
        elif self.detail.has_focus_within:
            self.tree_view.focus()
        elif self.filtering.is_on:
            self.filtering.drop()
        else:
            for node in self.marked:
                self._mark(node, marked=False)
