"""Parked sessions, the warm host and cold ones: what is kept ready, and the coldest that a doubt asks for."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui.engine.host import HostProcess
from tui.engine.warmth.answer import Answer, cold, parked, warm
from tui.engine.warmth.modules import Modules
from tui.engine.warmth.parks import Parks
from tui.plugin import wire

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from tui.engine.folders import Private
    from tui.engine.interpreter import Interpreter
    from tui.engine.server import Connection
    from tui.engine.warmth.kept import Kept
    from tui.engine.warmth.park import Park
    from tui.engine.warmth.runner import Runner
    from tui.engine.warmth.surroundings import Surroundings

_RUNS_UNSURE = 3
"""Runs after an edit in which a slower, older run may still have written bytecode of what was there before."""
_NEW = "a new process of the interpreter"
_NO_FORK = "macOS does not bear forks of processes that have loaded much"


class Layers:
    """The processes of one explorer, and the choice among them."""

    def __init__(
        self,
        interpreter: Interpreter,
        private: Private,
        cwd: Path,
        *,
        cwd_on_path: bool,
        cache: Path | None = None,
        kept: Callable[[], list[int]] = list,
    ) -> None:
        """``kept`` gives the processes that outlive the run and the host that they come from.

        ``cache`` is the folder in which the next session finds what to load ahead.
        """
        self.host: HostProcess | None = None
        self.answer: Answer | None = None
        """Which layer the last run used, and why no warmer one."""
        self._interpreter = interpreter
        self._private = private
        self._cwd = cwd
        self._cwd_on_path = cwd_on_path
        self._cache = cache
        self._list: Kept | None = None
        self._anticipates = False
        """Whether a warm host is wanted before the first run has told what to load."""
        self._modules = Modules()
        self._surroundings: Surroundings | None = None
        self.parks = Parks(private, kept)
        self._kept = kept
        self._retired: list[HostProcess] = []
        self._single: HostProcess | None = None
        """A cold host beside the warm one, for one run."""
        self._unwanted = False
        """Whether the last run was to be cold: then nothing is kept ready."""
        self._running = False
        self._hung: Runner | None = None
        self._loading = 0
        """The number of the last command to load ahead."""
        self._state = "cold"
        """Of the host: ``cold``, ``loading`` or ``warm``."""
        self._unfit = _NO_FORK if sys.platform == "darwin" else ""
        """Why no host can be warm here."""
        self._edits: dict[str, int] = {}
        self._runs = 0
        self._count = 0
        self._listed: list[tuple[Path, frozenset[str]]] = []
        self._last: wire.Request | None = None

    # Runs

    def prepare(self, folder: Path, request: wire.Request) -> None:
        """Begin with a host and its first run."""
        self.start(folder)
        self.answer = cold(_NEW)
        self._unwanted = not request["modules"]
        self._expect(folder, request, ())

    def start(self, first: Path | None) -> HostProcess:
        """A new host in place of the present one; it makes the run of the folder ``first`` at once."""
        if self.host is not None:
            self._retire(self.host)
        self.parks.leave_all()
        self._state = "cold"
        self._modules.forget_asked()
        self.host = HostProcess(self._interpreter, self._private, self._cwd, first)
        return self.host

    @property
    def main(self) -> Runner | None:
        """The process of the last run, if there is no other that could make it."""
        return self._single or self.host

    @property
    def is_cold(self) -> bool:
        """Whether the last run started from nothing."""
        return self.answer is None or self.answer.layer == "cold"

    def run(self, folder: Path, request: wire.Request, changed: Collection[str], *, from_nothing: bool) -> Runner:
        """Have the run in ``folder`` made, by the warmest process that its files allow."""
        self._runs += 1
        self._running = True
        self._unwanted = from_nothing
        runner, self.answer = self._choose(folder, request, from_nothing=from_nothing)
        self.parks.busy = runner
        self._expect(folder, request, changed)
        return runner

    def park_for_early(self, request: wire.Request) -> Park | None:
        """The parked session that would make this run, if one would; what it selects is not known yet."""
        outdated = self._surroundings is not None and self._surroundings.changed() is not None
        if self.host is None or not self.host.alive or outdated or self._state == "cold" or self._unfit:
            return None
        return self.parks.choose(request)[0] if not self._hidden() else None

    def take_up(self, park: Park, folder: Path, request: wire.Request, changed: Collection[str]) -> Runner:
        """The run that a parked session has begun is wanted."""
        self._runs += 1
        self._running, self._unwanted, self.answer = True, False, parked(park.hot)
        self._expect(folder, request, changed)
        self.parks.busy = park
        return park

    def _expect(self, folder: Path, request: wire.Request, changed: Collection[str]) -> None:
        if request["modules"]:
            self._listed.append((folder, frozenset(changed)))
            if "--collect-only" not in request["args"]:
                self._last = request

    def _choose(self, folder: Path, request: wire.Request, *, from_nothing: bool) -> tuple[Runner, Answer]:
        host = self.host
        broken = self._broken()
        if host is None or broken:
            return self.start(folder), cold(broken)
        why = "asked for" if from_nothing else self._hidden() if self._state != "cold" else ""
        if why and self._state != "cold":
            return self._alone(folder), cold(why)
        runner: Runner = host
        if self._state == "cold":
            answer = cold(why or self._unfit or "nothing is loaded ahead yet")
        else:
            park, why = self.parks.choose(request)
            answer = warm(why)
            if park is not None:
                runner, answer = park, parked(park.hot)
        runner.command({"do": "run", "folder": str(folder)})
        return runner, answer

    def _broken(self) -> str:
        """Why the host has to make way for a new one; empty if it need not."""
        if self.host is None or not self.host.alive:
            return _NEW
        changed = self._surroundings.changed() if self._surroundings is not None else None
        if changed is not None:
            self._forget()
            return f"{changed} has changed"
        return self._unfit if self._state != "cold" else ""

    def _alone(self, folder: Path) -> HostProcess:
        self._drop_single()
        self._single = HostProcess(self._interpreter, self._private, self._cwd, folder)
        return self._single

    def again(self, folder: Path) -> Runner:
        """Repeat a run that died, from nothing."""
        self.answer = cold("the warm process died before the first result")
        return self._alone(folder)

    def instead(self, folder: Path) -> Runner:
        """Have a run made by the host, because the parked session that should have made it is gone."""
        if self.host is None or not self.host.alive:
            self.answer = cold(_NEW)
            return self.start(folder)
        self.answer = warm("the parked session was gone")
        self.host.command({"do": "run", "folder": str(folder)})
        return self.host

    def hung(self, runner: Runner) -> None:
        """Nothing was heard of the run that this process was to make, and it was ended: the next one hangs as well."""
        self._hung = runner
        if runner is not self.host:
            self.parks.hung()

    def is_hung(self, runner: Runner) -> bool:
        """Whether it was ended because nothing was heard of it."""
        return runner is self._hung

    def _hidden(self) -> str:
        for path in self._edits:
            if path.endswith(".py") and self._modules.hides(path) and Path(path).exists():
                return f"{Path(path).name} has the name of a module that is loaded ahead"
        return ""

    def finished(self) -> None:
        """The run is over: a process that was there for it alone goes."""
        self._running = False
        self.parks.run_ended()
        self._drop_single()

    def _drop_single(self) -> None:
        if self._single is not None:
            self._retire(self._single)
            self._single = None

    # Edits and rest

    def edited(self, paths: Collection[str]) -> None:
        """These files have been saved."""
        if paths:
            for path in paths:
                self._edits[path] = self._runs
            self.parks.edited(paths)

    def unsure(self, paths: Collection[str]) -> list[str]:
        """Files whose bytecode a run must not trust: these, just edited, and those of the runs before."""
        recent = (path for path, at in self._edits.items() if self._runs - at < _RUNS_UNSURE)
        return sorted({*paths, *recent})

    def rested(self) -> None:
        """Nothing is to be run now: load ahead and park."""
        if self._unwanted or self.host is None or not self.host.is_connected or not self.host.alive:
            return
        self._learn(len(self._listed))
        if self._surroundings is None and self._modules.installed:
            from tui.engine.warmth.surroundings import Surroundings

            self._surroundings = Surroundings(self._interpreter, self._modules.installed)
        if self._surroundings is not None and self._kept_list is not None:
            self._kept_list.write(self._modules, self._surroundings)
        if self._state != "loading" and not self._unfit and self._modules.lacking():
            self._load()
        elif self._state == "warm" and self._last is not None:
            self.parks.fill(self.host, self._last, self._modules, self.unsure(()), ended=True)

    def anticipate(self) -> None:
        """Warm runs will be wanted: load ahead, beside the first run, what earlier sessions have loaded."""
        self._anticipates = True
        self._load_known()

    def _load_known(self) -> None:
        connected = self.host is not None and self.host.is_connected
        if not (self._anticipates and connected) or self._unwanted or self._kept_list is None:
            return
        self._anticipates = False
        if self._state == "cold" and not self._unfit and self._surroundings is None:
            self._surroundings = self._kept_list.read(self._modules)
            if self._modules.lacking():
                self._load()

    @property
    def _kept_list(self) -> Kept | None:
        if self._list is None and self._cache is not None:
            from tui.engine.warmth.kept import Kept

            self._list = Kept(self._cache, self._interpreter)
        return self._list

    def judged(self) -> None:
        """A run goes on, but what the person waited for is there: park for the next edit."""
        if not self._unwanted and self.host is not None and self._state == "warm" and self._last is not None:
            self._learn(len(self._listed) - 1)  # of all but the present one
            self.parks.fill(self.host, self._last, self._modules, self.unsure(()), ended=False)

    def _learn(self, runs: int) -> None:
        """Take what so many runs have imported, the earliest first."""
        for folder, changed in self._listed[:runs]:
            self._modules.learn(folder, changed)
        del self._listed[:runs]

    @property
    def ready(self) -> bool:
        """Whether nothing is being loaded or parked."""
        return self._state != "loading" and self.parks.ready

    def _load(self) -> None:
        assert self.host is not None  # noqa: S101 - rested() looked
        self._count += 1
        plan = self._private.folder / f"plan-{self._count}.json"
        try:
            plan.write_bytes(wire.encode(self._modules.plan(cwd_on_path=self._cwd_on_path)))
        except OSError:  # a full disk
            return
        self._state, self._loading = "loading", self._count
        self.host.command({"do": "preload", "id": self._count, "plan": str(plan)})

    def preloaded(self, number: int, unfit: str) -> None:
        """A host has loaded what it was told to."""
        if number != self._loading or self._state != "loading":
            return
        self._state = "warm"
        self._unfit = unfit
        if not unfit and not self._running:
            self.rested()

    # What the processes say

    def connected(self, connection: Connection, hello: dict[str, Any]) -> None:
        """A host or a parked session has said hello."""
        if hello["role"] == "park":
            if self.parks.connected(connection, hello) and not self._running:
                self.rested()
            return
        hosts = [each for each in (self._single, self.host, *self._retired) if each is not None]
        waiting = [each for each in hosts if not each.is_connected]
        own = [each for each in waiting if each.pid == hello.get("pid")]
        for host in (own or waiting)[:1]:  # a script around the interpreter has another number
            host.connected(connection)
        self._load_known()

    def left(self, number: int) -> None:
        """The process of a park has ended."""
        self.parks.left(number)

    def closed(self, connection: Connection) -> None:
        """A connection has closed."""
        self.parks.closed(connection)

    # Ends

    def _forget(self) -> None:
        """What was learnt about the interpreter does not hold any more."""
        self._modules, self._surroundings = Modules(), None
        self.parks.forget()
        if self._unfit != _NO_FORK:
            self._unfit = ""
        self._listed, self._last, self._list = [], None, None

    def _retire(self, host: HostProcess) -> None:
        host.command({"do": "leave", "keep": self._kept()})
        self._retired = [*(each for each in self._retired if each.alive), host]

    def end(self) -> None:
        """The server is closed: wait for every process to leave, then insist."""
        for host in (self.host, self._single, *self._retired):
            if host is not None:
                host.end()
