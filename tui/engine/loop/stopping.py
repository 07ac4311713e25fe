"""Stops what runs, so that a save is answered first."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tui.engine.loop.settling import pend

if TYPE_CHECKING:
    from tui.engine.runs import Runs
    from tui.model.pending import Pending

_PATIENCE = 1.0
"""Seconds in which an interrupted run has to end that has not begun with any test: it has nothing to tear down."""


class Stopping:
    """Of runs that a save overtook. What they have not done is not lost."""

    def __init__(self, runs: Runs) -> None:
        self._runs = runs
        self.restarting = False
        """Whether a run has been stopped, and another is to come."""

    def put_off_collection(self) -> None:
        """A collection waits until the save is answered: of a few files that takes less, and it may be stuck."""
        self._runs.collection.make_way()
        self._runs.stop()
        self._insist_soon()

    def restart(self, pending: Pending) -> None:
        """Stop the present run; what it would have run is pending now, too."""
        run = self._runs.store.run
        if run is None or not self._runs.busy:
            return
        self.restarting = True
        if not run.collecting:
            pend(pending, self._runs.store.unfinished(), 3, run.number - 1)
        self._runs.stop()
        self._insist_soon()

    def _insist_soon(self) -> None:
        run = self._runs.store.run

        def insist() -> None:
            if run is self._runs.store.run and run is not None and self._runs.busy and run.first_item is None:
                self._runs.stop()  # the second time by force

        asyncio.get_running_loop().call_later(_PATIENCE, insist)
