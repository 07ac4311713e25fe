"""The engine of one explorer: host, socket, folders and runs behind one small front."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Any

from tui.engine.folders import Cache, Private, write_request
from tui.engine.journal import Shelf
from tui.engine.remains import kill_group
from tui.engine.request import EVERYTHING, Selection, maxfail
from tui.engine.server import Connection, Server
from tui.engine.warmth import Layers
from tui.model.values import Value, state, value
from tui.plugin import wire

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from tui.engine.decode import Decoder
    from tui.engine.describing import Describing
    from tui.engine.host import HostProcess
    from tui.engine.interpreter import Interpreter
    from tui.engine.settings import Settings
    from tui.engine.stream import RunStream
    from tui.engine.warmth import Runner

_KILL_AFTER = 10.0
"""Seconds after an interrupt that a run has for its teardown."""


@value
class Project(Value):
    """Where and how tests run. ``args`` are the person's own arguments for pytest."""

    cwd: Path
    interpreter: Interpreter
    args: tuple[str, ...] = ()
    cwd_on_path: bool = True


@value
class Order(Value):
    """One run to be made. ``extra`` arguments come after the person's own; ``columns`` 0 leaves the width alone.

    ``record`` is the policy of recording (``off`` or ``selection``). ``changed`` are absolute paths of the files that
    were edited since the last run; they help to choose between the parked sessions, the warm host and a cold one.
    """

    selection: Selection = EVERYTHING
    collect_only: bool = False
    extra: tuple[str, ...] = ()
    columns: int = 0
    phases: bool = False
    """Give an event for each phase that simply passed, too."""
    record: str = "off"
    changed: frozenset[str] = frozenset()
    cold: bool = False
    """Start from nothing, whatever has been loaded ahead."""


COLLECT = Order(collect_only=True)
"""Find all tests, run none: the first thing that the screen asks for."""


def initial_order(settings: Settings, *, phases: bool = False) -> Order:
    """What watch mode begins with: everything once, or only what there is."""
    if not settings.initial_run:
        return Order(collect_only=True, phases=phases)
    return Order(extra=maxfail(settings.stop_after), phases=phases, record=settings.coverage, cold=settings.cold)


@state
class _Ready:
    """A run whose folder is made."""

    order: Order
    number: int
    folder: Path
    request: wire.Request
    handed: bool = False


class Explorer:
    """Makes runs, one at a time, and streams their events.

    ``prepare`` may be called before there is an event loop, so that the host starts while other modules load.
    """

    def __init__(self, project: Project) -> None:
        """Make the private folder and listen. Raises OSError."""
        self.project = project
        self.cache = Cache(project.cwd)
        self.shelf = Shelf()
        self.stream: RunStream | None = None
        self._private = Private()
        self._server = Server(self._private.socket)
        self._layers = Layers(project.interpreter, self._private, project.cwd, cwd_on_path=project.cwd_on_path)
        self._runner: Runner | None = None
        self._attached = False
        self._first: _Ready | None = None
        self._kill: asyncio.TimerHandle | None = None
        self._describing: Describing | None = None

    def prepare(self, order: Order) -> int:
        """Start the host with this run as its first; the run's number. ``run`` with the same order then takes it."""
        self._first = self._ready(order)
        self._first.handed = True
        self._layers.prepare(self._first.folder, self._first.request)
        return self._first.number

    @property
    def _host(self) -> HostProcess | None:
        return self._layers.host

    @property
    def warmth(self) -> str:
        """In words for the status line: what the last run was made of, and why of nothing warmer."""
        return self._layers.words

    def _ready(self, order: Order) -> _Ready:
        number, folder = self.cache.new_run()
        args = ["--color=yes", *self.project.args, *order.extra]
        if order.collect_only:
            args += ["--collect-only", "-qq"]
        request: wire.Request = {
            "run": number,
            "args": args,
            "columns": order.columns,
            "everything": order.selection.everything,
            "scopes": list(order.selection.scopes),
            "items": [list(item) for item in order.selection.items],
            "cwd_on_path": self.project.cwd_on_path,
            "sequential": order.selection.sequential and not self._asks_for_workers,
            "record": order.record,
            "changed": self._layers.unsure(order.changed),
            "modules": not order.cold,
            "lead": order.selection.lead,
            "stage": order.selection.stage,
            "fresh": [[path, [list(key) for key in known]] for path, known in order.selection.fresh],
            "freeze": 0,
            "freeze_bytes": 0,
            "debug": None,
            "debugger": "pudb",
            "breakpoints": [],
            "lend": {},
        }
        write_request(folder, request)
        return _Ready(order, number, folder, request)

    @property
    def _asks_for_workers(self) -> bool:
        """Whether the person's own arguments, not the project's, ask for xdist."""
        return any(arg.startswith(("-n", "--dist", "--tx", "--numprocesses")) for arg in self.project.args)

    def run(self, order: Order) -> RunStream:
        """Begin a run (or take up the prepared one) and give its stream. Needs a running event loop.

        Raises OSError when its folder cannot be made.
        """
        # Here, since they cost as much as the interpreter's own start: the host starts while they are imported.
        from tui.engine.decode import Decoder
        from tui.engine.stream import RunStream

        self._attach()
        ready = self._first if self._first is not None and self._first.order == order else self._ready(order)
        self._first = None
        decoder = Decoder(ready.number, ready.folder, self._place, phases=order.phases)
        stream = self.stream = RunStream(ready.number, ready.folder, self.shelf, decoder)
        self._layers.edited(order.changed)
        if ready.handed and self._host is not None:
            self._runner = self._host
        else:
            self._runner = self._layers.run(ready.folder, ready.request, order.changed, cold=order.cold)
        stream.on_death = lambda: self._again(stream, order)
        stream.on_tick(self._check_host)
        return stream

    def _again(self, stream: RunStream, order: Order) -> Decoder | None:
        """Repeat a run that died in a warm process before its first result; None if it was a cold one."""
        from tui.engine.decode import Decoder

        if self._layers.is_cold or stream is not self.stream:
            return None
        try:
            ready = self._ready(order)
        except OSError:
            return None
        self._runner = self._layers.again(ready.folder)
        stream.move(ready.number, ready.folder)
        return Decoder(stream.run, ready.folder, self._place, phases=order.phases)

    def _attach(self) -> None:
        import asyncio

        if not self._attached:
            self._attached = True
            self._server.attach(asyncio.get_running_loop(), self)

    async def describe(self, paths: Sequence[str]) -> dict[str, Any]:
        """What these files (absolute paths) consist of in the user's interpreter. Raises OSError without an answer."""
        return await self._questions.ask(paths)

    async def count(self, plan: wire.CountPlan) -> dict[str, Any]:
        """What recorded lines cover: a ``wire.Counted``. Raises OSError without an answer; also during a run."""
        return await self._questions.count(plan)

    @property
    def _questions(self) -> Describing:
        if self._describing is None:
            from tui.engine.describing import Describing

            self._describing = Describing(self._private.folder, self._answering)
        return self._describing

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
        if runner is None or stream is None or runner.alive:
            return
        if stream.pid is not None:
            kill_group(stream.pid)
            stream.abandon(f"The process that starts the runs has died ({runner.ending()}), and the run with it.")
        elif runner is self._layers.main or stream.stopping:
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
        if self._run_connection is not None:
            self._run_connection.send({"maxfail": number})

    def edited(self, paths: Collection[str]) -> None:
        """These files (absolute paths) have been saved."""
        self._layers.edited(paths)

    def rested(self) -> None:
        """Nothing is to be run now: what the next save will want can be prepared."""
        self._layers.rested()

    @property
    def ready(self) -> bool:
        """Whether all that ``rested`` began has been done."""
        return self._layers.ready

    def close(self) -> None:
        """End the host and all that runs, and leave no folder but the runs."""
        if self._kill is not None:
            self._kill.cancel()
        self._server.close()
        self._layers.end()
        self._private.remove()
        self.cache.close()

    # What the server tells

    _run_connection: Connection | None = None

    def on_message(self, connection: Connection, message: dict[str, Any], descriptors: list[int]) -> None:
        """A message of the host, a run or a worker."""
        stream = self.stream
        role = message.get("role")
        if role in ("host", "park"):
            self._layers.connected(connection, message)
        elif role == "run":
            self._run_connection = connection
        elif "described" in message:
            if self._describing is not None:
                self._describing.described(message["described"], message["status"])
        elif "preloaded" in message:
            self._layers.preloaded(message["preloaded"], message["unfit"])
        elif "left" in message:
            self._layers.left(message["left"])
        elif stream is not None and "error" in message:
            stream.refuse(f"The run could not begin: {message['error']}", "")
        elif stream is None or message.get("run", message.get("forked", message.get("exited"))) != stream.number:
            for descriptor in descriptors:
                os.close(descriptor)
        else:
            self._of_run(stream, message, descriptors)

    def _of_run(self, stream: RunStream, message: dict[str, Any], descriptors: list[int]) -> None:
        """What the host, the run or a worker says of the present run."""
        if message.get("role") == "worker":
            stream.follow(str(message["worker"]))
        elif "capture" in message:
            stream.capture(message["worker"], message["capture"], descriptors)
        elif "lost" in message:
            stream.tell(f"{message['lost']:,} events could not be written: is the disk full?")
        elif "output" in message:
            stream.tell(f"stopped: it wrote more than {wire.OUTPUT_LIMIT >> 20:,} MB to its terminal")
        elif "forked" in message:
            stream.pid = message["pid"]
        elif "exited" in message:
            if self._kill is not None:
                self._kill.cancel()
            self._layers.finished()
            stream.exited(message["status"])

    def on_poke(self, connection: Connection) -> None:
        """New lines in a journal of a run or worker."""
        if self.stream is not None and connection.hello.get("run") == self.stream.number:
            self.stream.poke()

    def on_closed(self, connection: Connection) -> None:
        """A connection has closed; of the host that means its end, of others nothing."""
        if connection is self._run_connection:
            self._run_connection = None
        if connection.hello.get("role") in ("host", "park"):
            self._layers.closed(connection)
            if self.stream is not None:
                self.stream.poke()
