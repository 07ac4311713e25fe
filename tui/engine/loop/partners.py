"""Who the loop works with: those who see files change, those who know what tests execute; and what it is to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping, Sequence
    from pathlib import Path
    from typing import Any

    from tui.model.events import ItemFinished, ItemKey
    from tui.model.impact import Choice, Facts

    Describe = Callable[[Sequence[str]], Awaitable[dict[str, Any]]]


class Seen(Protocol):
    """Files that have changed."""

    @property
    def paths(self) -> Mapping[str, str | None]:
        """Absolute paths with the hash of their content, None for those that are gone."""


class Saves(Protocol):
    """Who sees the files change."""

    @property
    def notes(self) -> tuple[str, ...]:
        """Words for the person."""

    async def start(self) -> None:
        """From its end on no change is missed."""

    def changes(self) -> AsyncIterator[Seen]:
        """Net changes, one burst at a time."""

    def run_began(self) -> None:
        """A run may write files now."""

    async def run_ended(self, wrote: Collection[str]) -> None:
        """It has ended, and wrote these."""

    async def need(
        self, paths: Iterable[str] = (), *, norecursedirs: Sequence[str] | None = None, since: int = 0
    ) -> None:
        """See these files change, too, although something ignores them; and which folders pytest leaves out.

        Of those that are new here, what was written ``since`` then (nanoseconds since the epoch) is a change.
        """

    async def close(self) -> None:
        """See nothing any more."""


class Memory(Protocol):
    """Who knows which test executes what."""

    async def load(self) -> None:
        """Be ready to answer: the first save does not wait for what lies on the disk."""

    async def choose(self, changes: Mapping[str, str | None], describe: Describe, facts: Callable[[], Facts]) -> Choice:
        """What these changes touch; ``facts`` are asked for, in a thread, when the files are known."""

    def guess(self, paths: Iterable[str], known: Callable[[ItemKey], tuple[bool, float] | None]) -> list[ItemKey]:
        """The items that most likely show what was edited in these files, as far as that is known at once.

        ``known`` says of an item whether it failed last time and how many seconds it took; None if it is not there.
        """

    async def take(
        self, folder: Path, describe: Describe, finished: Sequence[ItemFinished]
    ) -> Mapping[str, str | None]:
        """Learn from a run. The files of which it saw another content than they have now, with the hash of that."""

    async def edited_since(self, doubtful: Sequence[str] = ()) -> Mapping[str, str | None]:
        """What was edited while nobody watched; the ``doubtful`` files count as edited."""

    @property
    def read(self) -> Collection[str]:
        """The files, other than code, that tests are known to read."""

    def wrote(self, folder: Path) -> Collection[str]:
        """The files that a run wrote."""


@dataclass(frozen=True, slots=True)
class Policy:
    """``after_green``: what runs when all that edits touched passes: nothing, failed (elsewhere) or all.

    ``on_change``: whether a save during a run restarts it or queues. ``record``: off or selection.
    """

    after_green: str = "failed"
    on_change: str = "restart"
    record: str = "selection"
