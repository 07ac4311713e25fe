"""The main screen: bar, tree, detail pane, footer; what keys do to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tui.model.nodes import Branch, Item
from tui.ui.bindings import MAIN, WHY_NOT
from tui.ui.screens.debugging import Debugging
from tui.ui.screens.looking import Looking

if TYPE_CHECKING:
    from textual import events
    from textual.binding import BindingType


class MainScreen(Debugging, Looking):
    """Everything in view at once; all work is the controller's, all looking behind nodes the inspector's."""

    BINDINGS: ClassVar[list[BindingType]] = [*MAIN]

    def on_key(self, event: events.Key) -> None:
        """A key that can do nothing says why: once the app has done what the keys before it ask for."""
        if self._is_idle(event.key):
            self.app.call_later(self._say_why_not, event.key)

    def _is_idle(self, key: str) -> bool:
        active = self.active_bindings.get(key)
        return active is not None and not active.enabled

    def _say_why_not(self, key: str) -> None:
        if self._is_idle(key):
            self.say(self.keys.words(WHY_NOT.get(self.active_bindings[key].binding.id or "", "")))

    def action_edit(self) -> None:
        """Open the editor at the line."""
        inspector = self._inspector()
        path, line = inspector.place(self.tree_view.cursor_node)
        if self.detail.has_focus_within and self.detail.place is not None:
            path, line = inspector.absolute(self.detail.place)
        self.run_worker(self._outside.edit(path, line), exclusive=True, group="outside")

    def action_page(self) -> None:
        """Show the whole in the pager."""
        what = self.detail.text or self._inspector().whole(self.tree_view.cursor_node, self.tab)
        self.run_worker(self._outside.page(what), exclusive=True, group="outside")

    def action_copy_nodeid(self) -> None:
        """Copy the nodeid."""
        node = self.tree_view.cursor_node
        if isinstance(node, Item | Branch):
            self.run_worker(self._outside.copy(node.nodeid), group="copy")

    def action_copy_command(self) -> None:
        """Copy the command that repeats the run."""
        self.run_worker(self._outside.copy(self.controller.command_for(self.tree_view.cursor_node)), group="copy")
