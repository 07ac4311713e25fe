"""The control socket: frames however they are cut, descriptors, and senders that mean harm."""

from __future__ import annotations

import array
import asyncio
import os
import shutil
import socket
import struct
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.engine.server import Connection, Server
from tui.plugin import wire

SECONDS = 60


class Heard:
    """A listener that keeps what it is told, and wakes whoever waits for it."""

    def __init__(self) -> None:
        self.messages: list[tuple[dict[str, Any], list[int]]] = []
        self.connections: set[Connection] = set()
        self.pokes = 0
        self.closed: list[dict[str, Any]] = []
        self.news = asyncio.Event()

    def on_message(self, connection: Connection, message: dict[str, Any], descriptors: list[int]) -> None:
        self.connections.add(connection)
        self.messages.append((message, descriptors))
        self.news.set()

    def on_poke(self, _: Connection) -> None:
        self.pokes += 1
        self.news.set()

    def on_closed(self, connection: Connection) -> None:
        self.closed.append(connection.hello)
        self.news.set()

    async def until(self, messages: int = 0, pokes: int = 0, closed: int = 0) -> None:
        """Wait until that much was heard."""
        async with asyncio.timeout(SECONDS):
            while len(self.messages) < messages or self.pokes < pokes or len(self.closed) < closed:
                await self.news.wait()
                self.news.clear()


@pytest.fixture
def path() -> Iterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="t", dir="/tmp"))
    yield str(folder / "s")
    shutil.rmtree(folder)


@pytest.fixture
async def heard(path: str) -> Any:
    """A listener of a server at ``path``."""
    server = Server(path)
    listener = Heard()
    server.attach(asyncio.get_running_loop(), listener)
    yield listener
    server.close()


def connect(path: str) -> socket.socket:
    end = socket.socket(socket.AF_UNIX)
    end.connect(path)
    return end


def with_descriptors(end: socket.socket, data: bytes, descriptors: list[int]) -> None:
    end.sendmsg([data], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))])


async def test_messages_and_pokes(heard: Heard, path: str) -> None:
    with connect(path) as end:
        end.sendall(wire.frame({"role": "run"}) + wire.POKE + wire.POKE + wire.frame({"n": 1}))
        await heard.until(messages=2, pokes=1)
    await heard.until(closed=1)
    assert [message for message, _ in heard.messages] == [{"role": "run"}, {"n": 1}]
    assert heard.closed == [{"role": "run"}]


async def test_a_message_in_single_bytes(heard: Heard, path: str) -> None:
    with connect(path) as end:
        for byte in wire.frame({"text": "\udcff" + "x" * 100}):
            end.sendall(bytes([byte]))
            await asyncio.sleep(0)
        await heard.until(messages=1)
    assert heard.messages[0][0] == {"text": "\udcff" + "x" * 100}


async def test_all_that_lies_unread_can_be_had_at_once(path: str) -> None:
    """Also of somebody who has come and gone before the loop began."""
    server = Server(path)
    server.catch_up()
    ends = [connect(path) for _ in range(3)]
    for number, end in enumerate(ends):
        end.sendall(wire.frame({"n": number}) * 2)
    ends[0].close()
    heard = Heard()
    server.attach(asyncio.get_running_loop(), heard)
    server.catch_up()
    assert [message["n"] for message, _ in heard.messages] == [0, 0, 1, 1, 2, 2]
    assert heard.closed == [{"n": 0}]
    ends[1].sendall(wire.POKE)
    server.catch_up()
    assert heard.pokes == 1
    server.close()
    server.catch_up()
    for end in ends:
        end.close()


def test_only_the_owner_may_connect(path: str) -> None:
    server = Server(path)
    assert Path(path).stat().st_mode & 0o777 == 0o600
    server.close()


@pytest.mark.parametrize("cut", [0, 3, 10])
async def test_descriptors_belong_to_their_message_however_it_is_cut(heard: Heard, path: str, cut: int) -> None:
    """They arrive with its first byte, which may be long before its last."""
    reading, writing = os.pipe()
    data = wire.frame({"capture": ["stdout"], "worker": None})
    with connect(path) as end:
        with_descriptors(end, data[: cut or len(data)], [reading])
        if cut:
            end.sendall(wire.POKE[:0])
            with connect(path) as another:
                another.sendall(wire.frame({"other": 1}))
                await heard.until(messages=1)
            end.sendall(data[cut:])
        await heard.until(messages=2 if cut else 1)
    message, descriptors = heard.messages[-1]
    assert message["capture"] == ["stdout"]
    os.write(writing, b"through it")
    assert os.read(descriptors[0], 100) == b"through it"
    for descriptor in (*descriptors, reading, writing):
        os.close(descriptor)


async def test_descriptors_that_nobody_takes_are_closed(heard: Heard, path: str) -> None:
    reading, writing = os.pipe()
    with connect(path) as end:
        with_descriptors(end, wire.frame({"role": "stranger"}), [writing])
        await heard.until(messages=1)
    os.close(writing)
    await heard.until(closed=1)
    os.set_blocking(reading, False)
    assert os.read(reading, 1) == b""  # an end of file: no other end is open any more
    os.close(reading)


@pytest.mark.parametrize(
    "data",
    [
        struct.pack(">I", wire.LINE_LIMIT + 1),
        struct.pack(">I", 0xFFFFFFFF) + b"x" * 100,
        struct.pack(">I", 3) + b"{]}",
        struct.pack(">I", 2) + b"\xff\xfe",
        struct.pack(">I", 1) + b"7",
        struct.pack(">I", 2) + b"[]",
        struct.pack(">I", 50_000) + b"[" * 50_000,
        b"GET / HTTP/1.1\r\n\r\n",
    ],
)
async def test_whoever_sends_something_else_is_dropped(heard: Heard, path: str, data: bytes) -> None:
    """And nobody else notices."""
    with connect(path) as good, connect(path) as bad:
        good.sendall(wire.frame({"role": "run"}))
        bad.sendall(data)
        await heard.until(messages=1, closed=1)
        assert bad.recv(1) == b""
        good.sendall(wire.frame({"n": 1}))
        await heard.until(messages=2)
    assert [message for message, _ in heard.messages] == [{"role": "run"}, {"n": 1}]


async def test_commands_reach_the_other_side(heard: Heard, path: str) -> None:
    with connect(path) as end:
        end.sendall(wire.frame({"role": "host"}))
        await heard.until(messages=1)
        (connection,) = heard.connections
        assert connection.send({"do": "run", "folder": "a"})
        assert wire.Frames().feed(end.recv(1000)) == [{"do": "run", "folder": "a"}]
    await heard.until(closed=1)
    assert not connection.send({"do": "run"})


def test_before_there_is_a_loop(path: str) -> None:
    """A host can connect and speak; it is read once there is a loop."""
    server = Server(path)
    end = connect(path)
    end.sendall(wire.frame({"role": "host"}))

    async def attach() -> Heard:
        listener = Heard()
        server.attach(asyncio.get_running_loop(), listener)
        await listener.until(messages=1)
        server.close()
        return listener

    assert asyncio.run(attach()).messages[0][0] == {"role": "host"}
    assert end.recv(1) == b""
    end.close()


messages = st.dictionaries(st.text(), st.integers() | st.text(), min_size=1)


@given(sent=st.lists(messages | st.none()), cuts=st.lists(st.integers(0, 300)))
def test_frames_however_they_are_cut(sent: list[dict[str, Any] | None], cuts: list[int]) -> None:
    data = b"".join(wire.POKE if message is None else wire.frame(message) for message in sent)
    frames = wire.Frames()
    places = sorted({min(cut, len(data)) for cut in cuts} | {len(data)})
    got = [
        message for start, stop in zip([0, *places], places, strict=False) for message in frames.feed(data[start:stop])
    ]
    assert got == sent
