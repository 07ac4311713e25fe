"""What the runs executed goes into the record, one run after the other, beside whatever runs next."""

from __future__ import annotations

import asyncio
import time
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from pathlib import Path

    from tui.engine.loop.partners import Memory, Saves
    from tui.engine.runs import Runs
    from tui.engine.wishes import Wish
    from tui.model.events import ItemFinished


class Learning:
    """Learns from runs that are over; the person is told when it cannot.

    What was saved while it was not known yet that tests read it, is answered once more when that is known.
    """

    def __init__(
        self, memory: Memory, saves: Saves, runs: Runs, again: Callable[[Mapping[str, str | None]], Awaitable[None]]
    ) -> None:
        """``again`` answers changes."""
        self.task: asyncio.Task[None] | None = None
        """What is being learnt; it ends when all is."""
        self.edited: set[str] = set()
        """Files that were edited since the last run began."""
        self._memory = memory
        self._saves = saves
        self._runs = runs
        self._again = again
        self._began = 0
        """When the present run did, in nanoseconds since the epoch."""
        self._answered: dict[str, tuple[str | None, int]] = {}
        """Changes of files that nobody was known to read when they were answered, with the last run before that."""

    def began(self, wish: Wish) -> None:
        """A run has begun."""
        self._began = time.time_ns()
        self._saves.run_began()
        if not wish.collect_only:
            self.edited.clear()

    def answered(self, changes: Mapping[str, str | None]) -> None:
        """These changes are being answered with what is known now."""
        self.edited.update(changes)
        run, read = self._runs.store.run, self._memory.read
        number = run.number if run is not None else 0
        self._answered.update((path, (content, number)) for path, content in changes.items() if path not in read)

    def take(self, run: int, folder: Path, finished: Sequence[ItemFinished]) -> None:
        """Learn from a run that ended."""
        self.task = asyncio.create_task(self._after(self.task, (run, self._began), folder, finished))
        self.task.add_done_callback(partial(self._ended, run))

    async def _after(
        self, before: asyncio.Task[None] | None, what: tuple[int, int], folder: Path, finished: Sequence[ItemFinished]
    ) -> None:
        run, began = what
        if before is not None:
            await asyncio.wait([before])
        await self._memory.take(folder, self._runs.explorer.describe, finished)
        session = self._runs.store.session
        read = self._memory.read
        wrote = await asyncio.to_thread(self._memory.wrote, folder)
        norecursedirs = session.norecursedirs if session is not None else None
        await self._saves.need([path for path in read if path in wrote], norecursedirs=norecursedirs)
        # Who read a file that was written since then may have seen what it held before.
        await self._saves.need([path for path in read if path not in wrote], since=began)
        answered = {path: content for path, (content, number) in self._answered.items() if number <= run}
        late = {path: content for path, content in answered.items() if path in read and path not in wrote}
        for path in answered:
            del self._answered[path]
        if late:
            await self._again(late)

    def _ended(self, run: int, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None:
            what = f"{type(error).__name__}: {error}".rstrip(": ")
            self._runs.complain(
                f"What run {run} executed could not be recorded ({what}): the next saves run more than they must."
            )
