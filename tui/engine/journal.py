"""Reads journals: while they grow, and later, line by line, when somebody asks for what a result says."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from tui.plugin import wire

if TYPE_CHECKING:
    from pathlib import Path

    from tui.model.events import Ref

    Lines = list[tuple[Ref, dict[str, Any]]]
    """Lines of a journal with their places."""

_OFFSET_BITS = 40
_CHUNK = 1 << 18
"""Bytes that are read at once: what they hold is in memory all together, and no key is answered meanwhile."""
_SHOWN = 80
"""Bytes of a broken line that a message quotes."""
_BEFORE, _, _AFTER = wire.JOURNAL_FILE.partition("{}")


def journals_in(folder: Path) -> list[Path]:
    """The journals in the folder of a run, the main one first: it says what session this was."""
    return sorted(folder.glob(wire.JOURNAL_FILE.format("*")), key=lambda path: worker_of(path.name) or "")


def worker_of(journal: str) -> str | None:
    """The id of the xdist worker whose journal has this file name; None for the main one."""
    process = journal.removeprefix(_BEFORE).removesuffix(_AFTER)
    return None if process == wire.MAIN_JOURNAL else process


class Shelf:
    """All journals of this explorer by number, so that a result needs one integer to find its line again."""

    def __init__(self) -> None:
        self._paths: list[Path] = []

    def put(self, path: Path) -> int:
        """Take a journal; returns its number."""
        self._paths.append(path)
        return len(self._paths) - 1

    def ref(self, number: int, offset: int) -> Ref:
        """The place of the line at ``offset`` bytes in the journal of that number."""
        return number << _OFFSET_BITS | offset

    def place(self, ref: Ref) -> tuple[Path, int]:
        """The journal of a line, and the line's offset in it in bytes."""
        return self._paths[ref >> _OFFSET_BITS], ref & ((1 << _OFFSET_BITS) - 1)

    def line(self, ref: Ref) -> dict[str, Any] | None:
        """The line at that place; None when its file is gone or not readable."""
        path, offset = self.place(ref)
        try:
            with path.open("rb") as file:
                file.seek(offset)
                return _parsed(file.readline(wire.LINE_LIMIT + 1))
        except OSError:
            return None

    def started(self, ref: Ref) -> float:
        """When the run of a line began, in seconds since the epoch; 0 when its folder is gone."""
        try:
            return (self.folder(ref) / wire.REQUEST_FILE).stat().st_mtime
        except OSError:
            return 0.0

    def folder(self, ref: Ref) -> Path:
        """The folder of the run that a line belongs to."""
        return self._paths[ref >> _OFFSET_BITS].parent


class GrowingJournal:
    """One journal that a process is still writing."""

    def __init__(self, path: Path, number: int) -> None:
        """Read ``path`` from its beginning; the file may not be there yet. ``number`` is its place on the shelf."""
        self._path = path
        self._number = number
        self._descriptor: int | None = None
        self._offset = 0
        self._rest = b""
        self._skipping = False
        self.has_more = False
        """Whether the last look left something to read."""

    def read(self) -> tuple[Lines, list[str]]:
        """New whole lines with their places, as many as are dealt with in one go; and what is wrong with others.

        ``has_more`` tells whether to read on. Without it nothing but part of a line is left.
        """
        if self._descriptor is None:
            try:
                self._descriptor = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
            except OSError:
                self.has_more = False
                return [], []
        *whole, rest = (self._rest + self._chunk(self._descriptor)).split(b"\n")
        lines: Lines = []
        faults: list[str] = []
        for raw in whole:
            at = self._offset
            self._offset += len(raw) + 1
            if self._skipping:
                self._skipping = False  # the end of a line that was given up before
            elif len(raw) > wire.LINE_LIMIT:
                faults.append(self._too_long(at))
            elif raw.strip():
                value = _parsed(raw)
                if value is None:
                    faults.append(f"{self._path.name}, byte {at}: not a line of a journal: {raw[:_SHOWN]!r}")
                else:
                    lines.append((self._number << _OFFSET_BITS | at, value))
        if self._skipping or len(rest) > wire.LINE_LIMIT:
            if not self._skipping:
                faults.append(self._too_long(self._offset))
            self._skipping = True
            self._offset += len(rest)
            rest = b""
        self._rest = rest
        return lines, faults

    def _chunk(self, descriptor: int) -> bytes:
        """What comes next: some lines, or the end of a long one."""
        chunk = data = os.pread(descriptor, _CHUNK, self._offset + len(self._rest))
        while len(chunk) == _CHUNK and b"\n" not in chunk and len(data) <= wire.LINE_LIMIT:
            chunk = os.pread(descriptor, _CHUNK, self._offset + len(self._rest) + len(data))
            data += chunk
        self.has_more = len(chunk) == _CHUNK
        return data

    def _too_long(self, at: int) -> str:
        return f"{self._path.name}, byte {at}: a line of more than {wire.LINE_LIMIT:,} bytes"

    def close(self) -> None:
        """Hold the file no longer; a later ``read`` goes on where this one ended."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _parsed(raw: bytes) -> dict[str, Any] | None:
    """The object that a line holds; None if it is anything else."""
    try:
        value = wire.decode(raw)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
