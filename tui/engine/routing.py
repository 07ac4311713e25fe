"""Brings what the processes of the user's side say to whom it concerns."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from tui.plugin import wire

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tui.engine.debugging.desk import Desk
    from tui.engine.describing import Describing
    from tui.engine.server import Connection
    from tui.engine.stream import RunStream
    from tui.engine.warmth import Layers


class Routing:
    """Knows the present run and its connections. ``ended`` is called when that run has ended.

    ``make_desk`` makes what is told of debugging when there is something to tell.
    """

    def __init__(self, layers: Layers, make_desk: Callable[[], Desk], ended: Callable[[], None]) -> None:
        self.stream: RunStream | None = None
        self.describing: Describing | None = None
        self.made_desk: Desk | None = None
        self._layers = layers
        self._make_desk = make_desk
        self._ended = ended
        self._parts: list[Connection] = []
        """Of the run and its workers."""

    @property
    def desk(self) -> Desk:
        """Where a person debugs."""
        if self.made_desk is None:
            self.made_desk = self._make_desk()
        return self.made_desk

    def tell_run(self, message: Mapping[str, object], *, workers: bool = False) -> None:
        """Send a message to the process of the present run, and to its workers too if they are meant."""
        for connection in self._parts:
            if self._is_present(connection) and (workers or connection.hello.get("role") == "run"):
                connection.send(message)

    def _is_present(self, connection: Connection) -> bool:
        return self.stream is not None and connection.hello.get("run") == self.stream.number

    def message(self, connection: Connection, message: dict[str, Any], descriptors: list[int]) -> None:
        """A message of the host, a park, a run, a worker or a frozen failure."""
        role = message.get("role")
        if role in ("host", "park"):
            self._layers.connected(connection, message)
        elif role == "frozen":
            self.desk.connected(connection, message)
        elif connection.hello.get("role") == "frozen" or "paused" in message or "resumed" in message:
            self.desk.said(connection, message)
        elif "described" in message:
            if self.describing is not None:
                self.describing.described(message["described"], message["status"])
        elif "preloaded" in message:
            self._layers.preloaded(message["preloaded"], message["unfit"])
        elif "left" in message:
            self._layers.left(message["left"])
        else:
            self._of_runs(connection, message, descriptors)

    def _of_runs(self, connection: Connection, message: dict[str, Any], descriptors: list[int]) -> None:
        """What host, run and workers say of a run; of another than the present one nothing is wanted any more."""
        stream = self.stream
        if message.get("role") in ("run", "worker"):
            self._parts.append(connection)
        if stream is not None and "error" in message:
            stream.refuse(f"The run could not begin: {message['error']}", "")
        elif stream is None or message.get("run", message.get("forked", message.get("exited"))) != stream.number:
            for descriptor in descriptors:
                os.close(descriptor)
        elif "exited" in message:
            self._ended()
            stream.exited(message["status"])
        else:
            _of_run(stream, message, descriptors)

    def poke(self, connection: Connection) -> None:
        """New lines in a journal of a run or worker."""
        if self.stream is not None and self._is_present(connection):
            self.stream.poke()

    def closed(self, connection: Connection) -> None:
        """A connection has closed; of host, park and frozen failure that means the end, of others nothing."""
        role = connection.hello.get("role")
        if connection in self._parts:
            self._parts.remove(connection)
        if role in ("host", "park"):
            self._layers.closed(connection)
            if self.stream is not None:
                self.stream.poke()
        elif self.made_desk is not None:
            self.made_desk.closed(connection)


def _of_run(stream: RunStream, message: dict[str, Any], descriptors: list[int]) -> None:
    """What the host, the run or a worker says of the present run."""
    if message.get("role") == "run":
        stream.heard = True
    elif message.get("role") == "worker":
        stream.follow(str(message["worker"]))
    elif "capture" in message:
        stream.capture(message["worker"], message["capture"], descriptors)
    elif "lost" in message:
        stream.tell(f"{message['lost']:,} events could not be written: is the disk full?")
    elif "output" in message:
        stream.tell(f"stopped: it wrote more than {wire.OUTPUT_LIMIT >> 20:,} MB to its terminal")
    elif "forked" in message:
        stream.pid = message["pid"]
