"""What the main screen is made of; each room of its keys has a class of its own on top of this."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Container

from tui.model.nodes import Item, label_of
from tui.model.outcome import BAD
from tui.model.values import state
from tui.ui.bindings import FOOTER
from tui.ui.detail.tabs import Tab
from tui.ui.screens.covers import CoversTab
from tui.ui.screens.filtering import Filtering
from tui.ui.screens.refresh import Refresh
from tui.ui.terminal.diff import DiffScreen
from tui.ui.widgets.bar import Bar
from tui.ui.widgets.detail import Detail
from tui.ui.widgets.footer import Footer
from tui.ui.widgets.tree import TestTree

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult

    from tui.engine.settings import Settings
    from tui.model.nodes import Node
    from tui.model.store import Store
    from tui.ui.controller import Controller
    from tui.ui.coverage.room import Room
    from tui.ui.debugging.visits import Visits
    from tui.ui.inspector import Inspector
    from tui.ui.keymap import Keys
    from tui.ui.locals.pane import LocalsPane
    from tui.ui.outside import Outside
    from tui.ui.status import Glyphs
    from tui.ui.watching import Watching

SIZES = ("third", "full", "off")
"""What the detail pane may take of the screen."""


@state
class Behind:
    """What stands behind the screen, and does what its keys ask for."""

    store: Store
    controller: Controller
    inspector: Callable[[], Inspector]
    outside: Outside
    watching: Watching
    visits: Visits
    coverage: Callable[[], Room]
    keys: Keys


class Parts(DiffScreen[None]):
    """Bar, tree, detail pane, footer; what they show, and how large they are."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012 - Textual declares it so

    def __init__(self, behind: Behind, settings: Settings, glyphs: Glyphs) -> None:
        super().__init__(id="main", classes=f"-detail-{settings.detail}")
        self.controller = behind.controller
        self.marked: Sequence[Node] = ()
        self._store = behind.store
        self._inspector = behind.inspector
        self._outside = behind.outside
        self.watching = behind.watching
        self.visits = behind.visits
        self.keys = behind.keys
        self._settings = settings
        self._glyphs = glyphs
        self._covers = CoversTab(self, behind.coverage, glyphs)
        self.tab = Tab.FAILURE
        self.detail_size = settings.detail
        self.filtering = Filtering(self, settings.slow)
        self._repaints = Refresh(self, behind.store, glyphs)

    def compose(self) -> ComposeResult:
        """Bar, tree and detail pane, footer."""
        yield Bar(self._glyphs)
        with Container(id="panes"):
            store = self._store
            yield TestTree(
                store.tree, self._glyphs, clock=store.clock, started=store.started, paused=self.visits.paused_at
            )
            yield Detail(self._make_locals, self._covers.make, dark=self._is_dark)
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

    def run_over(self) -> None:
        """What was said of a run goes with it."""
        self.hush()

    def changed(self) -> None:
        """The store has changed: repaint soon."""
        self._repaints.soon()

    def resize_detail(self, size: str) -> None:
        """Give the detail pane one of the sizes; keys go where something is to be seen."""
        self.detail_size = size
        for each in SIZES:
            self.set_class(each == size, f"-detail-{each}")
        if size == "full":
            self.detail.take_keys()
        elif not self.detail.display or size == "off":
            self.tree_view.focus()

    @property
    def _is_dark(self) -> bool:
        return not self.app.theme.endswith("light")

    def _make_locals(self) -> LocalsPane:
        from tui.ui.locals.pane import LocalsPane

        visits = self.visits
        return LocalsPane(visits.desk, self._glyphs, visits.is_breakpoint, self.keys, dark=self._is_dark)

    def show_detail(self, *, keep_place: bool = False) -> None:
        """Bring the detail pane to the node under the cursor and the chosen tab."""
        if self.detail_size == "off":
            return
        node = self.tree_view.cursor_node
        failures = self.visits.failures_of(node.key) if isinstance(node, Item) else ()
        inspector = self._inspector()
        if self.tab is Tab.LOCALS and isinstance(node, Item) and failures:
            self.detail.show_locals(failures, label_of(node), inspector.rootdir)
            return
        if self.tab is Tab.COVERS and isinstance(node, Item):
            self._covers.show(node, has_locals=bool(failures), keep_place=keep_place)
            return
        shows = self.tree_view.shows if self.filtering.current else None
        document = inspector.document(node, self.tab, rows=self.detail.size.height, shows=shows)
        self.detail.show(document, self.tab, keep_place=keep_place, has_locals=bool(failures))

    @property
    def shows_terminal(self) -> bool:
        """Whether the detail pane follows the run's terminal."""
        return self.tab is Tab.TERMINAL and self.detail_size != "off"
