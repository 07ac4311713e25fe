"""A line to type in that takes its keys in their order, however fast they come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events
from textual.widgets import Input

if TYPE_CHECKING:
    from collections.abc import Callable


class Entry(Input):
    """Textual's Input, but a key that is a binding acts at once, too.

    There, letters are inserted as they come while Backspace and Enter only act when they have travelled to the app and
    back: of keys that arrive together (a slow line, a paste) a Backspace then takes a later letter. What is typed after
    the line was left goes to the widget that has the focus now. The cursor does not blink.
    """

    def __init__(self, text: str = "", *, placeholder: str = "", id: str | None = None) -> None:  # noqa: A002 - Textual's
        super().__init__(text, placeholder=placeholder, select_on_focus=False, compact=True, id=id)
        self.cursor_blink = False
        self.on_enter: Callable[[str], None] | None = None
        """Called with the text at once when Enter is pressed; the message Submitted is then not sent."""
        self.left = False
        """Set when the person has left the line, and it only waits to be removed."""

    async def _on_key(self, event: events.Key) -> None:
        if self.left:
            event.stop()
            event.prevent_default()
            focused = self.screen.focused
            if focused is not None and focused is not self:
                focused.post_message(events.Key(event.key, event.character))
            return
        active = None if event.is_printable else self.screen.active_bindings.get(event.key)
        if active is not None and active.enabled:
            event.stop()
            event.prevent_default()
            await self.app.run_action(active.binding.action, default_namespace=active.node)

    async def action_submit(self) -> None:
        """Enter."""
        if self.on_enter is None:
            await super().action_submit()
        else:
            self.on_enter(self.value)
