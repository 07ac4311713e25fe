"""A list of rows that draw themselves: tests, shares of tests, places in files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from tui.ui.widgets.listing import Listing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.ui.widgets.row import Part


class Row(Protocol):
    """A row of the list; two equal rows are about the same thing."""

    def parts(self, width: int) -> Sequence[Part]:
        """How it looks, in at most ``width`` cells."""


RowT = TypeVar("RowT", bound=Row)


class RowsList(Listing, Generic[RowT]):
    """Shows rows of one kind."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._rows: Sequence[RowT] = ()

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self._rows)

    @property
    def rows(self) -> Sequence[RowT]:
        """What it shows."""
        return self._rows

    @property
    def row(self) -> RowT | None:
        """The row under the cursor."""
        return self._rows[self._cursor] if self._cursor < len(self._rows) else None

    def show(self, rows: Sequence[RowT], *, keep_place: bool = False) -> None:
        """Show other rows; the cursor goes to the top, or stays on its row if that is to be kept and still there."""
        row = self.row
        self._rows = rows
        self._cursor = rows.index(row) if keep_place and row is not None and row in rows else 0
        self.rows_changed()
        self.keep_in_view()
        self.tell()

    def parts_of(self, row: int, y: int, width: int) -> Sequence[Part]:  # noqa: ARG002 - for lists that remember lines
        """How a row looks."""
        return self._rows[row].parts(width)
