"""Watch mode as the screen sees it: on or off, what the last save led to, and who is told."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

from tui.model import watch_events as watch
from tui.model.values import state
from tui.model.verdict import verdict

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from tui.engine.loop.loop import Loop
    from tui.engine.settings import Settings
    from tui.model.nodes import Item
    from tui.model.verdict import Colour
    from tui.ui.controller import Controller

    Uncovered = Callable[[Sequence[str]], Awaitable[str]]
    """Takes the absolute paths of files that were saved; gives words, empty if all that is new is covered."""


@state
class Save:
    """The last save. ``at`` is a time of the store's clock, in seconds; ``seconds`` those until the first verdict."""

    paths: tuple[str, ...]
    at: float
    chosen: int = 0
    skipped: int = 0
    seconds: float | None = None
    broken: bool = False
    """Whether a file of it cannot be compiled."""
    stuck: bool = False
    """Whether pytest could not come to the tests for it."""
    uncovered: str = ""
    """What is new in its files and not covered, in words."""


class Watching:
    """Holds the loop while it is on. ``changed`` asks for a repaint, ``tell`` says words to the person.

    ``alert`` gets the colour when red and green have changed places.
    """

    def __init__(
        self,
        controller: Controller,
        settings: Settings,
        *,
        changed: Callable[[], None],
        tell: Callable[[str], None],
        alert: Callable[[Colour], None],
    ) -> None:
        self.save: Save | None = None
        self.loop: Loop | None = None
        self.prepare: Callable[[], Uncovered] | None = None
        """Makes what says what is new in files and not covered; called when the first save can come."""
        self._controller = controller
        self._settings = settings
        self._changed = changed
        self._say = tell
        self._alert = alert
        self._task: asyncio.Task[None] | None = None
        self._colour: Colour | None = None
        self._acted = False
        self._saved: Sequence[str] = ()
        self._uncovered: Uncovered | None = None
        self._asking: asyncio.Task[None] | None = None

    @property
    def is_on(self) -> bool:
        """Whether saves are answered."""
        return self._task is not None and not self._task.done()

    def toggle(self) -> str:
        """Begin to watch, or end it; words for the person."""
        if self.is_on:
            self.stop()
            return "watching no longer"
        self.start(catch_up=True)
        return "watching: a save runs what it touches"

    def start(self, *, first_round: bool = False, catch_up: bool = False) -> None:
        """Begin to watch. ``first_round``: the run that is about to begin counts as one of the loop."""
        from tui.engine.loop.assembling import loop_of  # the record and the watcher are not needed before

        before, self.loop = self.loop, loop_of(self._controller, self._settings, self._take)
        if before is not None:
            self.loop.take_over(before)
        self.loop.follow()
        if first_round:
            self.loop.first_round()
        self._task = asyncio.create_task(self.loop.watch(catch_up=catch_up))
        self._task.add_done_callback(self._ended)

    def stop(self) -> None:
        """Watch no longer; what runs goes on."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self.save = None
        self._controller.store.unreadable = {}  # nobody would see it mended

    def _ended(self, task: asyncio.Task[None]) -> None:
        """The loop has ended by itself: an error of the file system, or one of ours."""
        if not task.cancelled() and task.exception() is not None:
            self._say(f"watching ended: {task.exception()}")
        self._changed()

    def acted(self) -> None:
        """The person pressed a key: the cursor is theirs until the next save."""
        self._acted = True

    def why(self, item: Item) -> str:
        """Why an item ran for the last save, or did not."""
        return self.loop.reason_of(item.key) if self.loop is not None and self.is_on else ""

    def to_follow(self, failures: list[Item]) -> Item | None:
        """Where the cursor should go: the first new failure of a save, if nobody has pressed a key since."""
        if not (self._settings.follow and self.is_on and self.save is not None) or self._acted:
            return None
        new = next((item for item in failures if not item.was.is_bad), None)
        self._acted = new is not None  # once for each save
        return new

    def _take(self, event: watch.WatchEvent) -> None:
        now = self._controller.store.clock()
        if self._uncovered is None and self.prepare is not None:
            self._uncovered = self.prepare()  # nobody waits yet: the first event comes before anything has run
        match event:
            case watch.FilesChanged():
                cwd = f"{os.path.realpath(self._controller.explorer.project.cwd)}{os.sep}"
                self._saved = event.paths
                self.save = Save(tuple(path.removeprefix(cwd) for path in event.paths), now)
                self._acted = False
            case watch.SelectionMade() if self.save is not None:
                self.save.chosen, self.save.skipped = len(event.items), event.skipped
                self.save.broken = bool(self._controller.store.unreadable)
            case watch.VerdictReached() if self.save is not None and self.save.seconds is None:
                self.save.seconds = now - self.save.at
                self.save.stuck = verdict(self._controller.store).word == "BROKEN"
            case _:
                pass
        if isinstance(event, watch.VerdictReached):
            self._notice(event.colour)
            if self._uncovered is not None and self.save is not None:
                self._asking = asyncio.create_task(self._ask(self._uncovered, self.save, self._saved))
        self._changed()

    async def _ask(self, uncovered: Uncovered, save: Save, paths: Sequence[str]) -> None:
        save.uncovered = await uncovered(paths)
        self._changed()

    def _notice(self, colour: Colour) -> None:
        before, self._colour = self._colour, colour
        if before is not None and before is not colour and colour.value in ("red", "green"):
            self._alert(colour)
