"""Follows the present run, so that answers fill while its tests go on."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from tui.engine.coverage.live import Live

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tui.engine.record.store import Record
    from tui.engine.runs import Runs
    from tui.model.events import Event

_SECONDS = 1.0
"""Least time between two changes that are told."""
_SHARE = 4
"""An answer may take one part of so many of the time until the next."""


def _nothing() -> None:
    return


class Filling:
    """Reads the journals of the present run's record. ``live`` is what it has executed so far, None between runs."""

    def __init__(self, runs: Runs) -> None:
        self.on_change: Callable[[], None] = _nothing
        self.live: Live | None = None
        self.took = 0.0
        """Seconds that the last answer took."""
        self._runs = runs
        self._begun = False
        self._unrecorded: Path | None = None
        """The folder of a run that was started before it was to be followed, and that is not recorded."""
        self._task: asyncio.Task[None] | None = None
        runs.records.after.append(self._taken)

    def begin(self) -> None:
        """Follow every run from now on, the present one too."""
        if self._begun:
            return
        self._begun = True
        self._runs.observers.append(self._seen)
        stream = self._runs.explorer.stream
        if stream is not None and self._runs.companion is None and self._runs.recording == "off":
            self._unrecorded = stream.folder
        self._follow()

    @property
    def is_in_vain(self) -> bool:
        """Whether tests run of which nothing is recorded."""
        stream, run = self._runs.explorer.stream, self._runs.store.run
        if stream is None or run is None or run.collecting or not self._runs.busy:
            return False
        return stream.folder == self._unrecorded

    def _seen(self, event: Event) -> None:
        live = self.live
        stream = self._runs.explorer.stream
        if stream is not None and (live is None or live.folder != stream.folder) and event.run == stream.number:
            self._follow()

    def _follow(self) -> None:
        stream = self._runs.explorer.stream
        if stream is None or not self._runs.busy or stream.folder == self._unrecorded:
            return
        self.live = Live(stream.folder)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._read())

    async def _read(self) -> None:
        last = time.monotonic()
        while (live := self.live) is not None and self._runs.busy:
            if await asyncio.to_thread(live.read) and self._is_present(live):
                self.on_change()
            pause = max(_SECONDS, self.took * _SHARE)
            await asyncio.sleep(max(_SECONDS / 2, pause - (time.monotonic() - last)))
            last = time.monotonic()

    def _is_present(self, live: Live) -> bool:
        return live is self.live

    async def _taken(self, _record: Record) -> None:
        """The run is in the record now."""
        self.live = None
        self.on_change()
