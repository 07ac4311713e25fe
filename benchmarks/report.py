"""The table that every benchmark prints: what, bound, both sides, ratio, verdict."""

from __future__ import annotations

import os
import platform
import sys
from dataclasses import dataclass

_HEADER = ("what", "bound", "plain", "redbar", "ratio", "")


@dataclass(frozen=True, slots=True)
class Row:
    """One measured thing. ``plain`` and ``ours`` are texts with their unit; ``within`` None when there is no bound."""

    what: str
    bound: str
    plain: str
    ours: str
    ratio: float | None = None
    within: bool | None = None

    def cells(self) -> tuple[str, ...]:
        """The texts of its columns."""
        verdict = {None: "", True: "ok", False: "OVER"}[self.within]
        return self.what, self.bound, self.plain, self.ours, "" if self.ratio is None else f"{self.ratio:.3f}", verdict


def table(rows: list[Row]) -> str:
    """Rows below a header, in columns; numbers to the right."""
    lines = [_HEADER, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_HEADER))]
    left = (0, 1, 5)
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column in left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def machine() -> str:
    """What it ran on, and how busy that was."""
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    return f"Python {platform.python_version()} on {platform.system()}, {os.cpu_count()} cores, load {load}"


def finish(rows: list[Row], *, strict: bool) -> int:
    """Print the table; the exit code: 1 when ``strict`` and a bound is not held, else 0."""
    sys.stdout.write(f"{table(rows)}\n{machine()}\n")
    return int(strict and any(row.within is False for row in rows))
