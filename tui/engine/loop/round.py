"""One round of the loop: from the first save after a rest to the next rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model import events as ev
from tui.model.pending import AFFECTED

if TYPE_CHECKING:
    from tui.model.pending import Pending


class Round:
    """What has to run before the first verdict, and whether it failed."""

    def __init__(self) -> None:
        self.bad = False
        """Whether anything that the edits surely touch has failed."""
        self.ran = False
        """Whether anything of it has run, or failed to."""
        self.told = False
        """Whether the verdict on it has been given."""
        self.went_on = False
        """Whether the policy for the time after green was asked."""
        self.chosen = False
        """Whether it is known what the edits touch; before that a run may only show what is likely."""
        self.run = 0
        """The run of the loop's own that is on."""
        self.done: set[ev.ItemKey] = set()
        """Items that have run since the last edit."""
        self.went_ahead = False
        """Whether the most urgent tests have run ahead of the others."""
        self._might: set[ev.ItemKey] = set()
        self._left: set[ev.ItemKey] | None = None
        self._edited_in = 0
        self._before: tuple[int, bool, bool, bool, bool, bool, set[ev.ItemKey]]
        """All that counts from the last edit on, as it was when that was made."""

    def begin(self, run: int, pending: Pending) -> None:
        """A run of the loop has begun; what only might be touched is no matter of its first verdict."""
        self.run = run
        self._left = None
        self._might = {key for key, due in pending.items.items() if due.tier > AFFECTED}

    def again(self, run: int) -> None:
        """Another edit before the rest, while ``run`` was the last one: its verdict is to come."""
        self._before = (self._edited_in, self.bad, self.ran, self.told, self.went_on, self.went_ahead, self.done)
        self._edited_in = run
        self.bad = False
        self.ran = False
        self.told = False
        self.went_on = False
        self.went_ahead = False
        self.chosen = False
        self.done = set()

    def nothing_new(self) -> None:
        """The last edit touches nothing: it is as if it had not been made."""
        self._edited_in, bad, ran, told, self.went_on, self.went_ahead, done = self._before
        self.bad |= bad
        self.ran |= ran
        self.told |= told
        self.done |= done

    def take(self, event: ev.Event) -> None:
        """Take an event of a run."""
        if event.run != self.run:
            return
        match event:
            case ev.CollectionFinished():
                self._left = {(item.nodeid, item.index) for item in event.items} - self._might
            case ev.ItemFinished():
                self._finished(event)
            case ev.CollectorReported(outcome="failed") | ev.NotStarted() | ev.InternalError():
                self.ran = self.bad = True
            case _:
                pass

    def _finished(self, event: ev.ItemFinished) -> None:
        key = (event.nodeid, event.index)
        if event.run > self._edited_in:
            self.done.add(key)
        if key not in self._might:
            self.ran = True
            self.bad = self.bad or event.status.is_bad
            if self._left is not None:
                self._left.discard(key)

    @property
    def is_through(self) -> bool:
        """Whether the first verdict can be given while the run goes on."""
        return self._left is not None and not self._left and not self.told
