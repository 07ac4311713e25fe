"""Someone at the screen: the whole app on a project of a test's own, with real runs of pytest below it."""

from __future__ import annotations

import asyncio
import sys
import textwrap
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic
from typing import Any

from textual import events
from textual.keys import _character_to_key, key_to_character
from textual.pilot import Pilot
from textual.widgets import Input, Static

from tests.ui.terminal.recording import settle
from tests.ui.widgets.scene import screen_lines
from tui.engine.debugging.policy import Policy
from tui.engine.explorer import Explorer, Project
from tui.engine.interpreter import Interpreter
from tui.engine.orders import first_order
from tui.engine.server import Connection
from tui.engine.settings import Settings
from tui.model import events as ev
from tui.model.nodes import Branch, Item, label_of
from tui.model.run import RunState
from tui.model.store import Store
from tui.ui.app import RedbarApp
from tui.ui.screens.main import MainScreen
from tui.ui.widgets.bar import Bar
from tui.ui.widgets.footer import Footer

SECONDS = 30.0
"""Longest that a test waits for a condition; none comes near it."""
_BETWEEN = 0.01
"""Seconds between two looks at a condition."""


def write(folder: Path, files: dict[str, str]) -> None:
    """Write files of a project, dedented."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")


class RecordingStore(Store):
    """Keeps what each run started, in order."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        super().__init__(clock)
        self.ran: dict[int, list[str]] = {}
        self.collections: list[int] = []
        """Numbers of the runs that only collected."""

    def begin(self, number: int, **how: Any) -> RunState:
        """Note the run."""
        if how["collecting"]:
            self.collections.append(number)
        else:
            self.ran[number] = []
        return super().begin(number, **how)

    def apply(self, event: ev.Event) -> None:
        """Note what starts."""
        if isinstance(event, ev.ItemStarted):
            self.ran[event.run].append(event.nodeid)
        super().apply(event)


class WatchedExplorer(Explorer):
    """Keeps the ids of all processes that it had."""

    def __init__(self, project: Project, policy: Policy | None = None) -> None:
        super().__init__(project, policy)
        self.pids: set[int] = set()

    def on_message(self, connection: Connection, message: dict[str, Any], descriptors: list[int]) -> None:
        """Note a fork."""
        if "forked" in message:
            self.pids.add(message["pid"])
        super().on_message(connection, message, descriptors)

    def close(self) -> None:
        """Note the host, then end everything."""
        if self._host is not None and self._host.process is not None:
            self.pids.add(self._host.process.pid)
        super().close()


class Sitting:
    """The app while somebody uses it."""

    def __init__(self, app: RedbarApp, pilot: Pilot[int], store: RecordingStore, explorer: WatchedExplorer) -> None:
        self.app = app
        self.pilot = pilot
        self.store = store
        self.explorer = explorer

    # Doing

    async def press(self, *keys: str) -> None:
        """Press keys one after the other; each is handled before the next comes."""
        for key in keys:
            self._send(key)
            await self.quiet()

    async def type(self, text: str, *keys: str) -> None:
        """Type a text, then keys, in one burst: all are there before the first is handled."""
        for character in text:
            self._send(_character_to_key(character), character)
        for key in keys:
            self._send(key)
        await self.quiet()

    def _send(self, key: str, character: str | None = None) -> None:
        driver = self.app._driver
        assert driver is not None
        driver.send_message(events.Key(key, character or key_to_character(key)))

    async def quiet(self) -> None:
        """Wait until all messages are handled and all that changed is painted, or the app is about to end."""
        for _ in range(2):
            await self.pilot._wait_for_screen()
        if not self.app._exit:
            await settle(self.app)

    async def go(self, nodeid: str) -> None:
        """Put the cursor on a node, by its nodeid or what its row shows."""
        assert self.main.tree_view.move_to_node(self.node(nodeid))
        await self.quiet()

    async def until(self, condition: Callable[[], object], what: str = "") -> None:
        """Wait for a condition."""
        end = monotonic() + SECONDS
        while not condition():
            if self.app._exception is not None:
                raise self.app._exception
            if monotonic() > end:
                shown = "\n".join(self.lines)
                raise AssertionError(f"waited in vain for {what or condition}; on screen:\n{shown}")
            await asyncio.sleep(_BETWEEN)
        await self.quiet()

    async def rest(self) -> None:
        """Wait until nothing runs or is to run, and all is on screen."""
        controller = self.app.controller
        await self.until(lambda: not controller.busy and controller.waiting is None, "the end of all runs")
        await self.shown()

    async def shown(self) -> None:
        """Wait until the screen has caught up with the store."""
        repaints = self.main._repaints
        await self.until(lambda: not repaints._dirty, "the screen")

    async def run(self, *keys: str) -> list[str]:
        """Press keys that start a run, wait for its end; what it started, in order."""
        before = set(self.store.ran)
        await self.press(*keys)
        await self.rest()
        (number,) = set(self.store.ran) - before
        return self.store.ran[number]

    async def said(self, words: str) -> None:
        """Wait until the footer says something with these words in it."""
        await self.until(lambda: words in self.footer.said, f"{words!r} in the footer")

    # Looking

    @property
    def main(self) -> MainScreen:
        """The main screen."""
        assert self.app._main is not None
        return self.app._main

    @property
    def footer(self) -> Footer:
        """The last line."""
        return self.main.query_one(Footer)

    @property
    def bar(self) -> str:
        """What the first line says."""
        return self.lines[0].strip()

    @property
    def colour(self) -> str:
        """The colour of the first line."""
        return str(self.main.query_one(Bar).state.colour)

    @property
    def lines(self) -> list[str]:
        """What stands on each line of the screen."""
        return screen_lines(self.app)

    @property
    def screen(self) -> str:
        """All that is on screen."""
        return "\n".join(self.lines)

    @property
    def names(self) -> list[str]:
        """What the rows of the tree show, in order."""
        return [label_of(node) for node in self.main.tree_view.rows]

    @property
    def at(self) -> str:
        """The nodeid of the node under the cursor."""
        node = self.main.tree_view.cursor_node
        assert node is not None
        return node.nodeid

    @property
    def dialog(self) -> str:
        """The texts of the screen on top."""
        return "\n".join(str(static.render()) for static in self.app.screen.query(Static))

    @property
    def entry(self) -> Input:
        """The input of the screen on top."""
        return self.app.screen.query_one(Input)

    @property
    def document(self) -> str:
        """All that the detail pane shows, its title first."""
        document = self.main.detail.pane.document
        return f"{document.title}\n{document.plain_text()}"

    @property
    def outcomes(self) -> dict[str, str]:
        """The words of all items, by nodeid."""
        return {item.nodeid: item.status.word for item in self.store.tree.items()}

    @property
    def run_state(self) -> RunState:
        """The present run, or the last."""
        assert self.store.run is not None
        return self.store.run

    def node(self, nodeid: str) -> Branch | Item:
        """A node, by its nodeid or what its row shows."""
        stack: list[Branch | Item] = [self.store.tree.root]
        while stack:
            node = stack.pop()
            if nodeid in (node.nodeid, label_of(node)) and node is not self.store.tree.root:
                return node
            if isinstance(node, Branch):
                stack.extend(node.children)
        raise AssertionError(f"{nodeid} is not in the tree: {list(self.outcomes)}")


def is_alive(pid: int) -> bool:
    """Whether a process still does anything; one that nobody has waited for does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@asynccontextmanager
async def sit_down(
    folder: Path,
    *args: str,
    size: tuple[int, int] = (80, 24),
    clock: Callable[[], float] = monotonic,
    wait: bool = True,
    make_store: Callable[[Callable[[], float]], RecordingStore] = RecordingStore,
    policy: Policy | None = None,
    **settings: Any,
) -> AsyncIterator[Sitting]:
    """Open the app on a folder with arguments for pytest; it is at rest if ``wait``.

    Without a ``policy`` nobody debugs. Afterwards no process of it may be left.
    """
    explorer = WatchedExplorer(Project(folder, Interpreter(sys.executable, "the test"), args), policy)
    try:
        chosen = Settings(**{"ascii": False, **settings})
        explorer.prepare(first_order(chosen))
        store = make_store(clock)
        app = RedbarApp(explorer, chosen, store=store)
        async with app.run_test(size=size) as pilot:
            sitting = Sitting(app, pilot, store, explorer)
            await sitting.until(lambda: app._main is not None and app._main.is_mounted, "the first frame")
            if wait:
                await sitting.rest()
            yield sitting
    finally:
        explorer.close()
    end = monotonic() + SECONDS
    while left := [pid for pid in explorer.pids if is_alive(pid)]:
        assert monotonic() < end, f"processes are left: {left}"
        await asyncio.sleep(_BETWEEN)
