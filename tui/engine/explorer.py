"""The engine of one explorer: host, socket, folders and runs behind one small front."""

from __future__ import annotations

import os
import signal
from functools import partial
from typing import TYPE_CHECKING, Any

from tui.engine.debugging.policy import Policy
from tui.engine.folders import Cache, Private, write_request
from tui.engine.journal import Shelf
from tui.engine.orders import COLLECT, Order, Project, borrowed, initial_order, request_for
from tui.engine.remains import kill_group
from tui.engine.routing import Routing
from tui.engine.server import Connection, Server
from tui.engine.warmth import Layers
from tui.engine.warmth.early import Earlies, Early
from tui.engine.warmth.silence import Silence
from tui.model.values import state

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Collection, Sequence
    from pathlib import Path

    from tui.engine.debugging.desk import Desk
    from tui.engine.decode import Decoder
    from tui.engine.describing import Describing
    from tui.engine.host import HostProcess
    from tui.engine.stream import RunStream
    from tui.engine.warmth import Runner
    from tui.model.events import ItemKey
    from tui.plugin import wire

__all__ = ["COLLECT", "Explorer", "Order", "Project", "initial_order"]

_LEND_AFTER = 1.0
"""Seconds after the start: what can be lent for a debugger is looked up when nobody waits for the first frame."""
_KILL_AFTER = 10.0
"""Seconds after an interrupt that a run has for its teardown."""


@state
class _Ready:
    """A run whose folder is made."""

    order: Order
    number: int
    folder: Path
    request: wire.Request
    handed: bool = False
    early: Early | None = None


class Explorer:
    """Makes runs, one at a time, and streams their events.

    ``prepare`` may be called before there is an event loop, so that the host starts while other modules load.
    """

    def __init__(self, project: Project, policy: Policy | None = None) -> None:
        """Make the private folder and listen; without a ``policy`` nobody is there to debug. Raises OSError."""
        self.project = project
        self.policy = policy or Policy()
        self.cache = Cache(project.cwd)
        self.shelf = Shelf()
        self._private = Private()
        self._server = Server(self._private.socket)
        self._layers = Layers(
            project.interpreter,
            self._private,
            project.cwd,
            cwd_on_path=project.cwd_on_path,
            cache=self.cache.folder,
            kept=self._kept,
        )
        self.on_thawed: Callable[[int, str], None] = lambda _run, _name: None
        """Called with run and id of each frozen failure that goes."""
        self._routing = Routing(self._layers, self._make_desk, self._run_ended)
        self._early = Earlies(self._layers, self.cache)
        self._runner: Runner | None = None
        self._attached = False
        self._first: _Ready | None = None
        self._kill: asyncio.TimerHandle | None = None
        self._silence = Silence()
        self._saved: set[str] = set()
        """Files that were saved since a run began."""

    def prepare(self, order: Order) -> int:
        """Start the host with this run as its first; the run's number. ``run`` with the same order then takes it."""
        self._first = self._ready(order)
        self._first.handed = True
        self._layers.prepare(self._first.folder, self._first.request)
        return self._first.number

    @property
    def stream(self) -> RunStream | None:
        """The last run."""
        return self._routing.stream

    @property
    def desk(self) -> Desk:
        """Where a person debugs. Needs a running event loop."""
        return self._routing.desk

    def _kept(self) -> list[int]:
        return self._routing.made_desk.pids() if self._routing.made_desk is not None else []

    def started(self, run: int, key: ItemKey) -> None:
        """An item has started in a run: what is frozen of it comes from an earlier one."""
        if self._routing.made_desk is not None:
            self._routing.made_desk.started(run, key)

    def _make_desk(self) -> Desk:
        from tui.engine.debugging.desk import Desk

        desk = Desk(self.policy)
        desk.on_thawed = lambda failure: self.on_thawed(failure.run, failure.id)
        desk.on_breakpoints = partial(self._routing.tell_run, workers=True)
        return desk

    @property
    def _host(self) -> HostProcess | None:
        return self._layers.host

    @property
    def warmth(self) -> str:
        """In words for the status line: what the last run was made of, and why of nothing warmer."""
        return self._layers.answer.words if self._layers.answer is not None else ""

    def _ready(self, order: Order) -> _Ready:
        request = self._request(order)
        early = self._early.taken(request)
        number, folder = self.cache.new_run() if early is None else (early.number, early.folder)
        request["run"] = number
        if early is None:
            write_request(folder, request)
        return _Ready(order, number, folder, request, early=early)

    def _request(self, order: Order) -> wire.Request:
        return request_for(self.project, order, 0, self._layers.unsure(order.changed), self.policy)

    def run(self, order: Order) -> RunStream:
        """Begin a run (or take up the prepared one) and give its stream. Needs a running event loop.

        Raises OSError when its folder cannot be made.
        """
        # Here, since they cost as much as the interpreter's own start: the host starts while they are imported.
        from tui.engine.stream import RunStream

        self._attach()
        ready = self._first if self._first is not None and self._first.order == order else self._ready(order)
        self._first = None
        decoder = self._decoder(ready.number, ready)
        stream = self._routing.stream = RunStream(ready.number, ready.folder, self.shelf, decoder)
        self._layers.edited(order.changed - self._saved)  # sessions may wait that have read them since they were saved
        if not order.collect_only:
            self._saved.clear()
        if ready.handed and self._host is not None:
            self._runner = self._host
        elif ready.early is not None:
            self._runner = self._layers.take_up(ready.early.park, ready.folder, ready.request, order.changed)
            for heard in ready.early.hand_over(ready.request):
                self._routing.message(*heard)
            stream.poke()
        else:
            self._runner = self._layers.run(ready.folder, ready.request, order.changed, from_nothing=order.cold)
        stream.on_death = lambda: self._again(stream, order)
        stream.on_tick(self._check_host)
        stream.catch_up = self._server.catch_up
        if not order.collect_only:
            self.desk.run_began()
        return stream

    def _again(self, stream: RunStream, order: Order) -> Decoder | None:
        """Repeat a run that died in a warm process before its first result; None if it was a cold one."""
        if self._layers.is_cold or stream is not self.stream:
            return None
        try:
            ready = self._ready(order)
        except OSError:
            return None
        self._runner = self._layers.again(ready.folder)
        stream.move(ready.number, ready.folder)
        return self._decoder(stream.run, ready)

    def _decoder(self, run: int, ready: _Ready) -> Decoder:
        from tui.engine.decode import Decoder

        decoder = Decoder(run, ready.folder, self._place, phases=ready.order.phases)
        decoder.made_of = self._made_of
        return decoder

    def _made_of(self) -> tuple[str, str]:
        answer = self._layers.answer
        return (answer.layer, answer.colder) if answer is not None else ("", "")

    def _attach(self) -> None:
        import asyncio

        if not self._attached:
            self._attached = True
            loop = asyncio.get_running_loop()
            self._server.attach(loop, self)
            if self.policy.attended:
                loop.call_later(_LEND_AFTER, loop.run_in_executor, None, borrowed)

    async def describe(self, paths: Sequence[str]) -> dict[str, Any]:
        """What these files (absolute paths) consist of in the user's interpreter. Raises OSError without an answer."""
        return await self._questions.ask(paths)

    async def count(self, plan: wire.CountPlan) -> dict[str, Any]:
        """What recorded lines cover: a ``wire.Counted``. Raises OSError without an answer; also during a run."""
        return await self._questions.count(plan)

    @property
    def _questions(self) -> Describing:
        if self._routing.describing is None:
            from tui.engine.describing import Describing

            self._routing.describing = Describing(self._private.folder, self._answering)
        return self._routing.describing

    def _answering(self) -> HostProcess:
        self._attach()
        return self._host if self._host is not None and self._host.alive else self._layers.start(None)

    @property
    def _place(self) -> str:
        """The interpreter in words: relative to the project where it lies below it."""
        place = self.project.interpreter.place
        return os.path.relpath(place, self.project.cwd) if place.startswith(f"{self.project.cwd}{os.sep}") else place

    def _check_host(self) -> None:
        runner, stream = self._runner, self.stream
        if runner is None or stream is None:
            return
        if runner.alive:
            if not (stream.heard or self._layers.is_cold) and self._silence.lasts(stream.pid or runner.pid):
                self._silence.end()
                self._layers.hung(runner)
        elif stream.pid is not None:
            kill_group(stream.pid)
            stream.abandon(f"The process that starts the runs has died ({runner.ending()}), and the run with it.")
        elif stream.stopping or (runner is self._layers.main and not self._layers.is_hung(runner)):
            stream.refuse(*runner.words())
        else:
            self._runner = self._layers.instead(stream.folder)

    def stop(self) -> int:
        """Interrupt the run as ctrl+c would, so that teardowns run; the second call kills it. The count of calls."""
        stream, runner = self.stream, self._runner
        if stream is None or runner is None:
            return 0
        stream.stopping += 1
        number = signal.SIGINT if stream.stopping == 1 else signal.SIGKILL
        if runner.is_connected:
            runner.command({"do": "signal", "run": stream.number, "number": int(number)})
        else:
            runner.signal(number)
        if stream.stopping == 1:
            import asyncio

            loop = asyncio.get_running_loop()
            self._kill = loop.call_later(_KILL_AFTER, self._insist, stream)
        return stream.stopping

    def _insist(self, stream: RunStream) -> None:
        if stream is self.stream and self._runner is not None and stream.stopping == 1:
            stream.stopping = 2
            self._runner.command({"do": "signal", "run": stream.number, "number": int(signal.SIGKILL)})

    def set_maxfail(self, number: int) -> None:
        """Tell the present run after how many failures to stop; 0 for never."""
        self._routing.tell_run({"maxfail": number})

    def edited(self, paths: Collection[str]) -> None:
        """These files (absolute paths) have been saved."""
        self._early.drop()
        self._saved.update(paths)
        self._layers.edited(paths)

    def begin_early(self, order: Order) -> Early | None:
        """Let a parked session begin a run of which it is not known yet what it selects; None if there is none.

        The next run becomes that one, if it differs from ``order`` in nothing else.
        """
        return self._early.begin(self._request(order)) if not order.cold else None

    def anticipate(self) -> None:
        """Saves are to be answered from now on: prepare what earlier sessions have shown to be needed."""
        self._layers.anticipate()

    def rested(self) -> None:
        """Nothing is to be run now: what the next save will want can be prepared."""
        self._early.drop()
        self._layers.rested()

    def judged(self) -> None:
        """The person has the verdict, although a run goes on: the next save can be prepared."""
        self._layers.judged()

    @property
    def ready(self) -> bool:
        """Whether all that ``rested`` began has been done."""
        return self._layers.ready

    def close(self) -> None:
        """End the host and all that runs, and leave no folder but the runs."""
        if self._kill is not None:
            self._kill.cancel()
        self._early.close()
        self._server.close()
        self._layers.end()
        self._private.remove()
        self.cache.close()

    # What the server tells

    def on_message(self, connection: Connection, message: dict[str, Any], descriptors: list[int]) -> None:
        """A message of a process of the user's side."""
        if not self._early.takes(connection, message, descriptors):
            self._routing.message(connection, message, descriptors)

    def on_poke(self, connection: Connection) -> None:
        """New lines in a journal."""
        self._routing.poke(connection)

    def on_closed(self, connection: Connection) -> None:
        """A connection has closed."""
        self._routing.closed(connection)

    def _run_ended(self) -> None:
        if self._kill is not None:
            self._kill.cancel()
        self._layers.finished()
        if self.stream is not None and self._routing.made_desk is not None:
            self.desk.run_ended(self.stream.number)
