"""Puts beside the verdict what a save has brought that nothing covers."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.model.watch_events import FilesChanged, VerdictReached, WatchEvent

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.engine.coverage import Coverage
    from tui.engine.loop.loop import Loop


class Uncovered:
    """Between the loop and who is told: the last verdict of a round waits until the record knows what has run.

    It never waits for that when something else is to be told.
    """

    def __init__(self, coverage: Coverage, tell: Callable[[WatchEvent], None]) -> None:
        self.loop: Loop | None = None
        self._coverage = coverage
        self._tell = tell
        self._saved: tuple[str, ...] = ()
        self._held: VerdictReached | None = None
        self._task: asyncio.Task[None] | None = None

    def tell(self, event: WatchEvent) -> None:
        """Tell an event of the loop, now or soon."""
        self._release("")
        if isinstance(event, FilesChanged):
            self._saved = tuple(dict.fromkeys([*self._saved, *event.paths]))
        if isinstance(event, VerdictReached) and event.stage == "rest" and self._saved:
            self._held = event
            self._task = asyncio.create_task(self._look(self._saved))
            self._saved = ()
        else:
            self._tell(event)

    def _release(self, words: str) -> None:
        event, self._held = self._held, None
        if event is not None:
            self._tell(replace(event, uncovered=words))

    async def _look(self, paths: tuple[str, ...]) -> None:
        event, words = self._held, ""
        learning = self.loop.learning if self.loop is not None else None
        try:
            if learning is not None:
                await asyncio.wait([learning])
            words = await self._coverage.since_save(paths)
        finally:  # when it is stopped, too: a verdict is told in any case
            if self._held is event:
                self._release(words)
