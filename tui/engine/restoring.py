"""The tree of the last session with its results, to be looked at until this one knows better.

What there was is read from the journal of the last collection of everything, how it ended from the history; what lies
behind a result stays in the journals of that session until somebody looks. All of it counts as out of date.
"""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.engine.decode import Decoder
from tui.engine.history import Place, Remark, Result
from tui.engine.journal import GrowingJournal
from tui.model import events as ev
from tui.model.earlier import EarlierResults
from tui.model.nodes import Note, key_of
from tui.model.store import uncollected
from tui.plugin import wire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tui.engine.folders import Cache
    from tui.engine.history import History
    from tui.engine.journal import Shelf
    from tui.engine.runs import Runs
    from tui.model.nodes import Item
    from tui.model.store import Store

_AT_ONCE = 2_000
"""Items that go into the tree between two looks at the keyboard."""
_COLLECTING = frozenset(["SessionStarted", "ItemsCollected", "ItemsDeselected", "CollectorReported"])
_NAME = "journal-{}.jsonl"

_Earlier = tuple[ev.CollectedItem, Result | None]


def kept(finished: Iterable[ev.ItemFinished], store: Store, shelf: Shelf) -> list[Result]:
    """The results of a run as the history keeps them; the store has taken these events just now."""
    results = []
    for event in finished:
        item = store.tree.item(event.nodeid, event.index)
        note = item.note if item is not None else None
        run, place, remark = event.run, None, None
        if note is not None:
            places = []
            for ref in note.refs:
                run, each = _place(ref, shelf)
                places.append(each)
            remark = Remark(note.message, note.path, note.line, tuple(places))
        if event.ref is not None:
            run, place = _place(event.ref, shelf)
        results.append(Result(event.nodeid, event.index, event.status, event.duration, run, place, remark))
    return results


def _place(ref: ev.Ref, shelf: Shelf) -> tuple[int, Place]:
    path, offset = shelf.place(ref)
    return int(path.parent.name), Place(path.name, offset)


async def restore(runs: Runs, changed: Callable[[], None]) -> None:
    """Bring the last session of the same setup into the store. ``changed`` is called when there is more to see.

    Items are taken in until this session has collected its own; results, for items that have not run in it.
    """
    last = LastSession(runs.history, runs.explorer.cache)
    returning = _Returning(runs.store, runs.explorer.shelf, runs.explorer.cache)
    try:
        session = await asyncio.to_thread(last.read)
        while earlier := await asyncio.to_thread(last.next):
            runs.fresh_failures += returning.take(session, earlier)
            changed()
    finally:
        last.given_up = True


class LastSession:
    """Reads what is left of the last session. Its methods read files: they are for threads."""

    def __init__(self, history: History, cache: Cache) -> None:
        self.given_up = False
        """Set when nobody wants to know any more."""
        self._history = history
        self._cache = cache
        self._run = 0
        self._items: list[ev.CollectedItem] = []
        """What there was, the first items last."""
        self._broken: list[str] = []
        self._session: ev.SessionStarted | None = None
        self._others: list[_Earlier] = []

    def read(self) -> ev.SessionStarted | None:
        """Find out which items there were; gives the session that collected them, None if nothing is known."""
        self._run = self._history.last_collected()
        if not self._run:
            return None
        folder = self._cache.run_folder(self._run)
        journal = GrowingJournal(folder / _NAME.format(wire.MAIN_JOURNAL), 0)
        try:
            items = self._collected(journal, Decoder(self._run, folder, "", phases=False))
        except (KeyError, TypeError, ValueError, IndexError):
            return None  # not of this version, or damaged
        finally:
            journal.close()
        if items is None or self._session is None:
            return None
        self._items = list(reversed(items))
        self._others = self._found_later(items)
        return self._session

    def _collected(self, journal: GrowingJournal, decoder: Decoder) -> tuple[ev.CollectedItem, ...] | None:
        while not self.given_up:
            lines, _ = journal.read()
            if not lines:
                break
            for ref, line in lines:
                name = line["event"]
                if name not in _COLLECTING and name != "CollectionFinished":
                    continue
                for event in decoder.events(line, None, ref):
                    if isinstance(event, ev.CollectionFinished):
                        return event.items
                    if isinstance(event, ev.SessionStarted):
                        self._session = event
                    elif isinstance(event, ev.CollectorReported) and event.outcome == "failed":
                        self._broken.append(event.nodeid)
        return None

    def _found_later(self, items: Iterable[ev.CollectedItem]) -> list[_Earlier]:
        """Items that the collection does not tell of: they ran after it, or a broken collector hid them."""
        results = self._history.newer(self._run)
        for nodeid in self._broken:
            results += self._history.below(nodeid) if nodeid not in ("", ".") else []
        others = {key_of(result.nodeid, result.number): result for result in results}
        if others:
            for item in items:
                others.pop(key_of(item.nodeid, item.index), None)
        return [(self._from_nodeid(result), result) for result in others.values()]

    def _from_nodeid(self, result: Result) -> ev.CollectedItem:
        item = uncollected(result.nodeid, result.number)
        rootdir = self._session.rootdir if self._session else ""
        return replace(item, file_path=os.path.normpath(os.path.join(rootdir, item.file)))  # noqa: PTH118 - a text

    def next(self) -> list[_Earlier]:
        """The next items with their results; none when these were all."""
        items = [self._items.pop() for _ in range(min(_AT_ONCE, len(self._items)))]
        if not items:
            others, self._others = self._others, []
            return others
        results = self._history.results([(item.nodeid, item.index) for item in items])
        return [(item, results.get((item.nodeid, item.index))) for item in items]


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
        for collected, result in earlier:
            item = tree.item(collected.nodeid, collected.index)
            if item is None:
                if store.complete:
                    continue
                item = tree.add(collected)
            if result is None or not given.give(item, result.status, result.seconds, self._note(result)):
                continue
            if result.place is not None:
                item.ref = self._ref(result.run, result.place)
                name = result.place.journal.removeprefix("journal-").removesuffix(".jsonl")
                item.worker = None if name == wire.MAIN_JOURNAL else name
            if result.status.is_bad:
                failed.append(item)
        given.finish()
        return failed

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
