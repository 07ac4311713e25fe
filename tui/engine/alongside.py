"""What a run records is read while it goes on, so that little is left to do when somebody waits for it."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

_EVERY = 2.0
"""Seconds between two times: of a run that takes less, all is read when it is over."""


class Alongside:
    """Of one run. ``read`` reads what there is."""

    def __init__(self, read: Callable[[], Awaitable[None]]) -> None:
        self._read = read
        self._last = time.monotonic()
        self._reading: asyncio.Task[None] | None = None

    def look(self) -> None:
        """There may be more: read it, if it is time for that, beside whatever else is done."""
        if time.monotonic() - self._last >= _EVERY and (self._reading is None or self._reading.done()):
            self._reading = asyncio.create_task(self._look())

    async def _look(self) -> None:
        await self._read()
        self._last = time.monotonic()
