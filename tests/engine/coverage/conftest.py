from __future__ import annotations

import asyncio
import subprocess
import sys
import textwrap
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from tui.engine import wishes
from tui.engine.coverage import Coverage
from tui.engine.explorer import Explorer, Project
from tui.engine.interpreter import Interpreter
from tui.engine.runs import Runs
from tui.engine.settings import Settings
from tui.engine.wishes import Wish
from tui.model.store import Store


class Sitting:
    """An explorer of a project with its coverage, as a person has it before them."""

    def __init__(self, folder: Path, policy: str = "selection", args: tuple[str, ...] = ()) -> None:
        self.folder = folder
        self.explorer = Explorer(Project(folder, Interpreter(sys.executable, "test"), ("-pno:cacheprovider", *args)))
        self.store = Store()
        self.runs = Runs(self.explorer, self.store, lambda: None)
        self.coverage = Coverage(self.runs, Settings(coverage=policy))
        self.coverage.begin()
        self._closed = False

    def write(self, name: str, text: str) -> str:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
        return str(path)

    async def run(self, wish: Wish = wishes.EVERYTHING) -> None:
        """Run to the end; the record has it then."""
        self.runs.ask(wish)
        await self.rest()

    async def rest(self) -> None:
        while self.runs.busy:  # noqa: ASYNC110 - runs tell nobody that they are at rest
            await asyncio.sleep(0.01)

    async def save(self, name: str, text: str) -> str:
        """Save a file as watch mode sees it; its path."""
        path = self.write(name, text)
        from tui.engine.loop.selecting import facts_of

        content = (await self.coverage._contents.hashes([path]))[path]
        await self.runs.records.choose({path: content}, self.explorer.describe, lambda: facts_of(self.store))
        return path

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self.explorer.close()

    def git(self, *args: str) -> None:
        subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", *args], cwd=self.folder, check=True)


Sit = Callable[..., Sitting]


@pytest_asyncio.fixture
async def sit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Sit]:
    """Sits down before a project of these files; several times before the same one, too."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    made: list[Sitting] = []

    def start(files: dict[str, str] | None = None, policy: str = "selection", *args: str) -> Sitting:
        folder = tmp_path.resolve() / "project"
        folder.mkdir(exist_ok=True)
        made.append(Sitting(folder, policy, args))
        for name, text in (files or {}).items():
            made[-1].write(name, text)
        return made[-1]

    yield start
    for each in made:
        each.close()
