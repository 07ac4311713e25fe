"""Listens to collection: items as they are found, collectors when they are through, the order in the end.

PYTEST_DONT_REWRITE
"""

from typing import Any, Callable, Dict, List, Optional, Tuple

import pytest

from . import serialize
from .outer import Outer, quiet
from .posix import calls

_BATCH_ITEMS = 500
_BATCH_SECONDS = 0.05
_RANGES_A_LINE = 20_000


class Collection:
    """Numbers items in the order in which pytest finds them (their *position*) and writes them in batches.

    Under xdist every worker collects the same; only the first one writes.
    """

    def __init__(self, run: Outer) -> None:
        self._run = run
        self.writes = run.worker in (None, "gw0")
        """Whether this process is the one that writes what was collected."""
        self._rootdir = ""
        self._positions: Dict[int, int] = {}
        self._kept: List[Any] = []  # an id() is only unique while the item lives
        self._batch = _Batch()
        self._flushed = 0.0
        self._indices: Dict[int, List[int]] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session: Any) -> None:
        """Note the rootdir before the first path has to be made relative."""
        self._rootdir = str(session.config.rootpath)

    @quiet
    def pytest_itemcollected(self, item: Any) -> None:
        """Give the item its position, and take it into the batch."""
        self._take(item)
        if len(self._batch.items) >= _BATCH_ITEMS:
            self._flush()

    def _take(self, item: Any) -> int:
        position = self._positions.get(id(item))
        if position is None:
            position = self._positions[id(item)] = len(self._kept)
            self._kept.append(item)
            if self.writes:
                self._batch.add(item, self._rootdir)
        return position

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
            self._batch.through.append(nodeid)
        if calls.monotonic() - self._flushed > _BATCH_SECONDS:
            self._flush()

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
        counts: Dict[str, int] = {}
        positions = []
        for item in session.items:
            positions.append(self._take(item))
            counts[item.nodeid] = counts.get(item.nodeid, 0) + 1
        if len(counts) < len(positions) and not self._indices:
            self._number(session.items)
        if self.writes:
            self._flush()
            self._write_positions("CollectionFinished", positions)
        self._positions.clear()
        self._kept.clear()

    def number(self, item: Any) -> int:
        """n of the item that is about to run: how many items of the same nodeid come before it."""
        pending = self._indices.get(id(item))
        return pending.pop(0) if pending else 0

    def keep(self, items: List[Any], wanted: Callable[[Any, int], bool]) -> List[Any]:
        """Those of ``items`` that are wanted by item and number; they keep their numbers."""
        self._number(items)
        pending = {key: list(numbers) for key, numbers in self._indices.items()}
        kept = []
        for item in items:
            number = pending[id(item)].pop(0)
            if wanted(item, number):
                kept.append(item)
            else:
                self._indices[id(item)].remove(number)
        return kept

    def _number(self, items: List[Any]) -> None:
        """Number equal nodeids from 0 in this order; one object may stand in ``items`` several times."""
        seen: Dict[str, int] = {}
        for item in items:
            number = seen.get(item.nodeid, 0)
            seen[item.nodeid] = number + 1
            self._indices.setdefault(id(item), []).append(number)

    def _write_positions(self, event: str, positions: List[int]) -> None:
        ranges = _ranges(positions)
        for at in range(0, max(len(ranges), 1), _RANGES_A_LINE):
            more = at + _RANGES_A_LINE < len(ranges)
            part = ranges[at : at + _RANGES_A_LINE]
            self._run.journal.write({"event": event, "positions": part, "more": more})

    def _flush(self) -> None:
        self._flushed = calls.monotonic()
        if self._batch.items or self._batch.through:
            self._run.journal.write(self._batch.event())
            self._batch = _Batch()


def _ranges(positions: List[int]) -> List[Tuple[int, int]]:
    """``positions`` as runs ``(first, end)``, end excluded, in the same order."""
    ranges: List[Tuple[int, int]] = []
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
        self.items: List[List[object]] = []
        self.through: List[str] = []
        self._parents: Dict[Tuple[str, ...], int] = {}
        self._markers: Dict[Tuple[str, ...], int] = {}
        self._fixtures: Dict[Tuple[str, ...], int] = {}
        self._of_collector: Dict[int, int] = {}
        self._collectors: List[Any] = []

    def add(self, item: Any, rootdir: str) -> None:
        parent = item.parent
        known = self._of_collector.get(id(parent))
        if known is None:
            chain = _chain(parent)
            known = self._of_collector[id(parent)] = self._parents.setdefault(chain, len(self._parents))
            self._collectors.append(parent)
        path, line = _location(item)
        function = getattr(item, "originalname", None) if getattr(item, "callspec", None) is not None else None
        row: List[object] = [
            item.nodeid,
            known,
            function,
            line,
            _interned(self._markers, tuple(dict.fromkeys(mark.name for mark in item.iter_markers()))),
            _interned(self._fixtures, tuple(getattr(item, "fixturenames", ()))),
        ]
        if path is not None and path != item.nodeid.partition("::")[0]:
            row.append(path)
        self.items.append(row)

    def event(self) -> Dict[str, object]:
        return {
            "event": "ItemsCollected",
            "parents": list(self._parents),
            "markers": list(self._markers),
            "fixtures": list(self._fixtures),
            "items": self.items,
            "through": self.through,
        }


def _interned(table: Dict[Tuple[str, ...], int], value: Tuple[str, ...]) -> int:
    return table.setdefault(value, len(table))


def _chain(collector: Any) -> Tuple[str, ...]:
    """Nodeid and absolute path of the file, nodeid of the collector, names of the classes between.

    What lies above the file differs between versions of pytest (9 adds Dir), so nothing of it is used.
    """
    names: List[str] = []
    node: Optional[Any] = collector
    file = collector
    while node is not None and not isinstance(node, (pytest.File, pytest.Session)):
        names.insert(0, str(node.name))
        node = node.parent
    if isinstance(node, pytest.File):
        file = node
    return (file.nodeid, str(file.path), collector.nodeid, *names)


def _location(item: Any) -> Tuple[Optional[str], Optional[int]]:
    """Path relative to rootdir and line (1-based) of the item's definition; None where its plugin gives none."""
    try:
        path, line, _ = item.location
    except Exception:  # noqa: BLE001 - reportinfo() of a plugin may raise anything; pytest tells at run time
        return None, None
    return path.replace("\\", "/"), None if line is None else line + 1
