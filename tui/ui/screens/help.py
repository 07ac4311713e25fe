"""The keys: of what has the focus first, then all, by name as they are bound now; typing filters."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical

from tui.ui.detail.document import Document, Look
from tui.ui.screens.overlay import ClosesOnce
from tui.ui.terminal.diff import DiffModalScreen
from tui.ui.widgets.entry import Entry
from tui.ui.widgets.pane import DocumentPane

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from textual.app import ComposeResult
    from textual.widgets import Input

Row = tuple[str, str, str]
"""Group, keys as shown, what they do."""


def in_words(
    declared: Iterable[tuple[str, Binding]], keys: Mapping[str, str], display: Callable[[Binding], str]
) -> list[Row]:
    """Bindings as help shows them. ``keys`` are the person's own, by id; ``display`` writes a key as it is shown."""
    rows = []
    for title, binding in declared:
        own = keys.get(binding.id or "", binding.key)
        shown = " ".join(display(each) for each in Binding.make_bindings([binding.with_key(own)]))
        rows.append((title, shown, binding.tooltip or binding.description))
    return rows


class Help(ClosesOnce, DiffModalScreen[None]):
    """All keys and the words of the filter."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f1", "close", "Close", id="help-close"),
        Binding("down", "scroll(1)", show=False, id="help-down"),
        Binding("up", "scroll(-1)", show=False, id="help-up"),
        Binding("pagedown", "scroll(10)", show=False, id="help-page-down"),
        Binding("pageup", "scroll(-10)", show=False, id="help-page-up"),
    ]

    def __init__(self, entries: Sequence[Row], notes: str = "") -> None:
        """``notes`` are about the words of the filter, where there is one."""
        super().__init__()
        self._entries = entries
        self._notes = notes

    def compose(self) -> ComposeResult:
        """A line to type in, and the keys."""
        with Vertical(classes="dialog large"):
            yield Entry(placeholder="type to find a key; Esc closes")
            yield DocumentPane()

    def on_mount(self) -> None:
        """Show all."""
        self.set_focus(self.query_one(Entry))
        self._show("")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show what matches."""
        if event.value == "?":
            self.dismiss(None)  # the key that opened it closes it
        self._show(event.value.lower())

    def _show(self, wanted: str) -> None:
        document = Document()
        group = ""
        for name, keys, words in self._entries:
            if wanted not in f"{name} {keys} {words}".lower():
                continue
            if name != group:
                document.heading(name)
                group = name
            document.add(Look.PLAIN, f"  {keys:<14} {words}")
        if self._notes and not wanted:
            document.heading("Words of the filter")
            document.add(Look.PLAIN, self._notes)
        self.query_one(DocumentPane).show(document)

    def action_scroll(self, rows: int) -> None:
        """Scroll the keys."""
        self.query_one(DocumentPane).action_scroll_by(rows)

    def action_close(self) -> None:
        """Back."""
        self.dismiss(None)
