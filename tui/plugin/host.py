"""The resident process of the user's interpreter: every run is its fork.

It loads nothing but the standard library's smallest parts until it is told to load more ahead, has one thread, polls
its socket and its children, and ends with the explorer: an EOF on the socket takes everything below it along.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from . import wire
from .processes import descendants
from .resident import Message, Resident

if TYPE_CHECKING:
    from collections.abc import Collection

    from .warm.ahead import Loading


def main(arguments: list[str]) -> None:
    """Serve the engine at the socket ``arguments[0]``; fork a run for each folder in the rest at once."""
    host = _Host(arguments[0])
    # From here on only forks return.
    command = host.serve(tuple(arguments[1:]))
    status = wire.GONE
    try:
        status = host.become(command)
    except BaseException:  # the log, or the output of the run, is where somebody looks
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(status)


class _Host(Resident):
    def __init__(self, path: str) -> None:
        version = ".".join(map(str, sys.version_info[:3]))
        super().__init__(path, {"role": "host", "python": version, "executable": sys.executable})
        self._loading: Loading | None = None
        self._preload = 0

    def obey(self, message: Message) -> Message | None:
        command = message.get("do")
        if command in ("describe", "count"):
            return self._fork_for(message, "described")
        if command == "park":
            return self._fork_for(message, "left")
        if command == "preload":
            return self._fork_for(message, "tried")
        return super().obey(message)

    def _fork_for(self, message: Message, said: str) -> Message | None:
        """Fork for a command other than a run, and tell the engine when that has ended."""
        number = message["id"]

        def ended(status: int) -> None:
            if said == "tried":
                self._load(message, status)
            else:
                self.send({said: number, "status": status})

        try:
            pid = self.fork({}, ended)
        except OSError:
            ended(wire.GONE)
            return None
        return message if pid == 0 else None

    def _load(self, message: Message, status: int) -> None:
        """Begin to load what has been found to be harmless."""
        self._preload = message["id"]
        words = f"trying out what to load ahead ended with {status}" if status else ""
        if not status:
            try:
                from .warm.ahead import Loading, Plan

                self._loading = Loading(Plan(message["plan"]))
            except Exception as error:
                words = f"nothing can be loaded ahead: {error!r}"
        if words:
            self.send({"preloaded": self._preload, "unfit": words})

    def holds(self, kept: Collection[int]) -> bool:
        """Whether anything that is kept is below this process: there is none above that would see to its end."""
        if not os.path.isdir("/proc/self"):
            return super().holds(kept)
        return any(pid in kept for pid in descendants(os.getpid()))

    def is_busy(self) -> bool:
        return self._loading is not None

    def work(self) -> None:
        loading = self._loading
        if loading is not None and not loading.go_on():
            self._loading = None
            self.send({"preloaded": self._preload, "unfit": loading.settle()})

    def become(self, command: Message) -> int:
        """In a fork: do what it was made for; the exit status."""
        self._loading = None
        wanted = command["do"]
        if wanted == "describe":
            return _describe(command["paths"], command["answer"])
        if wanted == "count":
            return _count(command["plan"], command["answer"])
        if wanted == "preload":
            from .warm.ahead import Plan

            Plan(command["plan"]).try_out()
            return 0
        if wanted == "park":
            from .warm import park

            return park.main(command["folder"], self.path)
        from . import run

        return run.main(command["folder"], self.path)


def _describe(paths: list[str], answer: str) -> int:
    """Write what those files consist of."""
    _part("blocks").main(paths, answer)
    return 0


def _count(plan: str, answer: str) -> int:
    """Write what recorded lines cover."""
    _part("counting").main(plan, answer)
    return 0


def _part(name: str) -> Any:
    """A part of this package that is loaded in forks only. The paths of the interpreter are those of a run."""
    if not getattr(sys.flags, "safe_path", False):
        sys.path.insert(0, os.getcwd())
    import importlib

    return importlib.import_module(f"{wire.PACKAGE}.{name}")
