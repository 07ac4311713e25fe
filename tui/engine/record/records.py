"""The records of one explorer: one for each Python that has run its tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.engine.record.store import Record

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
    from pathlib import Path

    from tui.engine.record.description import Describe
    from tui.model.events import ItemFinished, ItemKey
    from tui.model.impact import Choice, Facts


class Records:
    """The record of the Python that runs the tests; which one that is, its first session says.

    ``before`` and ``after`` are awaited around the moment when a run is taken in, ``saving`` when files were saved,
    while the record still has what they held before.
    """

    def __init__(self, folder: Path, python: Callable[[], str]) -> None:
        """``folder`` is the project's cache; ``python`` tells the version, "" as long as it is not known."""
        self._folder = folder
        self._python = python
        self._records: dict[str, Record] = {}
        self.before: list[Callable[[Record], Awaitable[None]]] = []
        self.after: list[Callable[[Record], Awaitable[None]]] = []
        self.saving: list[Callable[[Record, Collection[str]], Awaitable[None]]] = []

    @property
    def present(self) -> Record:
        """The record that holds now."""
        python = self._python()
        if python not in self._records:
            self._records[python] = Record(self._folder, python)
        return self._records[python]

    async def load(self) -> None:
        """Read the record that holds now, before anybody waits for an answer."""
        await self.present.load()

    async def choose(self, changes: Mapping[str, str | None], describe: Describe, facts: Callable[[], Facts]) -> Choice:
        """What these changes touch; ``facts`` are asked for when the files are known."""
        record = self.present
        for call in self.saving:
            await call(record, changes.keys())
        return await record.choose(changes, describe, facts)

    def guess(self, paths: Iterable[str], known: Callable[[ItemKey], tuple[bool, float] | None]) -> list[ItemKey]:
        """The items that most likely show what was edited in these files."""
        return self.present.guess(paths, known)

    async def read_along(self, folder: Path, describe: Describe) -> None:
        """Read what a run that goes on has recorded so far."""
        await self.present.read_along(folder, describe)

    async def take(
        self, folder: Path, describe: Describe, finished: Sequence[ItemFinished]
    ) -> Mapping[str, str | None]:
        """Learn from a run. The files of which it saw another content than they have now, with the hash of that."""
        record = self.present
        for call in self.before:
            await call(record)
        moved = await record.take(folder, describe, finished)
        for call in self.after:
            await call(record)
        return moved

    async def edited_since(self, doubtful: Sequence[str] = ()) -> Mapping[str, str | None]:
        """What was edited while nobody watched; the ``doubtful`` files count as edited."""
        return await self.present.edited_since(doubtful)

    @property
    def read(self) -> Collection[str]:
        """The files, other than code, that tests are known to read."""
        return self.present.read

    def wrote(self, folder: Path) -> Collection[str]:
        """The files that a run wrote."""
        return self.present.wrote(folder)
