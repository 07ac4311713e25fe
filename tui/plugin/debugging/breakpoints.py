"""Breakpoints that the person has set in Redbar, in the debugger of a run.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

from typing import Any


class Breakpoints:
    """Those that have been set. What the person clears in the debugger itself is not set again."""

    def __init__(self) -> None:
        self._known: set[tuple[str, int]] = set()

    def become(self, debugger: Any, wanted: list[tuple[str, int]]) -> None:
        """Set those in ``wanted``, absolute path and line, that are new; clear those that are not wanted any more."""
        asked = set(wanted)
        for path, line in sorted(asked - self._known):
            mark(debugger, path, line)
        for path, line in sorted(self._known - asked):
            path = debugger.canonic(path)  # noqa: PLW2901 - the debugger's way to write it
            if any(getattr(each, "of_the_run", False) for each in debugger.get_breaks(path, line)):
                debugger.clear_break(path, line)
        self._known = asked


def mark(debugger: Any, path: str, line: int, *, once: bool = False) -> None:
    """Set a breakpoint, unless there is one."""
    path = debugger.canonic(path)
    if line in debugger.get_file_breaks(path):
        return
    if debugger.set_break(path, line, temporary=once) is None:
        for each in debugger.get_breaks(path, line):
            each.of_the_run = True
