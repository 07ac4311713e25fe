"""What another process has cost so far. Linux alone tells that closely enough."""

from __future__ import annotations

import time
from pathlib import Path


def cpu_seconds(pid: int) -> float:
    """CPU time of all threads of a process, to the microsecond. Raises OSError for one that has ended."""
    return time.clock_gettime(~pid << 3 | 2)  # its CPU clock: clock_getcpuclockid(3)


def resident_megabytes(pid: int) -> float:
    """Memory of a process that lies in RAM, pages shared with others included. Raises OSError."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise OSError("A process without memory has ended.")
