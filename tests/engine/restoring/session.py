"""Sessions on one project, one after the other: explorer, runs and store, without a screen."""

from __future__ import annotations

import asyncio
import os
import sys
import textwrap
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from tui.engine.explorer import COLLECT, Explorer, Project
from tui.engine.interpreter import Interpreter
from tui.engine.restoring import restore
from tui.engine.runs import Runs
from tui.engine.wishes import EVERYTHING, Wish
from tui.model.nodes import Item
from tui.model.store import Store

SECONDS = 60
FILES = {
    "test_a.py": """
        import pytest

        def test_passes():
            print("all is well")

        def test_fails():
            print("before it")
            left = 1
            assert left == 2

        @pytest.mark.skip(reason="not today")
        def test_skipped():
            pass
    """,
    "sub/test_b.py": """
        import pytest

        class TestThing:
            @pytest.mark.parametrize("value", ["x", "y"])
            def test_values(self, value):
                pass
    """,
}
AT_REST = {
    "test_a.py::test_passes": "passed~",
    "test_a.py::test_fails": "failed~",
    "test_a.py::test_skipped": "skipped~",
    "sub/test_b.py::TestThing::test_values[x]": "passed~",
    "sub/test_b.py::TestThing::test_values[y]": "passed~",
}


class Session:
    """One explorer of the project with its store."""

    def __init__(self, explorer: Explorer) -> None:
        self.explorer = explorer
        self.store = Store()
        self._news = asyncio.Event()
        self.runs = Runs(explorer, self.store, self._news.set)

    async def idle(self) -> None:
        await self.until(lambda: not self.runs.busy)

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(SECONDS):
            while not condition():
                self._news.clear()
                await self._news.wait()

    async def collect(self) -> None:
        self.runs.begin_prepared(COLLECT)
        await self.idle()

    async def run(self, wish: Wish = EVERYTHING) -> None:
        self.runs.ask(wish)
        await self.idle()

    async def restore(self) -> None:
        async with asyncio.timeout(SECONDS):
            await restore(self.runs, self._news.set)

    def item(self, nodeid: str, index: int = 0) -> Item:
        item = self.store.tree.item(nodeid, index)
        assert item is not None
        return item

    @property
    def tree(self) -> dict[str, str]:
        """Words by nodeid, in order of the tree; ``~`` behind those that are out of date."""
        return {item.nodeid: item.status.word + "~" * item.stale for item in self.store.tree.items()}


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(textwrap.dedent(text))
        os.utime(path, (0, 0))  # that a file is younger than results is not what is tested here


@asynccontextmanager
async def session(folder: Path, *args: str, python: str = sys.executable) -> AsyncIterator[Session]:
    explorer = Explorer(Project(folder, Interpreter(python, "test"), args))
    try:
        yield Session(explorer)
    finally:
        explorer.close()


async def run_all(folder: Path, *args: str) -> None:
    async with session(folder, *args) as first:
        await first.run()
