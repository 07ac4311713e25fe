"""All keys of the coverage view, for help and for those who give them other keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.ui.bindings import declared_by
from tui.ui.coverage.changes_screen import ChangesScreen
from tui.ui.coverage.exporting import Kinds
from tui.ui.coverage.file_screen import FileScreen
from tui.ui.coverage.file_table import FileTable
from tui.ui.coverage.functions_screen import FunctionsScreen
from tui.ui.coverage.report_screen import ReportScreen
from tui.ui.coverage.share_screen import ShareScreen
from tui.ui.coverage.source_list import SourceList

if TYPE_CHECKING:
    from textual.binding import Binding


def declared_keys() -> list[tuple[str, Binding]]:
    """Every binding once, with the title of its group."""
    return declared_by(
        (ReportScreen, FunctionsScreen, FileScreen, ChangesScreen, ShareScreen, FileTable, SourceList, Kinds)
    )
