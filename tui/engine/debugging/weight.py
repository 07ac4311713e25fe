"""What kept processes take of memory."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_SOON = 1.0
"""Seconds from a change to a look at the memory; changes come in bursts."""
_BETWEEN = 5.0
"""Seconds between two looks while a run goes on."""


def weigh(pid: int) -> int | None:
    """Bytes that a process takes, pages shared with others counted in part (PSS); None if nothing is known of it.

    Where the kernel does not tell the share, what it has of memory at all (RSS).
    """
    with suppress(OSError, ValueError, IndexError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) << 10
    with suppress(OSError, ValueError, IndexError):
        for line in Path(f"/proc/{pid}/status").read_text("utf-8", "replace").splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) << 10
    return None


def weigh_all(pids: Iterable[int]) -> dict[int, int]:
    """Bytes by process, of those of which anything is known."""
    weights = ((pid, weigh(pid)) for pid in pids)
    return {pid: weight for pid, weight in weights if weight is not None}


class Scales:
    """Weighs ``pids`` a while after they have changed, and again and again during a run.

    In a thread, since it takes up to ten milliseconds for a big process.
    """

    def __init__(self, weighed: Callable[[Mapping[int, int]], None]) -> None:
        self.pids: list[int] = []
        self._weighed = weighed
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
        self._again = False

    def weigh_soon(self) -> None:
        """Something has been added."""
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_SOON, self._begin)

    def keep_weighing(self) -> None:
        """Look again and again from now on."""
        self._again = True

    def rest(self) -> None:
        """Look once more, and no more then."""
        self._again = False
        if self.pids:
            self.weigh_soon()

    def _begin(self) -> None:
        self._timer = None
        if self.pids and (self._task is None or self._task.done()):
            self._task = asyncio.create_task(self._weigh())

    async def _weigh(self) -> None:
        weights = await asyncio.to_thread(weigh_all, list(self.pids))
        self._weighed(weights)
        if self._again and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_BETWEEN, self._begin)
