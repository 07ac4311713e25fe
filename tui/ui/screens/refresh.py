"""When to repaint: soon after a change, never more often than ten times a second, and not at all at rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model.outcome import BAD, Status
from tui.ui.widgets.bar import Bar, bar_state

if TYPE_CHECKING:
    from textual.timer import Timer

    from tui.model.events import ItemKey
    from tui.model.nodes import Node
    from tui.model.run import RunState
    from tui.model.store import Store
    from tui.ui.screens.parts import Parts
    from tui.ui.status import Glyphs
    from tui.ui.watching import Save
    from tui.ui.widgets.cycle_line import CycleLine

_SECONDS = 0.1
"""Between two repaints for live changes; ten frames a second look alive and stay below 3 kB/s on a small screen."""
_CALM_EVERY = 2
"""While a run only counts on, every second repaint is left out: numbers are not read faster."""
_CLOCK_EVERY = 4
"""Ticks after which the bar is looked at without any change: it shows the time."""
_LONG = 3.0
"""Seconds after which a test may hang."""
_USUAL_TIMES = 3
"""It does so if it took less than one part of so many before."""
_DETAIL_EVERY = 6
"""Ticks after which the detail pane follows a node that changes."""


class Refresh:
    """Paces the main screen. A key is never delayed by it."""

    def __init__(self, screen: Parts, store: Store, glyphs: Glyphs) -> None:
        self._screen = screen
        self._glyphs = glyphs
        self._line: CycleLine | None = None
        self._store = store
        self._dirty = True
        self._timer: Timer | None = None
        self._clock: Timer | None = None
        self._save: Save | None = None
        self._ticks = 0
        self._is_hurried = False
        self._news: tuple[object, ...] = ()
        self._was_active = False
        self._opened_pauses: list[str] = []
        self._opened_hanging: set[ItemKey] = set()
        self._shown: tuple[int, bool, Node | None, int, str] = (-1, False, None, -1, "")

    def start(self) -> None:
        """Begin; the screen is mounted."""
        self._timer = self._screen.set_interval(_SECONDS, self._tick)
        self._clock = self._screen.set_interval(1, self._show_cycle, pause=True)
        self._tick()

    def soon(self) -> None:
        """Something has changed."""
        self._dirty = True
        if self._timer is not None:
            self._timer.resume()

    def hurry(self) -> None:
        """A key was pressed: what comes of it is not to wait."""
        self._is_hurried = True

    def _is_calm(self, run: RunState) -> bool:
        """Whether nothing has come since the last repaint but progress."""
        tree, before = self._store.tree, self._news
        bad = sum(tree.root.counts[status] for status in BAD)
        self._news = (run.number, run.first_item is None, run.stopping, len(self._store.paused), bad, tree.structure)
        hurried, self._is_hurried = self._is_hurried, False
        return not hurried and self._news == before

    def _tick(self) -> None:
        run = self._store.run
        active = run is not None and run.active
        self._ticks += 1
        if run is not None and run.active and self._is_calm(run) and self._ticks % _CALM_EVERY:
            return
        changed, self._dirty = self._dirty, False
        if changed or active:
            self._dirty = self._screen.tree_view.tick()  # it may put work off
        if changed or (active and self._ticks % _CLOCK_EVERY == 0):
            self._open_failures()
            self._open_pauses()
            self._open_hanging(run)
            self._screen.set_class(not self._screen.tree_view.rows and not active, "-no-rows")
            self._show_bar()
            self._show_cycle()
            self._screen.refresh_bindings()
        self._follow(active=active)
        if self._was_active and not active:
            self._screen.run_over()
        self._was_active = active
        if not active and not changed and not self._dirty and self._timer is not None:
            self._timer.pause()

    def _follow(self, *, active: bool) -> None:
        """Bring the detail pane up to date if what it shows has changed since."""
        node = self._screen.tree_view.cursor_node
        version = node.version if node is not None else self._store.tree.generation
        run = self._store.run
        shown = (run.number if run else -1, active, node, version, self._screen.filtering.text)
        running = node is not None and getattr(node, "status", None) is Status.RUNNING
        is_first = self._ticks == 1  # what looks behind nodes is not loaded before the first frame
        if is_first or (active and self._ticks > _CALM_EVERY and self._ticks % _DETAIL_EVERY):
            return
        if shown != self._shown or (active and (self._screen.shows_terminal or running)):
            self._shown = shown
            self._screen.show_detail(keep_place=True)

    def _open_failures(self) -> None:
        """After a run, bring its failures into view where there is room for them; while it goes on, nothing jumps.

        Those of the last session come while this one collects.
        """
        controller, run = self._screen.controller, self._store.run
        target = self._screen.watching.to_follow(controller.fresh_failures)
        if target is not None:
            self._screen.tree_view.move_to_node(target)
        if run is not None and run.active and not run.collecting:
            return
        failures = [item for item in controller.fresh_failures if item.status.is_bad]
        controller.fresh_failures = []
        if failures:
            self._screen.tree_view.open_to(failures)

    def _open_pauses(self) -> None:
        """Where a run stands still is seen in the tree, if there is room for it."""
        paused = self._store.paused
        if self._opened_pauses != list(paused):
            self._opened_pauses = list(paused)
            items = [self._store.tree.item(pause.nodeid, pause.index) for pause in paused.values()]
            self._screen.tree_view.open_to(item for item in items if item is not None)

    def _open_hanging(self, run: RunState | None) -> None:
        """What runs for far longer than it did before is seen in the tree, too."""
        now = self._store.clock()
        hanging = []
        for key, since in run.running.items() if run is not None and run.active else ():
            item = self._store.tree.item(*key) if now - since > _LONG else None
            if item is not None and now - since > _USUAL_TIMES * item.seconds and key not in self._opened_hanging:
                hanging.append(item)
        if hanging:
            self._opened_hanging.update(item.key for item in hanging)
            self._screen.tree_view.open_to(hanging)
        elif self._opened_hanging and (run is None or not run.active):
            self._opened_hanging = set()

    def _show_bar(self) -> None:
        screen = self._screen
        toggles = []
        if screen.controller.stop_after:
            toggles.append("-x" if screen.controller.stop_after == 1 else f"maxfail={screen.controller.stop_after}")
        if screen.watching.is_on:
            toggles.append("W")
        if screen.marked:
            toggles.append(f"{len(screen.marked)} marked")
        state = bar_state(
            self._store,
            filter_text=screen.filtering.text,
            matches=screen.tree_view.matches,
            toggles=tuple(toggles),
            now=self._store.clock(),
            ask=screen.visits.ask if self._store.paused else "",
        )
        screen.query_one(Bar).show(state)

    def _show_cycle(self) -> None:
        screen, loop = self._screen, self._screen.watching.loop
        on = screen.watching.is_on and loop is not None
        screen.set_class(on, "-watching")
        if self._clock is not None:
            (self._clock.resume if on else self._clock.pause)()
        if not on or loop is None:
            return
        save = screen.watching.save
        if save is not self._save:
            self._save = save
            screen.set_class(save is not None, "-saved")
        from tui.ui.widgets.cycle_line import CycleLine, cycle_state

        if self._line is None:  # it is there from the first time that somebody watches
            self._line = CycleLine(self._glyphs)
            screen.mount(self._line, before="Footer")
        self._line.show(cycle_state(loop.cycle, save, loop.notes, self._store.clock()))
