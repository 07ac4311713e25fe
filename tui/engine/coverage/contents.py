"""What the measured files hold now, and what that consists of."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tui.engine.record.description import content_of, described, source_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.engine.record.description import Describe
    from tui.model.impact.index import Index
    from tui.model.impact.source import Source

_SETTLED = 2.0
"""Seconds after which a file that was written has a time that a later write changes."""

_Sign = tuple[int, int, int]


class Contents:
    """Hashes of files, read again only where they may have changed; and descriptions of what the record has not seen.

    The record's own idea of what files hold is left alone: watch mode sees edits by it.
    """

    def __init__(self, describe: Describe) -> None:
        self._describe = describe
        self._hashes: dict[str, tuple[_Sign, str]] = {}
        self._sources: dict[tuple[str, str], Source | None] = {}

    async def hashes(self, paths: Iterable[str]) -> dict[str, str | None]:
        """The content of each file; None for those that are gone."""
        return await asyncio.to_thread(lambda: {path: self.hash(path) for path in paths})

    @staticmethod
    def sign(path: str) -> _Sign | None:
        """What changes with the content of a file, nearly always; None if it is gone."""
        try:
            status = Path(path).stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size, status.st_ino

    def hash(self, path: str) -> str | None:
        """The content of one file; None if it is gone."""
        try:
            status = Path(path).stat()
            sign = (status.st_mtime_ns, status.st_size, status.st_ino)
            known = self._hashes.get(path)
            if known is not None and known[0] == sign:
                return known[1]
            content = content_of(path)
        except OSError:
            self._hashes.pop(path, None)
            return None
        if time.time() - status.st_mtime > _SETTLED:
            self._hashes[path] = (sign, content)
        return content

    def source(self, index: Index, path: str, content: str) -> Source | None:
        """What that content of a file consists of, as far as it is known."""
        file = index.files.get(path)
        version = file.versions.get(content) if file is not None else None
        if version is not None and version.source is not None:
            return version.source
        return self._sources.get((path, content))

    async def describe(self, wanted: dict[str, str]) -> None:
        """Have these files described, by path with the hash that they had."""
        asked = [path for path, content in wanted.items() if (path, content) not in self._sources]
        if not asked:
            return
        for path, told in (await described(self._describe, asked)).items():
            self._sources[path, str(told.get("hash"))] = _source(told)
        for path in asked:
            self._sources.setdefault((path, wanted[path]), None)


def _source(told: dict[str, object]) -> Source | None:
    try:
        return None if told.get("error") else source_of(told)
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
