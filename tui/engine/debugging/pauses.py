"""Processes of a run that stand still until a person comes with a terminal."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from tui.engine.debugging.values import Pause

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.engine.server import Connection


class Wait:
    """One of them. ``over`` is set when it goes on, or has died."""

    def __init__(self, pause: Pause, connection: Connection) -> None:
        self.pause = pause
        self.over = asyncio.Event()
        self.attended = False
        self._connection = connection

    def belongs(self, connection: Connection) -> bool:
        """Whether that is its connection."""
        return connection is self._connection

    @property
    def run(self) -> int | None:
        """Number of its run."""
        return self._connection.hello.get("run")

    def go(self, environ: Mapping[str, str], slave: int) -> None:
        """Let it open its debugger on that side of a pty."""
        self.attended = True
        if not self._connection.send({"do": "go", "pause": self.pause.id, "environ": dict(environ)}, [slave]):
            self.over.set()

    def refuse(self) -> None:
        """Let it go on: there is nobody to debug."""
        self._connection.send({"do": "refuse", "pause": self.pause.id})

    def kill(self) -> None:
        """End its process: nothing else would end a debugger that hangs."""
        if not self.over.is_set():
            with suppress(OSError):
                os.kill(self.pause.pid, signal.SIGKILL)


class Pauses:
    """All that wait, by their ids, in the order in which they began to."""

    def __init__(self) -> None:
        self._waits: dict[str, Wait] = {}

    @property
    def waiting(self) -> tuple[Pause, ...]:
        """What is known of each."""
        return tuple(wait.pause for wait in self._waits.values())

    def get(self, name: str) -> Wait | None:
        """The one of that id, if it still waits."""
        return self._waits.get(name)

    def began(self, connection: Connection, message: dict[str, Any], *, attended: bool) -> None:
        """A process has stopped. Where nobody attends it is sent on at once. Raises KeyError for an odd message."""
        pause = Pause(
            message["paused"],
            (message["nodeid"], message["number"]),
            message["why"],
            message["path"],
            message["line"],
            message["function"],
            message["debugger"],
            message["pid"],
        )
        wait = Wait(pause, connection)
        if attended:
            self._waits[pause.id] = wait
        else:
            wait.refuse()

    def ended(self, name: str) -> None:
        """That one goes on."""
        wait = self._waits.pop(name, None)
        if wait is not None:
            wait.over.set()

    def closed(self, connection: Connection) -> bool:
        """A connection has closed; whether something waited behind it."""
        names = [name for name, wait in self._waits.items() if wait.belongs(connection)]
        for name in names:
            self.ended(name)
        return bool(names)

    def run_ended(self, run: int) -> None:
        """The process of a run is gone, its workers with it."""
        for name in [name for name, wait in self._waits.items() if wait.run == run]:
            self.ended(name)

    def kill_attended(self) -> None:
        """End the processes that have a terminal."""
        for wait in self._waits.values():
            if wait.attended:
                wait.kill()
