from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.engine.debugging.sitting import Child, Join, Tty
from tui.engine.debugging.desk import Desk
from tui.engine.debugging.policy import Policy
from tui.engine.server import Connection, Server


@pytest.fixture
def tty() -> Iterator[Tty]:
    """A terminal and the person before it."""
    made = Tty()
    yield made
    made.close()


class Office:
    """A desk behind a real socket."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def on_message(self, connection: Connection, message: dict[str, Any], _: list[int]) -> None:
        if message.get("role") == "frozen":
            self.desk.connected(connection, message)
        elif "role" not in message:
            self.desk.said(connection, message)

    def on_poke(self, _: Connection) -> None:
        raise AssertionError

    def on_closed(self, connection: Connection) -> None:
        self.desk.closed(connection)


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Room for three frozen failures, and nothing to lend to them."""
    monkeypatch.setattr("tui.engine.lending.lent", lambda _: {})
    return Desk(Policy(limit=3, memory=1 << 40, attended=True))


@pytest.fixture
async def join(desk: Desk) -> AsyncIterator[Join]:
    """Connects a made-up process: ``join(hello)``."""
    folder = Path(tempfile.mkdtemp(prefix="t", dir="/tmp"))
    server = Server(str(folder / "s"))
    server.attach(asyncio.get_running_loop(), Office(desk))
    children: list[Child] = []

    def connect(hello: dict[str, object]) -> Child:
        children.append(Child(str(folder / "s"), hello))
        return children[-1]

    yield connect
    for child in children:
        child.close()
    server.close()
    shutil.rmtree(folder)
