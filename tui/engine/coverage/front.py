"""The front of coverage: answers for the screen and the command line, out of what runs have recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model.coverage import DiffCoverage, FileLines, Report, Share

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from tui.engine.runs import Runs
    from tui.engine.settings import Settings
    from tui.model.events import ItemKey


def _nothing() -> None:
    return


class Coverage:
    """What is covered, file by file, line by line, test by test.

    Paths that go in may be absolute or relative to the rootdir; those that come out are relative to it where they lie
    below it. Nothing here raises for what a project, its files or its coverage.py are like: words say what is wrong.
    """

    def __init__(self, runs: Runs, settings: Settings) -> None:
        self.on_change: Callable[[], None] = _nothing
        """Called when the answers are different: at most every second while tests run, and after a run."""
        self._runs = runs
        self._settings = settings

    def begin(self) -> str:
        """Record every run from now on, watched or not; words for the person, empty where nothing has to be said."""
        return ""

    async def report(self) -> Report:
        """All files. Only those of which anything has changed are counted again."""
        return Report()

    async def lines(self, path: str) -> FileLines:
        """A file line by line."""
        return FileLines(path)

    def tests_of(self, path: str, first: int, last: int) -> list[ItemKey]:  # noqa: ARG002
        """The items that executed any of these lines (both included), the fastest and most specific first."""
        return []

    def of_test(self, key: ItemKey) -> list[Share]:  # noqa: ARG002
        """What one item executes, with its shared fixtures."""
        return []

    async def diff(self, base: str = "HEAD") -> DiffCoverage:
        """Coverage of the lines that differ from a commit or branch."""
        return DiffCoverage(base)

    async def since_save(self, paths: Iterable[str]) -> str:  # noqa: ARG002
        """What the last save of these files has brought: 'cart.py: lines 41-44 are new and not covered', or ''."""
        return ""

    async def export(self, kind: str, target: Path) -> str:  # noqa: ARG002
        """Write a data file, html, xml, lcov or json (``kind``) through coverage.py; words for the person."""
        return ""
