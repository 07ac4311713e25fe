"""How much memory this process takes, and how much there is.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import os
import sys

from .calls import calls

MEGABYTE = 1 << 20
_RESERVE = 512 * MEGABYTE
_UNLIMITED = 1 << 60
"""cgroups of version 1 say a number near 2**63 for no limit."""


class Memory:
    """Asks /proc and the control groups of this process. ``root`` is where these file systems lie."""

    def __init__(self, root: str = "") -> None:
        self._root = root
        self._page = os.sysconf("SC_PAGE_SIZE")
        self._groups = self._find_groups()

    def resident(self) -> int:
        """Bytes of this process that are in memory; 0 where that cannot be known."""
        try:
            return int(calls.read_file(f"{self._root}/proc/self/statm").split()[1]) * self._page
        except (OSError, ValueError, IndexError):
            return _peak()

    def available(self) -> int | None:
        """Bytes that can still be had, by the machine and by every group; None where that cannot be known."""
        found: list[int] = []
        try:
            lines = calls.read_file(f"{self._root}/proc/meminfo").splitlines()
            found += [int(line.split()[1]) * 1024 for line in lines if line.startswith(b"MemAvailable:")]
        except (OSError, ValueError, IndexError):
            pass
        for folder, limit, usage, cache in self._groups:
            left = _left(folder, limit, usage, cache)
            if left is not None:
                found.append(left)
        return min(found) if found else None

    def lack(self, resident: int) -> str:
        """Why another copy of a process of that size must not be made, in words; empty when it may."""
        available = self.available()
        needed = max(_RESERVE, resident * 3 // 2)
        if available is None or available >= needed:
            return ""
        return f"memory is short: {available // MEGABYTE} MB are left, and {needed // MEGABYTE} MB should be"

    def _find_groups(self) -> list[tuple[str, str, str, bytes]]:
        """Folder, names of the files with limit and usage, key of what can be reclaimed; of each group with a limit."""
        groups: list[tuple[str, str, str, bytes]] = []
        try:
            lines = calls.read_file(f"{self._root}/proc/self/cgroup").decode("utf-8", "surrogateescape").splitlines()
        except OSError:
            return groups
        for line in lines:
            _, _, rest = line.partition(":")
            controllers, _, path = rest.partition(":")
            if not controllers:
                names = ("memory.max", "memory.current", b"inactive_file")
                groups += self._levels(f"{self._root}/sys/fs/cgroup", path, *names)
                groups += self._levels(f"{self._root}/sys/fs/cgroup/unified", path, *names)
            elif "memory" in controllers.split(","):
                older = ("memory.limit_in_bytes", "memory.usage_in_bytes", b"total_inactive_file")
                groups += self._levels(f"{self._root}/sys/fs/cgroup/memory", path, *older)
        return groups

    def _levels(self, mount: str, path: str, limit: str, usage: str, cache: bytes) -> list[tuple[str, str, str, bytes]]:
        """The group and those above it. The path may be one outside of a container, where only the top is to be had."""
        found: list[tuple[str, str, str, bytes]] = []
        path = path.rstrip("/")
        while True:
            if _number(f"{mount}{path}/{limit}") is not None:
                found.append((mount + path, limit, usage, cache))
            if not path:
                return found
            path = path.rpartition("/")[0]


def _left(folder: str, limit: str, usage: str, cache: bytes) -> int | None:
    bound, used = _number(f"{folder}/{limit}"), _number(f"{folder}/{usage}")
    if bound is None or used is None:
        return None
    reclaimable = 0
    try:
        for line in calls.read_file(f"{folder}/memory.stat").splitlines():
            if line.startswith(cache + b" "):
                reclaimable = int(line.split()[1])
    except (OSError, ValueError, IndexError):
        pass
    return max(0, bound - used + min(reclaimable, used))


def _number(path: str) -> int | None:
    """The number in that file; None where there is none, or none that limits anything."""
    try:
        number = int(calls.read_file(path))
    except (OSError, ValueError):
        return None
    return number if number < _UNLIMITED else None


def _peak() -> int:
    try:
        import resource
    except ImportError:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
