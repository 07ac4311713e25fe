"""Reads journals: while they grow, and later, line by line, when somebody asks for what a result says."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from tui.plugin import wire

if TYPE_CHECKING:
    from pathlib import Path

    from tui.model.events import Ref

_OFFSET_BITS = 40
_CHUNK = 1 << 20


class Shelf:
    """All journals of this explorer by number, so that a result needs one integer to find its line again."""

    def __init__(self) -> None:
        self._paths: list[Path] = []

    def put(self, path: Path) -> int:
        """Take a journal; returns its number."""
        self._paths.append(path)
        return len(self._paths) - 1

    def line(self, ref: Ref) -> dict[str, Any] | None:
        """The line at that place; None when its file is gone or not readable."""
        path, offset = self._paths[ref >> _OFFSET_BITS], ref & ((1 << _OFFSET_BITS) - 1)
        try:
            with path.open("rb") as file:
                file.seek(offset)
                value = wire.decode(file.readline(2 * wire.LINE_LIMIT))
        except (OSError, ValueError):
            return None
        return value if isinstance(value, dict) else None

    def folder(self, ref: Ref) -> Path:
        """The folder of the run that a line belongs to."""
        return self._paths[ref >> _OFFSET_BITS].parent


class GrowingJournal:
    """One journal that a process is still writing."""

    def __init__(self, path: Path, number: int) -> None:
        self._path = path
        self._number = number
        self._descriptor: int | None = None
        self._offset = 0
        self._rest = b""

    def read(self) -> tuple[list[tuple[Ref, dict[str, Any]]], list[str]]:
        """New whole lines, at most about 1 MiB of them, with their places; and what is wrong with others."""
        if self._descriptor is None:
            try:
                self._descriptor = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
            except OSError:
                return [], []
        data = self._rest + os.pread(self._descriptor, _CHUNK, self._offset + len(self._rest))
        end = data.rfind(b"\n") + 1
        if not end and len(data) > 2 * wire.LINE_LIMIT:
            self._offset += len(data)
            self._rest = b""
            return [], [f"{self._path.name}: a line of more than {wire.LINE_LIMIT:,} bytes"]
        lines: list[tuple[Ref, dict[str, Any]]] = []
        faults: list[str] = []
        at = self._offset
        for raw in data[:end].splitlines(keepends=True):
            if raw.strip():
                try:
                    value = wire.decode(raw)
                    lines.append((self._number << _OFFSET_BITS | at, value))
                except ValueError:
                    faults.append(f"{self._path.name}: no JSON at byte {at}")
            at += len(raw)
        self._offset = at
        self._rest = data[end:]
        return lines, faults

    def close(self) -> None:
        """Nothing more is to come."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
