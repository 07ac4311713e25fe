"""The watcher: events come in, net changes of content go out."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.engine.watching import mounts
from tui.engine.watching.burst import Burst
from tui.engine.watching.ledger import Ledger
from tui.engine.watching.looking import Sight, look, look_at_all
from tui.engine.watching.place import Place
from tui.engine.watching.reading import EMPTY, LARGE, Listing, large, read_all, walk
from tui.engine.watching.source import STORM, Batch, Events, Source, SourceError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
    from pathlib import Path

    from tui.engine.watching.contents import Contents
    from tui.engine.watching.rules import Rules

    SourceFactory = Callable[[str, Callable[[str], bool], Callable[[Batch], None]], Source]

_GRAIN = 50_000_000
_COARSE_GRAIN = 2_000_000_000
"""Nanoseconds in which a file can be written twice with one time: of local file systems, and of any."""

_POLL = 0.3
"""Seconds between two looks when there are no events, at the least."""
_POLL_SHARE = 20
"""How much longer than a look the pause after it is, at the least."""
_ABSENT = 0.5  # between two looks for a root that is gone
_NEAR = 0.05
"""Seconds after a burst in which another is taken for its continuation: a tool that goes from file to file."""
_WATCH_SHARE = 10
"""How much longer than watching new folders takes, the pause before the next time is."""
_WATCH_PAUSE = 0.5  # and at the most, in seconds
_BROKEN = 5  # times that events may fail before we look for ourselves
_ALWAYS = sys.maxsize
"""A time (nanoseconds since the epoch) that is later than any file's."""
_CHUNK = 64
"""Files whose contents are learnt in one go after the start."""


@dataclass(frozen=True, slots=True)
class Changes:
    """Files whose content is another than when it was last given out (or than at the start)."""

    paths: Mapping[str, str | None]
    """Absolute path → content hash now; None: the file is gone."""


class Watcher:
    """Watches the files below a root that the rules want, data files as well as sources.

    ::

        watcher = Watcher(root, Rules(root, watch=settings.watch, ignore=settings.ignore))
        await watcher.start()
        async for changes in watcher.changes(): ...   # one consumer; what it does not fetch is joined
        await watcher.close()                         # ends changes()

    Around every run: ``run_began()``, then ``await run_ended(paths that the run wrote)``. Source files that change
    during a run are given out at once, unless runs are known to write them or change with every run. Other files wait
    for the end of the run. What the run wrote is then no change; the rest is given out. Files that runs change again
    and again are ignored until they are edited outside a run (see Runs).

    ``need(paths)`` names files that tests have been seen to run or read: they are watched even if git or pytest
    ignore them. ``notes`` are words for the status line. ``polling``: None decides by the file system.
    """

    def __init__(
        self, root: Path, rules: Rules, *, polling: bool | None = None, source: SourceFactory = Events
    ) -> None:
        self._root = os.path.realpath(root)
        self._rules = rules
        self._polling = ""
        if polling or polling is None:
            kind = mounts.silent(self._root, mounts.mounts())
            self._polling = "as asked" if polling else f"{kind} gives no events" if kind else ""
        self._source = source(self._root, rules.event, self._batch)
        self._ledger = Ledger(_COARSE_GRAIN if self._polling else _GRAIN)
        self._folders: set[str] = set()
        """Folders that are known."""
        self._watched: frozenset[str] = frozenset()
        self._place = Place(self._root)
        self._batches: asyncio.Queue[Batch] = asyncio.Queue()
        self._lock = asyncio.Lock()
        self._ready = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._is_closed = False
        self._is_absent = False
        self._started = 0
        self._pause = _POLL
        self._broken = 0
        self._watch_next = 0.0
        self._unwatched: set[str] = set()
        """Folders that wait to be watched until it is time again."""

    @property
    def _contents(self) -> Contents:
        return self._ledger.contents

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know: why there is polling, which files are ignored, that the root is gone."""
        notes = [f"polling: {self._polling}"] if self._polling else []
        if self._is_absent:
            notes.append(f"{self._root} is gone")
        return (*notes, *self._rules.links.notes, *self._ledger.notes(self._root))

    async def start(self) -> None:
        """Make the baseline; when this returns no change is missed any longer. Raises FileNotFoundError: no root."""
        self._started = at = time.time_ns()
        listing = await asyncio.to_thread(walk, self._root, self._rules, files=False)
        if not listing.folders:
            raise FileNotFoundError(self._root)
        while not self._watched.issuperset(listing.folders):
            await self._watch(listing.folders)
            at = time.time_ns()
            listing = await asyncio.to_thread(walk, self._root, self._rules)
        self._folders = set(listing.folders)
        await self._enter(listing, at)
        self._tasks = [asyncio.create_task(self._work()), asyncio.create_task(self._learn(self._contents.unread()))]
        for task in self._tasks:
            task.add_done_callback(self._on_end)

    async def changes(self) -> AsyncIterator[Changes]:
        """Net changes, burst by burst, until the watcher is closed. For one consumer."""
        while True:
            await self._ready.wait()
            if self._is_closed:
                return
            for task in self._tasks:
                if task.done():
                    task.result()  # raises what went wrong with it
            self._ready.clear()
            paths = self._ledger.take()
            if paths:
                self._release()  # what was gone may have come back
                yield Changes(paths)

    async def close(self) -> None:
        """No more changes; what nobody fetched is dropped."""
        self._is_closed = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._source.close()
        self._place.close()
        self._ready.set()

    async def need(
        self, paths: Iterable[str] = (), *, norecursedirs: Sequence[str] | None = None, since: int = 0
    ) -> None:
        """Watch these files too, which tests run or read, and no folders that pytest leaves out (if that is known).

        What they hold now is no change unless it was written ``since`` then (nanoseconds since the epoch; 0: never).
        """
        async with self._lock:
            is_news = norecursedirs is not None and self._rules.norecurse(norecursedirs)
            if await asyncio.to_thread(self._rules.need, list(paths)) or is_news:
                sight = await asyncio.to_thread(look_at_all, self._rules, self._contents)
                await self._take_in(sight, known_since=since or _ALWAYS)
        self._release()

    def run_began(self) -> None:
        """A run begins now."""
        self._ledger.run_began(self._now())

    async def run_ended(self, wrote: Collection[str]) -> None:
        """A run has ended, and has opened for writing, renamed or removed these paths in all."""
        async with self._lock:
            self._ledger.runs.wrote(wrote)
            wanted = await asyncio.to_thread(lambda: [path for path in wrote if self._rules.event(path)])
            await self._take_in(await self._look(wanted))
            self._ledger.run_ended(self._now())
        self._release()

    # --- from events to changes ---------------------------------------------------------------------------

    def _batch(self, batch: Batch) -> None:
        self._batches.put_nowait(batch)

    async def _work(self) -> None:
        changed: set[str] = set()
        ended = 0.0
        while True:
            batch = await self._next(self._wake())
            if batch is None:
                batch = Batch(scan=True, broken=self._is_absent)
                if self._is_absent and not os.path.isdir(self._root):  # noqa: ASYNC240 - one stat, twice a second
                    continue
            burst = Burst(self._now())
            if self._now() > ended + _NEAR:
                changed = set()
            while batch is not None and self._now() <= burst.end:
                self._ready.clear()
                sight, news = await self._examine(batch)
                changed |= news
                doubtful = any(each.path in news and each.digest in {None, EMPTY} for each in sight.readings)
                burst.add(self._now(), size=len(changed), doubtful=doubtful, locked=sight.locked)
                batch = await self._next(burst.due)
            if batch is not None:
                self._batches.put_nowait(batch)
            ended = self._now()
            self._release()

    def _wake(self) -> float | None:
        """When to look without an event."""
        if self._is_absent:
            return self._now() + _ABSENT
        return self._now() + self._pause if self._polling else None

    async def _next(self, until: float | None) -> Batch | None:
        """The next events; None if there are none until then."""
        if not self._batches.empty():
            return self._batches.get_nowait()
        if until is not None and until <= self._now():
            return None
        try:
            async with asyncio.timeout_at(until):
                return await self._batches.get()
        except TimeoutError:
            return None

    async def _examine(self, batch: Batch) -> tuple[Sight, set[str]]:
        async with self._lock:
            began = self._now()
            new_rules = any(map(self._rules.govern, batch.paths))
            if new_rules:
                self._rules.refresh()
            is_lost = self._place.is_lost()  # without events of what lies there now
            if new_rules or batch.scan or is_lost or batch.count >= STORM:
                sight = await asyncio.to_thread(look_at_all, self._rules, self._contents, batch.paths)
            else:
                sight = await self._look(batch.paths, batch.appeared)
            if batch.broken and not self._is_absent:
                self._broken += 1
                if self._broken > _BROKEN:
                    self._poll("the system's events cannot be read")
            since = self._started if new_rules else None
            news = await self._take_in(sight, known_since=since, rewatch=batch.broken or is_lost)
            if self._polling:
                self._pause = max(_POLL, _POLL_SHARE * (self._now() - began))
        return sight, news

    async def _look(self, paths: Collection[str], appeared: Collection[str] | None = None) -> Sight:
        """Look at these paths; None: any of them may be new."""
        appeared = paths if appeared is None else appeared
        return await asyncio.to_thread(look, paths, appeared, self._folders, self._rules, self._contents)

    async def _take_in(self, sight: Sight, *, known_since: int | None = None, rewatch: bool = False) -> set[str]:
        """Take in what was found, watch what is new; the paths that are newly changed."""
        news = self._see(sight, known_since)
        new = sight.folders
        if sight.whole:
            self._is_absent = not sight.folders
            new -= self._watched
        while (new or rewatch) and not self._is_absent:
            if self._now() < self._watch_next and not rewatch:
                self._watch_later(new)
                break
            began = self._now()
            await self._watch(self._folders)
            self._watch_next = self._now() + min(_WATCH_SHARE * (self._now() - began), _WATCH_PAUSE)
            # What was put into a new folder before it was watched.
            if rewatch or sight.whole:
                again = await asyncio.to_thread(look_at_all, self._rules, self._contents)
            else:
                again = await self._look([each for each in new if os.path.dirname(each) not in new])
            news |= self._see(again, known_since)
            new = again.folders - self._watched
            rewatch = False
        return news

    def _watch_later(self, folders: Iterable[str]) -> None:
        if not self._unwatched:
            asyncio.get_running_loop().call_at(self._watch_next, self._watch_now)
        self._unwatched.update(folders)

    def _watch_now(self) -> None:
        folders = frozenset(self._unwatched)
        self._unwatched.clear()
        self._batch(Batch(folders, folders))

    def _see(self, sight: Sight, known_since: int | None) -> set[str]:
        if sight.whole:
            self._folders.clear()
        self._folders |= sight.folders
        self._folders -= sight.gone
        return self._ledger.see(sight, self._now(), known_since)

    def _release(self) -> None:
        silence = self._ledger.runs.silence(self._now())
        if silence is not None:
            asyncio.get_running_loop().call_later(silence, self._release)
        if self._ledger.has_news:
            self._ready.set()

    # --- at the start -------------------------------------------------------------------------------------

    async def _watch(self, folders: Collection[str]) -> None:
        self._watched = frozenset(folders)
        self._place.hold()
        if self._polling:
            return
        try:
            await self._source.watch(sorted(self._watched))
        except SourceError as error:
            self._poll(str(error))

    def _poll(self, why: str) -> None:
        self._polling = why
        self._batch(Batch(scan=True))  # the worker may be waiting for an event

    def _on_end(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and task.exception() is not None:
            self._ready.set()

    async def _enter(self, listing: Listing, at: int) -> None:
        """Put all files into the baseline; read those at once whose time would not tell of a write from now on."""
        unsettled = []
        for path, signature in listing.files.items():
            digest = large(signature) if signature[2] > LARGE else None
            if not self._contents.enter(path, signature, at, digest) and digest is None:
                unsettled.append(path)
        for reading in await asyncio.to_thread(read_all, unsettled):
            if not self._contents.learn(reading, None):
                self._contents.forget(reading.path)

    async def _learn(self, paths: list[str]) -> None:
        """Read what has not been read, a few files at a time, sources first."""
        paths.sort(key=lambda path: not path.endswith(".py"))
        for start in range(0, len(paths), _CHUNK):
            chunk = paths[start : start + _CHUNK]
            entered = {path: self._contents.signature(path) for path in chunk}
            readings = await asyncio.to_thread(read_all, chunk)
            changed = frozenset(each.path for each in readings if not self._contents.learn(each, entered[each.path]))
            if changed:
                self._batch(Batch(changed))

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()
