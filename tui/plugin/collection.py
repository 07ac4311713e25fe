"""Listens to collection: items as they are found, collectors when they are through, the order in the end.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import inspect
from typing import Any, Callable

import pytest

from . import serialize
from .numbering import Numbering
from .outer import Outer, quiet

_BATCH_ITEMS = 500
_BATCH_CHARACTERS = 80_000
"""Of nodeids; each may take twelve bytes in JSON, and a line has its limit."""
_RANGES_A_LINE = 20_000


class Collection:
    """Numbers items in the order in which pytest finds them (their *position*) and writes them in batches.

    Under xdist every worker collects the same; only the first one writes.
    A position belongs to an item under one nodeid: plugins that rename items make new positions.
    """

    def __init__(self, run: Outer) -> None:
        self._run = run
        self.writes = run.first
        """Whether this process is the one that writes what was collected."""
        self.partial: set[str] = set()
        """Nodeids of files of which only a part is looked at."""
        self._rootdir = ""
        self._positions: dict[int, int] = {}
        self._kept: list[Any] = []  # an id() is only unique while the item lives
        self._nodeids: list[str] = []
        self._batch = _Batch()
        self._numbering = Numbering()

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session: Any) -> None:
        """Note the rootdir before the first path has to be made relative."""
        self._rootdir = str(session.config.rootpath)

    @quiet
    def pytest_itemcollected(self, item: Any) -> None:
        """Give the item its position, and take it into the batch."""
        self._take(item)

    def _take(self, item: Any) -> int:
        position = self._positions.get(id(item))
        if position is None or self._nodeids[position] != item.nodeid:
            position = self._positions[id(item)] = len(self._kept)
            self._kept.append(item)
            self._nodeids.append(item.nodeid)
            if self.writes:
                self._batch.add(item)
                if self._batch.is_full():
                    self._flush()
        return position

    @quiet
    def pytest_collectstart(self, collector: Any) -> None:
        """Say which file is next: if its import ends the process, nothing else will tell."""
        if self.writes and isinstance(collector, pytest.File):
            self._run.journal.write({"event": "CollectorStarted", "nodeid": collector.nodeid})

    @quiet
    def pytest_collectreport(self, report: Any) -> None:
        """Say which collectors failed or were skipped, and which files are through."""
        if not self.writes:
            return
        nodeid = str(report.nodeid)
        if report.outcome != "passed":
            self._flush()
            self._run.journal.write(
                {
                    "event": "CollectorReported",
                    "nodeid": nodeid,
                    "outcome": report.outcome,
                    "longrepr": serialize.text_of(report.longrepr),
                    "crash": serialize.crash_of(report.longrepr, self._rootdir),
                    "sections": [self._run.journal.section(name, text) for name, text in report.sections],
                }
            )
        elif nodeid and "::" not in nodeid:
            if nodeid not in self.partial:
                self._batch.through.append(nodeid)
            self._flush()  # the next import may take long

    @quiet
    def pytest_deselected(self, items: Any) -> None:
        """Write what pytest or a plugin deselected. What our own selection takes out never comes here."""
        if self.writes:
            self._flush()
            self._write_positions("ItemsDeselected", [self._take(item) for item in items])

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session: Any) -> None:
        """Write the order in which the items will run, and give equal nodeids their numbers."""
        self._finish(session)

    @quiet
    def _finish(self, session: Any) -> None:
        positions = [self._take(item) for item in session.items]
        odd = self._numbering.settle(session.items)
        if self.writes:
            self._flush()
            # Where counting the positions would give other numbers, the right ones stand beside them.
            self._write_positions("CollectionFinished", positions, self._numbering.numbers() if odd else None)
        self._positions.clear()
        self._kept.clear()
        self._nodeids.clear()

    def number(self, item: Any, place: int | None) -> int:
        """Number of the item that is about to run, among those of its nodeid; see ``Numbering.of``."""
        return self._numbering.of(item, place)

    def keep(self, items: list[Any], wanted: Callable[[Any, int], bool]) -> list[Any]:
        """Those of ``items`` that are wanted by item and number; they keep their numbers."""
        return self._numbering.keep(items, wanted)

    def arrange(self, order: Callable[[list[Any], list[int]], list[int]]) -> list[Any]:
        """What was kept, in the order of the places that ``order`` gives; see ``Numbering.arrange``."""
        return self._numbering.arrange(order)

    def _write_positions(self, event: str, positions: list[int], numbers: list[int] | None = None) -> None:
        ranges = _ranges(positions)
        items = 0
        for at in range(0, max(len(ranges), 1), _RANGES_A_LINE):
            part = ranges[at : at + _RANGES_A_LINE]
            line: dict[str, object] = {"event": event, "positions": part, "more": at + _RANGES_A_LINE < len(ranges)}
            if numbers is not None:
                size = sum(end - first for first, end in part)
                line["numbers"] = numbers[items : items + size]
                items += size
            self._run.journal.write(line)

    def _flush(self) -> None:
        if self._batch.items or self._batch.through:
            self._run.journal.write(self._batch.event())
            self._batch = _Batch()


def _ranges(positions: list[int]) -> list[tuple[int, int]]:
    """``positions`` as runs ``(first, end)``, end excluded, in the same order."""
    ranges: list[tuple[int, int]] = []
    first = end = -1
    for position in positions:
        if position == end:
            end += 1
            continue
        if end > first:
            ranges.append((first, end))
        first, end = position, position + 1
    if end > first:
        ranges.append((first, end))
    return ranges


class _Batch:
    """Items on their way into one journal line; what many share stands once, in tables."""

    def __init__(self) -> None:
        self.items: list[list[object]] = []
        self.through: list[str] = []
        self._parents: dict[tuple[str, ...], int] = {}
        self._markers: dict[tuple[str, ...], int] = {}
        self._fixtures: dict[tuple[str, ...], int] = {}
        self._of_collector: dict[int, int] = {}
        self._collectors: list[Any] = []
        self._paths: dict[str, str] = {}
        """Path relative to rootdir by the name of the file that code was compiled from."""
        self._characters = 0

    def is_full(self) -> bool:
        return len(self.items) >= _BATCH_ITEMS or self._characters >= _BATCH_CHARACTERS

    def add(self, item: Any) -> None:
        """Take the item, whatever a plugin made of it: positions are counted on the other side."""
        try:
            row = self._row(item)
        except Exception:
            row = [item.nodeid, self._collector(item.parent), None, None, self._names(), self._fixture_names()]
        self._characters += len(item.nodeid)
        self.items.append(row)

    def _row(self, item: Any) -> list[object]:
        path, line = self._location(item)
        row: list[object] = [
            item.nodeid,
            self._collector(item.parent),
            getattr(item, "originalname", None) if getattr(item, "callspec", None) is not None else None,
            line,
            self._names(*dict.fromkeys(mark.name for mark in item.iter_markers())),
            self._fixture_names(*getattr(item, "fixturenames", ())),
        ]
        if path is not None and path != item.nodeid.partition("::")[0]:
            row.append(path)
        return row

    def _location(self, item: Any) -> tuple[str | None, int | None]:
        """The same as ``_location``, which takes pytest 25 us for each item of a function."""
        code = _code(item)
        path = self._paths.get(code.co_filename) if code is not None else None
        if path is not None:
            return path, code.co_firstlineno
        path, line = _location(item)
        if code is not None and path is not None:
            self._paths[code.co_filename] = path
        return path, line

    def _collector(self, parent: Any) -> int:
        known = self._of_collector.get(id(parent))
        if known is None:
            chain = _chain(parent)
            known = self._of_collector[id(parent)] = self._parents.setdefault(chain, len(self._parents))
            self._collectors.append(parent)
            self._characters += sum(map(len, chain))
        return known

    def _names(self, *markers: str) -> int:
        return self._markers.setdefault(markers, len(self._markers))

    def _fixture_names(self, *fixtures: str) -> int:
        return self._fixtures.setdefault(fixtures, len(self._fixtures))

    def event(self) -> dict[str, object]:
        return {
            "event": "ItemsCollected",
            "parents": list(self._parents),
            "markers": list(self._markers),
            "fixtures": list(self._fixtures),
            "items": self.items,
            "through": self.through,
        }


def _chain(collector: Any) -> tuple[str, ...]:
    """Nodeid and absolute path of the file, nodeid of the collector, names of the classes between.

    What lies above the file differs between versions of pytest (9 adds Dir), so nothing of it is used.
    """
    names: list[str] = []
    node: Any | None = collector
    file = collector
    while node is not None and not isinstance(node, (pytest.File, pytest.Session)):
        names.insert(0, str(node.name))
        node = node.parent
    if isinstance(node, pytest.File):
        file = node
    return (file.nodeid, str(file.path), collector.nodeid, *names)


def _location(item: Any) -> tuple[str | None, int | None]:
    """Path relative to rootdir and line (1-based) of the item's definition; None where its plugin gives none."""
    try:
        path, line, _ = item.location
    except Exception:  # reportinfo() of a plugin may raise anything; pytest tells at run time
        return None, None
    return path.replace("\\", "/"), None if line is None else line + 1


def _code(item: Any) -> Any:
    """The code object that pytest reads the location of an item from; None where a class does that its own way."""
    kind = type(item)
    if kind.location is not pytest.Item.location or kind.reportinfo is not pytest.Function.reportinfo:
        return None
    function = inspect.unwrap(item.function)
    return None if hasattr(function, "place_as") else getattr(function, "__code__", None)
