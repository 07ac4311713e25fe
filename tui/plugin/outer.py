"""What this process knows of the run that it belongs to, and which pytest config is the outer one.

Users test pytest plugins: inner pytest runs share this interpreter, and nothing of ours may act on them.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import functools
import inspect
import json
import os
import traceback
from typing import Any, Callable, TypeVar

from . import wire
from .channel import Channel, NoChannel, guard_forks
from .journal import Journal, NoJournal
from .posix import calls

Hook = TypeVar("Hook", bound=Callable[..., Any])


class Outer:
    """The run's folder, request, journal and channel in this process; one a process.

    In a parked session there is no run yet: ``waiting`` is true, the request is a provisional one, and journal and
    channel take nothing. A fork of it then begins a run with the same object.
    """

    def __init__(self, socket_path: str, worker: str | None, *, first: bool) -> None:
        self.waiting = True
        self.folder = ""
        self.request: wire.Request
        self.channel: Channel = NoChannel()
        self.journal: Journal = NoJournal()
        self.socket_path = socket_path
        self.worker = worker
        self.first = first
        """Whether this process, of several that collect the same, writes what was collected."""
        self.workers = 0
        """How many workers have been prepared here."""
        self.pid = 0
        """Of the process that is the run, or the worker; 0 while it waits."""
        self.config: Any = None
        """The outer pytest config, once it has been seen."""
        self.session: Any = None
        """pytest's session, if it has started."""
        self.on_options: Callable[[Any], None] | None = None
        """Called with pytest's plugin manager when it begins to load plugins."""
        self.dropped: list[str] = []
        """What was left out of the person's options."""
        self.unfit = ""
        """Why no run may go on from this waiting session, in words."""
        self.place: Callable[[], tuple[str, int]] = lambda: ("", 0)
        """Gives nodeid and number of the item that runs here, if one does."""
        self.configured = False
        """Whether pytest has been configured while there was no run."""
        self.late = False
        """Whether the request is not whole yet: which tests run is said when they are to be collected."""
        self.listing: Any = None
        """What notes the imports of the run, if the request asks for it."""

    def begin(self, folder: str) -> None:
        """Become the run of that folder: open journal and channel. Raises OSError when the folder is gone."""
        with open(os.path.join(folder, wire.REQUEST_FILE), "rb") as file:
            self.request = json.loads(file.read())
        self.folder = folder
        worker = self.worker
        hello: dict[str, object] = {
            "role": "worker" if worker else "run",
            "protocol": wire.PROTOCOL,
            "pid": calls.getpid(),
            "run": self.request["run"],
            "worker": worker,
        }
        self.channel = Channel(self.socket_path, hello)
        self.journal = Journal(folder, worker or wire.MAIN_JOURNAL, self.channel.poke)
        guard_forks(self.channel, self.journal)
        self.pid = calls.getpid()
        self.waiting = False

    def obey(self, message: dict[str, Any]) -> None:
        """Take what the engine wants otherwise from now on."""
        if "breakpoints" in message:
            self.request["breakpoints"] = message["breakpoints"]


current: Outer | None = None
"""Set by the host in the fork that becomes a run, or by the loader in an xdist worker."""


def start(folder: str, socket_path: str, worker: str | None = None, *, first: bool = True) -> Outer:
    """Make this process a part of the run in ``folder``. Raises OSError."""
    global current  # noqa: PLW0603 - one run a process; pytest gives a plugin named by -p no other place
    current = Outer(socket_path, worker, first=first)
    current.begin(folder)
    return current


def wait(request: wire.Request, socket_path: str) -> Outer:
    """Make this process one that starts a session before it knows for which run."""
    global current  # noqa: PLW0603 - the same
    current = Outer(socket_path, None, first=True)
    current.request = request
    return current


def claim(config: Any) -> Outer | None:
    """The run, if ``config`` is the outer config (the first one seen); None for every inner one."""
    if current is not None and current.config is None:
        current.config = config
    return current if current is not None and current.config is config else None


def quiet(hook: Hook) -> Hook:
    """Keep an error of ours out of the user's run; the first of each hook is written into the journal."""

    @functools.wraps(hook)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        try:
            return hook(*args, **kwargs)
        except Exception as error:  # whatever it is, it is ours and not the user's
            report_fault(hook.__name__, error)
            return None

    # pluggy reads the names of the arguments; before 1.2 it does not look behind a wrapper.
    guarded.__signature__ = inspect.signature(hook)  # type: ignore[attr-defined]
    return guarded  # type: ignore[return-value]


_reported: dict[str, bool] = {}


def report_fault(where: str, error: BaseException) -> None:
    """Write an error of this package into the journal, once for each place."""
    if where in _reported or current is None:
        return
    _reported[where] = True
    text = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    current.journal.write({"event": "PluginFault", "where": where, "text": text})
