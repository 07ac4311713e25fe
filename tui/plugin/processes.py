"""What lies below a process, and how it is ended.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from .posix import calls

if TYPE_CHECKING:
    from collections.abc import Collection


def kill_group(pid: int, number: int) -> None:
    """Send a signal to the group that a run leads, or to the run alone while it does not lead one yet."""
    try:
        calls.killpg(pid, number)
    except OSError:
        kill(pid, number)  # between its fork and its setsid


def kill(pid: int, number: int) -> None:
    """Send a signal to a process that may be gone."""
    try:
        calls.kill(pid, number)
    except OSError:
        pass


def become_subreaper() -> None:
    """On Linux, inherit what runs leave behind, so that it can be ended with the explorer."""
    if not sys.platform.startswith("linux"):
        return
    try:
        import ctypes

        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER, prctl(2)
    except Exception:  # no ctypes in this interpreter: daemons of tests then stay
        pass


def descendants(pid: int, spared: Collection[int] = ()) -> list[int]:
    """Every process below that one but the spared and what is below them, by /proc; empty where there is none."""
    parents: dict[int, list[int]] = {}
    try:
        names = calls.listdir("/proc")
    except OSError:
        return []
    for name in names:
        if name.isdigit():
            parent = _parent_of(name)
            if parent is not None:
                parents.setdefault(parent, []).append(int(name))
    found: list[int] = []
    pending = [pid]
    while pending:
        children = [child for child in parents.get(pending.pop(), []) if child not in spared]
        found += children
        pending += children
    return found


def _parent_of(name: str) -> int | None:
    try:
        return int(calls.read_file(f"/proc/{name}/stat").rpartition(b")")[2].split()[1])
    except (OSError, ValueError, IndexError):
        return None
