"""Reads the record journals of a run: contexts by name with the lines that each executed, in whichever process."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tui.model.impact.index import COLLECTOR, FIXTURE, IMPORT, SESSION, TEST, Name
from tui.model.impact.source import line_set

if TYPE_CHECKING:
    from collections.abc import Iterator
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
    found: bool = False
    """Whether there was any journal: without one the run was not recorded."""


def journals_of(run_folder: Path) -> Journals:
    """Read all record journals of a run; lines that make no sense are left out."""
    result = Journals()
    for path in sorted(run_folder.glob("record-*.jsonl")):
        result.found = True
        reading = Reading(result)
        for value in _values(path):
            reading.accept(value)
        result.ended &= reading.ended
    result.setting.setdefault("faults", [])
    return result


def written_by(run_folder: Path) -> set[str]:
    """The project paths that a run opened for writing, renamed or removed."""
    written: set[str] = set()
    for path in run_folder.glob("record-*.jsonl"):
        for value in _values(path, b'{"wrote"'):
            paths = value.get("wrote")
            if isinstance(paths, list):
                written.update(each for each in paths if isinstance(each, str))
    return written


def _values(path: Path, beginning: bytes = b"{") -> Iterator[dict[str, Any]]:
    """The objects of a journal, line by line; the last line of a killed process may be broken."""
    try:
        with path.open("rb") as file:
            for line in file:
                if line.startswith(beginning):
                    try:
                        yield json.loads(line)
                    except (ValueError, RecursionError):
                        continue
    except OSError:
        return


class Reading:
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
