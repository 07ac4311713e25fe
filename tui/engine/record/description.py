"""What the user's interpreter says of source files, as values of the model."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Awaitable, Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from tui.model.impact.source import Block, Kind, Source, Unit, line_set

Describe = Callable[[Sequence[str]], Awaitable[dict[str, Any]]]
"""Describes files by their absolute paths; raises OSError when the interpreter cannot be asked."""


def source_of(told: dict[str, Any]) -> Source:
    """The description of one file. Raises KeyError, TypeError or ValueError when it is not one."""
    return Source(
        hash=str(told["hash"]),
        line_hashes=array("L", told["lines"]),
        blocks=tuple(_block(block) for block in told["blocks"]),
        units=tuple(_unit(unit) for unit in told["units"]),
        imports=frozenset(told.get("imports", ())),
        wants=frozenset(told.get("wants", ())),
    )


def _block(told: dict[str, Any]) -> Block:
    return Block(
        qual=told["qual"],
        kind=Kind(told["kind"]),
        hash=told["hash"],
        lines=line_set(told["lines"]),
        names=frozenset(told["names"]),
        keeps=line_set(told.get("keeps", ())),
        shares=line_set(told.get("shares", ())),
        reads_source=bool(told.get("reads_source")),
        lends=line_set(told.get("lends", ())),
        kept=frozenset(told.get("kept", ())),
    )


def _unit(told: dict[str, Any]) -> Unit:
    return Unit(
        kind=told["kind"],
        names=tuple(told["names"]),
        hash=told["hash"],
        of=told.get("of") or "",
        mentions=frozenset(told.get("mentions", ())),
    )


async def described(describe: Describe, paths: Sequence[str], at_once: int = 200) -> dict[str, dict[str, Any]]:
    """What is told of each path; nothing of those where that failed."""
    found: dict[str, dict[str, Any]] = {}
    for first in range(0, len(paths), at_once):
        try:
            answer = await describe(paths[first : first + at_once])
        except OSError:
            continue
        files = answer.get("files")
        if isinstance(files, dict):
            found.update((path, told) for path, told in files.items() if isinstance(told, dict))
    return found


def hashes_of(paths: Iterable[str]) -> dict[str, str | None]:
    """What the files hold now, as their descriptions name it; None for those that are gone."""
    hashes: dict[str, str | None] = {}
    for path in paths:
        try:
            hashes[path] = content_of(path)
        except OSError:
            hashes[path] = None
    return hashes


def content_of(path: str) -> str:
    """What a file holds now, as its description names it. Raises OSError."""
    return hashlib.blake2b(Path(path).read_bytes(), digest_size=16).hexdigest()
