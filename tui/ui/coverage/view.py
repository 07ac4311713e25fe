"""What all screens of the coverage view have in common: the bar, the footer, and that they follow what is recorded."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from tui.ui.bindings import EVERYWHERE, declared_by
from tui.ui.screens.overlay import ClosesOnce, Says
from tui.ui.terminal.diff import DiffScreen
from tui.ui.widgets.bar import Bar, BarState
from tui.ui.widgets.footer import Footer
from tui.ui.widgets.listing import Listing

if TYPE_CHECKING:
    from textual import events
    from textual.binding import Binding, BindingType

    from tui.model.nodes import Item
    from tui.ui.coverage.room import Room

_SECONDS = 0.5
"""Between two looks at what the tests do."""
_PATIENCE = 1.0
"""Seconds after which it is said that an answer takes its time."""


class View(Says, ClosesOnce, DiffScreen[None]):
    """A screen over the whole height. It loads again when there is more to see, as long as it is on top."""

    BINDINGS: ClassVar[list[BindingType]] = [*EVERYWHERE]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012 - Textual declares it so

    def __init__(self, room: Room) -> None:
        super().__init__(classes="coverage")
        self.room = room
        self._loading = False
        self._is_due = False
        self._says_of_run = False
        """Whether the words in the footer are those of the run that goes on."""
        self._began: float | None = None
        """When what is being loaded was asked for."""

    # What its subclasses say

    def bar_state(self) -> BarState:
        """What the bar says now."""
        raise NotImplementedError

    async def load(self) -> None:
        """Ask the front, and show what it says."""
        raise NotImplementedError

    # Following

    def on_mount(self) -> None:
        """Load, and follow what changes."""
        self.room.listeners.append(self.more)
        self.set_interval(_SECONDS, self.show_bar)
        self.show_bar()
        self.more()

    def on_unmount(self) -> None:
        """Follow no longer."""
        self.room.listeners.remove(self.more)

    def on_screen_resume(self) -> None:
        """On top again: what has come meanwhile is shown now."""
        if self._is_due:
            self.more()

    def more(self) -> None:
        """There is more to see: load once more, after what is being loaded."""
        self._is_due = True
        if not self._loading and self.is_active:
            self._loading = True
            self.run_worker(self._load(), group="load")

    async def _load(self) -> None:
        try:
            while self._is_due and self.is_active:
                self._is_due = False
                self._began = time.monotonic()
                await self.load()
                self._began = None
                self.show_bar()
        finally:
            self._loading = False
            self._began = None

    @property
    def _is_slow(self) -> bool:
        """Whether somebody who waits should be told that there is more to come."""
        return self._began is not None and time.monotonic() - self._began > _PATIENCE

    def show_bar(self) -> None:
        """Bring the bar up to date, and what was said of a run that is over."""
        if self._says_of_run and not self.room.runs.busy:
            self._says_of_run = False
            self.hush()
        state = self.bar_state()
        if self._is_slow and "being counted" not in (state.text, *state.toggles):
            state = replace(state, toggles=(*state.toggles, "being counted"))
        for bar in self.query(Bar):  # none while the screen is being left
            bar.show(state)
        self.refresh_bindings()

    # Words

    def say(self, words: str) -> None:
        """Show words in the footer until the next key."""
        self._says_of_run = False
        for footer in self.query(Footer):
            footer.say(words)

    def say_of_run(self, words: str) -> None:
        """Show words until the run that has just been asked for is over."""
        self.say(words)
        self._says_of_run = self.room.runs.busy

    def hush(self) -> None:
        """Show the keys again."""
        for footer in self.query(Footer):
            footer.clear()

    def on_key(self, event: events.Key) -> None:
        """A key that can do nothing now says why."""
        active = self.active_bindings.get(event.key)
        if active is not None and not active.enabled:
            self.say(self.why_not(active.binding.id or ""))

    def why_not(self, binding_id: str) -> str:
        """Why a key can do nothing now."""
        return "nothing runs" if binding_id == "coverage-stop" else ""

    def declared_keys(self) -> list[tuple[str, Binding]]:
        """The keys of the screen and of what is in it."""
        return declared_by((type(self), *{type(widget): None for widget in self.query(Listing)}))

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that can do nothing now are not in the footer."""
        if action == "stop":
            return self.room.runs.busy or None
        return super().check_action(action, parameters)

    def action_back(self) -> None:
        """To the screen below."""
        self.dismiss()

    def action_stop(self) -> None:
        """Stop the run; a second time by force."""
        self.say_of_run(self.room.stop())

    def leave_to(self, item: Item) -> None:
        """Close all screens of the view, and put the cursor of the tree on a test."""
        # A worker of the app: those of a screen end with it.
        self.app.run_worker(self.room.leave_to(self.app, item), group="leave")

    def edit(self, path: str, line: int | None) -> None:
        """Open the editor."""
        self.run_worker(self.room.outside.edit(self.room.place(path), line), exclusive=True, group="outside")
