"""What the main screen is made of; each room of its keys has a class of its own on top of this."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Container

from tui.model.outcome import BAD
from tui.ui.bindings import FOOTER
from tui.ui.screens.filtering import Filtering
from tui.ui.screens.refresh import Refresh
from tui.ui.terminal.diff import DiffScreen
from tui.ui.widgets.bar import Bar
from tui.ui.widgets.detail import Detail, Tab
from tui.ui.widgets.footer import Footer
from tui.ui.widgets.tree import TestTree

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult

    from tui.engine.settings import Settings
    from tui.model.nodes import Node
    from tui.model.store import Store
    from tui.ui.controller import Controller
    from tui.ui.inspector import Inspector
    from tui.ui.outside import Outside
    from tui.ui.status import Glyphs
    from tui.ui.watching import Watching

SIZES = ("third", "full", "off")
"""What the detail pane may take of the screen."""


class Parts(DiffScreen[None]):
    """Bar, tree, detail pane, footer; what they show, and how large they are."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012 - Textual declares it so

    def __init__(
        self,
        store: Store,
        controller: Controller,
        inspector: Callable[[], Inspector],
        outside: Outside,
        watching: Watching,
        settings: Settings,
        glyphs: Glyphs,
    ) -> None:
        super().__init__(id="main", classes=f"-detail-{settings.detail}")
        self.controller = controller
        self.marked: Sequence[Node] = ()
        self._store = store
        self._inspector = inspector
        self._outside = outside
        self.watching = watching
        self._settings = settings
        self._glyphs = glyphs
        self.tab = Tab.FAILURE
        self.detail_size = settings.detail
        self.filtering = Filtering(self, settings.slow)
        self._repaints = Refresh(self, store, glyphs)

    def compose(self) -> ComposeResult:
        """Bar, tree and detail pane, footer."""
        yield Bar(self._glyphs)
        with Container(id="panes"):
            yield TestTree(self._store.tree, self._glyphs, clock=self._store.clock, started=self._store.started)
            yield Detail(dark=not self.app.theme.endswith("light"))
        yield Footer(FOOTER, glyphs=self._glyphs)

    def on_mount(self) -> None:
        """The tree has the keys."""
        self.resize_detail(self.detail_size)
        self.tree_view.focus()
        self._repaints.start()

    @property
    def tree_view(self) -> TestTree:
        """The tree's widget."""
        return self.query_one(TestTree)

    @property
    def detail(self) -> Detail:
        """The detail pane."""
        return self.query_one(Detail)

    @property
    def has_failures(self) -> bool:
        """Whether anything in the tree is bad."""
        return any(self._store.tree.root.counts[status] for status in BAD)

    def say(self, words: str) -> None:
        """Show words in the footer until the next key."""
        self.query_one(Footer).say(words)

    def key_pressed(self) -> None:
        """What was said has been read; the keys are of interest again."""
        self.hush()
        self._repaints.hurry()
        self.remove_class("-saved")
        self.watching.acted()

    def hush(self) -> None:
        """Show keys in the footer again."""
        for footer in self.query(Footer):
            footer.clear()

    def changed(self) -> None:
        """The store has changed: repaint soon."""
        self._repaints.soon()

    def resize_detail(self, size: str) -> None:
        """Give the detail pane one of the sizes; keys go where something is to be seen."""
        self.detail_size = size
        for each in SIZES:
            self.set_class(each == size, f"-detail-{each}")
        if size == "full":
            self.detail.pane.focus()
        elif not self.detail.display or size == "off":
            self.tree_view.focus()

    def show_detail(self, *, keep_place: bool = False) -> None:
        """Bring the detail pane to the node under the cursor and the chosen tab."""
        if self.detail_size != "off":
            rows = self.detail.size.height
            shows = self.tree_view.shows if self.filtering.current else None
            document = self._inspector().document(self.tree_view.cursor_node, self.tab, rows=rows, shows=shows)
            self.detail.show(document, self.tab, keep_place=keep_place)

    @property
    def shows_terminal(self) -> bool:
        """Whether the detail pane follows the run's terminal."""
        return self.tab is Tab.TERMINAL and self.detail_size != "off"
