"""What the screens of the coverage view share: the engine's front, the runs, and the way back into the tree."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tui.engine import wishes
from tui.ui.coverage.files import Files
from tui.ui.coverage.rows import TestRow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from textual.app import App

    from tui.engine.runs import Runs
    from tui.model.events import ItemKey
    from tui.model.nodes import Item
    from tui.model.store import Store
    from tui.ui.coverage.front import Front
    from tui.ui.outside import Outside
    from tui.ui.status import Glyphs


class Room:
    """Keeps what outlasts a screen. ``go`` puts the cursor of the tree on a test."""

    def __init__(self, front: Front, runs: Runs, outside: Outside, glyphs: Glyphs, go: Callable[[Item], None]) -> None:
        self.front = front
        self.runs = runs
        self.outside = outside
        self.glyphs = glyphs
        self.files = Files()
        """The table of files, as the person has arranged it."""
        self.counted = False
        """Whether there has been a report."""
        self.note = ""
        """What a person should know of the recording."""
        self.listeners: list[Callable[[], None]] = []
        """Called when there is more to see."""
        self._go = go
        self._has_begun = False
        front.on_change = self._changed

    @property
    def store(self) -> Store:
        """What is known of the tests."""
        return self.runs.store

    async def open(self, app: App[int]) -> None:
        """Open the table of files; from the first time on, runs are recorded."""
        from tui.ui.coverage.report_screen import ReportScreen

        self._begin()
        await app.push_screen(ReportScreen(self))

    async def open_share(self, app: App[int], item: Item) -> None:
        """Open what a test covers."""
        from tui.ui.coverage.share_screen import ShareScreen

        self._begin()
        await app.push_screen(ShareScreen(self, item))

    def _begin(self) -> None:
        if not self._has_begun:
            self._has_begun = True
            self.note = self.front.begin()

    async def leave_to(self, app: App[int], item: Item) -> None:
        """Close all screens of the view, and put the cursor of the tree on a test."""
        while len(app.screen_stack) > 1:
            await app.pop_screen()
        self._go(item)

    def _changed(self) -> None:
        for listener in list(self.listeners):
            listener()

    def place(self, path: str) -> str:
        """The absolute path of a file that a report names."""
        session = self.store.session
        return str(Path(session.rootdir if session else self.runs.explorer.project.cwd, path))

    def tests(self, keys: Iterable[ItemKey]) -> list[TestRow]:
        """Rows for tests, in the same order."""
        return [TestRow(key, self.store.tree.item(*key), self.glyphs) for key in keys]

    def run(self, items: list[Item], which: str) -> str:
        """Run these items; words for the person. ``which`` says what they are, after their number."""
        wish = wishes.of_items(items, which)
        if wish is None:
            return "there is nothing to run"
        return self.runs.ask(wish) or f"running {wish.words}"

    def run_all(self) -> str:
        """Run everything; words for the person where the run does not begin at once."""
        return self.runs.ask(wishes.EVERYTHING)

    def stop(self) -> str:
        """Stop the run; words for the person."""
        words = ("nothing runs", "stopping: teardowns run; s again kills", "killed")
        return words[min(self.runs.stop(), len(words) - 1)]
