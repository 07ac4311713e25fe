"""Debugging: the keys that open a debugger, set a breakpoint, or look into a failure that is kept."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tui.engine import wishes
from tui.model.nodes import Item
from tui.ui.debugging.visits import Spot
from tui.ui.detail.tabs import Tab
from tui.ui.screens.running import Running

if TYPE_CHECKING:
    from tui.ui.detail.document import Place

_AGAIN = {
    "hold": "nothing is kept of this failure: it runs again under the debugger",
    "trace": "runs under the debugger, from its first line",
}
_NOT_FAILED = "runs under the debugger, which opens where it fails or at a breakpoint"


class Debugging(Running):
    """Sends the person to debuggers."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whether there is anything to debug."""
        match action:
            case "debug":
                return isinstance(self.tree_view.cursor_node, Item) or bool(self.visits.waiting) or None
            case "debug_from_start":
                return isinstance(self.tree_view.cursor_node, Item) or None
            case "toggle_breakpoint":
                return self._place is not None or None
            case "kill_debugger":
                return self.visits.is_open or None
            case _:
                return super().check_action(action, parameters)

    def key_pressed(self) -> None:
        """The screen is the person's."""
        super().key_pressed()
        self.visits.acted()

    def on_test_tree_cursor_moved(self) -> None:
        """Have the debugger of what is looked at ready. Textual calls every class's own handler: there is no super."""
        node = self.tree_view.cursor_node
        self.visits.look_at(node.key if isinstance(node, Item) else None)

    def run_over(self) -> None:
        """Say it when a run that was to be debugged gave no cause for it."""
        super().run_over()
        if words := self.visits.run_ended():
            self.say(words)

    # Keys

    def action_debug(self, beside: bool = False) -> None:  # noqa: FBT002 - from the text of a binding
        """Go to a run that waits, else into the failure under the cursor; what is not kept runs again.

        ``beside`` asks for another pane.
        """
        in_pane, why_not = self.visits.place_for(in_pane=beside)
        node = self.tree_view.cursor_node
        if why_not:
            self.say(why_not)
        elif pause := self.visits.waiting_for(node):
            self.visits.go(pause, in_pane=in_pane)
        elif isinstance(node, Item) and (spot := self._spot(node)):
            self.visits.open(spot, in_pane=in_pane)
        elif isinstance(node, Item):
            self._debug_again(node, "hold", _AGAIN["hold"] if node.status.is_bad else _NOT_FAILED, in_pane=in_pane)

    def action_debug_from_start(self) -> None:
        """Run what is under the cursor, and stop on its first line."""
        node = self.tree_view.cursor_node
        if isinstance(node, Item):
            in_pane, _ = self.visits.place_for(in_pane=False)
            self._debug_again(node, "trace", _AGAIN["trace"], in_pane=in_pane)

    def action_toggle_breakpoint(self) -> None:
        """Set a breakpoint, or take it away."""
        if self._place is None:
            return
        path, line = self._place
        is_set = self.visits.desk.toggle_breakpoint(path, line)
        where = f"{os.path.basename(path)}:{line}"  # noqa: PTH119 - never raises
        words = "the next run under the debugger stops here" if is_set else "no breakpoint any more"
        self.say(f"{where}: {words}")
        self.show_detail(keep_place=True)

    def action_kill_debugger(self) -> None:
        """End a debugger that hangs."""
        self.visits.kill()

    def _debug_again(self, node: Item, mode: str, words: str, *, in_pane: bool) -> None:
        wish = wishes.debugging(node, mode)
        self.visits.expect(wish, in_pane=in_pane)
        self._ask(wish, words)

    def _spot(self, item: Item) -> Spot | None:
        """Where the debugger opens: where the person stands in the tab of the locals, else where the failure is."""
        if self.tab is Tab.LOCALS and (spot := self.detail.spot) is not None and spot.failure.key == item.key:
            return spot
        return next((Spot(failure, *failure.default) for failure in self.visits.failures_of(item.key)), None)

    @property
    def _place(self) -> Place | None:
        """The line that a breakpoint is for: the one under the cursor of the detail pane, else the one that failed."""
        here = self.detail.place if self.detail.has_focus_within and not self.detail.shows_covers else None
        if here is not None:
            return self._inspector().absolute(here)
        node = self.tree_view.cursor_node
        if not isinstance(node, Item) or not node.status.is_bad:
            return None
        path, line = self._inspector().place(node)
        return (path, line) if line else None
