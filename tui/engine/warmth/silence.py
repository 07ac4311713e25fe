"""Processes that were to begin a run, and of which nothing is heard.

They were stopped, or wait for a lock that a thread of their parent held when they were forked.
"""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

_PATIENCE = 3.0
"""Seconds that a process may be asleep before it says that it has begun: it has nothing to wait for but the disk."""
_STEP = 0.5
"""Seconds that count at the most between two looks: we may have been suspended ourselves."""
_ASLEEP = (b"S", b"T")
"""States of a process that waits, and of one that was stopped."""


class Silence:
    """How long that one process has been asleep which is waited for now. What the processor is busy with counts not."""

    def __init__(self) -> None:
        self._pid = 0
        self._at = 0.0
        self._asleep = 0.0

    def lasts(self, pid: int) -> bool:
        """Whether it has been asleep for too long."""
        now = time.monotonic()
        step, self._at = min(now - self._at, _STEP), now
        if pid != self._pid:
            self._pid, self._asleep = pid, 0.0
        elif _state(pid) in _ASLEEP:
            self._asleep += step
        else:
            self._asleep = 0.0
        return self._asleep >= _PATIENCE

    def end(self) -> None:
        """Kill it, with its group if it leads one."""
        for kill in (os.killpg, os.kill):
            with suppress(OSError):
                kill(self._pid, signal.SIGKILL)
        self._pid = 0


def is_stopped(pid: int) -> bool:
    """Whether a signal has stopped the process."""
    return _state(pid) == b"T"


def _state(pid: int) -> bytes:
    """The letter that Linux gives it; empty elsewhere."""
    try:
        return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0]
    except (OSError, IndexError):
        return b""
