"""What can run while it is still being found out what a save touches."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from tui.engine.loop.selecting import known_of, most_likely

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.engine.loop.partners import Memory
    from tui.engine.runs import Runs
    from tui.engine.warmth.early import Early
    from tui.model.impact import Choice
    from tui.model.nodes import Item

WHY = "executes a line that was edited"


async def vanguard(
    runs: Runs, memory: Memory, early: Early, choosing: asyncio.Task[Choice], paths: Iterable[str]
) -> list[Item]:
    """The items that most likely show the edits of these files, the most urgent first, if there is time for them.

    There is, if ``early``, which has begun the next run, waits for what that is to run before ``choosing`` is done.
    """
    await asyncio.sleep(0)  # what the files consist of has been asked by now
    items = most_likely(runs.store, memory.guess(paths, partial(known_of, runs.store)))
    if not items:
        return []
    waiting = asyncio.create_task(early.waits.wait())
    await asyncio.wait([choosing, waiting], return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    return [] if choosing.done() or not early.is_usable or runs.busy else items
