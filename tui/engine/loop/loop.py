"""From a save to a verdict."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from tui.engine.loop.entering import enter
from tui.engine.loop.learning import Learning
from tui.engine.loop.reasons import Reasons
from tui.engine.loop.round import Round
from tui.engine.loop.selecting import ahead_of_others, are_aside, facts_of, others, portion, wish_ahead, wish_for
from tui.engine.loop.settling import drop_gone, settle, still_due
from tui.engine.loop.stopping import Stopping
from tui.engine.loop.vanguard import WHY, vanguard
from tui.engine.orders import GO_ON
from tui.engine.wishes import EVERYTHING_BY_LOOP, Wish
from tui.model import events as ev
from tui.model.cycle import Cycle
from tui.model.pending import Asked, Pending
from tui.model.verdict import standing
from tui.model.watch_events import FilesChanged, SelectionMade, VerdictReached, WatchEvent, WatchReady

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from tui.engine.loop.partners import Memory, Policy, Saves
    from tui.engine.orders import Order
    from tui.engine.runs import Runs
    from tui.engine.stream import RunStream
    from tui.engine.warmth.early import Early
    from tui.model.impact import Choice
    from tui.model.nodes import Item

    Changes = Mapping[str, str | None]

_LOOK = 0.05  # seconds between two looks at whether all is prepared


class Loop:
    """The companion of the runs while a person watches: turns changes into runs, and their results into verdicts."""

    def __init__(
        self, runs: Runs, saves: Saves, memory: Memory, policy: Policy, tell: Callable[[WatchEvent], None]
    ) -> None:
        self.cycle = Cycle(runs.store.clock)
        self.pending = Pending()
        self._reasons = Reasons()
        self._runs = runs
        self._store = runs.store
        self._saves = saves
        self._memory = memory
        self._policy = policy
        self._tell = tell
        self._round: Round | None = None
        self._asked: Asked | None = None  # what the present run of the loop was asked for
        self._ahead: Wish | None = None  # begins before it is known what the edits touch
        self._files_ahead: set[str] = set()
        """Files of which a run, ahead of others, looks only at what it runs."""
        self._learning = Learning(memory, saves, runs, self._take)
        self._stopping = Stopping(runs)
        self._debugged = -1  # the last run with a debugger in it
        self._held = False
        """Whether the person stopped what the loop had begun: it waits for the next save."""
        self._taking = asyncio.Lock()
        self._free = asyncio.Event()
        self._free.set()

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know: how files are watched, what is recorded, how runs are started."""
        recording = () if self._policy.record == "off" else ("recording",)
        warmth = self._runs.explorer.warmth
        return (*self._saves.notes, *recording, *((warmth,) if warmth else ()))

    @property
    def learning(self) -> asyncio.Task[None] | None:
        """What is being learnt from the runs that are over."""
        return self._learning.task

    @property
    def resting(self) -> bool:
        """Whether all saves have been answered."""
        return self._round is None

    def reason_of(self, key: ev.ItemKey) -> str:
        """Why an item ran for the last save, or why it did not; empty when there was none."""
        return self._reasons.of(key)

    @property
    def _run(self) -> int:
        return self._store.run.number if self._store.run is not None else 0

    def follow(self) -> None:
        """Be the companion of the runs from now on; what is going on is followed, too."""
        self._runs.companion = self
        run = self._store.run
        if self._runs.busy and run is not None and run.collecting:
            self._free.clear()

    def take_over(self, before: Loop) -> None:
        """Go on where another loop, which watches no longer, has left off."""
        self.cycle = before.cycle
        self.pending = still_due(self._store, before.pending)

    async def watch(self, *, catch_up: bool = False) -> None:
        """See changes and answer them, until cancelled.

        With ``catch_up`` edits since the last record are answered first. Raises OSError when the files cannot be seen.
        """
        self.follow()
        settling_in: asyncio.Task[None] | None = None
        try:
            self._runs.explorer.anticipate()
            await self._saves.start()
            settling_in = asyncio.create_task(self._settle_in(catch_up=catch_up))
            settling_in.add_done_callback(self._settled_in)
            async for changes in self._saves.changes():
                await self._make_way()
                await self._take(changes.paths)
        finally:
            if settling_in is not None:
                settling_in.cancel()
            self._runs.companion = None
            await self._saves.close()

    async def _settle_in(self, *, catch_up: bool) -> None:
        """When it is known what there is: prepare for saves, and say when what answers them is ready as well."""
        await self._free.wait()
        if self._round is None:
            self._runs.explorer.rested()
        if self._store.complete:  # before that nobody knows which Python's memory is asked for
            await self._memory.load()
        late = await self._memory.edited_since(self.pending.hindered.paths) if catch_up else {}
        if late:
            await self._take(late)
        elif self.pending and self._round is None:
            self._open_round().chosen = True
            self._runs.wake()
        # Host, parks and rounds decide about it, in any order; it is told once, so looking is simpler than being told.
        while self._round is not None or not self._runs.explorer.ready:  # noqa: ASYNC110 - the same
            await asyncio.sleep(_LOOK)
        self._tell(WatchReady(self._run))

    def _settled_in(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self._runs.complain(f"What was edited before could not be found out: {type(error).__name__}: {error}")

    async def _make_way(self) -> None:
        """Nothing can run beside a collection."""
        if not self._free.is_set():
            if self._policy.on_change == "restart":
                self._stopping.put_off_collection()
            await self._free.wait()

    def first_round(self) -> None:
        """The run that is about to begin is one of the loop: of everything, and with a verdict."""
        self.follow()
        self.pending.everything = ("first run", -1)
        self._asked = Asked(0, everything=True)
        self._open_round().chosen = True

    # Changes

    async def _take(self, changes: Changes, only: Collection[ev.ItemKey] | None = None) -> None:
        async with self._taking:
            await self._answer(changes, only)

    async def _answer(self, changes: Changes, only: Collection[ev.ItemKey] | None) -> None:
        run, explorer = self._run, self._runs.explorer
        self._learning.answered(changes)
        explorer.edited(tuple(changes))
        self._tell(FilesChanged(run, tuple(changes)))
        self._held = False
        round_ = self._open_round()
        restarts = self._policy.on_change == "restart"
        early = self._runs.begin_early() if self._store.complete and (restarts or not self._runs.busy) else None
        choosing = asyncio.create_task(self._memory.choose(changes, explorer.describe, partial(facts_of, self._store)))
        try:
            if self._store.complete and not self._runs.busy and only is None:
                await self._run_ahead(early, choosing, changes)
            choice = self._learning.joined(await choosing, changes, run, only)
        finally:
            choosing.cancel()
        self._reasons.choice = choice
        self.pending.take_up(run)
        self._runs.collection.try_again()
        why = await enter(self._store, self.pending, choice, changes, run, round_)
        self._reasons.why |= why
        reasons = await asyncio.to_thread(self._reasons.told, choice, ahead=self._run > run)
        round_.chosen = True
        self._tell(SelectionMade(run, reasons, choice.skipped, tuple(self._store.unreadable.items())))
        round_.bad = round_.bad or bool(self._store.unreadable)
        went_ahead = self._run > run
        if not self.pending and not (went_ahead and self._runs.busy):
            self._close_round()
            self._runs.wake()  # there may be a collection that made way
        elif not self._runs.busy:
            self._runs.wake()
        elif not (choice.items or choice.everything) and are_aside(changes, self._memory.read):
            round_.nothing_new()  # what runs is not stopped for that
        elif restarts and not (self._stopping.restarting or self._runs.debugging or went_ahead):
            self._stopping.restart(self.pending)

    def _open_round(self) -> Round:
        if self._round is None:
            self._reasons.why = {}
            self._round = Round()
        self._round.again(self._run)
        return self._round

    async def _run_ahead(self, early: Early | None, choosing: asyncio.Task[Choice], changes: Changes) -> None:
        """Begin a run at once, with the tests that most likely show the edits, until it is known which these touch."""
        paths = [path for path, content in changes.items() if content is not None]
        items = await vanguard(self._runs, self._memory, early, choosing, paths)
        if items:
            for place, item in enumerate(items):
                self._reasons.why[item.key] = WHY
                self.pending.add(item.key, 1, place, WHY, self._run)
            self._store.mark_stale(items)
            self._ahead = self._wish_ahead(items)
            self._runs.wake()

    def _wish_ahead(self, items: list[Item]) -> Wish:
        if self._round is not None:
            self._round.went_ahead = True
        self._asked = Asked(self._run, tuple(item.key for item in items))
        self._files_ahead = {item.module.path for item in items}
        return wish_ahead(items)

    # What the runs tell

    def adapt(self, order: Order) -> Order:
        """Record what the tests execute, say what was edited, and let no broken file keep all others from running."""
        if order.collect_only:
            return order
        extra = (*order.extra, GO_ON)
        return replace(order, record=self._policy.record, changed=frozenset(self._learning.edited), extra=extra)

    def began(self, wish: Wish) -> None:
        """A run has begun."""
        self._learning.began(wish)
        if wish.collect_only:
            self._free.clear()
        else:
            self._stopping.restarting = False
            if wish.by_loop and self._round is not None:
                self._round.begin(self._run, self.pending)
                if self._asked is not None:
                    self._asked = replace(self._asked, run=self._run)

    def refused(self) -> None:
        """What is pending waits for the next save."""
        self._held = True
        if self._round is not None:
            self._close_round()

    def applied(self, event: ev.Event) -> None:
        """The event is in the store: is the result up to date, and is there a verdict?"""
        if isinstance(event, ev.Paused):
            self._debugged = event.run
        if isinstance(event, ev.ItemFinished):
            key = (event.nodeid, event.index)
            self._learning.finished(key, event.run)
            item = self._store.tree.item(*key)
            if not self.pending.finished(key, event.run) and item is not None:
                self._store.mark_stale([item])
        elif isinstance(event, ev.ItemsMissing) and self._store.run is not None:
            self._store.run.missing = 0  # the edit took them out, nobody has lost them
            self.pending.files.update(dict.fromkeys(self._files_ahead, event.run))
        if self._round is not None:
            self._round.take(event)
            if self._round.is_through and not self.pending.has_affected(self._asked):
                self._affected()

    async def ended(self, stream: RunStream, finished: Sequence[ev.ItemFinished]) -> None:
        """A run is over: learn from it."""
        run = self._store.run
        self._free.set()
        await self._saves.run_ended(await asyncio.to_thread(self._memory.wrote, stream.folder))
        # The next run does not wait for it; what is to be known after the next save does.
        self._learning.take(stream.run, stream.folder, finished)
        if run is None or run.collecting:
            return
        drop_gone(self._store, self.pending, run.number)
        stopped = run.stopping or run.stopped
        # Who quits a debugger ends the run, and wants neither to meet it again nor to lose what was saved meanwhile.
        left = self._debugged == run.number and not run.stopping
        if stopped and not (self._stopping.restarting or left):
            self._held = True
        elif left or not stopped:
            if self._asked is not None and self._asked.run == run.number:
                died = bool(run.crashed and finished and not left)
                settle(self._store, self.pending, self._asked, finished, died=died)
            if self._round is not None and self._round.run == run.number and not self.pending.has_affected():
                self._affected()

    def more(self) -> Wish | None:
        """What is pending; else what the policy wants after green; else the loop rests."""
        wish, self._ahead = self._ahead, None
        if wish is not None or self._held or self._round is None or not self._round.chosen:
            return wish
        if self.pending:
            return self._pending_wish()
        self._affected()
        if not self._round.bad and not self._round.went_on:
            self._round.went_on = True
            if (wish := others(self._runs, self._policy.after_green)) is not None:
                return wish
        self._close_round()
        return None

    def _pending_wish(self) -> Wish:
        keys = self.pending.ordered()
        if not (self._store.complete or self._runs.collection.made_way):
            self._asked = self.pending.ask(self._run)  # also where pytest cannot collect: it is not asked for ever
            return EVERYTHING_BY_LOOP
        if self._round is not None and not self._round.went_ahead:
            self._round.went_ahead = True
            first = ahead_of_others(self._store, self.pending, keys)
            if first:
                return self._wish_ahead(first)
        lead = self._reasons.choice.lead if self._reasons.choice is not None else 1
        self._files_ahead = set()
        self._asked = self.pending.ask(self._run, keys=keys, most=portion(self.pending, keys))
        return wish_for(self._store, self.pending, self._asked, max(1, lead))

    # Verdicts

    def _affected(self) -> None:
        """All that the edits surely touch has run."""
        if self._round is not None and self._round.chosen and not self._round.told:
            self._round.told = True
            if self._round.ran:  # a file that cannot be compiled, or touches nothing, is no step of the cycle
                self.cycle.verdict(passing=not self._round.bad)
            self._say("affected")
            if self._runs.busy:
                self._runs.explorer.judged()

    def _close_round(self) -> None:
        self._affected()
        self._round = None
        self._runs.collection.resume()
        self._say("rest")
        self._runs.explorer.rested()

    def _say(self, stage: str) -> None:
        self._tell(VerdictReached(self._run, stage, *standing(self._store)))
