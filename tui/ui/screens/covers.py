"""What the tab of the covered lines shows: looked up where nobody waits for it, and again when more is recorded."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tui.model.nodes import label_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tui.model.coverage import Share
    from tui.model.nodes import Item
    from tui.ui.coverage.covers_pane import CoversPane
    from tui.ui.coverage.room import Room
    from tui.ui.screens.parts import Parts
    from tui.ui.status import Glyphs

_PAUSE = 0.05
"""Seconds that the cursor has to rest on a test before it is looked up."""
_PATIENCE = 0.3
"""Seconds for which what was shown of another test stays, with its name above it; then words say what is going on."""


class CoversTab:
    """Keeps the tab on the test under the cursor. From its first opening on, runs are recorded."""

    def __init__(self, screen: Parts, room: Callable[[], Room], glyphs: Glyphs) -> None:
        """``room`` makes what coverage needs when it is first called."""
        self._screen = screen
        self._make_room = room
        self._glyphs = glyphs
        self._room: Room | None = None
        self._wanted: Item | None = None
        """The test that is being looked up."""
        self._shown: Item | None = None
        """The test whose lines are on screen."""

    def make(self) -> CoversPane:
        """The widget."""
        from tui.ui.coverage.covers_pane import CoversPane

        return CoversPane(self._glyphs)

    def _opened(self) -> Room:
        if self._room is None:
            self._room = self._make_room()
            self._room.begin()
            self._room.listeners.append(self._renew)
        return self._room

    def show(self, item: Item, *, has_locals: bool, keep_place: bool) -> None:
        """Show what a test covers: at once if that is known, else as soon as it is."""
        room = self._opened()
        known = room.known_shares(item.key)
        if known is not None:
            self._wanted = None
            self._fill(item, known, has_locals=has_locals, keep_place=keep_place)
        elif item is not self._wanted:
            self._wanted = item
            if not self._screen.detail.shows_covers:
                self._wait(item, has_locals=has_locals)
            self._screen.run_worker(self._look_up(room, item, has_locals=has_locals), exclusive=True, group="covers")

    async def _look_up(self, room: Room, item: Item, *, has_locals: bool) -> None:
        await asyncio.sleep(_PAUSE)
        answer = asyncio.ensure_future(room.shares(item.key))
        try:
            await asyncio.wait([answer], timeout=_PATIENCE)
            if not answer.done() and self._is_wanted(item) and item is not self._shown:
                self._wait(item, has_locals=has_locals)
            shares = await answer
        finally:
            if item is self._wanted:
                self._wanted = None
        if self._is_there(item):
            self._fill(item, shares, has_locals=has_locals, keep_place=item is self._shown)

    def _is_wanted(self, item: Item) -> bool:
        return item is self._wanted and self._is_there(item)

    def _is_there(self, item: Item) -> bool:
        from tui.ui.detail.tabs import Tab

        return self._screen.tab is Tab.COVERS and self._screen.tree_view.cursor_node is item

    def _wait(self, item: Item, *, has_locals: bool) -> None:
        self._shown = None
        self._screen.detail.show_covers(label_of(item), "", (), "being looked up", has_locals=has_locals)

    def _fill(self, item: Item, shares: Sequence[Share], *, has_locals: bool, keep_place: bool) -> None:
        from tui.ui.coverage.rows import home_of

        room = self._opened()
        words = "" if shares else room.nothing_of(item)
        self._screen.detail.show_covers(
            label_of(item), home_of(item), shares, words, keep_place=keep_place, has_locals=has_locals
        )
        self._shown = item

    def _renew(self) -> None:
        """More is recorded."""
        from tui.ui.detail.tabs import Tab

        if self._screen.tab is Tab.COVERS:
            self._screen.show_detail(keep_place=True)

    def open(self, message: CoversPane.Opened) -> None:
        """Open a file of it."""
        if self._shown is not None:
            opening = self._opened().open_file(self._screen.app, message.share, message.line, self._shown)
            self._screen.app.run_worker(opening, group="coverage")
