"""The full-screen app: puts screen, controller and colours together. It has no logic of its own."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ScreenStackError

from tui.engine import wishes
from tui.engine.garbage import collect_seldom
from tui.engine.orders import first_order
from tui.model.filter import STATES
from tui.model.store import Store
from tui.ui.controller import Controller
from tui.ui.debugging.visits import Visits
from tui.ui.keymap import Keys
from tui.ui.outside import Outside
from tui.ui.screens.main import MainScreen
from tui.ui.screens.overlay import Says
from tui.ui.screens.parts import Behind
from tui.ui.status import BREAKPOINT, Glyphs
from tui.ui.terminal.app import TerminalApp
from tui.ui.terminal.ascii import wants_ascii
from tui.ui.terminal.colour import look
from tui.ui.themes import CONTRAST, THEMES
from tui.ui.watching import Watching

if TYPE_CHECKING:
    from textual.binding import Binding, BindingType
    from textual.driver import Driver
    from textual.screen import Screen

    from tui.engine.explorer import Explorer
    from tui.engine.settings import Settings
    from tui.model.nodes import Item
    from tui.model.run import RunState
    from tui.model.verdict import Colour
    from tui.ui.coverage.room import Room
    from tui.ui.inspector import Inspector

_PAUSE = 0.03
"""Seconds after the first frame is made: until another thread has written it, nothing else is to be done."""
_MMAP_THRESHOLD = -3
"""``M_MMAP_THRESHOLD`` in glibc's ``malloc.h``."""
_LARGE_BLOCK = 1 << 18
_FILTER_WORDS = f"""\
  word  !word      parts of the nodeid: all must be there, none of those with !
  is:STATE         {", ".join(STATES)}
  -k EXPR -m EXPR  as pytest understands them"""


def _give_large_blocks_back() -> None:
    """Let the C library take blocks of 256 KiB or more from the system, and give them back when they are freed.

    By itself glibc takes them from its heap once the first has been freed. With 100,000 tests they come and go (tables
    that grow, what was read of a journal), and left holes of 10 to 20 MB. Other libraries do without.
    """
    import ctypes

    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_MMAP_THRESHOLD, _LARGE_BLOCK)


class RedbarApp(TerminalApp, inherit_bindings=False):
    """The explorer on the whole terminal."""

    CSS_PATH = "app.tcss"
    TITLE = "Redbar"
    ENABLE_COMMAND_PALETTE = False
    """Textual's own has a key without an id; ours is opened by ``action_palette``."""
    BINDINGS: ClassVar[list[BindingType]] = [*TerminalApp.BINDINGS]
    """Without Textual's own ctrl+q, which leaves without a question."""

    def __init__(
        self,
        explorer: Explorer,
        settings: Settings,
        *,
        store: Store | None = None,
        driver_class: type[Driver] | None = None,
    ) -> None:
        wanted = look(os.environ)
        ascii_only = wants_ascii(os.environ) if settings.ascii is None else settings.ascii
        super().__init__(terminal_look=wanted, ascii_only=ascii_only, driver_class=driver_class)
        self.register_theme(CONTRAST)
        if settings.theme in THEMES and not wanted.colourless:
            self.theme = THEMES[settings.theme]
            self.keep_readable(high=self.theme == CONTRAST.name)
        self.store = store or Store()
        self.explorer = explorer
        self._settings = settings
        self.keys = Keys(settings.keys, self.get_key_display)
        self.controller = Controller(explorer, self.store, self._changed)
        self.controller.stop_after = settings.stop_after
        self.controller.cold = settings.cold
        self.watching = Watching(
            self.controller, settings, changed=self._changed, tell=self.say, alert=self._notify_of_colour
        )
        self.visits = Visits(
            self,
            self.controller,
            say=self.say,
            changed=self._changed,
            keys=self.keys,
            prefers_panes=settings.debug_in_tmux,
        )
        self.watching.prepare = lambda: self.coverage.front.since_save
        self._glyphs = Glyphs(ascii_only=ascii_only)
        self._outside = Outside(self, self.say, settings.editor)
        self._main: MainScreen | None = None

    def get_default_screen(self) -> MainScreen:
        """The main screen is the only one that stays."""
        behind = Behind(
            self.store,
            self.controller,
            lambda: self._inspector,
            self._outside,
            self.watching,
            self.visits,
            lambda: self.coverage,
            self.keys,
        )
        self._main = MainScreen(behind, self._settings, self._glyphs)
        return self._main

    @cached_property
    def _inspector(self) -> Inspector:
        from tui.ui.inspector import Inspector  # the first frame has nothing to look behind

        return Inspector(
            self.explorer,
            self.store,
            lambda: self.controller.output,
            self.watching.why,
            self._glyphs.of(BREAKPOINT),
            self.keys,
        )

    @cached_property
    def coverage(self) -> Room:
        """What the coverage view needs; made when it is first opened."""
        from tui.engine.coverage import Coverage
        from tui.ui.coverage.room import Room
        from tui.ui.coverage.screens import CoverageScreens

        front = Coverage(self.controller, self._settings)
        return Room(front, self.controller, self._outside, self._glyphs, self._go, CoverageScreens(), self.keys)

    def _go(self, item: Item) -> None:
        if self._main is not None and not self._main.tree_view.move_to_node(item):
            self.say("the filter hides this test")

    def on_mount(self) -> None:
        """Take up the collection that has begun before there was a screen."""
        self.call_after_refresh(self.set_timer, _PAUSE, self._after_first_frame)
        self._use_keys()
        self._begin()

    def _begin(self) -> None:
        settings = self._settings
        if settings.watch:
            self.watching.start(first_round=settings.initial_run, catch_up=not settings.initial_run)
        first = first_order(settings)
        self.controller.begin_prepared(first, wishes.COLLECT if first.collect_only else wishes.EVERYTHING_BY_LOOP)

    def _after_first_frame(self) -> None:
        _give_large_blocks_back()
        collect_seldom()  # what was imported for the first frame need never be looked through
        self.visits.connect()
        self._restore()

    def _restore(self) -> None:
        """After the first frame: what the last session left, to be looked at until this one knows better."""
        from tui.engine.restoring import restore

        self.run_worker(restore(self.controller, self._changed), group="restore")

    async def on_event(self, event: events.Event) -> None:
        """Words in the footer stay until the next key."""
        if isinstance(event, events.Key) and not event.is_forwarded and self._main is not None:
            self._main.key_pressed()
            if (screen := self._says) is not None:
                screen.hush()
        await super().on_event(event)

    def _use_keys(self) -> None:
        """The person's own keys; what is wrong with them is shown in a dialog."""
        keys = self._settings.keys
        if not keys or self._main is None:
            return
        known = {binding.id for _, binding in self._declared()}
        if not known.issuperset(keys):
            from tui.ui.coverage.declared import declared_keys  # not needed for the first frame of most

            known |= {binding.id for _, binding in declared_keys()}
        wrong = [f"keys.{name} is not the id of a binding." for name in keys if name not in known]
        self.set_keymap({name: value for name, value in keys.items() if name in known})
        if wrong:
            from tui.ui.screens.dialogs import Words

            ids = ", ".join(sorted(filter(None, known)))
            self.push_screen(Words("Settings", "\n".join([*wrong, "", f"Ids are: {ids}"])))

    def _changed(self) -> None:
        if self._main is not None and self._main.is_mounted:
            self._main.changed()

    def _notify_of_colour(self, colour: Colour) -> None:
        """Red and green have changed places: tell somebody who looks elsewhere, if that is wanted."""
        if self._settings.notify == "bell":
            self.bell()
        elif self._settings.notify == "desktop":
            self.notify_desktop(f"{self.explorer.project.cwd.name}: {colour.value.upper()}")

    def say(self, words: str) -> None:
        """Show words in the footer of the screen that one sees, if it has one, else of the main screen."""
        screen = self._says
        if screen is not None:
            screen.say(words)
        elif self._main is not None:
            self._main.say(words)

    @property
    def _says(self) -> Says | None:
        """The screen on top, if it has a footer of its own."""
        try:
            screen = self.screen
        except ScreenStackError:  # before the first, and when all are gone
            return None
        return screen if isinstance(screen, Says) else None

    def get_key_display(self, binding: Binding) -> str:
        """A key as it is shown; by its name where its sign is beyond ASCII and nothing else may be drawn."""
        shown = super().get_key_display(binding)
        return binding.key if self._glyphs.ascii_only and not shown.isascii() else shown

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A letter that is typed into a line opens nothing."""
        if action in ("help", "palette", "coverage", "covers"):
            from textual.widgets import Input

            return not isinstance(self.focused, Input)
        return super().check_action(action, parameters)

    async def action_help(self) -> None:
        """All keys, those of what has the focus first."""
        from tui.ui.bindings import IN_PANE, IN_TREE
        from tui.ui.screens.help import Help, in_words
        from tui.ui.widgets.pane import DocumentPane

        keys, display = self._settings.keys, self.get_key_display
        on_top = self._says
        if on_top is not None:
            await self.push_screen(Help(in_words(on_top.declared_keys(), keys, display), on_top.notes))
            return
        here = IN_PANE if isinstance(self.focused, DocumentPane) else IN_TREE
        entries = sorted(in_words(self._declared(), keys, display), key=lambda entry: entry[0] != here)
        await self.push_screen(Help(entries, _FILTER_WORDS))

    @staticmethod
    def _declared() -> list[tuple[str, Binding]]:
        from tui.ui.bindings import declared
        from tui.ui.locals.line import EvaluateLine
        from tui.ui.locals.lists import Variables
        from tui.ui.widgets.pane import DocumentPane
        from tui.ui.widgets.tree import TestTree

        return declared((TestTree, DocumentPane, Variables, EvaluateLine, TerminalApp))

    async def action_coverage(self) -> None:
        """Coverage, file by file."""
        await self.coverage.open(self)

    async def action_covers(self) -> None:
        """What the test under the cursor covers."""
        from tui.model.nodes import Item

        node = self._main.tree_view.cursor_node if self._main is not None else None
        if isinstance(node, Item):
            await self.coverage.open_share(self, node)
        else:
            self.say("put the cursor on a test, to see what it covers")

    async def action_palette(self) -> None:
        """The command palette."""
        from tui.ui.palette import Palette, commands

        below = self.screen

        async def chosen(action: str | None) -> None:
            if action is not None:
                await below.run_action(action)

        await self.push_screen(Palette(commands(below, self.get_key_display)), chosen)

    def action_interrupt(self) -> None:
        """ctrl+c: copy a selection, else stop the run, else ask whether to leave."""
        selected, run = self.screen.get_selected_text(), self.store.run
        if selected:
            self.copy_to_clipboard(selected)
        elif self.controller.busy and (run is None or run.active):
            self.controller.stop()
        else:
            self.action_leave(ask="ctrl+c")

    def action_leave(self, ask: str = "") -> None:
        """Leave; asks first when a debugger or a run would be lost."""
        run = self.store.run
        if self.visits.is_open:
            self._question("A debugger is open. Leave all the same?", ask or "q")
        elif self.controller.busy and run is not None and run.active and not run.collecting:
            asked = self._question("A run is going on. Leave all the same?", ask or "q")
            self.run_worker(self._leave_when_kept(run, asked), group="leave", exclusive=True)
        elif ask:
            self._question("Leave Redbar?", ask)
        elif self.controller.busy and run is not None and not run.active:
            self.run_worker(self._leave_when_kept(run), group="leave", exclusive=True)
        else:
            self.exit(0)

    async def _leave_when_kept(self, run: RunState, asked: Screen[bool] | None = None) -> None:
        """Leave as soon as what that run found is kept for the next session, and unless a question says no."""
        from asyncio import sleep

        while self.controller.busy and self.store.run is run:
            await sleep(_PAUSE)  # it takes a moment, once, or as long as the question stands
            if asked is not None and asked not in self.screen_stack:
                return
        if asked is None:
            self.action_leave()
        elif self.store.run is run and self.screen is asked:
            asked.dismiss(True)  # noqa: FBT003 - nothing is left to ask about

    def _question(self, words: str, key: str) -> Screen[bool]:
        from tui.ui.screens.dialogs import Question

        def answered(yes: bool | None) -> None:
            if yes:
                self.exit(0)

        question = Question(words, key)
        self.push_screen(question, answered)
        return question
