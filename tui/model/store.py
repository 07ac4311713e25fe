"""The only owner of results: takes events, keeps the tree and the state of the present run."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tui.model import events as ev
from tui.model.nodes import Branch, Item, Note, Tree, items_below
from tui.model.outcome import Status, status_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MESSAGE_LIMIT = 400
"""Characters of a crash message that stay in memory; the whole lies in the journal."""
_WARNINGS_KEPT = 500


@dataclass(slots=True)
class RunState:
    """A run as far as it has come. Times are of the store's clock, in seconds."""

    number: int
    collecting: bool
    """Whether it only collects."""
    whole: bool
    """Whether it was asked for everything, so that what it does not find is gone."""
    started: float
    first_item: float | None = None
    ended: float | None = None
    planned: int = 0
    done: int = 0
    bad: int = 0
    estimate: float | None = None
    """Seconds that the items of this run took last time, by the number of workers; None when not known."""
    workers: int = 0
    running: dict[ev.ItemKey, float] = field(default_factory=dict)
    """Start of each item that runs now."""
    collected: int = 0
    latest_file: str = ""
    collection_finished: bool = False
    stopping: bool = False
    stopped: bool = False
    """Whether the person stopped it."""
    left: int = 0
    """Items whose turn never came."""
    problem: str = ""
    """Why pytest could not do its work, first line; empty when it could."""
    detail: str = ""
    """The text behind ``problem``."""
    dropped: tuple[str, ...] = ()
    missing: int = 0
    exit: int | None = None

    @property
    def active(self) -> bool:
        """Whether its process still lives."""
        return self.ended is None


class Store:
    """Applies events in their order. Events of other runs than the present one are dropped."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.tree = Tree()
        self.run: RunState | None = None
        self.session: ev.SessionStarted | None = None
        self.complete = False
        """Whether a collection of everything has been through, so that the tree is known."""
        self.verdict_run: RunState | None = None
        """The last run that executed something; what the first line speaks of."""
        self.warnings: list[ev.WarningRecorded] = []
        self.faults: list[str] = []
        self.clock = clock
        self._live = False
        self._fresh: set[str] = set()
        self._found: dict[ev.ItemKey, ev.CollectedItem] = {}
        self._deselected: set[ev.ItemKey] = set()
        self._queued: set[ev.ItemKey] = set()

    def begin(self, number: int, *, collecting: bool, whole: bool, items: Iterable[Item] = ()) -> RunState:
        """A new run is on its way; ``items`` are shown as queued until collection tells what really runs."""
        self.run = RunState(number, collecting, whole, self.clock())
        if not collecting:
            self.verdict_run = self.run
        self._live = not self.complete
        self._fresh = set()
        self._found = {}
        self._deselected = set()
        self._queued = set()
        self.warnings = []
        for item in list(items):
            self._queue(item)
        self.run.planned = len(self._queued)
        return self.run

    def _queue(self, item: Item) -> None:
        if item.status is not Status.QUEUED:
            item.was = item.status if item.status.is_outcome else Status.NOT_RUN
            self.tree.set_status(item, Status.QUEUED, stale=item.stale)
        self._queued.add(item.key)

    def apply(self, event: ev.Event) -> None:
        """Take one event."""
        run = self.run
        if run is None or event.run != run.number:
            return
        match event:
            case ev.ItemStarted():
                self._item_started(run, event)
            case ev.PhaseReported():
                self._phase(run, event)
            case ev.ItemFinished():
                self._item_finished(run, event)
            case ev.ItemsCollected() | ev.ItemsDeselected() | ev.CollectionFinished() | ev.CollectorReported():
                self._collection(run, event)
            case ev.SessionStarted():
                self.session = event
                run.workers = event.workers
            case ev.SessionFinished():
                self._finished(run, event)
            case ev.WarningRecorded():
                if len(self.warnings) < _WARNINGS_KEPT:
                    self.warnings.append(event)
            case ev.NotStarted():
                run.problem, run.detail = event.words, event.detail
            case ev.InternalError():
                run.problem, run.detail = f"INTERNALERROR {_last_line(event.text)}", event.text
            case ev.Interrupted():
                if event.by_exit:
                    run.problem = f"pytest.exit: {event.reason}"
                    run.detail = run.problem
                else:
                    run.stopped = True
            case ev.ItemsMissing():
                self._missing(run, event)
            case ev.OptionsDropped():
                run.dropped = event.options
            case ev.ProtocolError():
                self.faults.append(event.text)

    def _collection(
        self,
        run: RunState,
        event: ev.ItemsCollected | ev.ItemsDeselected | ev.CollectionFinished | ev.CollectorReported,
    ) -> None:
        match event:
            case ev.ItemsCollected():
                run.collected += len(event.items)
                run.latest_file = event.items[-1].file if event.items else run.latest_file
                for collected in event.items:
                    self._found[collected.nodeid, collected.index] = collected
                    if self._live:
                        self.tree.add(collected)
            case ev.ItemsDeselected():
                run.collected -= len(event.keys)
                self._deselected.update(event.keys)
                if self._live:
                    self._remove(event.keys)
            case ev.CollectorReported():
                self._collector(event)
            case ev.CollectionFinished():
                self._settle(run, event)

    def _collector(self, event: ev.CollectorReported) -> None:
        if event.outcome == "passed":
            self._fresh.add(event.nodeid)
            branch = self.tree.module(event.nodeid)
            if branch is not None and branch is not self.tree.root:
                self.tree.set_broken(branch, Status.NOT_RUN)
            return
        root = self.session.rootdir if self.session else ""
        file = event.nodeid.partition("::")[0]
        branch = self.tree.file(file, f"{root}/{file}" if root else "")
        message = event.crash.message if event.crash else _last_line(event.longrepr or "")
        branch.note = Note(message[:MESSAGE_LIMIT], *((event.crash.path, event.crash.line) if event.crash else ()))
        if event.ref is not None:
            branch.note.refs.append(event.ref)
        self.tree.set_broken(branch, Status.ERROR if event.outcome == "failed" else Status.SKIPPED)
        for item in items_below(branch):
            if item.status.is_outcome:
                self.tree.set_status(item, item.status, stale=True)

    def _settle(self, run: RunState, event: ev.CollectionFinished) -> None:
        """The word on what there is: bring the tree to it, and queue what will run."""
        final = {(item.nodeid, item.index): item for item in event.items}
        known = self._found.keys() - self._deselected if not run.whole else set()
        in_tree = [self.tree.add(collected) for collected in final.values()]
        if not run.whole:
            in_tree = [self.tree.add(item) for key, item in self._found.items() if key in known]
        gone = [
            item.key
            for nodeid in self._fresh
            if (branch := self.tree.module(nodeid)) is not None
            for item in items_below(branch)
            if item.key not in final and item.key not in known and item.key not in self._deselected
        ]
        if run.whole:
            broken = {nodeid for nodeid in self._found if nodeid not in final}
            gone += [item.key for item in self.tree.items() if item.key not in final and self._is_gone(item, broken)]
        self._remove(gone)
        self.tree.reorder(in_tree)
        run.collection_finished = True
        run.collected = len(final)
        if run.whole:
            self.complete = True
        if not run.collecting:
            previous, self._queued = self._queued, set()
            for key in final:
                item = self.tree.item(*key)
                if item is not None:
                    self._queue(item)
            self._unqueue(previous - self._queued)
            run.planned = len(final)
        self._found = {}

    def _is_gone(self, item: Item, dropped: set[ev.ItemKey]) -> bool:
        """Not found by a collection of everything: gone, unless its file could not be read this time."""
        return item.key in dropped or item.key in self._deselected or item.module.broken is Status.NOT_RUN

    def _remove(self, keys: Iterable[ev.ItemKey]) -> None:
        for key in keys:
            item = self.tree.item(*key)
            if item is not None:
                self.tree.remove(item)

    def _unqueue(self, keys: Iterable[ev.ItemKey]) -> None:
        for key in keys:
            item = self.tree.item(*key)
            if item is not None and item.status in (Status.QUEUED, Status.RUNNING):
                self.tree.set_status(item, item.was, stale=item.stale)

    def _item(self, event: ev.ItemStarted | ev.PhaseReported | ev.ItemFinished) -> Item:
        item = self.tree.item(event.nodeid, event.index)
        return item or self.tree.add(uncollected(event.nodeid, event.index))

    def _item_started(self, run: RunState, event: ev.ItemStarted) -> None:
        item = self._item(event)
        if item.status.is_outcome or item.status is Status.NOT_RUN:
            item.was = item.status
        item.note = None
        item.ref = None
        item.worker = event.worker
        now = self.clock()
        run.running[item.key] = now
        if run.first_item is None:
            run.first_item = now
        self._queued.discard(item.key)
        self.tree.set_status(item, Status.RUNNING)

    def _phase(self, run: RunState, event: ev.PhaseReported) -> None:
        item = self._item(event)
        status = status_of(event)
        message = _message(event)
        if event.outcome == "rerun":
            item.note = Note(f"rerun after: {message}"[:MESSAGE_LIMIT])
            if event.ref is not None:
                item.note.refs.append(event.ref)
            self.tree.touch(item)
            return
        if message and (item.note is None or status.is_bad and not item.status.is_bad):
            refs = item.note.refs if item.note else []
            crash = event.crash
            place = (event.frame.path, event.frame.line) if event.frame else (crash.path, crash.line) if crash else ()
            item.note = Note(message[:MESSAGE_LIMIT], *place)
            item.note.refs = refs
        if event.ref is not None and item.note is not None and event.ref not in item.note.refs and status.is_bad:
            item.note.refs.append(event.ref)
        if status.is_bad and status > item.status:
            if not item.status.is_bad:
                run.bad += 1
            self.tree.set_status(item, status)

    def _item_finished(self, run: RunState, event: ev.ItemFinished) -> None:
        item = self._item(event)
        run.running.pop(item.key, None)
        run.done += 1
        if event.status.is_bad and not item.status.is_bad:
            run.bad += 1
        if event.ref is not None:
            item.ref = event.ref
        if event.status is Status.PASSED and event.attempts == 1:
            item.note = None
        self.tree.set_seconds(item, event.duration)
        self.tree.set_status(item, event.status)

    def _missing(self, run: RunState, event: ev.ItemsMissing) -> None:
        run.missing += len(event.keys)
        self._queued.difference_update(event.keys)
        self._remove(event.keys)

    def _finished(self, run: RunState, event: ev.SessionFinished) -> None:
        run.left = len(self._queued)
        self._unqueue([*self._queued, *run.running])
        run.left += len(run.running)
        self._queued = set()
        run.running = {}
        run.ended = self.clock()
        run.exit = event.exit
        run.stopped = run.stopped or run.stopping
        if not event.completed and not run.problem and not run.stopped:
            run.problem, run.detail = _last_words(event), event.output
        self.tree.generation += 1


def uncollected(nodeid: str, index: int = 0) -> ev.CollectedItem:
    """An item that runs although no collection told of it (a worker on another machine): read from its nodeid."""
    file, _, rest = nodeid.partition("::")
    name, bracket, _ = rest.partition("[")
    *classes, function = name.split("::")
    collector = "::".join((file, *classes))
    grouped = function if bracket else None
    return ev.CollectedItem(nodeid, index, file, "", collector, tuple(classes), grouped, file, None, (), ())


def _message(event: ev.PhaseReported) -> str:
    text = event.crash.message if event.crash else event.longrepr or event.wasxfail or ""
    if event.wasxfail is not None and event.outcome != "failed":
        text = event.wasxfail.removeprefix("reason: ") or text
    if event.when != "call" and event.outcome == "failed":
        text = f"{event.when}: {text}"
    return f"{event.subtest} {text}" if event.subtest else text


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1].removeprefix("E ").strip() if lines else ""


def _last_words(event: ev.SessionFinished) -> str:
    lines = [line.strip() for line in event.output.splitlines() if line.strip()]
    for start in ("ERROR:", "E  ", "INTERNALERROR>"):
        for line in lines:
            if line.startswith(start) and line.removeprefix(start).strip():
                return line.removeprefix("E ").strip()
    ending = f"signal {-event.exit}" if event.exit < 0 else f"exit {event.exit}"
    return f"pytest ended early ({ending}){': ' + lines[-1] if lines else ''}"
