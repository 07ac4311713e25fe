"""What a process and all below it have cost, and their end. Linux only: it reads ``/proc``."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path

_TICK = 1 / os.sysconf("SC_CLK_TCK")
_PAUSE = 0.25
_CALM = 3
"""Pauses without work in which a tree of processes counts as at rest."""


def descendants(pid: int) -> list[int]:
    """The process and all that descend from it."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        fields = _stat(entry.name) if entry.name.isdecimal() else []
        if fields:
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    found = [pid]
    for each in found:
        found += children.get(each, ())
    return found


def cpu_seconds(pid: int) -> float:
    """CPU time of a process and of all below it, those that have ended included, to a tick of the clock (10 ms)."""
    ticks = 0
    for each in descendants(pid):
        fields = _stat(str(each))
        ticks += sum(map(int, fields[11:15]))
    return ticks * _TICK


def settle(pid: int, limit: float = 60.0) -> None:
    """Return when the tree has done next to nothing for a while, at the latest after ``limit`` seconds."""
    until = time.monotonic() + limit
    calm, before = 0, cpu_seconds(pid)
    while calm < _CALM and time.monotonic() < until:
        time.sleep(_PAUSE)  # nobody tells that other programs are at rest
        now = cpu_seconds(pid)
        calm = calm + 1 if now - before <= 2 * _TICK else 0
        before = now


def end(process: subprocess.Popen[str], grace: float = 5.0) -> None:
    """End a program with all that descends from it: politely, and by force what is left after ``grace`` seconds."""
    found = descendants(process.pid)
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(grace)
    for each in found:
        with contextlib.suppress(ProcessLookupError):
            os.kill(each, signal.SIGKILL)
    process.wait()


def _stat(pid: str) -> list[str]:
    """The fields of its line behind the name; none if it has ended."""
    try:
        return Path("/proc", pid, "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
