"""What can run while it is still being found out what a save touches."""

from __future__ import annotations

import ast
import asyncio
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tui.engine.loop.selecting import known_of, most_likely

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from tui.engine.loop.partners import Memory
    from tui.engine.runs import Runs
    from tui.engine.warmth.early import Early
    from tui.model.impact import Choice
    from tui.model.nodes import Item

WHY = "executes a line that was edited"
_PATIENCE = 0.2
"""Seconds after which it takes long to find out what a save touches: a run from the start is half way to its tests."""


async def vanguard(
    runs: Runs, memory: Memory, early: Early | None, choosing: asyncio.Task[Choice], paths: Collection[str]
) -> list[Item]:
    """The items that most likely show the edits of these files, the most urgent first, if there is time for them.

    There is, if ``early``, which has begun the next run, waits for what that is to run before ``choosing`` is done; or,
    where no such run could be begun, if ``choosing`` takes long.
    """
    # What the files consist of has been asked by then, and what is recorded may have been read.
    await asyncio.wait([choosing], timeout=_PATIENCE if early is None else 0)
    items = [] if choosing.done() else most_likely(runs.store, memory.guess(paths, partial(known_of, runs.store)))
    if not items:
        return []
    if early is not None:
        waiting = asyncio.create_task(early.waits.wait())
        await asyncio.wait([choosing, waiting], return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
    usable = early.is_usable if early is not None else await asyncio.to_thread(_are_well, paths)
    return [] if choosing.done() or not usable or runs.busy else items


def _are_well(paths: Iterable[str]) -> bool:
    """Whether the Python files among these can be compiled, as far as our own Python can tell."""
    try:
        for path in paths:
            if path.endswith(".py"):
                ast.parse(Path(path).read_bytes(), path)
    except (OSError, SyntaxError, ValueError):
        return False
    return True
