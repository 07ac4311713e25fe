"""A parked session as the engine knows it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from tui.engine.warmth.modules import module_name
from tui.plugin import wire

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from tui.engine.server import Connection


class Park:
    """A session that stops before ``hot`` is imported. Not to be used before it is ready, nor after it is gone."""

    def __init__(self, number: int, folder: Path, wanted: wire.ParkRequest) -> None:
        """Write the request into ``folder``. Raises OSError."""
        self.number = number
        self.hot = wanted["hot"][0]
        self.wanted = wanted
        self.gone = False
        self._stock = wanted["later"], wanted["changed"]
        """Of which files it was last told to keep code, and which of them had been edited."""
        self._stale = False
        """Whether one of them is another one by now."""
        self.outlived = False
        """Whether it stays only until its run is over."""
        self._folder = folder
        self._connection: Connection | None = None
        self._parked: wire.Parked | None = None
        folder.mkdir(mode=0o700)
        (folder / wire.PARK_FILE).write_bytes(wire.encode(wanted))

    @property
    def folder(self) -> str:
        """Where its files lie."""
        return str(self._folder)

    def connected(self, connection: Connection) -> None:
        """It has stopped where it was told to."""
        self._connection = connection
        try:
            self._parked = wire.decode((self._folder / wire.PARKED_FILE).read_bytes())
        except (OSError, ValueError):
            self.leave()

    @property
    def pid(self) -> int:
        """The number of its process; -1 as long as it is not known."""
        return int(self._connection.hello["pid"]) if self._connection is not None else -1

    @property
    def ready(self) -> bool:
        """Whether it waits for a run."""
        return self._parked is not None and not self.gone

    @property
    def alive(self) -> bool:
        """The same."""
        return self.ready

    @property
    def unfit(self) -> str:
        """Why it must not be used, in words; empty if it may."""
        return self._parked["unfit"] if self._parked is not None else ""

    @property
    def passing(self) -> bool:
        """Whether it might be fit if it were made again after another edit."""
        return self._parked is not None and self._parked["passing"]

    def was_told(self, ahead: Collection[list[str]]) -> bool:
        """Whether it was to load all these modules, names and files, ahead."""
        return all(each in self.wanted["ahead"] for each in ahead)

    def edited(self, paths: Collection[str]) -> None:
        """These files have been saved."""
        self._stale = self._stale or any(file in paths for file, _ in self._stock[0])

    def stock(self, later: list[tuple[str, bool]], edited: list[str]) -> None:
        """Have it keep code of these files, the ``edited`` ones with care."""
        if self.ready and (self._stale or self._stock[0] != later):
            self._stock, self._stale = (later, edited), False
            self.command({"do": "stock", "files": later, "paths": edited})

    @property
    def loaded(self) -> int:
        """How many files it has read."""
        return len(self._parked["files"]) if self._parked is not None else 0

    def suits(self, request: wire.Request) -> bool:
        """Whether a run with that request could be made of it."""
        wanted = self.wanted
        if not self.ready or self.unfit or self.outlived or self._parked is None or request["debug"] is not None:
            return False
        if self._parked["dropped"] and not request["sequential"]:
            return False
        same = (wanted["args"], wanted["record"], wanted["cwd_on_path"])
        return same == (request["args"], request["record"], request["cwd_on_path"])

    def outdated(self) -> str | None:
        """A file or folder that it has read and that is another one now."""
        if self._parked is None:
            return None
        for path, known in self._parked["files"].items():
            if wire.state_of(path) != known:
                return path
        return None

    def conflicts(self, paths: Collection[str]) -> bool:
        """Whether these files, just edited, could change what it has loaded, although it has not read them."""
        if self._parked is None:
            on_its_way = {file for _, file in self.wanted["ahead"]}
            return any(path in on_its_way or Path(path).name == "conftest.py" for path in paths)
        modules, files = self._parked["modules"], self._parked["files"]
        for path in paths:
            if path in files:
                return True
            if os.path.basename(path) == "conftest.py" and path != self.hot:  # noqa: PTH119 - on the way of a save
                return True
            if path.endswith(".py") and path != self.hot and modules.get(module_name(path), path) != path:
                return True
        return False

    def command(self, command: wire.Command) -> None:
        """Send a command."""
        if self._connection is not None:
            self._connection.send(command)

    @property
    def is_connected(self) -> bool:
        """Whether it can be told anything."""
        return self._connection is not None and not self.gone

    def belongs(self, connection: Connection) -> bool:
        """Whether that is its connection."""
        return connection is self._connection

    def leave(self, keep: Sequence[int] = ()) -> None:
        """Send it away, and what it has started with it but for the processes ``keep``."""
        self.command({"do": "leave", "keep": list(keep)})
        self.gone = True

    def ending(self) -> str:
        """How it ended, in words."""
        return "it is gone"

    def words(self) -> tuple[str, str]:
        """Why it is not there."""
        return "The parked session has ended.", ""

    def signal(self, number: int) -> None:
        """A park is always connected when something is to be stopped."""
