"""Opens the real app on a real project, without a terminal, and waits for what it should show."""

from __future__ import annotations

import os
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

from rich.terminal_theme import DEFAULT_TERMINAL_THEME, SVG_EXPORT_THEME
from textual.widgets import Input

from screenshots import projects
from screenshots.picture import svg_of, words_of
from tui.engine.debugging.policy import policy_of
from tui.engine.explorer import COLLECT, Explorer, Project
from tui.engine.interpreter import find
from tui.model import events as ev
from tui.model.store import Store
from tui.ui.app import RedbarApp
from tui.ui.widgets.tree import TestTree

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from textual.pilot import Pilot

    from tui.engine.settings import Settings

_LIMIT = 30.0
"""Seconds that the app has to come to what it should show."""
_POLL = 0.1
_STILL = 8
"""Looks in a row at which nothing has changed; together longer than the app takes between two of its refreshes."""
_MOST_ROWS = 300
_COLLECTING_TAKES = 0.2
"""Seconds, by the clock of the pictures."""
_ENVIRONMENT = {
    "LC_ALL": "C.UTF-8",
    "TERM": "xterm-256color",
    "COLORTERM": "truecolor",
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # whatever else is installed here
}
_UNSET = (
    *("NO_COLOR", "FORCE_COLOR", "COLORFGBG", "COLUMNS", "VIRTUAL_ENV", "CI", "BUILD_NUMBER"),
    *("REDBAR_ASCII", "PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTHONPATH", "PYTHONWARNINGS"),
)


class UnexpectedScreenError(Exception):
    """The app did not come to show what it should; the message says what it shows."""


class PictureStore(Store):
    """A store whose clock goes by the durations of the tests alone."""

    def __init__(self) -> None:
        self.now = 1000.0
        super().__init__(clock=lambda: self.now)

    def apply(self, event: ev.Event) -> None:
        """Take one event, and the time that it tells of."""
        if isinstance(event, ev.ItemFinished):
            self.now += event.duration
        elif isinstance(event, ev.CollectionFinished):
            self.now += _COLLECTING_TAKES
        super().apply(event)


class Scene:
    """The running app, as a person at the keyboard has it."""

    def __init__(self, app: RedbarApp, pilot: Pilot[int], store: PictureStore, project: Path) -> None:
        self.store = store
        self.light = False
        """Whether the terminal's own background is white."""
        self._app = app
        self._pilot = pilot
        self._project = project

    async def press(self, *keys: str) -> None:
        """Press keys."""
        await self._pilot.press(*keys)
        await self._pilot.pause()

    async def type(self, text: str) -> None:
        """Type a text."""
        await self.press(*text)

    async def until(self, condition: Callable[[], object], what: str) -> None:
        """Wait for a condition; ``what`` says that it is not met. Raises UnexpectedScreenError."""
        for _ in range(int(_LIMIT / _POLL)):
            if condition():
                return
            await self._pilot.pause(_POLL)
        raise UnexpectedScreenError("\n".join([what, *self.words()]))

    async def at_rest(self) -> None:
        """Wait until nothing runs."""
        await self.until(lambda: self.store.run and not self._app.controller.busy, "the run does not end")

    async def begin(self, key: str = "R") -> None:
        """Begin a run."""
        before = self.store.run
        await self.press(key)
        await self.until(lambda: self.store.run is not before, f"{key} begins no run")

    async def run(self, key: str = "R") -> None:
        """Begin a run and wait for its end."""
        await self.begin(key)
        await self.at_rest()

    async def held(self, *ends: str) -> None:
        """Wait until the items run whose nodeids end so."""

        def running() -> bool:
            nodeids = [nodeid for nodeid, _ in self.store.run.running] if self.store.run else []
            return all(any(nodeid.endswith(end) for nodeid in nodeids) for end in ends)

        await self.until(running, f"not running: {', '.join(ends)}")

    async def go_to(self, end: str) -> None:
        """Move the cursor down to the node whose nodeid ends so."""
        tree = self._app.screen_stack[0].query_one(TestTree)
        for _ in range(_MOST_ROWS):
            node = tree.cursor_node
            if node is not None and node.nodeid.endswith(end):
                return
            await self.press("j")
        raise UnexpectedScreenError("\n".join([f"no such row: {end}", *self.words()]))

    async def watching(self) -> None:
        """Watch the files, and wait until a save would be answered as fast as can be."""
        await self.press("w")
        await self.until(lambda: self._app.watching.loop is not None, "nothing is watched")
        await self.prepared()

    async def prepared(self) -> None:
        """Wait until what the next save will want is ready."""
        loop = self._app.watching.loop
        await self.until(lambda: loop is not None and loop.resting and self._app.explorer.ready, "no rest after a save")

    async def save(self, file: str, old: str, new: str) -> None:
        """Edit a file of the project, and wait for all that this leads to."""
        path = self._project / file
        text = path.read_text("utf-8")
        if old not in text:
            raise UnexpectedScreenError(f"{file} does not hold {old}")
        before = self.store.run
        path.write_text(text.replace(old, new), "utf-8")
        await self.until(lambda: self.store.run is not before, f"the save of {file} begins no run")
        await self.prepared()

    def plan(self, **plan: object) -> None:
        """Say what the next run is to wait for."""
        projects.set_stage(self._project, plan)

    def svg(self) -> str:
        """The picture."""
        return svg_of(self._app, DEFAULT_TERMINAL_THEME if self.light else SVG_EXPORT_THEME)

    def words(self) -> list[str]:
        """What stands on the screen, line by line."""
        return words_of(self.svg())

    async def still(self, shows: Sequence[str]) -> str:
        """The picture as soon as it shows all of these and nothing changes any more. Raises UnexpectedScreenError."""
        for entry in self._app.screen.query(Input):
            entry.cursor_blink = False
        svg, same = "", 0

        def is_still() -> bool:
            nonlocal svg, same
            before, svg = svg, self.svg()
            words = "\n".join(words_of(svg))
            same = same + 1 if svg == before and all(each in words for each in shows) else 0
            return same >= _STILL

        await self.until(is_still, f"this should show {', '.join(shows)}, and stay:")
        return svg


@asynccontextmanager
async def opened(
    project: Path, size: tuple[int, int], settings: Settings, args: Sequence[str], environment: Mapping[str, str]
) -> AsyncIterator[Scene]:
    """The app on a project, from its start to its end."""
    with _environment({**_ENVIRONMENT, **environment}):
        interpreter = find(None, None, project, {})
        explorer = Explorer(Project(project, interpreter, tuple(args)), policy_of(settings))
        try:
            explorer.prepare(COLLECT)
            store = PictureStore()
            app = RedbarApp(explorer, settings, store=store)
            async with app.run_test(size=size) as pilot:
                yield Scene(app, pilot, store, project)
        finally:
            explorer.close()


@contextmanager
def _environment(wanted: Mapping[str, str]) -> Iterator[None]:
    """These variables, and none that would change a picture."""
    before = dict(os.environ)
    for name in _UNSET:
        os.environ.pop(name, None)
    os.environ.update(wanted)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
