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
        # What Textual itself does with a key that nobody wanted, but now: there is no public name for it.
        if not event.is_printable and await self.app._check_bindings(event.key):  # noqa: SLF001
            event.stop()
            event.prevent_default()

    async def action_submit(self) -> None:
        """Enter."""
        if self.on_enter is None:
            await super().action_submit()
        else:
            self.on_enter(self.value)
