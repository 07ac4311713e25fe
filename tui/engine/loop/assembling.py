"""Puts the loop of a project together: who sees the files change, and who knows what tests execute."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.engine.loop.loop import Loop
from tui.engine.loop.partners import Policy
from tui.engine.record import Record
from tui.engine.watching import Rules, Watcher

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from pathlib import Path

    from tui.engine.loop.partners import Describe
    from tui.engine.runs import Runs
    from tui.engine.settings import Settings
    from tui.model.events import ItemFinished
    from tui.model.impact import Choice, Facts
    from tui.model.watch_events import WatchEvent


def loop_of(runs: Runs, settings: Settings, tell: Callable[[WatchEvent], None]) -> Loop:
    """The loop of these runs; it begins when it is told to watch."""
    root = runs.explorer.project.cwd
    rules = Rules(root, watch=settings.watch_files, ignore=settings.ignore_files)
    policy = Policy(settings.after_green, settings.on_change, settings.coverage)
    return Loop(runs, Watcher(root, rules, polling=settings.polling), Records(runs), policy, tell)


class Records:
    """The record of the Python that runs the tests; which one that is, its first session says."""

    def __init__(self, runs: Runs) -> None:
        self._runs = runs
        self._records: dict[str, Record] = {}

    @property
    def _record(self) -> Record:
        session = self._runs.store.session
        python = session.python if session is not None else ""
        if python not in self._records:
            self._records[python] = Record(self._runs.explorer.cache.folder, python)
        return self._records[python]

    async def choose(self, changes: Mapping[str, str | None], describe: Describe, facts: Facts) -> Choice:
        """What these changes touch."""
        return await self._record.choose(changes, describe, facts)

    async def take(self, folder: Path, describe: Describe, finished: Sequence[ItemFinished]) -> None:
        """Learn from a run."""
        await self._record.take(folder, describe, finished)

    async def edited_since(self) -> Mapping[str, str | None]:
        """What was edited while nobody watched."""
        return await self._record.edited_since()

    @property
    def read(self) -> Collection[str]:
        """The files, other than code, that tests are known to read."""
        return self._record.read

    def wrote(self, folder: Path) -> Collection[str]:
        """The files that a run wrote."""
        return self._record.wrote(folder)
