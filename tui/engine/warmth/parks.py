"""The sessions that wait before files being edited: before which of them one should, and which may make a run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from tui.engine.folders import Private
    from tui.engine.host import HostProcess
    from tui.engine.server import Connection
    from tui.engine.warmth.modules import Modules
    from tui.engine.warmth.park import Park
    from tui.engine.warmth.runner import Runner
    from tui.plugin import wire

_PARKS = 2
"""A test file and a source file: what is edited in turn."""
_HOT = 8
"""Edited files that are remembered."""
_SPARE_SECONDS = 30.0
"""Who does not save for so long gets back what a fork costs that is made ahead."""
_BURST = 20
"""So many files at once are not typed by hand: nothing is expected of the next save."""


class Parks:
    """The parked sessions of one host at a time."""

    def __init__(self, private: Private, kept: Callable[[], list[int]]) -> None:
        self._private = private
        self._kept = kept
        self._parks: list[Park] = []
        self.unparkable = ""
        """Why no session can be parked here."""
        self._bare = False
        """Whether one can only if it loads no modules of the project ahead."""
        self._failed: set[str] = set()
        """Files before which pytest could not wait, or ended instead: it does so again until something is edited."""
        self._hasty: set[str] = set()
        """Files before which none could wait right after an edit, so that it is tried once more."""
        self._hot: list[str] = []
        self._count = 0
        self.busy: Runner | None = None
        """The process of the present run: if it is a park, it stays until that is over."""

    def __iter__(self) -> Iterator[Park]:
        return iter(self._parks)

    @property
    def ready(self) -> bool:
        """Whether none of them is on its way."""
        return all(park.ready for park in self._parks if not park.outlived)

    def choose(self, request: wire.Request) -> tuple[Park | None, str]:
        """The valid park that has loaded most; or why there is none."""
        found: Park | None = None
        for park in list(self._parks):
            if not park.ready:
                continue
            if park.outdated() is not None:
                self._leave(park)
            elif park.suits(request) and (found is None or park.loaded > found.loaded):
                found = park
        return found, "" if found is not None else self.unparkable or "no session waits for this edit"

    def edited(self, paths: Collection[str]) -> None:
        """These files have been saved: what depends on them waits no longer."""
        self._failed.clear()
        self._hasty.clear()
        sources = sorted(path for path in paths if path.endswith(".py"))
        if len(sources) <= _BURST:
            self._hot = [*sources, *(path for path in self._hot if path not in paths)][:_HOT]
        if any(Path(path).name == "conftest.py" or not path.endswith(".py") for path in paths):
            self.forget()
        for park in list(self._parks):
            park.edited(paths)
            # Before a conftest that is gone it waits within the import of that.
            if park.conflicts(paths) or (park.hot in paths and not Path(park.hot).exists()):
                self._leave(park)

    def run_ended(self) -> None:
        """What had to stay for the run goes now."""
        self.busy = None
        for park in list(self._parks):
            if park.outlived:
                self._leave(park)

    def fill(
        self, host: HostProcess, request: wire.Request, modules: Modules, unsure: list[str], *, ended: bool
    ) -> None:
        """See to it that a session waits for each of the last edited files.

        ``request`` is that of the last run, ``unsure`` are the files whose bytecode must not be trusted. Before a file
        of which it is not known yet what runs import with it none waits until the run has ``ended``, which tells that.
        """
        if self.unparkable:
            return
        hot = [path for path in self._hot if Path(path).exists()][:_PARKS]
        for park in list(self._parks):
            stale = park.hot not in hot or park.outdated() is not None
            if stale or (park.ready and not park.suits({**request, "sequential": True})):
                self._leave(park)
        for path in hot:
            ahead = [] if self._bare else modules.ahead(path)
            # One that loads less than is known by now serves until a better one is ready.
            waits = [park for park in self._parks if park.hot == path and not park.outlived and park.was_told(ahead)]
            for park in waits:
                park.stock(modules.later(path), unsure)
            if not waits and path not in self._failed and (ended or modules.knows(path)):
                self._start(host, path, request, ahead, modules.later(path), unsure)

    def _start(
        self,
        host: HostProcess,
        hot: str,
        request: wire.Request,
        ahead: list[list[str]],
        later: list[tuple[str, bool]],
        unsure: list[str],
    ) -> None:
        from tui.engine.warmth.park import Park  # nothing is parked before the first frame

        self._count += 1
        wanted: wire.ParkRequest = {
            "park": self._count,
            "hot": [hot],
            "ahead": ahead,
            "later": later,
            "spare": _SPARE_SECONDS,
            "changed": unsure,
            "args": request["args"],
            "cwd_on_path": request["cwd_on_path"],
            "sequential": True,
            "record": request["record"],
        }
        try:
            park = Park(self._count, self._private.folder / f"park-{self._count}", wanted)
        except OSError:  # a full disk: without it saves take longer
            self._failed.add(hot)
            return
        self._parks.append(park)
        host.command({"do": "park", "id": park.number, "folder": park.folder})

    def _leave(self, park: Park) -> None:
        if park is self.busy:
            park.outlived = True
            return
        park.leave(self._kept())
        if park in self._parks:
            self._parks.remove(park)

    def hung(self) -> None:
        """A fork of one of them never began its run."""
        self.unparkable = "a session that waited did not go on"
        for park in list(self._parks):
            self._leave(park)

    def leave_all(self) -> None:
        """Their host goes."""
        for park in self._parks:
            park.leave(self._kept())
        self._parks = []

    def forget(self) -> None:
        """What made parking impossible may not be there any more."""
        self.unparkable = ""
        self._bare = False

    # What the processes say

    def connected(self, connection: Connection, hello: dict[str, Any]) -> bool:
        """A parked session has said hello; whether it must not be used, so that another one may have to be made."""
        park = next((each for each in self._parks if each.number == hello["park"]), None)
        if park is None:
            connection.send({"do": "leave"})
            return False
        park.connected(connection)
        if not park.unfit:
            for worse in [each for each in self._parks if each.hot == park.hot and each.number < park.number]:
                self._leave(worse)
            return False
        if park.passing:
            (self._failed if park.hot in self._hasty else self._hasty).add(park.hot)
        elif park.wanted["ahead"]:
            self._bare = True
        else:
            self.unparkable = park.unfit
        self._leave(park)
        return True

    def left(self, number: int) -> None:
        """The process of a park has ended."""
        for park in list(self._parks):
            if park.number == number:
                if not park.ready:
                    self._failed.add(park.hot)
                park.gone = True
                self._parks.remove(park)

    def closed(self, connection: Connection) -> None:
        """A connection has closed."""
        for park in list(self._parks):
            if park.belongs(connection):
                park.gone = True
                self._parks.remove(park)
