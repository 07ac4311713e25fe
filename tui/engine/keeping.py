"""From the events of a run to the results that the history keeps; also of runs that nobody saw to their end."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tui.engine.decode import DAMAGED, Decoder
from tui.engine.history import Place, Remark, Result
from tui.engine.journal import GrowingJournal, Shelf, journals_in, worker_of
from tui.model import events as ev
from tui.model.outcome import Status
from tui.model.store import Store
from tui.plugin import wire

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from tui.engine.folders import Cache
    from tui.engine.history import History
    from tui.engine.orders import Project

_AT_ONCE = 2_000
"""Results that are kept in memory before they go into the history."""
_REQUEST_LIMIT = 1 << 20
"""Bytes of a request that is looked into."""


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


def broken(store: Store, shelf: Shelf) -> list[Result]:
    """The collectors that cannot be collected now, as the history keeps them."""
    results = []
    for branch in store.tree.broken.values():
        if branch.broken is Status.ERROR and branch.note is not None:
            places = [_place(ref, shelf) for ref in branch.note.refs]
            remark = Remark(branch.note.message, branch.note.path, branch.note.line, tuple(each for _, each in places))
            run = places[-1][0] if places else 0
            results.append(Result(branch.nodeid, 0, branch.broken, 0.0, run, None, remark))
    return results


def _place(ref: ev.Ref, shelf: Shelf) -> tuple[int, Place]:
    path, offset = shelf.place(ref)
    return int(path.parent.name), Place(path.name, offset)


def catch_up(number: int, history: History, cache: Cache, project: Project) -> None:
    """Take the results of a run whose explorer was killed from its journals, as far as they lie there.

    Nothing is taken if it was made with another setup, or is not readable.
    """
    folder = cache.run_folder(number)
    if not _is_of(folder, project):
        return
    store, shelf = Store(), Shelf()
    store.begin(number, collecting=False, whole=False)
    finished: list[ev.ItemFinished] = []
    for event in _events(folder, number, shelf):
        if isinstance(event, ev.SessionStarted) and event.executable != project.interpreter.path:
            return
        store.apply(event)
        if isinstance(event, ev.ItemFinished):
            finished.append(event)
        if len(finished) >= _AT_ONCE:
            finished = _record(finished, history, store, shelf)
    _record(finished, history, store, shelf)


def _is_of(folder: Path, project: Project) -> bool:
    """Whether a run has been asked for with the arguments of this project, and not only to collect."""
    try:
        with (folder / wire.REQUEST_FILE).open("rb") as file:
            request = json.loads(file.read(_REQUEST_LIMIT))
        args = request["args"]
        own = ["--color=yes", *project.args]
        return bool(
            args[: len(own)] == own and "--collect-only" not in args and request["cwd_on_path"] == project.cwd_on_path
        )
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _events(folder: Path, number: int, shelf: Shelf) -> Iterator[ev.Event]:
    decoder = Decoder(number, folder, "", phases=False)
    for path in journals_in(folder):
        worker = worker_of(path.name)
        for ref, line in _lines(GrowingJournal(path, shelf.put(path))):
            try:
                if line["event"] in ("SessionStarted", "ItemStarted", "PhaseReported", "ItemFinished"):
                    yield from decoder.events(line, worker, ref)
            except DAMAGED:
                continue


def _lines(journal: GrowingJournal) -> Iterator[tuple[ev.Ref, dict[str, Any]]]:
    try:
        while lines := journal.read()[0]:
            yield from lines
    finally:
        journal.close()


def _record(finished: list[ev.ItemFinished], history: History, store: Store, shelf: Shelf) -> list[ev.ItemFinished]:
    """Put results into the history and out of memory; gives the list to go on with."""
    history.record(kept(finished, store, shelf))
    tree = store.tree
    tree.remove_all(item for event in finished if (item := tree.item(event.nodeid, event.index)) is not None)
    return []
