"""One explorer's runs, one at a time: what is asked for next, and the events of the present one into the store."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from tui.engine import wishes
from tui.engine.ageing import age
from tui.engine.alongside import Alongside
from tui.engine.collecting import FirstCollection
from tui.engine.orders import Order
from tui.engine.request import EVERYTHING, items_of, maxfail
from tui.model import events as ev
from tui.model.nodes import Branch, Item
from tui.model.outcome import BAD
from tui.model.run import ExitCode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from tui.engine.explorer import Explorer
    from tui.engine.history import History
    from tui.engine.record.records import Records
    from tui.engine.stream import RunStream
    from tui.engine.warmth.early import Early
    from tui.engine.wishes import Wish
    from tui.model.nodes import Node
    from tui.model.run import RunState
    from tui.model.store import Store

_RECORDED_AT_ONCE = 2_000
"""Results that are kept in memory before they go into the history."""


class Companion(Protocol):
    """Somebody who follows the runs and may ask for more: the loop of watch mode."""

    def adapt(self, order: Order) -> Order:
        """The order of a run that is about to begin, with what the companion wants of it besides."""

    def began(self, wish: Wish) -> None:
        """A run has begun."""

    def refused(self) -> None:
        """A run could not begin; it is not to be asked for again at once."""

    def applied(self, event: ev.Event) -> None:
        """The event is in the store."""

    async def ended(self, stream: RunStream, finished: Sequence[ev.ItemFinished]) -> None:
        """The run is over, and the next one waits for this."""

    def more(self) -> Wish | None:
        """What to run when nobody has asked for anything."""


class Runs:
    """Makes runs as they are asked for and applies their events. ``changed`` is called after each batch."""

    def __init__(self, explorer: Explorer, store: Store, changed: Callable[[], None]) -> None:
        self.explorer = explorer
        self.store = store
        self.companion: Companion | None = None
        self.observers: list[Callable[[ev.Event], None]] = []
        """Called with every event that has gone into the store."""
        self.cold = False
        """Whether every run gets a process of its own."""
        self.stop_after = 0
        """Number of failures that ends a run; 0 for never."""
        self.columns = 0
        """Width of pytest's terminal text."""
        self.phases = False
        """Whether phases that simply passed are wanted too."""
        self.recording = "off"
        """What is recorded where no companion decides: off, selection or full."""
        self.output: Path | None = None
        """What the last run wrote to its terminal; of a collection only until something has run."""
        self.fresh_failures: list[Item] = []
        """Items that failed since somebody emptied this list, in their order."""
        self._changed = changed
        self._first_started = time.time()
        self._opened_history: History | None = None
        self._opened_records: Records | None = None
        self._estimating: asyncio.Task[None] | None = None
        self.collection = FirstCollection(store)
        self._waiting: Wish | None = None
        self._present: Wish | None = None
        self._debugged: set[ev.ItemKey] = set()
        """Items of the present run in which a person was with a debugger: what they took says nothing."""
        explorer.on_thawed = self._thawed
        self._last: Wish | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def history(self) -> History:
        """What items took in earlier runs."""
        if self._opened_history is None:
            from tui.engine.history import History, setup_of  # sqlite3 is not needed for the first frame

            self._opened_history = History(self.explorer.cache.folder, setup_of(self.explorer.project))
        return self._opened_history

    @property
    def records(self) -> Records:
        """What tests executed in earlier runs."""
        if self._opened_records is None:
            from tui.engine.record.records import Records  # the same, and what selects

            self._opened_records = Records(self.explorer.cache.folder, self._python)
        return self._opened_records

    def _python(self) -> str:
        return self.store.session.python if self.store.session is not None else ""

    @property
    def busy(self) -> bool:
        """Whether a run or a collection is going on."""
        return self._task is not None and not self._task.done()

    @property
    def last(self) -> Wish | None:
        """What ran last at a person's wish."""
        return self._last

    @property
    def waiting(self) -> Wish | None:
        """The run that comes when the present one has ended."""
        return self._waiting

    @property
    def debugging(self) -> bool:
        """Whether a person is in the present run with a debugger, or will be: then no save stops it."""
        debugged = self._present is not None and bool(self._present.debug)
        return self.busy and (debugged or bool(self.store.paused))

    def bad_items(self) -> list[Node]:
        """All that failed: items, and collectors that could not be collected."""
        found: list[Node] = []
        stack: list[Branch | Item] = [self.store.tree.root]
        while stack:
            node = stack.pop()
            if isinstance(node, Branch):
                if node.broken.is_bad:
                    found.append(node)
                if any(node.counts[status] for status in BAD):
                    stack.extend(reversed(node.children))
            elif node.status.is_bad:
                found.append(node)
        return found

    def ask(self, wish: Wish) -> str:
        """Run now, or when the present run has ended; asked twice for the same, the present run is stopped.

        Returns words for the person where the run does not begin at once.
        """
        if not self.busy:
            self._begin(wish)
            return ""
        run = self.store.run
        again = self._waiting == wish
        self._waiting = wish
        if again or (run is not None and run.collecting):
            self.stop()
            return ""
        return f"{wish.words} comes next; the same key again stops the present run"

    def wake(self) -> None:
        """The companion has something to run: begin it if nothing runs."""
        if not self.busy:
            self._next()

    def begin_early(self) -> Early | None:
        """Let a waiting process begin the companion's next run, before it is known what that runs; None without one."""
        return self.explorer.begin_early(self._order(wishes.EVERYTHING_BY_LOOP))

    def stop(self) -> int:
        """Stop the run: first as ctrl+c would, the second time by force. How often it was asked, 0 if none runs."""
        if not self.busy or self.store.run is None:
            return 0
        self.store.run.stopping = True
        count = self.explorer.stop()
        self._changed()
        return count

    def complain(self, words: str) -> None:
        """Something of ours went wrong beside the runs: the person is to see it."""
        self.store.complain(words)
        for observe in self.observers:
            observe(ev.ProtocolError(self.store.run.number if self.store.run is not None else 0, words))
        self._changed()

    def set_stop_after(self, number: int) -> None:
        """End runs after so many failures, the present one too; 0 for never."""
        self.stop_after = number
        self.explorer.set_maxfail(number)

    def _begin(self, wish: Wish, order: Order | None = None) -> None:
        if order is None:
            order = self._order(wish)
        try:
            stream = self.explorer.run(order)
        except OSError as error:
            self._refused(error)
            return
        items = (
            ()
            if wish.collect_only or wish.extra
            else items_of(self.store.tree, EVERYTHING if wish.finds_all else wish.selection)
        )
        self.store.begin(
            stream.run, collecting=wish.collect_only, whole=wish.whole, items=items, arranged=wish.finds_all
        )
        self._present = wish
        if wish.collect_only:
            self.collection.began()
        self._debugged.clear()
        if not wish.collect_only and not wish.by_loop:
            self._last = wish
        if not wish.collect_only or self._last is None:
            self.output = stream.output
        if self.companion is not None:
            self.companion.began(wish)
        self._changed()
        self._task = asyncio.create_task(self._follow(stream))

    def begin_prepared(self, order: Order, wish: Wish = wishes.COLLECT) -> None:
        """Take up the run or collection that was started before anybody could follow it."""
        self._begin(wish, order)

    def _order(self, wish: Wish) -> Order:
        extra = wish.extra if wish.collect_only or wish.debug else wish.extra + maxfail(self.stop_after)
        order = Order(
            wish.selection, wish.collect_only, extra, self.columns, self.phases, cold=self.cold, debug=wish.debug
        )
        if self.companion is not None:
            return self.companion.adapt(order)
        return order if wish.collect_only else replace(order, record=self.recording)

    def _refused(self, error: OSError) -> None:
        run = self.store.begin(-1, collecting=False, whole=False)
        self._apply(ev.NotStarted(-1, f"No folder for the run: {error}"))
        self._apply(ev.SessionFinished(run.number, ExitCode.USAGE_ERROR, completed=False))
        if self.companion is not None:
            self.companion.refused()
        self._changed()

    async def _follow(self, stream: RunStream) -> None:
        ended: list[ev.ItemFinished] = []
        unrecorded: list[ev.ItemFinished] = []
        alongside = Alongside(lambda: self.records.read_along(stream.folder, self.explorer.describe))
        async for batch in stream.batches():
            for event in batch:
                self._apply(event)
            finished = self._undebugged(batch)
            unrecorded += finished
            records = self.companion is not None or self.recording != "off"
            if records:
                ended += finished
                if self.store.session is not None:  # which Python's record it is
                    alongside.look()
            self._changed()
            if len(unrecorded) >= _RECORDED_AT_ONCE:
                unrecorded = await self._record(unrecorded)
        await self._record(unrecorded)
        await self._remember(stream)
        if self.companion is not None:
            await self.companion.ended(stream, ended)
        elif self.recording != "off":
            await self.records.take(stream.folder, self.explorer.describe, ended)
        self._task = None
        self._next()

    def _undebugged(self, batch: Iterable[ev.Event]) -> list[ev.ItemFinished]:
        """The results that are like those of any other run."""
        if self._present is not None and self._present.debug:
            return []
        finished = [event for event in batch if isinstance(event, ev.ItemFinished)]
        return [event for event in finished if (event.nodeid, event.index) not in self._debugged]

    def _thawed(self, run: int, frozen: str) -> None:
        self._apply(ev.Thawed(run, frozen))
        self._changed()

    def _apply(self, event: ev.Event) -> None:
        if isinstance(event, ev.ItemStarted):
            self.explorer.started(event.run, (event.nodeid, event.index))
        elif isinstance(event, ev.Paused):
            self._debugged.add((event.nodeid, event.index))
        self.store.apply(event)
        for observe in self.observers:
            observe(event)
        if self.companion is not None:
            self.companion.applied(event)
        if isinstance(event, ev.ItemFinished) and event.status.is_bad:
            item = self.store.tree.item(event.nodeid, event.index)
            if item is not None:
                self.fresh_failures.append(item)
        elif isinstance(event, ev.CollectionFinished):
            if self.companion is None:  # which knows better what an edit made out of date
                age(self.store, self.explorer.shelf, self._first_started)
            keys = [(item.nodeid, item.index) for item in event.items]
            self._estimating = asyncio.create_task(self._estimate(self.store.run, keys))

    async def _record(self, finished: list[ev.ItemFinished]) -> list[ev.ItemFinished]:
        """Put results into the history; gives the list to go on with."""
        if finished:
            from tui.engine.keeping import kept

            await asyncio.to_thread(self.history.record, kept(finished, self.store, self.explorer.shelf))
        return []

    async def _remember(self, stream: RunStream) -> None:
        """All results are in the history; and the next session begins with what was found, if that is all there is."""
        from tui.engine.keeping import broken

        tells_all = self.store.run is not None and self.store.run.tells_all
        found = broken(self.store, self.explorer.shelf)
        await asyncio.to_thread(self.history.ended, int(stream.folder.name), tells_all=tells_all, broken=found)

    def _next(self) -> None:
        wish, self._waiting = self._waiting, None
        if wish is None and self.companion is not None:
            wish = self.companion.more()
        if wish is None and self.collection.is_lacking:
            wish = wishes.COLLECT
        if wish is not None:
            self._begin(wish)
        else:
            self._changed()  # at rest now: with the last batch it was still busy

    async def _estimate(self, run: RunState | None, keys: list[ev.ItemKey]) -> None:
        """How long these items took last time; half of them have to be known."""
        if run is None or run.collecting or not keys:
            return
        known, seconds = await asyncio.to_thread(self.history.took, keys)
        if known and known >= len(keys) // 2:
            run.estimate = seconds * len(keys) / known / max(1, run.workers)
