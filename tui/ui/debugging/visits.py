"""The person's visits to debuggers: who is debugged, in which terminal, and when a run that waits is gone to."""

from __future__ import annotations

import os
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from tui.model.values import Value, value
from tui.ui.debugging.terminals import OwnTerminal, PaneError, is_inside_tmux, pane
from tui.ui.keymap import USUAL, Keys
from tui.ui.terminal.lend import AlreadyLentError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from tui.engine.debugging.desk import Desk
    from tui.engine.debugging.terminal import Terminal
    from tui.engine.debugging.values import FrozenFailure, Pause
    from tui.engine.wishes import Wish
    from tui.model.events import ItemKey
    from tui.model.nodes import Item, Node
    from tui.ui.controller import Controller
    from tui.ui.terminal.app import TerminalApp

_NO_TMUX = "not inside tmux, so there is no other pane: {debug} debugs here"


@value
class Spot(Value):
    """Where to stand in a frozen failure: one of its exceptions and a frame of that."""

    failure: FrozenFailure
    exception: int
    frame: int


@value
class _Expected(Value):
    """A run that was asked for while run ``after`` was the last."""

    wish: Wish
    after: int
    in_pane: bool


class Visits:
    """Opens debuggers. ``say`` shows words until a key, ``changed`` asks for a repaint.

    A run that waits is gone to at once if it is one that is debugged, or if the person has pressed no key since it
    began; else the first line says that it waits, and a key goes there.
    """

    def __init__(
        self,
        app: TerminalApp,
        controller: Controller,
        *,
        say: Callable[[str], None],
        changed: Callable[[], None],
        keys: Keys = USUAL,
        prefers_panes: bool = False,
    ) -> None:
        self._app = app
        self._controller = controller
        self._say = say
        self._changed = changed
        self._keys = keys
        self._prefers_panes = prefers_panes
        self._desk: Desk | None = None
        self._looked_at: ItemKey | None = None
        self._attended: set[str] = set()
        self._open = 0
        self._is_here = False
        """Whether a debugger has our own terminal."""
        self._is_coming = False
        """Whether a run that waits is about to have it."""
        self._acted = self._back = 0.0
        """When the person last did something here, and came back from a run; by the store's clock."""
        self._expected: _Expected | None = None
        self._debugged = -1
        """The run that was asked for to be debugged; it is gone to whatever the person does."""
        self._followed, self._in_pane = -1, False
        """The run that was gone to, and whether in a pane: there the next stop is shown, too."""

    def connect(self) -> None:
        """Begin to follow what can be debugged."""
        self._desk = self._controller.explorer.desk
        self._desk.on_change = self._desk_changed
        self._desk_changed()

    @property
    def desk(self) -> Desk:
        """The engine's side of it."""
        return self._desk or self._controller.explorer.desk

    # What there is

    @property
    def is_open(self) -> bool:
        """Whether a debugger is open that would be lost with us."""
        return self._open > 0

    def failures_of(self, key: ItemKey) -> tuple[FrozenFailure, ...]:
        """The kept failures of an item, newest first."""
        return self._desk.frozen.get(key, ()) if self._desk is not None else ()

    @property
    def waiting(self) -> tuple[Pause, ...]:
        """Runs that wait for a person and have none."""
        paused = self._desk.paused if self._desk is not None else ()
        return tuple(pause for pause in paused if pause.id not in self._attended)

    def waiting_for(self, node: Node | None) -> Pause | None:
        """The pause to go to: that of the node under the cursor, else the first."""
        waiting = self.waiting
        key = getattr(node, "key", None)
        return next((pause for pause in waiting if pause.key == key), waiting[0] if waiting else None)

    def paused_at(self, item: Item) -> str:
        """Where an item waits for a person, in the words of its row."""
        pauses = self._controller.store.paused.values()
        found = (pause for pause in pauses if (pause.nodeid, pause.index) == item.key)
        return next((f"{pause.path.rpartition('/')[2]}:{pause.line}" for pause in found), "")

    def is_breakpoint(self, place: tuple[str, int]) -> bool:
        """Whether runs that are debugged stop at that place."""
        return place in self._controller.explorer.policy.breakpoints

    @property
    def ask(self) -> str:
        """What the first line adds when a run waits."""
        opens = self._keys.words("{debug} opens the debugger")
        return opens if self.waiting else "its debugger is open" if self._attended else ""

    # What the person does

    def look_at(self, key: ItemKey | None) -> None:
        """The person looks at this item, or at none."""
        self._looked_at = key
        if self._desk is not None:
            failures = self.failures_of(key) if key is not None else ()
            self._desk.highlight(failures[0] if failures else None)

    def acted(self) -> None:
        """A key was pressed: what the screen shows is theirs."""
        self._acted = self._controller.store.clock()

    def place_for(self, *, in_pane: bool) -> tuple[bool, str]:
        """Whether a debugger is to open in a pane, and in words why it cannot; empty if it can."""
        inside = is_inside_tmux(os.environ)
        if in_pane and not inside:
            return False, self._keys.words(_NO_TMUX)
        return inside and (in_pane or self._prefers_panes), ""

    def open(self, spot: Spot, *, in_pane: bool) -> None:
        """Open the debugger on a frozen failure until the person leaves it."""
        self._app.run_worker(
            self._visit(
                lambda terminal: self.desk.debug(spot.failure, terminal, exception=spot.exception, frame=spot.frame),
                in_pane=in_pane,
            ),
            group="debugger",
        )

    def go(self, pause: Pause, *, in_pane: bool) -> None:
        """Go to a run that waits, until it goes on."""
        run = self._controller.store.run
        self._followed, self._in_pane = run.number if run is not None else -1, in_pane
        self._attended.add(pause.id)
        self._is_coming = self._is_coming or not in_pane
        self._app.run_worker(self._attend(pause, in_pane=in_pane), group="debugger")

    async def _attend(self, pause: Pause, *, in_pane: bool) -> None:
        try:
            went = await self._visit(lambda terminal: self.desk.attend(pause, terminal), in_pane=in_pane)
        finally:
            self._attended.discard(pause.id)
            self._is_coming = self._is_coming and in_pane
        if went:
            self._back = self._controller.store.clock()
            self._desk_changed()  # there may be another

    def kill(self) -> None:
        """End all debuggers that are open by force."""
        self.desk.kill_session()

    async def _visit(self, open_on: Callable[[Terminal], Awaitable[str]], *, in_pane: bool) -> bool:
        """Have a terminal, and a debugger on it; whether that could be."""
        self._open += 1
        self._changed()
        went = False
        try:
            async with self._terminal(in_pane=in_pane) as terminal:
                words = await open_on(terminal)
                went = True
        except (PaneError, AlreadyLentError, SuspendNotSupported) as error:
            words = str(error)
        except OSError as error:
            words = f"the debugger could not be opened: {error.strerror or error}"
        finally:
            self._open -= 1
            self._changed()
        if words:
            self._tell(words)
        return went

    def _tell(self, words: str) -> None:
        """Say it; what has more than one line stays until it is read."""
        first, _, rest = words.partition("\n")
        self._say(first)
        if rest:
            from tui.ui.screens.dialogs import Words  # nothing goes wrong usually

            self._app.push_screen(Words(first, rest.strip("\n")))

    @asynccontextmanager
    async def _terminal(self, *, in_pane: bool) -> AsyncIterator[Terminal]:
        if in_pane:
            async with pane() as terminal:
                yield terminal
            return
        if not self._app.owns_terminal():
            raise AlreadyLentError("The terminal is lent already.")
        self._is_here = True
        try:
            yield OwnTerminal(self._app)
        finally:
            self._is_here = False

    # Runs that wait

    def expect(self, wish: Wish, *, in_pane: bool) -> None:
        """A run that is debugged has been asked for."""
        run = self._controller.store.run
        self._expected = _Expected(wish, run.number if run is not None else -1, in_pane)

    def _takes_place(self) -> bool:
        """Whether the present run is the one that was expected."""
        run, expected = self._controller.store.run, self._expected
        if run is None or expected is None or run.collecting:
            return False
        return run.number > expected.after and self._controller.last is expected.wish

    def _desk_changed(self) -> None:
        waiting = self.waiting
        if waiting and not (self._is_here or self._is_coming):
            self._go(waiting[0])
        self.look_at(self._looked_at)  # what failed under the cursor is kept only now
        self._changed()

    def _go(self, pause: Pause) -> None:
        """Go to a run that waits, unless the person is busy here."""
        run = self._controller.store.run
        if run is None or not self._app.owns_terminal():
            return
        if self._expected is not None and self._takes_place():
            self._debugged, self._in_pane = run.number, self._expected.in_pane
            self._expected = None
        is_busy = self._acted > max(run.started, self._back) or len(self._app.screen_stack) > 1
        if is_busy and run.number != self._debugged:
            if len(self._app.screen_stack) > 1:  # the first line, which says it, is not to be seen
                self._say(f"a run waits at {os.path.basename(pause.path)}:{pause.line}")  # noqa: PTH119 - never raises
            return
        in_pane = self._in_pane if run.number == self._followed else self.place_for(in_pane=False)[0]
        self.go(pause, in_pane=in_pane)

    def run_ended(self) -> str:
        """The run is over; words if it was to be debugged and gave no cause for it."""
        if not self._takes_place():
            return ""
        self._expected = None
        return "it ran without stopping: nothing failed, and no breakpoint was reached"
