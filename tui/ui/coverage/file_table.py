"""The table of files: rows that are sorted, filtered and folded while the cursor stays on its file."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from tui.ui.coverage.columns import Layout, has_changed, layout, name_cells, row_parts, title_parts
from tui.ui.widgets.listing import Listing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tui.ui.coverage.files import Entry, Files
    from tui.ui.status import Glyphs
    from tui.ui.widgets.row import Part

_AROUND = 3
"""Lines of the screen that are not the table's."""


class FileTable(Listing):
    """Shows ``files``, which it changes as the person wants."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,l", "enter", "Open", show=False, id="list-open"),
        Binding("left,h", "leave", "Fold, or go to the folder", show=False, id="list-close"),
        Binding("backspace", "parent", "Go to the folder", show=False, id="list-parent"),
    ]

    def __init__(self, files: Files, glyphs: Glyphs) -> None:
        super().__init__()
        self._files = files
        self._glyphs = glyphs
        self._longest = 0
        """Cells of the longest name."""
        self._has_changed = False
        """Whether any row has other numbers than before."""

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self._files.rows)

    @property
    def entry(self) -> Entry | None:
        """The file or folder under the cursor."""
        rows = self._files.rows
        return rows[self._cursor] if self._cursor < len(rows) else None

    def on_mount(self) -> None:
        """Show what is known already."""
        self.rows_changed()

    def title_parts(self, _width: int) -> Sequence[Part]:
        """The titles of the columns, as they stand above the rows."""
        return title_parts(self._files, self._placed(self.row_width), self._glyphs)

    def parts_of(self, row: int, y: int, width: int) -> Sequence[Part]:  # noqa: ARG002 - for lists that remember lines
        """How a row looks."""
        entry, files = self._files.rows[row], self._files
        return row_parts(entry, files.report, self._placed(width), self._glyphs, opened=files.is_open(entry))

    def _placed(self, width: int) -> Layout:
        report = self._files.report
        return layout(
            width,
            self._longest,
            branches=report.branches_measured,
            committed=report.committed,
            changed=self._has_changed,
            functions=self._files.noun == "function",
        )

    def rows_changed(self) -> None:
        """Take over that there are other rows."""
        self._longest = max(map(name_cells, self._files.rows), default=0)
        self._has_changed = any(map(has_changed, self._files.rows))
        super().rows_changed()

    # What changes the rows

    def take_over(self, show: Callable[[int], object]) -> None:
        """Have other rows shown in so many lines; the cursor stays on its row and on its line of the screen."""
        self._follow(lambda: show(self.app.size.height - _AROUND))

    def filter_by(self, text: str) -> int:
        """Show only what matches; how many files that are."""
        self._follow(lambda: self._files.filter_by(text))
        return self._files.matches

    def go_to(self, path: str) -> None:
        """Put the cursor on a file, or the folder that it is folded in."""
        row = self._files.row_of(path)
        if row is not None:
            self.move_to_row(row)

    def action_order(self) -> None:
        """Sort by the next column."""
        orders = self._files.orders
        at = orders.index(self._files.order) if self._files.order in orders else -1
        following = orders[(at + 1) % len(orders)]
        self._follow(lambda: self._files.sort_by(following, reverse=False))

    def action_reverse(self) -> None:
        """Sort the other way round."""
        self._follow(lambda: self._files.sort_by(self._files.order, reverse=not self._files.reverse))

    def action_fold(self) -> None:
        """Open all folders, or fold all."""
        self._follow(self._files.toggle_all)

    def _follow(self, change: Callable[[], object]) -> None:
        entry, line = self.entry, self.cursor_line
        change()
        row = self._files.row_of(entry.path) if entry is not None else None
        self._cursor = max(0, min(self._cursor, self.count - 1)) if row is None else row
        self.rows_changed()
        self.keep_line(line)
        self.keep_in_view()
        self.tell()

    # What keys and clicks do

    def _set_open(self, *, opened: bool) -> bool:
        entry = self.entry
        changed = entry is not None and self._files.set_open(entry, opened=opened)
        if changed:
            self.rows_changed()
        return changed

    def action_choose(self) -> None:
        """Open or fold a folder; ask for the lines of a file."""
        entry = self.entry
        if entry is not None and entry.is_folder:
            self._set_open(opened=not self._files.is_open(entry))
        else:
            super().action_choose()

    def clicked(self, row: int, x: int) -> None:
        """Open or fold a folder whose arrow was clicked."""
        entry = self._files.rows[row]
        if entry.is_folder and 0 <= x - 1 - 2 * entry.depth <= 1:
            self._set_open(opened=not self._files.is_open(entry))

    def action_enter(self) -> None:
        """Open the folder under the cursor, or go to its first row."""
        entry = self.entry
        if not self._set_open(opened=True) and entry is not None and entry.is_folder:
            self.move_to_row(self._cursor + 1)

    def action_leave(self) -> None:
        """Fold the folder under the cursor, or go to the one that it is in."""
        if not self._set_open(opened=False):
            self.action_parent()

    def action_parent(self) -> None:
        """Go to the folder that the row is in."""
        entry, rows = self.entry, self._files.rows
        above = (row for row in range(self._cursor - 1, -1, -1) if entry and rows[row].depth < entry.depth)
        if (row := next(above, None)) is not None:
            self.move_to_row(row)
