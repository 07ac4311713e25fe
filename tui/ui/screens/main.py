"""The main screen: bar, tree, detail pane, footer; what keys do to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Container
from textual.widgets import Input

from tui.engine import wishes
from tui.model.nodes import Branch, Item, Node, label_of
from tui.model.outcome import BAD
from tui.ui.bindings import FOOTER, MAIN, WHY_NOT
from tui.ui.screens.filtering import Filtering
from tui.ui.screens.refresh import Refresh
from tui.ui.terminal.diff import DiffScreen
from tui.ui.widgets.bar import Bar
from tui.ui.widgets.detail import Detail, Tab
from tui.ui.widgets.footer import Footer
from tui.ui.widgets.tree import TestTree

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tui.engine.settings import Settings
    from tui.engine.wishes import Wish
    from tui.model.store import Store
    from tui.ui.controller import Controller
    from tui.ui.inspector import Inspector
    from tui.ui.outside import Outside
    from tui.ui.status import Glyphs
    from tui.ui.watching import Watching
    from tui.ui.widgets.filter_line import FilterLine

_SIZES = ("third", "full", "off")


class MainScreen(DiffScreen[None]):
    """Everything in view at once; all work is the controller's, all looking behind nodes the inspector's."""

    BINDINGS: ClassVar[list[BindingType]] = [*MAIN]
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
        self._tab = Tab.FAILURE
        self._detail_size = settings.detail
        self.filtering = Filtering(self, settings.slow)
        self._repaints = Refresh(self, store, glyphs)

    # Layout

    def compose(self) -> ComposeResult:
        """Bar, tree and detail pane, footer."""
        yield Bar(self._glyphs)
        with Container(id="panes"):
            yield TestTree(self._store.tree, self._glyphs, clock=self._store.clock, started=self._store.started)
            yield Detail(dark=not self.app.theme.endswith("light"))
        yield Footer(FOOTER, glyphs=self._glyphs)

    def on_mount(self) -> None:
        """The tree has the keys."""
        self._lay_out()
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

    def _lay_out(self) -> None:
        for size in _SIZES:
            self.set_class(size == self._detail_size, f"-detail-{size}")
        if self._detail_size == "full":
            self.detail.pane.focus()
        elif not self.detail.display or self._detail_size == "off":
            self.tree_view.focus()

    # What refresh shows

    def show_detail(self, *, keep_place: bool = False) -> None:
        """Bring the detail pane to the node under the cursor and the chosen tab."""
        if self._detail_size != "off":
            rows = self.detail.size.height
            shows = self.tree_view.shows if self.filtering.current else None
            document = self._inspector().document(self.tree_view.cursor_node, self._tab, rows=rows, shows=shows)
            self.detail.show(document, self._tab, keep_place=keep_place)

    @property
    def shows_terminal(self) -> bool:
        """Whether the detail pane follows the run's terminal."""
        return self._tab is Tab.TERMINAL and self._detail_size != "off"

    # Messages

    def on_test_tree_cursor_moved(self) -> None:
        """Follow the cursor."""
        self.show_detail()
        self.refresh_bindings()

    def on_test_tree_chosen(self) -> None:
        """Enter: the detail pane in full."""
        self._detail_size = "full"
        self._lay_out()
        self.show_detail()

    def on_test_tree_mark_toggled(self, message: TestTree.MarkToggled) -> None:
        """Space: mark, or no longer."""
        self._mark(message.node, marked=not message.node.marked)

    def _mark(self, node: Node, *, marked: bool) -> None:
        self._store.tree.set_marked(node, marked=marked)
        self.marked = self.tree_view.marked_nodes()
        self.changed()
        self.refresh_bindings()

    def on_detail_tab_chosen(self, message: Detail.TabChosen) -> None:
        """A click on a tab."""
        self.action_tab(message.tab)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that can do nothing now are not in the footer."""
        del parameters
        match action:
            case "filter" | "run_expression" | "stop_after":
                return not isinstance(self.focused, Input)
            case "stop":
                return self.controller.busy or None
            case "run_failed" | "next_bad":
                return any(self._store.tree.root.counts[status] for status in BAD) or None
            case "run_shown":
                return self.filtering.current is not None or None
            case "run_last":
                return self.controller.last is not None or None
            case _:
                return True

    def on_key(self, event: events.Key) -> None:
        """A key that can do nothing now says why."""
        active = self.active_bindings.get(event.key)
        if active is not None and not active.enabled:
            self.say(WHY_NOT.get(active.binding.id or "", ""))

    # Running

    def action_run_node(self) -> None:
        """Run what is marked, else what is under the cursor (of a branch, what the filter shows of it)."""
        node = self.tree_view.cursor_node
        if self.marked:
            self._ask(wishes.of_nodes(self.marked, f"{len(self.marked)} marked"))
        elif isinstance(node, Branch) and self.filtering.current:
            self._ask(wishes.of_items(self.filtering.shown_below(node), "shown"))
        elif node is not None:
            self._ask(wishes.of_nodes([node], label_of(node)))

    def action_run_shown(self) -> None:
        """Run all that the filter shows."""
        self._ask(wishes.of_items(self.filtering.shown_below(self._store.tree.root), "shown"))

    def action_run_all(self) -> None:
        """Run everything."""
        self._ask(wishes.EVERYTHING)

    def action_run_failed(self) -> None:
        """Run what failed."""
        bad = self.controller.bad_items()
        self._ask(wishes.of_nodes(bad, f"{len(bad):,} failed") if bad else None)

    def action_run_last(self) -> None:
        """Run again what ran last."""
        self._ask(self.controller.last)

    async def action_run_expression(self) -> None:
        """Ask for a -k or -m expression, and run what it matches."""
        from tui.ui.screens.dialogs import expression

        def run(text: str | None) -> None:
            if text:
                self._ask(wishes.of_expression(text))

        await self.app.push_screen(expression(), run)

    def _ask(self, wish: Wish | None) -> None:
        self.controller.columns = self.detail.pane.text_width or self.size.width
        words = self.controller.ask(wish) if wish is not None else "there is nothing to run"
        if words:
            self.say(words)

    def action_stop(self) -> None:
        """Stop the run; a second time by force."""
        words = ("nothing runs", "stopping: teardowns run; s again kills", "killed")
        self.say(words[min(self.controller.stop(), len(words) - 1)])

    def action_watch(self) -> None:
        """Watch the files, or no longer."""
        self.say(self.watching.toggle())
        self.changed()

    def action_toggle_stop_first(self) -> None:
        """Stop runs at the first failure, or no longer."""
        self.controller.set_stop_after(0 if self.controller.stop_after == 1 else 1)
        self.changed()

    async def action_stop_after(self) -> None:
        """Ask after how many failures to stop."""
        from tui.ui.screens.dialogs import number_of_failures

        def take(text: str | None) -> None:
            if text is not None:
                self.controller.set_stop_after(int(text or 0))
                self.changed()

        await self.app.push_screen(number_of_failures(), take)

    def action_collect(self) -> None:
        """Collect everything again."""
        self._ask(wishes.COLLECT)

    # Finding

    def action_next_bad(self, direction: int) -> None:
        """Go to the next or previous failure."""
        if not self.tree_view.next_bad(direction):
            self.say("nothing has failed")

    async def action_filter(self) -> None:
        """Open the line of the filter; what is typed while it opens goes into it."""
        await self.filtering.open()

    def on_filter_line_changed(self, message: FilterLine.Changed) -> None:
        """Filter while typing."""
        self.filtering.use(message.text)

    def on_filter_line_accepted(self, message: FilterLine.Accepted) -> None:
        """Enter keeps the filter."""
        self.filtering.close(keep=message.text)

    def on_filter_line_dropped(self) -> None:
        """Escape drops it."""
        self.filtering.drop()

    def action_filter_bad(self) -> None:
        """Show only what failed, or all again."""
        self.filtering.use("" if self.filtering.text == "is:bad" else "is:bad")

    def action_fold(self) -> None:
        """Expand or collapse all."""
        self.tree_view.toggle_all()

    # Looking

    def action_tab(self, number: int) -> None:
        """Open a tab."""
        self._tab = Tab(number)
        if self._detail_size == "off":
            self._detail_size = "third"
            self._lay_out()
        self.show_detail()

    def action_resize_detail(self) -> None:
        """A third, full, off."""
        self._detail_size = _SIZES[(_SIZES.index(self._detail_size) + 1) % len(_SIZES)]
        self._lay_out()
        self.show_detail()

    def action_back(self) -> None:
        """Close what is open: the full pane, then the filter, then the marks."""
        if self._detail_size == "full":
            self._detail_size = "third"
            self._lay_out()
            self.tree_view.focus()
        elif self.detail.has_focus_within:
            self.tree_view.focus()
        elif self.filtering.is_on:
            self.filtering.drop()
        else:
            for node in self.marked:
                self._mark(node, marked=False)

    # Outside

    def action_edit(self) -> None:
        """Open the editor at the line."""
        path, line = self._inspector().place(self.tree_view.cursor_node)
        self.run_worker(self._outside.edit(path, line), exclusive=True, group="outside")

    def action_page(self) -> None:
        """Show the whole in the pager."""
        what = self._inspector().whole(self.tree_view.cursor_node, self._tab)
        self.run_worker(self._outside.page(what), exclusive=True, group="outside")

    def action_copy_nodeid(self) -> None:
        """Copy the nodeid."""
        node = self.tree_view.cursor_node
        if isinstance(node, Item | Branch):
            self.run_worker(self._outside.copy(node.nodeid), group="copy")

    def action_copy_command(self) -> None:
        """Copy the command that repeats the run."""
        self.run_worker(self._outside.copy(self.controller.command_for(self.tree_view.cursor_node)), group="copy")
