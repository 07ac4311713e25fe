"""What the screens of the coverage view share: the engine's front, the runs, and the way back into the tree."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from tui.engine import wishes
from tui.ui.coverage.files import Files
from tui.ui.coverage.rows import TestRow
from tui.ui.keymap import USUAL, Keys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from textual.app import App
    from textual.screen import Screen

    from tui.engine.runs import Runs
    from tui.model.coverage import FileLines, Share
    from tui.model.events import ItemKey
    from tui.model.nodes import Item
    from tui.model.store import Store
    from tui.ui.coverage.front import Front
    from tui.ui.outside import Outside
    from tui.ui.status import Glyphs


_KEPT = 200
"""Tests of which it is remembered what they cover."""


class Screens(Protocol):
    """Makes the screens of the view."""

    def report(self, room: Room) -> Screen[None]:
        """All files."""

    def file(
        self,
        room: Room,
        path: str,
        line: int = 0,
        *,
        covered_by: tuple[Item, Share] | None = None,
        lines: FileLines | None = None,
    ) -> Screen[None]:
        """A file at a line, or at the first place that is not covered.

        With what a test covers of it, and its ``lines`` if they have been asked for already.
        """

    def functions(self, room: Room, path: str, line: int = 0, go: Callable[[int], None] | None = None) -> Screen[None]:
        """The functions of a file; ``go`` leads to a line of it, if it is open below."""

    def share(self, room: Room, item: Item) -> Screen[None]:
        """What a test covers."""

    def changes(self, room: Room) -> Screen[None]:
        """Coverage of what has changed."""


class Room:
    """Keeps what outlasts a screen. ``go`` puts the cursor of the tree on a test."""

    def __init__(
        self,
        front: Front,
        runs: Runs,
        outside: Outside,
        glyphs: Glyphs,
        go: Callable[[Item], None],
        screens: Screens,
        keys: Keys = USUAL,
    ) -> None:
        self.front = front
        self.screens = screens
        self.runs = runs
        self.outside = outside
        self.glyphs = glyphs
        self.keys = keys
        self.files = Files()
        """The table of files, as the person has arranged it."""
        self.counted = False
        """Whether there has been a report."""
        self.note = ""
        """What a person should know of the recording."""
        self.listeners: list[Callable[[], None]] = []
        """Called when there is more to see."""
        self.finds: list[str] = []
        """What was looked for in files, the last at the end."""
        self._go = go
        self._shares: dict[ItemKey, Sequence[Share]] = {}
        self._version = -1
        """The front's, when they were asked for."""
        self._has_begun = False
        front.on_change = self.changed

    @property
    def store(self) -> Store:
        """What is known of the tests."""
        return self.runs.store

    def known_shares(self, key: ItemKey) -> Sequence[Share] | None:
        """What a test covers, if that was asked for since the record has changed."""
        if self._version != self.front.version:
            self._version, self._shares = self.front.version, {}
        return self._shares.get(key)

    async def shares(self, key: ItemKey) -> Sequence[Share]:
        """What a test covers, file by file."""
        known = self.known_shares(key)
        if known is None:
            version = self._version
            known = await self.front.of_test(key)
            if version == self.front.version:
                if len(self._shares) >= _KEPT:
                    self._shares.clear()
                self._shares[key] = known
        return known

    def nothing_of(self, item: Item) -> str:
        """Why nothing is known of what a test covers, and what to do."""
        if self.note:
            return self.note
        done = (
            "was recorded when it ran" if item.status.is_outcome and not item.stale else "is recorded of this test yet"
        )
        return self.keys.words(f"Nothing {done}. {{run-node}} runs it and records what it executes.")

    async def open(self, app: App[int]) -> None:
        """Open the table of files; from the first time on, runs are recorded."""
        self.begin()
        await app.push_screen(self.screens.report(self))

    async def open_file(self, app: App[int], share: Share, line: int, item: Item) -> None:
        """Open a file of which a test covers something."""
        self.begin()
        await app.push_screen(self.screens.file(self, share.path, line, covered_by=(item, share)))

    async def open_share(self, app: App[int], item: Item) -> None:
        """Open what a test covers."""
        self.begin()
        await app.push_screen(self.screens.share(self, item))

    def begin(self) -> None:
        """Record runs from now on."""
        if not self._has_begun:
            self._has_begun = True
            self.note = self.front.begin()

    async def leave_to(self, app: App[int], item: Item) -> None:
        """Close all screens of the view, and put the cursor of the tree on a test."""
        while len(app.screen_stack) > 1:
            await app.pop_screen()
        self._go(item)

    def changed(self) -> None:
        """There is more to see."""
        for listener in list(self.listeners):
            listener()

    def place(self, path: str) -> str:
        """The absolute path of a file that a report names."""
        session = self.store.session
        return str(Path(session.rootdir if session else self.runs.explorer.project.cwd, path))

    def tests(self, keys: Iterable[ItemKey]) -> list[TestRow]:
        """Rows for tests, in the same order."""
        return [TestRow(key, self.store.tree.item(*key), self.glyphs) for key in keys]

    def run(self, items: list[Item], of: str = "") -> str:
        """Run these items; words for the person. ``of`` is what they execute, a file or its lines."""
        which = "test" if len(items) == 1 else "tests"
        wish = wishes.of_items(items, f"{which} of {of}" if of else which)
        if wish is None:
            return "there is nothing to run"
        return self.runs.ask(wish) or f"running {wish.words}"

    def run_all(self) -> str:
        """Run everything; words for the person where the run does not begin at once."""
        return self.runs.ask(wishes.EVERYTHING)

    def stop(self) -> str:
        """Stop the run; words for the person."""
        return self.keys.stopped(self.runs.stop(), "coverage-stop")
