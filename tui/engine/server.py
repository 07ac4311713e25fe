"""The control socket: every process of the user's side connects to it and says its role."""

from __future__ import annotations

import array
import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from tui.plugin import wire

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Mapping, Sequence


_PIECE = 1 << 16
"""Bytes that are read at once."""
_DESCRIPTORS = 4
"""So many can come with them."""


class Listener(Protocol):
    """What the server tells."""

    def on_message(self, connection: Connection, message: dict[str, Any], descriptors: list[int]) -> None:
        """A message; ``descriptors`` belong to the listener from now on."""

    def on_poke(self, connection: Connection) -> None:
        """New lines lie in a journal."""

    def on_closed(self, connection: Connection) -> None:
        """The other side has closed. Says nothing about its process: a daemon of a test may hold it open, or not."""


class Connection:
    """One process of the user's side."""

    def __init__(self, end: socket.socket) -> None:
        self.socket = end
        self.hello: dict[str, Any] = {}
        """Its first message: role, pid, run, worker."""
        self.frames = wire.Frames()
        self.descriptors: list[int] = []
        """Received and not yet claimed: they come with the first byte of a message that may not be whole yet."""

    @property
    def is_open(self) -> bool:
        """Whether the other side has not closed, as far as is known."""
        return self.socket.fileno() >= 0

    def send(self, message: Mapping[str, object], descriptors: Sequence[int] = ()) -> bool:
        """Send a command; whether the other side is still there. ``descriptors`` travel with its first byte."""
        data = wire.frame(message)
        try:
            sent = socket.send_fds(self.socket, [data], descriptors) if descriptors else 0
            self.socket.sendall(data[sent:])
        except OSError:
            return False
        return True


class Server:
    """Listens at ``path`` at once, so that a host can start before there is an event loop; reads once attached.

    Raises OSError when the socket cannot be made.
    """

    def __init__(self, path: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(path)
        Path(path).chmod(0o600)
        self._socket.listen(128)
        self._socket.setblocking(False)  # noqa: FBT003 - the method takes it by position only
        self._connections: dict[int, Connection] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._listener: Listener | None = None

    def attach(self, loop: asyncio.AbstractEventLoop, listener: Listener) -> None:
        """Begin to accept and read on ``loop``."""
        self._loop = loop
        self._listener = listener
        loop.add_reader(self._socket, self._accept)

    def close(self) -> None:
        """Close everything; the host takes that as the end of the explorer."""
        for connection in list(self._connections.values()):
            self._drop(connection, tell=False)
        if self._loop is not None:
            self._loop.remove_reader(self._socket)
        self._socket.close()

    def catch_up(self) -> None:
        """Tell all that has been said until now, also by those whose connection has not been accepted yet."""
        if self._loop is None:
            return
        while self._accept():
            pass
        for connection in list(self._connections.values()):
            while connection.is_open and self._read(connection):
                pass

    def _accept(self) -> bool:
        try:
            end, _ = self._socket.accept()
        except OSError:
            return False
        end.setblocking(True)  # noqa: FBT003 - commands are short; reads say MSG_DONTWAIT themselves
        connection = Connection(end)
        self._connections[end.fileno()] = connection
        assert self._loop is not None  # noqa: S101 - attach() registered this callback
        self._loop.add_reader(end, self._read, connection)
        return True

    def _read(self, connection: Connection) -> bool:
        """Tell what has come; whether there may be more."""
        assert self._listener is not None  # noqa: S101 - attach() registered this callback
        try:
            data, descriptors = _received(connection.socket)
        except BlockingIOError:
            return False
        except OSError:
            data, descriptors = b"", []
        connection.descriptors += descriptors
        try:
            messages = connection.frames.feed(data)
        except (ValueError, RecursionError):
            messages, data = [], b""
        if not data or not all(message is None or isinstance(message, dict) for message in messages):
            self._drop(connection)
            return False
        for message in messages:
            if message is not None:
                self._tell(connection, message)
        if None in messages:
            self._listener.on_poke(connection)
        return True

    def _tell(self, connection: Connection, message: dict[str, Any]) -> None:
        assert self._listener is not None  # noqa: S101 - attach() registered the callback
        if not connection.hello:
            connection.hello = message
        claimed: list[int] = []
        if "capture" in message:
            claimed, connection.descriptors = connection.descriptors, []
        self._listener.on_message(connection, message, claimed)

    def _drop(self, connection: Connection, *, tell: bool = True) -> None:
        descriptor = connection.socket.fileno()
        if self._loop is not None and descriptor >= 0:
            self._loop.remove_reader(descriptor)
        self._connections.pop(descriptor, None)
        connection.socket.close()
        for each in connection.descriptors:
            os.close(each)
        connection.descriptors = []
        if tell and self._listener is not None:
            self._listener.on_closed(connection)


def _received(end: socket.socket) -> tuple[bytes, list[int]]:
    """What has come, with its descriptors. Raises OSError; BlockingIOError when there is nothing."""
    numbers = array.array("i")
    # Not by socket.recv_fds: in Python 3.11 to 3.13 at least it forgets the flags, and waits.
    data, rights, _, _ = end.recvmsg(_PIECE, socket.CMSG_LEN(_DESCRIPTORS * numbers.itemsize), socket.MSG_DONTWAIT)
    for level, kind, content in rights:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            numbers.frombytes(content[: len(content) - len(content) % numbers.itemsize])
    return data, list(numbers)
