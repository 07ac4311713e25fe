"""Puts the loop of a project together: who sees the files change, and who knows what tests execute."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.engine.loop.loop import Loop
from tui.engine.loop.partners import Policy
from tui.engine.watching import Rules, Watcher

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.engine.runs import Runs
    from tui.engine.settings import Settings
    from tui.model.watch_events import WatchEvent


def loop_of(runs: Runs, settings: Settings, tell: Callable[[WatchEvent], None]) -> Loop:
    """The loop of these runs; it begins when it is told to watch."""
    root = runs.explorer.project.cwd
    rules = Rules(root, watch=settings.watch_files, ignore=settings.ignore_files)
    policy = Policy(settings.after_green, settings.on_change, settings.coverage)
    return Loop(runs, Watcher(root, rules, polling=settings.polling), runs.records, policy, tell)
