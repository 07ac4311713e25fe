"""Runs of a whole suite: what failed in one is the truth that a selection is held against."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.engine.explorer import Explorer, Order, Project
from tui.engine.interpreter import Interpreter
from tui.model import events as ev
from tui.model.impact import Facts

if TYPE_CHECKING:
    import argparse
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Outcome:
    """A run of the suite: its items in order, those that failed, and whether it came to an end in time."""

    facts: Facts
    folder: Path
    finished: list[ev.ItemFinished]
    broken: frozenset[str]
    """Nodeids of collectors that failed."""
    ended: bool

    @property
    def failing(self) -> set[str]:
        """Nodeids of the items that failed."""
        return {nodeid for nodeid, _ in self.facts.failed}


class Suite:
    """The copy of a project and what runs in it."""

    def __init__(self, root: Path, options: argparse.Namespace) -> None:
        self.root = root
        self._options = options
        arguments = ("-p", "no:cacheprovider", "--continue-on-collection-errors", *options.arguments)
        off = () if not options.testmon else ("-p", "no:testmon")
        self._off = off
        python = shutil.which(options.python) or options.python
        self.explorer = Explorer(Project(root, Interpreter(python, "--python"), arguments))

    async def run(self, record: str = "off", extra: tuple[str, ...] | None = None) -> Outcome:
        """Run everything, for no longer than the limit."""
        explorer = self.explorer
        order = Order(record=record, cold=True, extra=self._off if extra is None else extra)
        stream = explorer.run(order)
        timer = asyncio.get_running_loop().call_later(self._options.limit, lambda: (explorer.stop(), explorer.stop()))
        events = [event async for batch in stream.batches() for event in batch]
        ended = not stream.stopping
        timer.cancel()
        shutil.rmtree(self.root / ".hypothesis", ignore_errors=True)
        return _outcome(events, stream.folder, ended=ended)


def _outcome(events: list[ev.Event], folder: Path, *, ended: bool) -> Outcome:
    items: dict[tuple[str, int], str] = {}
    fixtures: dict[tuple[str, int], tuple[str, ...]] = {}
    for event in events:
        if isinstance(event, ev.CollectionFinished):
            items = {(item.nodeid, item.index): item.file_path for item in event.items}
            fixtures = {(item.nodeid, item.index): item.fixtures for item in event.items}
    finished = [event for event in events if isinstance(event, ev.ItemFinished)]
    broken = {event.nodeid for event in events if isinstance(event, ev.CollectorReported) and event.outcome == "failed"}
    failed = frozenset((event.nodeid, event.index) for event in finished if event.status.is_bad)
    seconds = {(event.nodeid, event.index): event.duration for event in finished}
    whole = ended and bool(items) and not any(isinstance(event, ev.InternalError) for event in events)
    return Outcome(Facts(items, failed, seconds, fixtures), folder, finished, frozenset(broken), whole)
