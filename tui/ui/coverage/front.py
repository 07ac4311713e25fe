"""What the screens of the coverage view ask of the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from tui.model.coverage import DiffCoverage, FileLines, FileRegions, Report, Share
    from tui.model.events import ItemKey


class Front(Protocol):
    """The record of a project, seen as coverage. Nothing here raises: what went wrong comes in words."""

    on_change: Callable[[], None]
    """Called when there is more to see; while tests run at most every second."""

    @property
    def version(self) -> int:
        """Another number whenever the record has changed."""

    def begin(self) -> str:
        """Record every run from now on; words for the person, empty where nothing has to be said."""

    async def report(self) -> Report:
        """All files."""

    async def lines(self, path: str) -> FileLines:
        """A file line by line."""

    async def functions(self, path: str) -> FileRegions:
        """The functions and classes of a file."""

    def is_outdated(self, path: str) -> bool:
        """Whether a file is not any more what ``lines`` or ``functions`` has given last."""

    def tests_of(self, path: str, first: int, last: int) -> list[ItemKey]:
        """The tests that executed any of these lines, the fastest and most specific first."""

    async def numbers(self, path: str) -> Mapping[int, int]:
        """How many tests executed each line of a file; lines that none did are left out."""

    async def of_test(self, key: ItemKey) -> list[Share]:
        """What a test executed with its fixtures, file by file."""

    async def diff(self, base: str = "HEAD") -> DiffCoverage:
        """Coverage of the lines that differ from a commit or a branch."""

    async def since_save(self, paths: Iterable[str]) -> str:
        """What is new in these files and not covered, in words; empty if nothing is."""

    async def export(self, kind: str, target: Path) -> str:
        """Write a report through the project's coverage.py; words that say where it went, or why not."""
