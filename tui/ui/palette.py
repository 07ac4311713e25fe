"""The command palette: every binding by its words, with its key."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider, SearchIcon
from textual.widgets import Input

from tui.ui.bindings import MAIN
from tui.ui.screens.overlay import ClosesOnce
from tui.ui.terminal.diff import DiffMixin

if TYPE_CHECKING:
    from collections.abc import Iterator


class Bindings(Provider):
    """Offers the actions of the main screen."""

    def _actions(self) -> Iterator[tuple[str, str, str, Binding]]:
        order = {binding.id: place for place, binding in enumerate(MAIN)}
        active_bindings = self.screen.active_bindings.values()
        for active in sorted(active_bindings, key=lambda active: order.get(active.binding.id, len(order))):
            binding = active.binding
            if binding.id and binding.tooltip and active.enabled:
                keys = self.app.get_key_display(binding)
                yield f"{binding.tooltip}  ({keys})", binding.action, binding.description, binding

    async def discover(self) -> Hits:
        """All of them."""
        seen: set[str] = set()
        for words, action, _, binding in self._actions():
            if binding.id not in seen:
                seen.add(binding.id or "")
                yield DiscoveryHit(words, partial(self.screen.run_action, action))

    async def search(self, query: str) -> Hits:
        """Those that the query finds."""
        matcher = self.matcher(query)
        seen: set[str] = set()
        for words, action, _, binding in self._actions():
            score = matcher.match(words)
            if score > 0 and binding.id not in seen:
                seen.add(binding.id or "")
                yield Hit(score, matcher.highlight(words), partial(self.screen.run_action, action))


class Palette(ClosesOnce, DiffMixin, CommandPalette):
    """The palette over the screen that it was opened from; the keys that opened it close it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+p", "escape", "Close", show=False, id="palette-close")]

    def __init__(self) -> None:
        super().__init__([Bindings], placeholder="type to find a command; Esc closes")

    def on_mount(self) -> None:
        """Nothing that blinks, and no icon that a console cannot show."""
        for line in self.query(Input):
            line.cursor_blink = False
        for icon in self.query(SearchIcon):
            icon.icon = ">"

    async def on_input_changed(self, event: Input.Changed) -> None:
        """A colon opened it, and no command has one."""
        if event.value == ":":
            await self.run_action("escape")

    def _action_command_list(self, action: str) -> None:
        """Move in the list; before it is laid out, or where there is no room for it, Textual's fails."""
        with suppress(KeyError):
            super()._action_command_list(action)
