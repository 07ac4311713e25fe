"""Makes the screens of the coverage view: they know each other by this alone, and are imported when they are opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.screen import Screen

    from tui.model.coverage import FileLines, Share
    from tui.model.nodes import Item
    from tui.ui.coverage.room import Room


class CoverageScreens:
    """What a room opens: the ``Screens`` of ``room``."""

    def report(self, room: Room) -> Screen[None]:
        """All files."""
        from tui.ui.coverage.report_screen import ReportScreen

        return ReportScreen(room)

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
        from tui.ui.coverage.file_screen import FileScreen

        return FileScreen(room, path, line, covered_by=covered_by, lines=lines)

    def functions(self, room: Room, path: str, line: int = 0, go: Callable[[int], None] | None = None) -> Screen[None]:
        """The functions of a file; ``go`` leads to a line of it, if it is open below."""
        from tui.ui.coverage.functions_screen import FunctionsScreen

        return FunctionsScreen(room, path, line, go)

    def share(self, room: Room, item: Item) -> Screen[None]:
        """What a test covers."""
        from tui.ui.coverage.share_screen import ShareScreen

        return ShareScreen(room, item)

    def changes(self, room: Room) -> Screen[None]:
        """Coverage of what has changed."""
        from tui.ui.coverage.changes_screen import ChangesScreen

        return ChangesScreen(room)
