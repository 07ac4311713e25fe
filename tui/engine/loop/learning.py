"""What the runs executed goes into the record, one run after the other, beside whatever runs next."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tui.engine.loop.partners import Memory, Saves
    from tui.engine.runs import Runs
    from tui.model.events import ItemFinished


class Learning:
    """Learns from runs that are over; the person is told when it cannot."""

    def __init__(self, memory: Memory, saves: Saves, runs: Runs) -> None:
        self.task: asyncio.Task[None] | None = None
        """What is being learnt; it ends when all is."""
        self._memory = memory
        self._saves = saves
        self._runs = runs

    def take(self, run: int, folder: Path, finished: Sequence[ItemFinished]) -> None:
        """Learn from a run that ended."""
        self.task = asyncio.create_task(self._after(self.task, folder, finished))
        self.task.add_done_callback(partial(self._ended, run))

    async def _after(self, before: asyncio.Task[None] | None, folder: Path, finished: Sequence[ItemFinished]) -> None:
        if before is not None:
            await asyncio.wait([before])
        await self._memory.take(folder, self._runs.explorer.describe, finished)
        session = self._runs.store.session
        await self._saves.need(self._memory.read, norecursedirs=session.norecursedirs if session is not None else None)

    def _ended(self, run: int, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None:
            what = f"{type(error).__name__}: {error}".rstrip(": ")
            self._runs.complain(
                f"What run {run} executed could not be recorded ({what}): the next saves run more than they must."
            )
