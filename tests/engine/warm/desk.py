"""A person at work: saves files, has tests run, waits until the processes for the next run are ready."""

from __future__ import annotations

import asyncio
import os
import sys
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from tui.engine.explorer import Explorer, Order, Project
from tui.engine.interpreter import Interpreter
from tui.engine.request import Selection
from tui.engine.stream import RunStream
from tui.model import events as ev

SECONDS = 60
"""After which a test gives up; nothing is measured by it."""
Kind = TypeVar("Kind")


@dataclass(frozen=True)
class Result:
    """A run that has ended."""

    words: str
    events: list[ev.Event]
    folder: Path
    text: str

    @property
    def outcomes(self) -> dict[str, str]:
        """By the name of the test."""
        return {event.nodeid.rpartition("::")[2]: event.status.word for event in self.all(ev.ItemFinished)}

    @property
    def exit(self) -> int:
        return self.one(ev.SessionFinished).exit

    def all(self, kind: type[Kind]) -> list[Kind]:
        return [event for event in self.events if isinstance(event, kind)]

    def one(self, kind: type[Kind]) -> Kind:
        (event,) = self.all(kind)
        return event


class Desk:
    """A project and its explorer."""

    def __init__(self, folder: Path, *args: str, python: str = sys.executable) -> None:
        self.folder = folder
        self.explorer = Explorer(Project(folder, Interpreter(python, "test"), args))
        self._closed = False

    def close(self) -> None:
        """End the explorer, once."""
        if not self._closed:
            self._closed = True
            self.explorer.close()

    def write(self, name: str, text: str) -> str:
        """Save a file; its path."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return str(path)

    def begin(self, *edited: str, names: tuple[str, ...] = (), **options: Any) -> RunStream:
        """Begin a run after these files were edited; ``names`` are nodeids of the only tests that it is to run."""
        items = tuple((name, 0, str(self.folder / name.partition("::")[0])) for name in names)
        selection = Selection(items=items, size=len(items)) if names else Selection()
        changed = frozenset(str(self.folder / name) for name in edited)
        return self.explorer.run(Order(selection, changed=changed, **options))

    async def follow(self, stream: RunStream) -> Result:
        async with asyncio.timeout(SECONDS):
            events = [event async for batch in stream.batches() for event in batch]
        text = stream.output.read_text(errors="replace") if stream.output.exists() else ""
        faults = [
            event.text for event in events if isinstance(event, ev.ProtocolError) and "repeated" not in event.text
        ]
        assert faults == []
        return Result(self.explorer.warmth, events, stream.folder, text)

    async def run(self, *edited: str, **options: Any) -> Result:
        return await self.follow(self.begin(*edited, **options))

    async def save(self, name: str, text: str, **options: Any) -> Result:
        """Save one file and run."""
        self.write(name, text)
        return await self.run(name, **options)

    async def rest(self) -> None:
        """Until everything is ready that can be."""
        self.explorer.rested()
        layers = self.explorer._layers
        await until(lambda: layers._state == "warm" and all(park.ready for park in layers.parks))

    async def parked(self, name: str) -> None:
        """Until a session waits before that file, which was edited."""
        await self.rest()
        await self.run(name)
        await self.rest()
        assert name in self.hot, self.explorer._layers.parks.unparkable

    @property
    def hot(self) -> list[str]:
        """Files before which sessions wait."""
        return [os.path.relpath(park.hot, self.folder) for park in self.explorer._layers.parks]

    @property
    def unparkable(self) -> str:
        return self.explorer._layers.parks.unparkable


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(SECONDS):
        while not condition():  # noqa: ASYNC110 - what is waited for happens in other processes
            await asyncio.sleep(0.01)
