"""Runs that a parked session begins at a save, while it is being found out which tests that save touches."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from typing import TYPE_CHECKING, Any

from tui.engine.folders import write_request
from tui.plugin import wire

if TYPE_CHECKING:
    from pathlib import Path

    from tui.engine.folders import Cache
    from tui.engine.server import Connection
    from tui.engine.warmth.layers import Layers
    from tui.engine.warmth.park import Park

    Heard = tuple[Connection, dict[str, Any], list[int]]

_LATER = frozenset({"run", "everything", "scopes", "items", "sequential", "changed", "saved", "lead", "stage", "fresh"})
"""What of a request may be another thing in the end."""


class Early:
    """One of them. Its process goes on up to the collection of tests, and waits there for the rest of the request."""

    def __init__(self, number: int, folder: Path, request: wire.Request, park: Park) -> None:
        self.number = number
        self.folder = folder
        self.park = park
        self.waits = asyncio.Event()
        """Set when nothing but the tests' names is lacking, or when the process has ended."""
        self.is_usable = True
        """Whether it has neither ended nor failed to import what was edited."""
        self.has_ended = False
        self.handed_over = False
        self._request = request
        self._heard: list[Heard] = []

    def take(self, connection: Connection, message: dict[str, Any], descriptors: list[int]) -> None:
        """Keep what its process says."""
        self._heard.append((connection, message, descriptors))
        self.has_ended = self.has_ended or "exited" in message
        if self.has_ended or "waits" in message:
            self.is_usable = not self.has_ended and not message["broken"]
            self.waits.set()

    def fits(self, request: wire.Request) -> bool:
        """Whether the run can be the one that is asked for now."""
        changed = frozenset(request["changed"]) <= frozenset(self._request["changed"])
        same = _lasting(request) == _lasting(self._request)
        return not self.has_ended and changed and same and self.park.suits(request)

    def hand_over(self, request: wire.Request) -> list[Heard]:
        """Tell its process the rest of the request; all that it has said so far. Raises OSError."""
        file = self.folder / wire.SELECTED_FILE
        unfinished = file.with_suffix(".part")
        unfinished.write_bytes(wire.encode(request))
        unfinished.rename(file)
        self.handed_over = True
        said = [heard for heard in self._heard if not self.answers(heard[0], heard[1])]
        self._heard = []
        return said

    def answers(self, connection: Connection, message: dict[str, Any]) -> bool:
        """Whether the message asks for the rest of the request; then it is answered."""
        asks = "waits" in message
        if asks:
            connection.send({"select": self.number})
        return asks

    def end(self) -> None:
        """Nobody wants it."""
        self.park.command({"do": "signal", "run": self.number, "number": int(signal.SIGKILL)})
        self.forget()

    def forget(self) -> None:
        """What its process has said is of no interest."""
        for _, _, descriptors in self._heard:
            for descriptor in descriptors:
                os.close(descriptor)
        self._heard = []

    def remove(self) -> None:
        """Its process has ended: leave nothing of it. Before that another run might get its number."""
        self.forget()
        shutil.rmtree(self.folder, ignore_errors=True)


def _lasting(request: wire.Request) -> dict[str, object]:
    return {key: value for key, value in request.items() if key not in _LATER}


class Earlies:
    """The early run that may still be wanted, and those that were not."""

    def __init__(self, layers: Layers, cache: Cache) -> None:
        self._layers = layers
        self._cache = cache
        self._present: Early | None = None
        self._taken: Early | None = None
        self._ending: dict[int, Early] = {}

    def begin(self, request: wire.Request) -> Early | None:
        """Begin a run, of which this request holds all but what it selects; None if no parked session can make it."""
        self.drop()
        park = self._layers.park_for_early(request)
        if park is None:
            return None
        try:
            number, folder = self._cache.new_run()
            request["run"] = number
            write_request(folder, request)
        except OSError:
            return None
        park.command({"do": "run", "folder": str(folder), "late": True})
        self._present = Early(number, folder, request, park)
        return self._present

    def taken(self, request: wire.Request) -> Early | None:
        """The early run, if it can become this one; from now on it is an ordinary run."""
        early, self._present = self._present, None
        if early is not None and not early.fits(request):
            self._let_go(early)
            early = None
        self._taken = early
        return early

    def drop(self) -> None:
        """The early run is not wanted any more."""
        early, self._present = self._present, None
        if early is not None:
            self._let_go(early)

    def _let_go(self, early: Early) -> None:
        if early.has_ended:
            early.remove()
        else:
            early.end()
            self._ending[early.number] = early

    def close(self) -> None:
        """All processes end."""
        self.drop()
        for early in self._ending.values():
            early.remove()

    def takes(self, connection: Connection, message: dict[str, Any], descriptors: list[int]) -> bool:
        """Take a message if it is of one of these runs; whether it was."""
        number = message.get("run", message.get("forked", message.get("exited")))
        if self._taken is not None and self._taken.number == number and self._taken.handed_over:
            return self._taken.answers(connection, message)
        early = self._ending.get(number) if number is not None else None
        if early is None and self._present is not None and self._present.number == number:
            early = self._present
        if early is None:
            return False
        early.take(connection, message, descriptors)
        if early is not self._present:
            early.forget()
            if early.has_ended:
                early.remove()
                del self._ending[early.number]
        return True
