"""The tree of the last session with its results, to be looked at until this one knows better.

What there was is read from the journal of the last collection of everything, how it ended from the history; what lies
behind a result stays in the journals of that session until somebody looks. All of it counts as out of date.
"""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from tui.engine.decode import DAMAGED, Decoder, collected
from tui.engine.journal import GrowingJournal, worker_of
from tui.engine.keeping import catch_up
from tui.model import events as ev
from tui.model.earlier import EarlierResults
from tui.model.nodes import Note
from tui.model.outcome import Status
from tui.model.store import uncollected
from tui.plugin import wire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tui.engine.folders import Cache
    from tui.engine.history import History, Place, Result
    from tui.engine.journal import Shelf
    from tui.engine.orders import Project
    from tui.engine.runs import Runs
    from tui.model.nodes import Item
    from tui.model.store import Store

_AT_ONCE = 1_000
"""Items that go into the tree between two looks at the keyboard."""
_CAUGHT_UP = 5
"""Runs that nobody saw to their end, or that had no screen, whose results are still taken."""

_Earlier = tuple[ev.CollectedItem, "Result | None"]


async def restore(runs: Runs, changed: Callable[[], None]) -> None:
    """Bring the last session of the same setup into the store. ``changed`` is called when there is more to see.

    Items are taken in until this session has collected its own; results, for items that have not run in it.
    """
    last = LastSession(runs.history, runs.explorer.cache, runs.explorer.project)
    returning = _Returning(runs.store, runs.explorer.shelf, runs.explorer.cache)
    try:
        session = await asyncio.to_thread(last.read)
        if session is not None:
            returning.break_(session, await asyncio.to_thread(runs.history.broken))
            changed()
        while earlier := await asyncio.to_thread(last.next):
            runs.fresh_failures += returning.take(session, earlier)
            changed()
    finally:
        last.given_up = True


class LastSession:
    """Reads what is left of the last session. Its methods read files: they are for threads."""

    def __init__(self, history: History, cache: Cache, project: Project) -> None:
        self.given_up = False
        """Set when nobody wants to know any more."""
        self._history = history
        self._cache = cache
        self._project = project
        self._run = 0
        self._session: ev.SessionStarted | None = None
        self._broken: list[str] = []
        self._ranges: list[tuple[int, int]] = []
        """The items that ran or would have, by their places among those that were found; the ends excluded."""
        self._numbered = False
        self._items: Iterator[ev.CollectedItem] = iter(())
        self._others: list[Result] = []

    def read(self) -> ev.SessionStarted | None:
        """Find out what there was; gives the session that collected it, None if nothing is known."""
        self._run, ended = self._history.last_runs()
        if not self._run:
            return None
        unfinished = [number for number in self._cache.earlier_runs() if number > ended]
        for number in unfinished[-_CAUGHT_UP:]:
            if not self.given_up:
                catch_up(number, self._history, self._cache, self._project)
        try:
            whole = self._read_outline()
        except DAMAGED:
            return None
        if not whole or self._session is None:
            return None
        ends = [0, *(place for one in self._ranges for place in one)]
        plain = ends == sorted(ends) and not self._numbered
        self._items = self._in_order_found() if plain else self._in_final_order()
        self._others = self._history.newer(self._run)
        for nodeid in self._broken:
            self._others += self._history.below(nodeid) if nodeid not in ("", ".") else []
        return self._session

    def next(self) -> list[_Earlier]:
        """The next items with their results; none when these were all.

        In the end come those that the collection does not tell of: they ran after it, or a broken file hid them.
        """
        try:
            items = list(islice(self._items, _AT_ONCE))
        except DAMAGED:
            items = []
        if not items:
            others, self._others = self._others, []
            return [(self._from_nodeid(result), result) for result in others]
        results = self._history.results([(item.nodeid, item.index) for item in items])
        return [(item, results.get((item.nodeid, item.index))) for item in items]

    def _read_outline(self) -> bool:
        """All but the items; whether the collection came to its end."""
        decoder = self._decoder()
        for line in self._lines():
            match line["event"]:
                case "SessionStarted" | "CollectorReported":
                    for event in decoder.events(line, None, 0):
                        if isinstance(event, ev.SessionStarted):
                            self._session = event
                        elif isinstance(event, ev.CollectorReported) and event.outcome == "failed":
                            self._broken.append(event.nodeid)
                case "CollectionFinished":
                    self._ranges += [(first, end) for first, end in line["positions"]]
                    self._numbered = self._numbered or "numbers" in line
                    if not line["more"]:
                        return True
                case _:
                    pass
        return False

    def _in_order_found(self) -> Iterator[ev.CollectedItem]:
        """The items one by one: of 100,000, all at once would leave 30 MB of holes in memory."""
        ranges = iter(self._ranges)
        first, end = next(ranges, (0, 0))
        counts: dict[str, int] = {}
        place, file = 0, ""
        for line in self._lines():
            if line["event"] == "CollectionFinished":
                return
            if line["event"] != "ItemsCollected" or not line["items"]:
                continue
            if line["parents"][line["items"][0][1]][0] != file:
                counts = {}  # equal nodeids are of one file
            items = collected(line, counts)
            file = items[-1].file
            for item in items:
                while place >= end:
                    first, end = next(ranges, (place + 1, place + 1))
                if place >= first:
                    yield item
                place += 1

    def _in_final_order(self) -> Iterator[ev.CollectedItem]:
        """The items where plugins have brought them into another order, or have doubled them."""
        decoder = self._decoder()
        for line in self._lines():
            if line["event"] in ("ItemsCollected", "CollectionFinished"):
                for event in decoder.events(line, None, 0):
                    if isinstance(event, ev.CollectionFinished):
                        yield from event.items
                        return

    def _decoder(self) -> Decoder:
        return Decoder(self._run, self._cache.run_folder(self._run), "", phases=False)

    def _lines(self) -> Iterator[dict[str, Any]]:
        journal = GrowingJournal(self._cache.run_folder(self._run) / wire.JOURNAL_FILE.format(wire.MAIN_JOURNAL), 0)
        try:
            while not self.given_up:
                lines, _ = journal.read()
                if not lines:
                    return
                for _, line in lines:
                    yield line
        finally:
            journal.close()

    def _from_nodeid(self, result: Result) -> ev.CollectedItem:
        item = uncollected(result.nodeid, result.number)
        rootdir = self._session.rootdir if self._session else ""
        return replace(item, file_path=os.path.normpath(os.path.join(rootdir, item.file)))  # noqa: PTH118 - a text


class _Returning:
    """Puts what was into the store."""

    def __init__(self, store: Store, shelf: Shelf, cache: Cache) -> None:
        self._store = store
        self._shelf = shelf
        self._cache = cache
        self._journals: dict[tuple[int, str], int] = {}
        """Numbers on the shelf, by run and name."""

    def take(self, session: ev.SessionStarted | None, earlier: Iterable[_Earlier]) -> list[Item]:
        """Take items with their results; gives those that failed."""
        store = self._store
        if store.session is None:
            store.session = session
        tree = store.tree
        given = EarlierResults(tree)
        failed = []
        for found, result in earlier:
            item = tree.item(found.nodeid, found.index)
            if item is None:
                if store.complete:
                    continue
                item = tree.add(found)
            if result is None or not given.give(item, result.status, result.seconds, self._note(result)):
                continue
            if result.place is not None:
                item.ref = self._ref(result.run, result.place)
                item.worker = worker_of(result.place.journal)
            if result.status.is_bad:
                failed.append(item)
        given.finish()
        return failed

    def break_(self, session: ev.SessionStarted, broken: Iterable[Result]) -> None:
        """Say which collectors could not be collected."""
        tree = self._store.tree
        for result in broken if not self._store.complete else ():
            file = result.nodeid.partition("::")[0]
            branch = tree.collector(result.nodeid, os.path.normpath(os.path.join(session.rootdir, file)))  # noqa: PTH118 - a text
            if branch.broken is Status.NOT_RUN:
                branch.note = self._note(result)
                tree.set_broken(branch, result.status, stale=True)

    def _note(self, result: Result) -> Note | None:
        if result.remark is None:
            return None
        note = Note(result.remark.message, result.remark.path, result.remark.line)
        note.refs = [self._ref(result.run, place) for place in result.remark.places]
        return note

    def _ref(self, run: int, place: Place) -> ev.Ref:
        """The place of a line of another session on the shelf of this one."""
        number = self._journals.get((run, place.journal))
        if number is None:
            number = self._shelf.put(self._cache.run_folder(run) / place.journal)
            self._journals[run, place.journal] = number
        return self._shelf.ref(number, place.at)
