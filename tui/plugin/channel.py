"""The control socket as a process of the user's side sees it.

PYTEST_DONT_REWRITE
"""

import array
import os
import socket
from typing import Any, Dict, List, Sequence

from . import wire
from .posix import calls

_DONTWAIT = socket.MSG_DONTWAIT
_NOSIGNAL = getattr(socket, "MSG_NOSIGNAL", 0)


class Channel:
    """One connection to the engine. Never blocks and never raises once it is open."""

    def __init__(self, path: str, hello: Dict[str, object], descriptors: Sequence[int] = ()) -> None:
        """Connect and say hello, with ``descriptors`` beside it. Raises OSError when the engine is gone."""
        self._path = path
        self._hello = hello
        self._pid = calls.getpid()
        self._frames = wire.Frames()
        self._connect(descriptors)

    def _connect(self, descriptors: Sequence[int] = ()) -> None:
        connection = calls.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.connect(self._path)
        self._socket = calls.socket(fileno=calls.raise_descriptor(connection.detach()))
        self._inode = calls.fstat(self._socket.fileno()).st_ino
        self.send(self._hello, descriptors)

    def close_in_child(self) -> None:
        """Give the connection up in a process that a test forked."""
        if self._pid != calls.getpid():
            self._socket.close()

    def poke(self) -> None:
        """Say that new lines lie in the journal. An engine that does not read loses nothing by it."""
        self._push(wire.POKE)

    def send(self, message: Dict[str, object], descriptors: Sequence[int] = ()) -> None:
        """Send one message; ``descriptors`` travel with its first byte."""
        data = wire.frame(message)
        if descriptors:
            rights = array.array("i", descriptors)
            sent = self._socket.sendmsg([data], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])
            data = data[sent:]
        if data:
            self._socket.sendall(data)

    def _push(self, data: bytes) -> None:
        if calls.getpid() != self._pid:
            return
        try:
            if calls.fstat(self._socket.fileno()).st_ino != self._inode:
                self._connect()
            self._socket.send(data, _DONTWAIT | _NOSIGNAL)
        except BlockingIOError:
            pass  # the engine is suspended, or busy: it reads the journal when it comes back
        except OSError:
            self._reconnect()

    def _reconnect(self) -> None:
        try:
            self._connect()
        except OSError:
            pass  # the engine is gone; the run ends when the host says so, never by us

    def received(self) -> List[Dict[str, Any]]:
        """Messages that have come in, without waiting."""
        try:
            data = self._socket.recv(65536, _DONTWAIT)
        except OSError:
            return []
        return [message for message in self._frames.feed(data) if message is not None]


def guard_forks(*closing: Any) -> None:
    """In every process forked from this one, let go of ``closing`` (objects with ``close_in_child``)."""

    def after_fork() -> None:
        for each in closing:
            try:
                each.close_in_child()
            except Exception:  # noqa: BLE001 - nothing may go up into the fork of a test
                pass

    os.register_at_fork(after_in_child=after_fork)
