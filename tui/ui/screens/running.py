"""What runs: the keys that ask for it, stop it, or say when it is to stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Input

from tui.engine import wishes
from tui.model.nodes import Branch, label_of
from tui.ui.screens.parts import Parts

if TYPE_CHECKING:
    from tui.engine.wishes import Wish


class Running(Parts):
    """Asks the controller for runs."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whether there is anything to run or stop now."""
        match action:
            case "run_expression" | "stop_after":
                return not isinstance(self.focused, Input)
            case "stop":
                return self.controller.busy or None
            case "run_failed":
                return self.has_failures or None
            case "run_shown":
                return self.filtering.current is not None or None
            case "run_last":
                return self.controller.last is not None or None
            case _:
                return super().check_action(action, parameters)

    def action_run_node(self) -> None:
        """Run what is marked, else what is under the cursor (of a branch, what the filter shows of it)."""
        node = self.tree_view.cursor_node
        if self.marked:
            self._ask(wishes.of_nodes(self.marked, f"{len(self.marked)} marked"))
        elif isinstance(node, Branch) and self.filtering.current:
            self._ask(wishes.of_items(self.filtering.shown_below(node), "shown"))
        elif node is not None:
            self._ask(wishes.of_nodes([node], label_of(node)))

    def action_run_shown(self) -> None:
        """Run all that the filter shows."""
        self._ask(wishes.of_items(self.filtering.shown_below(self._store.tree.root), "shown"))

    def action_run_all(self) -> None:
        """Run everything."""
        self._ask(wishes.EVERYTHING)

    def action_run_failed(self) -> None:
        """Run what failed."""
        bad = self.controller.bad_items()
        self._ask(wishes.of_nodes(bad, f"{len(bad):,} failed") if bad else None)

    def action_run_last(self) -> None:
        """Run again what ran last."""
        self._ask(self.controller.last)

    async def action_run_expression(self) -> None:
        """Ask for a -k or -m expression, and run what it matches."""
        from tui.ui.screens.dialogs import expression

        def run(text: str | None) -> None:
            if text:
                self._ask(wishes.of_expression(text))

        await self.app.push_screen(expression(), run)

    def _ask(self, wish: Wish | None, words: str = "") -> None:
        """Ask for a run; ``words`` are said if it begins at once."""
        self.controller.columns = self.detail.pane.text_width or self.size.width
        why_not = self.controller.ask(wish) if wish is not None else "there is nothing to run"
        if why_not or words:
            self.say(why_not or words)

    def action_stop(self) -> None:
        """Stop the run; a second time by force."""
        self.say(self.keys.stopped(self.controller.stop(), "stop"))

    def action_watch(self) -> None:
        """Watch the files, or no longer."""
        self.say(self.watching.toggle())
        self.changed()

    def action_toggle_stop_first(self) -> None:
        """Stop runs at the first failure, or no longer."""
        self.controller.set_stop_after(0 if self.controller.stop_after == 1 else 1)
        self.changed()

    async def action_stop_after(self) -> None:
        """Ask after how many failures to stop."""
        from tui.ui.screens.dialogs import number_of_failures

        def take(text: str | None) -> None:
            if text is not None:
                self.controller.set_stop_after(int(text or 0))
                self.changed()

        await self.app.push_screen(number_of_failures(), take)

    def action_collect(self) -> None:
        """Collect everything again."""
        self._ask(wishes.COLLECT)
