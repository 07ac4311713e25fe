"""What the runs executed goes into the record, one run after the other, beside whatever runs next."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from tui.engine.loop.selecting import facts_of
from tui.engine.loop.unlearnt import Unlearnt

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
    from pathlib import Path

    from tui.engine.loop.partners import Memory, Saves
    from tui.engine.runs import Runs
    from tui.engine.wishes import Wish
    from tui.model.events import ItemFinished, ItemKey
    from tui.model.impact import Choice

    Changes = Mapping[str, str | None]


class Learning:
    """Learns from runs that are over; the person is told when it cannot.

    What was saved while it was not known yet that tests read or execute it, is answered once more when that is known.
    """

    def __init__(
        self,
        memory: Memory,
        saves: Saves,
        runs: Runs,
        again: Callable[[Changes, Collection[ItemKey] | None], Awaitable[None]],
    ) -> None:
        """``again`` answers changes, as far as they touch these items (None: any)."""
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
        self._saved: dict[str, int] = {}
        """The last run before the last change of each file, as far as not all is learnt from the runs since."""
        self._unlearnt = Unlearnt()
        self._ran: dict[ItemKey, int] = {}
        """The last run of what has finished while something is being learnt."""

    def began(self, wish: Wish) -> None:
        """A run has begun."""
        self._began = time.time_ns()
        self._saves.run_began()
        if not wish.collect_only:
            self.edited.clear()

    def finished(self, key: ItemKey, run: int) -> None:
        """An item has finished in that run."""
        if self.task is not None:
            self._ran[key] = run

    def joined(self, choice: Choice, changes: Changes, run: int, only: Collection[ItemKey] | None) -> Choice:
        """What changes touch, of ``only`` these items, with what earlier edits of the same files may have touched."""
        if only is not None:
            items = tuple(chosen for chosen in choice.items if chosen.key in only)
            return replace(choice, items=items, everything=False)
        return self._unlearnt.joined(choice, changes.keys(), run)

    def answered(self, changes: Changes) -> None:
        """These changes are being answered with what is known now."""
        self.edited.update(changes)
        run, read = self._runs.store.run, self._memory.read
        number = run.number if run is not None else 0
        self._saved.update(dict.fromkeys(changes, number))
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
        moved = await self._memory.take(folder, self._runs.explorer.describe, finished)
        keys = {(event.nodeid, event.index) for event in finished}
        self._unlearnt.learnt(run, keys)
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
            await self._again(late, None)
        # What was saved before the run began, it saw; or something writes that file with every run.
        unseen = {path: content for path, content in moved.items() if self._saved.get(path, 0) >= run}
        self._saved = {path: number for path, number in self._saved.items() if number > run}
        if unseen:
            await self._doubt(run, unseen, keys)

    async def _doubt(self, run: int, unseen: Changes, keys: Collection[ItemKey]) -> None:
        """Answer once more, for the items that finished in ``run``, what was saved after it had read these files."""
        store = self._runs.store
        choice = await self._memory.choose(unseen, self._runs.explorer.describe, partial(facts_of, store))
        touched = {chosen.key for chosen in choice.items}.intersection(keys)
        # The others are out of date, and known to be, or have run again.
        seen = {key: store.tree.item(*key) for key in touched if self._ran.get(key, run) <= run}
        only = [key for key, item in seen.items() if item is not None and item.status.is_outcome and not item.stale]
        if only:
            await self._again(unseen, only)

    def _ended(self, run: int, task: asyncio.Task[None]) -> None:
        if task is self.task:
            self.task = None
            self._ran.clear()
        error = None if task.cancelled() else task.exception()
        if error is not None:
            what = f"{type(error).__name__}: {error}".rstrip(": ")
            self._runs.complain(
                f"What run {run} executed could not be recorded ({what}): the next saves run more than they must."
            )
