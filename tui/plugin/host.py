"""The resident process of the user's interpreter: every run is its fork.

It loads nothing but the standard library's smallest parts until it is told to load more ahead, has one thread, polls
its socket and its children, and ends with the explorer: an EOF on the socket takes everything below it along.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import os
import sys

from . import wire
from .resident import Message, Resident


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

    def obey(self, message: Message) -> Message | None:
        if message.get("do") == "describe":
            return self._describe(message)
        return super().obey(message)

    def _describe(self, message: Message) -> Message | None:
        number = message["id"]
        try:
            pid = self.fork({}, lambda status: self.send({"described": number, "status": status}))
        except OSError:
            self.send({"described": number, "status": wire.GONE})
            return None
        return message if pid == 0 else None

    def become(self, command: Message) -> int:
        """In a fork: do what it was made for; the exit status."""
        if command["do"] == "describe":
            return _describe(command["paths"], command["answer"])
        from . import run

        return run.main(command["folder"], self.path)


def _describe(paths: list[str], answer: str) -> int:
    """Write what those files consist of. The paths of the interpreter are those of a run."""
    if not getattr(sys.flags, "safe_path", False):
        sys.path.insert(0, os.getcwd())
    import importlib

    blocks = importlib.import_module(wire.PACKAGE + ".blocks")
    blocks.main(paths, answer)
    return 0
