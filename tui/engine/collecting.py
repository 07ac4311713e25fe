"""The collection that tells what there is: whether one is still to be made."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.model.store import Store


class FirstCollection:
    """It may be cut short by a run that a person wants at once, or make way for the answer to a save."""

    def __init__(self, store: Store) -> None:
        self.made_way = False
        """Whether it was stopped for a save, and is to begin again."""
        self._store = store
        self._is_due = False
        self._forgiven = -1
        """The run in which pytest could not start, before something was edited."""

    def make_way(self) -> None:
        """It is being stopped, and does not begin again before ``resume``."""
        self.made_way, self._is_due = not self._store.complete, False

    def resume(self) -> None:
        """It may begin again when nothing else is to run."""
        self._is_due = True

    def try_again(self) -> None:
        """Something was edited, and so pytest may be able to collect what it could not."""
        run = self._store.run
        if not self._store.complete and run is not None and run.problem:
            self.made_way = self._is_due = True
            self._forgiven = run.number

    def began(self) -> None:
        """A collection has begun."""
        self.made_way = False

    @property
    def is_lacking(self) -> bool:
        """Whether one should begin now."""
        run = self._store.run
        if self._store.complete or run is None or (run.problem and run.number != self._forgiven):
            return False
        return self._is_due if self.made_way else not run.collecting
