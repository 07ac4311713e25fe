"""A source of events that a test speaks for, and a project that is watched through it."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings

from tui.engine.watching import Changes, Rules, Watcher
from tui.engine.watching.source import Batch, SourceError

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""For examples that a busy machine may take its time over."""
PATIENCE = 20
"""Seconds after which a change that has not come will not come."""


def digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


class Hand:
    """Tells what a test says. ``on_watch`` is called when folders are about to have been watched."""

    def __init__(self) -> None:
        self.watched: list[list[str]] = []
        self.on_watch: Callable[[], object] = lambda: None
        self.failure: SourceError | None = None
        self.is_closed = False
        self.sink: Callable[[Batch], None] = lambda _: None

    def __call__(self, root: str, wanted: Callable[[str], bool], sink: Callable[[Batch], None]) -> Hand:
        self.sink = sink
        return self

    async def watch(self, folders: Sequence[str]) -> None:
        self.on_watch()
        if self.failure:
            raise self.failure
        self.watched.append(list(folders))

    async def close(self) -> None:
        self.is_closed = True


class Project:
    """A folder under a watcher. Names are relative to it; contents are given back as their texts."""

    def __init__(self, root: Path, hand: Hand | None, **options: Any) -> None:
        self.root = Path(os.path.realpath(root))
        self.hand = hand or Hand()
        rules = Rules(root, **options)
        self.watcher = Watcher(root, rules, source=self.hand) if hand else Watcher(root, rules)
        self._changes: AsyncIterator[Changes] = self.watcher.changes()
        self._texts: dict[str, str] = {}

    @property
    def texts(self) -> int:
        """How many texts there have been."""
        return len(self._texts)

    def put(self, name: str, text: str = "") -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.known(text))

    def known(self, text: str) -> str:
        """The text, which is given back for what it holds."""
        self._texts[digest(text)] = text
        return text

    def tell(self, *names: str, appeared: Sequence[str] = ()) -> None:
        """Say that there were events at these names, and at those that appeared."""
        new = frozenset(self._path(name) for name in appeared)
        paths = frozenset(map(self._path, names)) | new
        self.hand.sink(Batch(paths, new, len(paths)))

    def save(self, name: str, text: str) -> None:
        self.put(name, text)
        self.tell(name)

    async def next(self) -> dict[str, str | None]:
        """What the next changes are: the new texts of files by their names."""
        changes = await asyncio.wait_for(anext(self._changes), PATIENCE)
        return {
            path.removeprefix(f"{self.root}/"): content and self._texts.get(content, content)
            for path, content in changes.paths.items()
        }

    async def until(self, **wanted: str | None) -> list[dict[str, str | None]]:
        """All changes until files hold these texts; names with _ for the dot."""
        missing = {name.replace("_", "."): text for name, text in wanted.items()}
        given = []
        while missing:
            given.append(await self.next())
            missing = {name: text for name, text in missing.items() if given[-1].get(name, "\0") != text}
        return given

    def _path(self, name: str) -> str:
        return str(self.root / name)
