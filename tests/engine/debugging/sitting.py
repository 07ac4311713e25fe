"""A terminal with a person before it, made of a pty, and a frozen failure that does as it is told."""

from __future__ import annotations

import asyncio
import fcntl
import os
import socket
import struct
import termios
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from tui.engine.debugging.desk import Desk
from tui.engine.debugging.values import FrozenFailure
from tui.plugin import wire

SECONDS = 30.0
"""Longest that anything may take; nothing comes near it."""


async def until(ready: Callable[[], object], what: str = "it") -> None:
    """Wait on the running loop until something holds."""
    async with asyncio.timeout(SECONDS):
        while not ready():  # noqa: ASYNC110 - what is waited for is on the other side of a descriptor
            await asyncio.sleep(0.002)


class Tty:
    """The terminal that is lent: a pty whose other side is the person's."""

    tells_of_resizing = False

    def __init__(self) -> None:
        self.master, self.slave = os.openpty()
        os.set_blocking(self.master, False)
        self.resize(100, 30)
        self.before = termios.tcgetattr(self.slave)
        self.is_lent = False
        self.seen = b""

    @property
    def input(self) -> int:
        return self.slave

    @property
    def output(self) -> int:
        return self.slave

    @property
    def environ(self) -> Mapping[str, str]:
        return {"TERM": "made-up"}

    @asynccontextmanager
    async def lent(self) -> AsyncIterator[None]:
        self.is_lent = True
        try:
            yield
        finally:
            self.is_lent = False

    def resize(self, columns: int, lines: int) -> None:
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def press(self, keys: bytes) -> None:
        os.write(self.master, keys)

    def look(self) -> bytes:
        """All that was written to it until now."""
        while True:
            try:
                self.seen += os.read(self.master, 65536)
            except OSError:
                return self.seen

    async def sees(self, words: bytes) -> None:
        await until(lambda: words in self.look(), f"{words!r} in {self.seen[-200:]!r}")

    @property
    def is_as_before(self) -> bool:
        return termios.tcgetattr(self.slave) == self.before

    def hang_up(self) -> None:
        os.close(self.master)
        self.master = -1

    def close(self) -> None:
        for end in (self.master, self.slave):
            if end >= 0:
                os.close(end)


class Child:
    """A process of the user's side as the engine sees it: a connection, and nothing behind it."""

    def __init__(self, path: str, hello: Mapping[str, object]) -> None:
        self._end = socket.socket(socket.AF_UNIX)
        self._end.connect(path)
        self._frames = wire.Frames()
        self._pending: list[dict[str, Any]] = []
        self.descriptors: list[int] = []
        self.say(hello)
        self._end.setblocking(False)

    def say(self, message: Mapping[str, object]) -> None:
        self._end.sendall(wire.frame(message))

    async def hears(self, **fields: object) -> dict[str, Any]:
        """The next message, which has to have these fields."""
        async with asyncio.timeout(SECONDS):
            while not self._pending:
                self._receive()
                await asyncio.sleep(0.002)
        message = self._pending.pop(0)
        assert {name: message.get(name) for name in fields} == fields
        return message

    def _receive(self) -> None:
        try:
            data, descriptors, _, _ = socket.recv_fds(self._end, 65536, 4)
        except BlockingIOError:
            return
        if not data:
            raise EOFError
        self.descriptors += descriptors
        self._pending += [message for message in self._frames.feed(data) if message is not None]

    async def is_hung_up(self) -> None:
        """Wait for the other side to close."""
        async with asyncio.timeout(SECONDS):
            while True:
                try:
                    self._receive()
                except (EOFError, OSError):
                    return
                await asyncio.sleep(0.002)

    def pty(self) -> int:
        """The terminal that it was given."""
        (descriptor,) = self.descriptors
        self.descriptors = []
        return descriptor

    def close(self) -> None:
        self._end.close()
        for descriptor in self.descriptors:
            os.close(descriptor)
        self.descriptors = []


def hello(name: str = "1-main-1", nodeid: str = "a.py::a", *, run: int = 1, pid: int | None = None) -> dict[str, Any]:
    """The first words of a frozen failure of two frames."""
    frames = [
        {"path": "/p/a.py", "line": 3, "function": "a", "own": True, "hidden": False},
        {"path": "/lib/json.py", "line": 9, "function": "loads", "own": False, "hidden": False},
    ]
    failed = {"label": "", "type": "ValueError", "message": "no", "parent": None, "frames": frames}
    return {
        "role": "frozen",
        "protocol": wire.PROTOCOL,
        "pid": os.getpid() if pid is None else pid,
        "run": run,
        "worker": None,
        "frozen": name,
        "nodeid": nodeid,
        "number": 0,
        "when": "call",
        "exceptions": [failed],
        "default": [0, 0],
        "threads": [],
        "descriptors": "",
    }


Join = Callable[..., Child]
"""Connects a made-up process to a desk: ``join(hello)``."""
KEY = ("a.py::a", 0)
"""Of the item that failed."""


async def freeze(desk: Desk, join: Join, name: str = "1-main-1", **said: Any) -> tuple[Child, FrozenFailure]:
    """A frozen failure that has said hello."""
    child = join(hello(name, **said))
    await until(lambda: name in kept(desk), "a frozen failure")
    return child, kept(desk)[name]


def kept(desk: Desk) -> dict[str, FrozenFailure]:
    return {failure.id: failure for failures in desk.frozen.values() for failure in failures}
