"""Reads the record journals of a run: contexts by name with the lines that each executed, in whichever process."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tui.engine.journal import GrowingJournal
from tui.model.impact.index import COLLECTOR, FIXTURE, IMPORT, SESSION, TEST, Name
from tui.model.impact.source import line_set
from tui.plugin import wire

if TYPE_CHECKING:
    from pathlib import Path

Where = tuple[str, str]
"""A file and its content: path and hash."""

Flat = tuple[int, ...]
"""Pairs of numbers, one after the other."""

_TEXT = {TEST: "nodeid", COLLECTOR: "nodeid", FIXTURE: "key", IMPORT: "path"}
"""The key in the journal that tells contexts of one kind apart."""


@dataclass(slots=True)
class Recorded:
    """One context as a run recorded it; ``lines`` are line sets by file and content."""

    lines: dict[Where, int] = field(default_factory=dict)
    arcs: dict[Where, set[Flat]] = field(default_factory=dict)
    """Arcs by file and content, as parts whose union they are; for all of ``lines`` or for none."""
    data: set[str] = field(default_factory=set)
    listed: set[str] = field(default_factory=set)
    fixtures: dict[str, None] = field(default_factory=dict)
    spawns: bool = False
    setup: float = 0.0
    partial: bool = False
    """Whether lines were executed that nobody saw."""
    failed: bool = False
    """Whether an import or a collection broke off."""


@dataclass(slots=True)
class Journals:
    """The record of one run. ``ended``: every process that wrote it came to an orderly end."""

    contexts: dict[Name, Recorded] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)
    """Content of each file, as the run saw it."""
    imports: dict[str, set[str]] = field(default_factory=dict)
    wanted: dict[str, set[str]] = field(default_factory=dict)
    setting: dict[str, Any] = field(default_factory=dict)
    """What the run told: ``roots``, folders of its ``sys.path``; ``cov``, options of pytest-cov; ``faults``, words."""
    ended: bool = True
    torn: bool = False
    """Whether some lines could not be read: any context may have executed more than is known."""
    found: bool = False
    """Whether there was any journal: without one the run was not recorded."""


class JournalReader:
    """Reads the record journals of one run while it goes on; lines that make no sense are left out.

    Between two calls no file is open: each process that a test forks has a journal of its own.
    """

    def __init__(self, run_folder: Path) -> None:
        self._folder = run_folder
        self._result = Journals()
        self._readings: dict[Path, tuple[GrowingJournal, _Reading]] = {}
        self._turn = threading.Lock()
        self._over = False

    def read(self) -> bool:
        """Read some of what has been written since; whether there may be more. In any thread."""
        with self._turn:
            more = [] if self._over else [self._read(path) for path in self._paths()]
            return any(more)

    def files(self) -> list[str]:
        """The files of which anything has been read so far. In any thread."""
        with self._turn:
            return list(self._result.hashes)

    def contexts(self) -> dict[Name, Recorded]:
        """What was read of contexts since the last call; nobody else gets it. In any thread."""
        with self._turn:
            contexts, self._result.contexts = self._result.contexts, {}
            return contexts

    def rest(self) -> Journals:
        """All that was recorded: the run is over."""
        with self._turn:
            self._over = True
            for path in self._paths():
                while self._read(path):
                    pass
            result = self._result
            result.found = bool(self._readings)
            result.ended = all(reading.ended for _, reading in self._readings.values())
            result.setting.setdefault("faults", [])
            return result

    def _paths(self) -> list[Path]:
        return sorted(self._folder.glob(wire.RECORD_FILE.format("*")))

    def _read(self, path: Path) -> bool:
        """Take some whole lines of a journal; whether there may be more."""
        if path not in self._readings:
            self._readings[path] = GrowingJournal(path, 0), _Reading(self._result)
        journal, reading = self._readings[path]
        lines, faults = journal.read()
        for _, value in lines:
            reading.accept(value)
        self._result.torn |= bool(faults)
        if not journal.has_more:
            journal.close()
        return journal.has_more


def written_by(run_folder: Path) -> set[str]:
    """The project paths that a run opened for writing, renamed or removed."""
    written: set[str] = set()
    for path in run_folder.glob(wire.RECORD_FILE.format("*")):
        with suppress(OSError), path.open("rb") as file:
            for line in file:
                if line.startswith(b'{"wrote"'):
                    written.update(_written(line))
    return written


def _written(line: bytes) -> list[str]:
    """The paths of a line; none of what a killed process has left of one."""
    try:
        paths = wire.decode(line)["wrote"]
    except (ValueError, RecursionError):
        return []
    return [path for path in paths if isinstance(path, str)] if isinstance(paths, list) else []


class _Reading:
    """One journal; its numbers of files are its own."""

    def __init__(self, result: Journals) -> None:
        self.ended = False
        self._result = result
        self._files: dict[str, Where] = {}
        self._sets: dict[Flat, int] = {}
        self._ends: dict[Flat, int] = {}

    def accept(self, value: dict[str, Any]) -> None:
        """One line; nothing of one that makes no sense."""
        try:
            self._take(value)
        except (KeyError, TypeError, ValueError, OverflowError, MemoryError):
            return

    def _take(self, value: dict[str, Any]) -> None:
        if "context" in value:
            self._context(value)
        elif "file" in value:
            self._files[str(value["file"])] = (value["path"], value["hash"])
            self._result.hashes[value["path"]] = value["hash"]
        elif "edges" in value:
            _connect(self._result.imports, value["edges"])
        elif "wanted" in value:
            _connect(self._result.wanted, value["wanted"])
        elif "roots" in value:
            self._result.setting["roots"] = [str(root) for root in value["roots"]]
        elif "fault" in value:
            self._result.setting.setdefault("faults", []).append(str(value["fault"]))
        elif "cov" in value:
            self._result.setting["cov"] = dict(value["cov"])
        elif "end" in value:
            self.ended = True

    def _context(self, value: dict[str, Any]) -> None:
        kind = value["context"]
        text = value[_TEXT[kind]] if kind != SESSION else ""
        name = Name(kind, text, value.get("number", 0) if kind == TEST else 0)
        recorded = self._result.contexts.get(name)
        if recorded is None:
            recorded = self._result.contexts[name] = Recorded()
        for number, ranges in value.get("lines", {}).items():
            where = self._files[number]
            recorded.lines[where] = recorded.lines.get(where, 0) | self._lines(tuple(ranges))
        for number, flat in value.get("arcs", {}).items():
            where, arcs = self._files[number], tuple(flat)
            recorded.lines[where] = recorded.lines.get(where, 0) | self._lines_of(arcs)
            recorded.arcs.setdefault(where, set()).add(arcs)
        recorded.data.update(value.get("data", ()))
        recorded.listed.update(value.get("listed", ()))
        recorded.fixtures.update(dict.fromkeys(value.get("fixtures", ())))
        recorded.spawns |= bool(value.get("spawns"))
        recorded.partial |= bool(value.get("partial"))
        recorded.failed |= bool(value.get("failed"))
        recorded.setup = max(recorded.setup, float(value.get("setup") or 0.0))

    def _lines(self, ranges: tuple[int, ...]) -> int:
        lines = self._sets.get(ranges)
        if lines is None:
            lines = self._sets[ranges] = line_set(ranges)
        return lines

    def _lines_of(self, arcs: Flat) -> int:
        """The lines at the ends of arcs."""
        lines = self._ends.get(arcs)
        if lines is None:
            lines = 0
            for line in set(arcs):
                if line > 0:
                    lines |= 1 << line
            self._ends[arcs] = lines
        return lines


def _connect(graph: dict[str, set[str]], edges: list[list[str]]) -> None:
    for importer, imported in edges:
        graph.setdefault(importer, set()).add(imported)
