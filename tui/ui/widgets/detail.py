"""The detail pane: a line with title and tabs, and the document of the tab."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Vertical

from tui.ui.detail.tabs import Tab

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tui.engine.debugging.values import FrozenFailure
    from tui.model.coverage import Share
    from tui.ui.coverage.covers_pane import CoversPane
    from tui.ui.debugging.visits import Spot
    from tui.ui.detail.document import Document, Place
    from tui.ui.locals.pane import LocalsPane
    from tui.ui.widgets.detail_title import DetailTitle
    from tui.ui.widgets.instead import InsteadPane
    from tui.ui.widgets.pane import DocumentPane


class Detail(Vertical):
    """Shows documents; which one belongs to a tab is not its business.

    It is empty until there is one to show: what shows it is neither loaded nor mounted for the first frame.
    """

    DEFAULT_CSS = "Detail { height: 1fr; width: 1fr; }"

    def __init__(
        self, make_locals: Callable[[], LocalsPane], make_covers: Callable[[], CoversPane], *, dark: bool = True
    ) -> None:
        """``make_locals`` and ``make_covers`` make what stands in place of a document when it is first wanted."""
        super().__init__()
        self._dark = dark
        self._make_locals = make_locals
        self._make_covers = make_covers
        self._parts: tuple[DetailTitle, DocumentPane] | None = None
        self._locals: LocalsPane | None = None
        self._covers: CoversPane | None = None
        self._instead: InsteadPane | None = None
        """What is shown in place of the document."""

    def _filled(self) -> tuple[DetailTitle, DocumentPane]:
        """Title and pane."""
        if self._parts is None:
            from tui.ui.widgets.detail_title import DetailTitle
            from tui.ui.widgets.pane import DocumentPane

            self._parts = DetailTitle(), DocumentPane(dark=self._dark)
            self.mount(*self._parts)
        return self._parts

    @property
    def pane(self) -> DocumentPane:
        """The part that scrolls."""
        return self._filled()[1]

    def show(self, document: Document, tab: Tab, *, keep_place: bool = False, has_locals: bool = False) -> None:
        """Show the document of a tab; ``has_locals`` offers the tab of the variables."""
        title, pane = self._filled()
        title.show(document.title, tab, document.name, has_locals=has_locals)
        pane.show(document, keep_place=keep_place)
        self._swap(None)

    def show_locals(self, failures: Sequence[FrozenFailure], name: str, root: str) -> None:
        """Show the variables of a kept failure; paths are shown from the folder ``root``."""
        title, _ = self._filled()
        title.show(f"{name}  as it was when it failed", Tab.LOCALS, name, has_locals=True)
        if self._locals is None:
            self._locals = self._make_locals()
            self.mount(self._locals)
        self._locals.show(failures, root)
        self._swap(self._locals)

    def show_covers(
        self,
        name: str,
        home: str,
        shares: Sequence[Share],
        words: str = "",
        *,
        keep_place: bool = False,
        has_locals: bool = False,
    ) -> None:
        """Show what the test of that name in the file ``home`` covers, or words in place of it."""
        from tui.ui.coverage.covers_pane import covers_title

        title, _ = self._filled()
        title.show(f"{name}{covers_title(shares, home)}", Tab.COVERS, name, has_locals=has_locals)
        if self._covers is None:
            self._covers = self._make_covers()
            self.mount(self._covers)
        self._covers.show(shares, home, words, keep_place=keep_place)
        self._swap(self._covers)

    def _swap(self, instead: InsteadPane | None) -> None:
        if instead is self._instead:
            return
        had_focus = self.has_focus_within
        self._instead = instead
        for each in (self._locals, self._covers):
            if each is not None:
                each.display = each is instead
        self.pane.display = instead is None
        if had_focus:
            self.take_keys()

    @property
    def shows_locals(self) -> bool:
        """Whether the inspector is shown."""
        return self._instead is not None and self._instead is self._locals

    @property
    def shows_covers(self) -> bool:
        """Whether it is shown what a test covers."""
        return self._instead is not None and self._instead is self._covers

    def take_keys(self) -> None:
        """Focus what is shown."""
        if self._instead is not None:
            self._instead.take_keys()
        else:
            self.pane.focus()

    @property
    def text(self) -> str:
        """All that is shown in place of a document; empty while there is a document."""
        return self._instead.text if self._instead is not None else ""

    @property
    def spot(self) -> Spot | None:
        """Where the person stands in a kept failure, if that is shown."""
        return self._locals.spot if self._locals is not None and self.shows_locals else None

    @property
    def place(self) -> Place | None:
        """The line of a file that the cursor is on, or that the frame or the row under it leads to."""
        return self._instead.place if self._instead is not None else self.pane.place

    def on_descendant_focus(self) -> None:
        """The title tells whether keys go here."""
        self._filled()[0].refresh()

    def on_descendant_blur(self) -> None:
        """The title tells whether keys go here."""
        self._filled()[0].refresh()
