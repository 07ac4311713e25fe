"""The only owner of results: takes events, keeps the tree and the state of the present run."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tui.model import events as ev
from tui.model.collection import MESSAGE_LIMIT, Collection
from tui.model.halts import Halts
from tui.model.messages import last_line, last_words, message_of
from tui.model.nodes import Item, Note, items_in
from tui.model.outcome import Status, status_of
from tui.model.run import ExitCode, RunState
from tui.model.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_WARNINGS_KEPT = 500
_FAULTS_KEPT = 100
_NO_SESSION = (ExitCode.INTERNAL_ERROR, ExitCode.USAGE_ERROR)


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
        self.unreadable: dict[str, str] = {}
        """Edited files that cannot be compiled, by their absolute path, with the reason and its line."""
        self.halts = Halts(self.tree)
        self.clock = clock
        self._collecting = Collection(self.tree, whole=False, live=True)
        self._was_complete = False
        self._left_out: set[str | ev.ItemKey] = set()
        """What the last collection of everything found and deselected."""
        self._before: dict[ev.ItemKey, _Earlier] = {}
        """What the items that run now were before."""
        self._early: set[ev.ItemKey] = set()
        """Items that started before the end of collection was read: workers write journals of their own."""

    def begin(
        self, number: int, *, collecting: bool, whole: bool, items: Iterable[Item] = (), arranged: bool = False
    ) -> RunState:
        """A new run is on its way; ``items`` are shown as queued until collection tells what really runs.

        ``arranged``: it runs what it finds in an order of ours.

        A run that has not ended until now is over: what it left gets its earlier outcome back.
        """
        if self.run is not None and self.run.active:
            self._release(self.run)
        self.run = RunState(number, collecting, whole, self.clock())
        if not collecting:
            self.verdict_run = self.run
        self._was_complete = self.complete
        left_out = () if whole else self._left_out
        self._collecting = Collection(
            self.tree, whole=whole, live=not self.complete, left_out=left_out, arranged=arranged
        )
        self.warnings = []
        self.tree.queue(items)
        self.run.planned = self.tree.root.counts[Status.QUEUED]
        return self.run

    @property
    def frozen(self) -> dict[ev.ItemKey, str]:
        """By item: the id of the failure whose process is kept."""
        return self.halts.frozen

    @property
    def paused(self) -> dict[str, ev.Paused]:
        """By id: processes of the present run that wait for a person."""
        return self.halts.paused

    def unfinished(self) -> list[Item]:
        """What the present run has still to do."""
        running = [self.tree.item(*key) for key in self.run.running] if self.run is not None else []
        return [*(item for item in running if item is not None), *items_in(self.tree.root, Status.QUEUED)]

    def started(self, item: Item) -> float | None:
        """When the item that runs now was started, on the store's clock; None if it does not run."""
        return self.run.running.get(item.key) if self.run is not None else None

    def apply(self, event: ev.Event) -> None:
        """Take one event."""
        run = self.run
        if isinstance(event, ev.Thawed):
            self.halts.apply(event)  # of whatever run
        elif run is not None and event.run == run.number and run.active:
            self._of_run(run, event)

    def _of_run(self, run: RunState, event: ev.Event) -> None:
        match event:
            case ev.ItemStarted():
                self._item_started(run, event)
            case ev.PhaseReported():
                self._phase(run, event)
            case ev.ItemFinished():
                self._item_finished(run, event)
            case ev.ItemsCollected():
                run.collected += len(event.items)
                run.latest_file = event.items[-1].file if event.items else run.latest_file
                self._collecting.found(event.items)
            case ev.ItemsDeselected():
                run.collected -= len(event.keys)
                self._collecting.deselected(event.keys)
            case ev.CollectorReported():
                run.crashed = run.crashed or event.died
                self._collecting.reported(event, self.session.rootdir if self.session else "")
            case ev.CollectionFinished():
                self._settle(run, event)
            case ev.ItemsMissing():
                self._missing(run, event)
            case ev.Frozen() | ev.NotFrozen() | ev.Paused() | ev.Resumed():
                self.halts.apply(event)
            case _:
                self._session_event(run, event)

    def _session_event(self, run: RunState, event: ev.Event) -> None:
        match event:
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
                run.problem, run.detail = f"INTERNALERROR {last_line(event.text)}", event.text
            case ev.Interrupted():
                self._interrupted(run, event)
            case ev.OptionsDropped():
                run.dropped = event.options
            case ev.ProtocolError():
                self.complain(event.text)
            case _:
                pass

    def _interrupted(self, run: RunState, event: ev.Interrupted) -> None:
        if event.by_exit and run.first_item is not None:
            run.stopped = True
            run.reason = f"pytest.exit: {event.reason}"
        elif event.by_exit:
            run.problem = run.detail = f"pytest.exit: {event.reason}"
        elif run.stopping or not event.reason:
            run.stopped = True  # else pytest itself gave up, with words: errors in collection, xdist's -x

    def _settle(self, run: RunState, event: ev.CollectionFinished) -> None:
        """The word on what there is: bring the tree to it, and queue what will run."""
        items = self._collecting.finish(event.items)
        run.collection_finished = True
        run.collected = len(event.items)
        if run.whole and not run.stopping:
            self.complete = True
            self._left_out = self._collecting.left_out
        if not run.collecting:
            self._queue_final(run, items)
        if self._early:
            self._collecting.confirm(self._early)
        self.halts.mark_again()

    def _queue_final(self, run: RunState, items: list[Item]) -> None:
        wanted = [item for item in items if item.key not in self._early] if self._early else items
        self.tree.queue(wanted)
        # Where collection was cut short, what it did not reach is left.
        if not run.stopping and self.tree.root.counts[Status.QUEUED] > len(wanted):
            queued = items_in(self.tree.root, Status.QUEUED)
            others = [item for item in queued if not self._collecting.is_final(item)]
            self.tree.unqueue(others)
            for item in others if not run.whole else ():
                self._lose(run, item)
        run.planned = len(items)

    def _lose(self, run: RunState, item: Item) -> None:
        """It was asked for and is not there: its file is gone, or its name is another at every collection.

        (That a broken collector hides it, or an option deselects it, is told elsewhere.)
        """
        if not (self._collecting.is_hidden(item) or self._collecting.is_deselected(item)):
            run.missing += 1
            self.tree.set_status(item, item.status, stale=item.status.is_outcome)

    def complain(self, words: str) -> None:
        """Something went wrong beside the tests; the last such words are kept."""
        self.faults = [*self.faults, words][-_FAULTS_KEPT:]

    def mark_stale(self, items: Iterable[Item]) -> None:
        """Say that the results of these items are out of date, also those that come back if the run is stopped."""
        outdated: list[Item] = []
        for item in items:
            if item.status is Status.RUNNING and item.key in self._before:
                self._before[item.key].stale = item.was.is_outcome
            elif item.status.is_outcome or (item.status is Status.QUEUED and item.was.is_outcome):
                outdated.append(item)
        self.tree.set_stale(outdated)

    def _item(self, event: ev.ItemStarted | ev.PhaseReported | ev.ItemFinished) -> Item:
        item = self.tree.item(event.nodeid, event.index)
        return item or self.tree.add(uncollected(event.nodeid, event.index))

    def _item_started(self, run: RunState, event: ev.ItemStarted) -> None:
        if run.collection_finished:
            if run.first_item is None:
                self._collecting.confirm()
        else:
            self._early.add((event.nodeid, event.index))
        item = self._item(event)
        if item.status.is_outcome or item.status is Status.NOT_RUN:
            item.was = item.status
        self._before.setdefault(item.key, _Earlier(item))
        item.note = None
        item.ref = None
        item.worker = event.worker
        now = self.clock()
        run.running[item.key] = now
        if run.first_item is None:
            run.first_item = now
        self.tree.set_status(item, Status.RUNNING)

    def _phase(self, run: RunState, event: ev.PhaseReported) -> None:
        item = self._item(event)
        status = status_of(event)
        message = message_of(event)
        if event.outcome == "rerun":
            item.note = Note(f"rerun after: {message}"[:MESSAGE_LIMIT])
            if event.ref is not None:
                item.note.refs.append(event.ref)
            run.bad -= item.status.is_bad
            self.tree.set_status(item, Status.RUNNING if item.key in run.running else item.status)
            return
        if (message or status.is_bad) and (item.note is None or (status.is_bad and not item.status.is_bad)):
            refs = item.note.refs if item.note else []
            crash = event.crash
            place = (event.frame.path, event.frame.line) if event.frame else (crash.path, crash.line) if crash else ()
            item.note = Note(message[:MESSAGE_LIMIT], *place)
            item.note.refs = refs
            self.tree.touch(item)
        if event.ref is not None and item.note is not None and event.ref not in item.note.refs and status.is_bad:
            item.note.refs.append(event.ref)
        if status.is_bad and status > item.status:
            run.bad += not item.status.is_bad
            self.tree.set_status(item, status)

    def _item_finished(self, run: RunState, event: ev.ItemFinished) -> None:
        item = self._item(event)
        run.running.pop(item.key, None)
        self._before.pop(item.key, None)
        run.done += 1
        run.crashed = run.crashed or event.status is Status.CRASHED
        run.bad += event.status.is_bad - item.status.is_bad
        if event.ref is not None:
            item.ref = event.ref
        if event.status is Status.PASSED and event.attempts == 1:
            item.note = None
        self.tree.set_seconds(item, event.duration)
        self.tree.set_status(item, event.status)

    def _missing(self, run: RunState, event: ev.ItemsMissing) -> None:
        gone = []
        for key in event.keys:
            item = self.tree.item(*key)
            if item is None:
                continue
            if self._collecting.is_hidden(item) or self._collecting.is_deselected(item):
                self.tree.unqueue([item])
            else:
                gone.append(item)
        run.missing += len(gone)
        self.tree.remove_all(gone)

    def _finished(self, run: RunState, event: ev.SessionFinished) -> None:
        run.exit = event.exit
        told = run.problem or run.stopped or run.stopping or run.crashed
        if (not event.completed or event.exit in _NO_SESSION) and not told:
            run.problem, run.detail = last_words(event), event.output
        if self._was_cut(run, event):
            if run.first_item is None:
                self.complete = self._was_complete
        else:
            self._collecting.confirm()
        self._release(run)
        early = run.collecting or not run.collection_finished or not run.done or run.left > 0
        run.stopped = (run.stopped or run.stopping) and early

    def _was_cut(self, run: RunState, event: ev.SessionFinished) -> bool:
        """Whether collection may have ended before it was through; ``-x`` is known by its exit code alone."""
        by_maxfail = bool(self._collecting.failed) and event.exit == ExitCode.TESTS_FAILED
        return bool(run.stopped or run.stopping or run.problem or by_maxfail)

    def _release(self, run: RunState) -> None:
        """The run is over: what never came to an end is again what it was before."""
        queued = list(items_in(self.tree.root, Status.QUEUED))
        run.left = len(queued) + len(run.running)
        self.tree.unqueue(queued)
        run.kept = sum(item.status.is_outcome for item in queued)
        for key in run.running:
            started = self.tree.item(*key)
            if started is not None and started.status is Status.RUNNING:
                before = self._before[key]
                before.give_back(started)
                self.tree.set_status(started, started.was, stale=before.stale)
                run.kept += started.status.is_outcome
        run.running = {}
        run.ended = self.clock()
        self.halts.over()
        self._before = {}
        self._early = set()
        self._collecting = Collection(self.tree, whole=False, live=False)
        self.tree.generation += 1


class _Earlier:
    """What an item was before it started: all that its start clears."""

    __slots__ = ("note", "ref", "stale", "worker")

    def __init__(self, item: Item) -> None:
        self.note = item.note
        self.ref = item.ref
        self.stale = item.stale
        self.worker = item.worker

    def give_back(self, item: Item) -> None:
        item.note = self.note
        item.ref = self.ref
        item.worker = self.worker


def uncollected(nodeid: str, index: int = 0) -> ev.CollectedItem:
    """An item that runs although no collection told of it (a worker on another machine): read from its nodeid."""
    file, _, rest = nodeid.partition("::")
    name, bracket, _ = rest.partition("[")
    *classes, function = name.split("::")
    collector = "::".join((file, *classes))
    grouped = function if bracket else None
    return ev.CollectedItem(nodeid, index, file, "", collector, tuple(classes), grouped, file, None, (), ())
