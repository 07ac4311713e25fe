"""The command palette: what can be done now by its words, with its key; typing finds it, Enter does it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import OptionList

from tui.ui.bindings import MAIN
from tui.ui.screens.overlay import ClosesOnce
from tui.ui.terminal.diff import DiffModalScreen
from tui.ui.widgets.entry import Entry

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from textual.app import ComposeResult
    from textual.screen import Screen
    from textual.widgets import Input


class Command(NamedTuple):
    """Something that can be done: what it does, the key, and the action's name."""

    words: str
    key: str
    action: str


def commands(screen: Screen[Any], display: Callable[[Binding], str]) -> list[Command]:
    """What can be done on a screen now, the most useful first; ``display`` writes a key as it is shown."""
    order = {binding.id: place for place, binding in enumerate(MAIN)}
    found: dict[str, Command] = {}
    for active in sorted(screen.active_bindings.values(), key=lambda each: order.get(each.binding.id, len(order))):
        binding = active.binding
        if binding.id and binding.tooltip and active.enabled and binding.id != "palette":
            found.setdefault(binding.id, Command(binding.tooltip, display(binding), binding.action))
    return list(found.values())


class Palette(ClosesOnce, DiffModalScreen[str | None]):
    """Commands over the screen that they are for; the result is the action that was chosen, None for none."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+p", "close", "Close", id="palette-close"),
        Binding("down", "move('cursor_down')", show=False, id="palette-down"),
        Binding("up", "move('cursor_up')", show=False, id="palette-up"),
        Binding("pagedown", "move('page_down')", show=False, id="palette-page-down"),
        Binding("pageup", "move('page_up')", show=False, id="palette-page-up"),
    ]

    def __init__(self, offered: Sequence[Command]) -> None:
        super().__init__()
        self._offered = offered
        self._shown: Sequence[Command] = ()
        self._wanted = ""
        self._entry = Entry(placeholder="type to find a command; Enter does it, Esc closes")
        self._entry.on_enter = self._take
        self._list = OptionList(markup=False, compact=True)
        self._list.can_focus = False

    def compose(self) -> ComposeResult:
        """A line to type in, and what it finds."""
        with Vertical(classes="dialog large"):
            yield self._entry
            yield self._list

    def on_mount(self) -> None:
        """Show all."""
        self.set_focus(self._entry)
        self._show("")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show what matches; a colon opened it, and no command has one."""
        if event.value == ":":
            self.action_close()
        self._show(event.value)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A click."""
        self._close(self._shown[event.option_index].action)

    def _matching(self, text: str) -> list[Command]:
        """The commands that hold all words of a text, those first of which a word begins with it."""
        wanted = text.lower().split()
        found = [each for each in self._offered if all(word in each.words.lower() for word in wanted)]
        return sorted(found, key=lambda each: f" {text.lower()}" not in f" {each.words.lower()}")

    def _show(self, text: str) -> None:
        self._wanted, self._shown = text, self._matching(text)
        self._list.set_options([f"{each.words}  ({each.key})" for each in self._shown])
        self._list.highlighted = 0 if self._shown else None

    def _take(self, text: str) -> None:
        """Enter: what is highlighted, or what the text finds that has not been shown yet."""
        if text != self._wanted:
            self._show(text)
        if self._list.highlighted is not None:
            self._close(self._shown[self._list.highlighted].action)

    def action_move(self, how: str) -> None:
        """Move in the list. Textual's fails by pages where there was no room for it yet."""
        with suppress(KeyError):
            getattr(self._list, f"action_{how}")()

    def action_close(self) -> None:
        """Back."""
        self._close(None)

    def _close(self, action: str | None) -> None:
        self._entry.left = True
        self.dismiss(action)
