"""The record on disk: a SQLite file for each Python version, which may be thrown away at any time.

Rows of line sets and versions are named after their content, so explorers that write at the same time never disagree.
Nodeids and paths are UTF-8 with surrogates passed: lone ones are real.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
import zlib
from array import array
from contextlib import closing
from typing import TYPE_CHECKING, Any, TypeVar

from tui.engine.blobs import from_blob, to_blob
from tui.engine.record.description import source_of
from tui.model.impact.index import Context, Index, Name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from tui.engine.record.ingest import Where

_Answer = TypeVar("_Answer")

_SCHEMA = 5
_BUSY = 5.0
"""Seconds to wait for another explorer's transaction."""
_TABLES = {
    "version": "id integer primary key, path blob not null, hash text not null, source blob",
    "lines": "id integer primary key, version integer not null, bits blob not null",
    "arcs": "id integer primary key, data blob not null",
    "context": "kind, name blob, number integer, lines blob, arcs blob, extra blob, primary key (kind, name, number)",
    "edge": "kind text, source blob, target blob, primary key (kind, source, target)",
    "file": "path blob primary key, hash text",
    "setting": "key text primary key, value text",
}
_WITHOUT_ROWID = {"context", "edge", "file", "setting"}
_IMPORTS, _WANTED = "i", "w"


class Changed:
    """What is to be written: names of contexts, and what was described or seen anew."""

    __slots__ = ("contexts", "current", "imports", "setting", "told", "wanted")

    def __init__(self) -> None:
        self.contexts: list[Name] = []
        self.told: dict[Where, dict[str, Any]] = {}
        self.current: dict[str, str | None] = {}
        self.imports: Mapping[str, set[str]] = {}
        self.wanted: Mapping[str, set[str]] = {}
        self.setting: dict[str, Any] = {}

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to write."""
        return not (self.contexts or self.told or self.current or self.imports or self.wanted or self.setting)


class Database:
    """The file. Every call opens it anew, so it may run in any thread; none raises."""

    def __init__(self, folder: Path, python: str) -> None:
        version = re.sub(r"[^\w.+-]+", "-", python)[:40].strip("-")
        self.path = folder / f"record-{version}.sqlite"
        # What was recorded elsewhere, before the project was moved or copied, names files that are none of this one.
        self._kind = zlib.crc32(f"{_SCHEMA}\0{folder}".encode(errors="surrogateescape")) & 0x7FFFFFFF

    def load(self) -> Index:
        """All that is recorded; an empty index when there is nothing, or nothing that can be read."""
        return self._attempt(_load, Index)

    def write(self, index: Index, changed: Changed) -> bool:
        """Put what changed in the index into the file, in one transaction; whether that could be done."""
        return changed.nothing or self._attempt(_Rows(index, changed).write, lambda: False, "begin immediate")

    def sweep(self) -> None:
        """Remove line sets and versions that nothing refers to any more."""
        self._attempt(_sweep, lambda: None, "begin immediate")

    def _attempt(
        self, work: Callable[[sqlite3.Connection], _Answer], otherwise: Callable[[], _Answer], begin: str = "begin"
    ) -> _Answer:
        for _ in range(2):
            try:
                with closing(self._connect()) as connection, connection:
                    connection.execute(begin)
                    return work(connection)
            except sqlite3.OperationalError:
                break  # locked for long, no space, read-only: the file itself may be sound
            except (sqlite3.Error, zlib.error, ValueError, TypeError, KeyError, AttributeError, OverflowError):
                self._discard()
            except OSError:
                break
        return otherwise()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=_BUSY, isolation_level=None)
        try:
            connection.execute("pragma journal_mode = wal")
            connection.execute("pragma synchronous = normal")
            if connection.execute("pragma user_version").fetchone()[0] != self._kind:
                _create(connection, self._kind)
        except BaseException:
            connection.close()
            raise
        return connection

    def _discard(self) -> None:
        """Nothing in the file can be trusted: everything is recorded anew."""
        for suffix in ("", "-wal", "-shm"):
            try:
                self.path.with_name(f"{self.path.name}{suffix}").unlink(missing_ok=True)
            except OSError:
                return


def _create(connection: sqlite3.Connection, kind: int) -> None:
    """Make empty tables in the place of whatever there is; another explorer may be doing the same."""
    connection.execute("begin immediate")
    if connection.execute("pragma user_version").fetchone()[0] != kind:
        for (name,) in connection.execute("select name from sqlite_master where type = 'table'").fetchall():
            connection.execute(f'drop table "{name}"')
        for name, columns in _TABLES.items():
            connection.execute(f"create table {name} ({columns})" + " without rowid" * (name in _WITHOUT_ROWID))
        connection.execute(f"pragma user_version = {kind}")
    connection.execute("commit")


def _load(connection: sqlite3.Connection) -> Index:
    index = Index()
    for path, content in connection.execute("select path, hash from file"):
        index.file(from_blob(path)).current = content
    versions: dict[int, Where] = {}
    for number, path, content, source in connection.execute("select id, path, hash, source from version"):
        where = versions[number] = (from_blob(path), content)
        told = json.loads(zlib.decompress(source)) if source is not None else None
        index.file(where[0]).version(content, source_of(told) if told is not None else None)
    sets: dict[int, tuple[Where, int]] = {}
    for number, version, bits in connection.execute("select id, version, bits from lines"):
        sets[number] = (versions[version], int.from_bytes(bits, "little"))
    arcs_of: dict[int, bytes] = dict(connection.execute("select id, data from arcs"))
    for kind, name, number, lines, arcs, extra in connection.execute("select * from context"):
        told = json.loads(extra) if extra is not None else {}
        parts = (sets[each] for each in array("q", lines))
        index.put(
            Context(
                Name(kind, from_blob(name), number),
                tuple(index.file(path).executed(content, bits) for (path, content), bits in parts),
                frozenset(told.get("data", ())),
                frozenset(told.get("listed", ())),
                tuple(told.get("fixtures", ())),
                bool(told.get("spawns")),
                float(told.get("setup", 0.0)),
                not told.get("part"),
                tuple(arcs_of[each] for each in array("q", arcs)) if arcs is not None else (),
                bool(told.get("wavers")),
            )
        )
    for kind, source, target in connection.execute("select kind, source, target from edge"):
        graph = index.imports if kind == _IMPORTS else index.wanted
        graph.setdefault(from_blob(source), set()).add(from_blob(target))
    for key, told in connection.execute("select key, value from setting"):
        index.setting[key] = json.loads(told)
    return index


class _Rows:
    """Everything that a write needs, taken from the index at once: it may change while the write waits its turn."""

    def __init__(self, index: Index, changed: Changed) -> None:
        self._contexts: list[tuple[str, bytes, int, bytes, bytes | None, bytes | None]] = []
        self._lines: dict[int, tuple[int, int, bytes]] = {}
        self._arcs: dict[int, bytes] = {}
        self._versions: dict[int, tuple[int, bytes, str]] = {}
        self._gone: list[tuple[str, bytes, int]] = []
        for name in changed.contexts:
            context = index.contexts.get(name)
            if context is None:
                self._gone.append((name.kind, to_blob(name.text), name.number))
            else:
                self._take(context)
        self._told = [
            (_identity(*where), to_blob(where[0]), where[1], zlib.compress(json.dumps(told).encode(), 6))
            for where, told in changed.told.items()
        ]
        self._files = [(to_blob(path), content) for path, content in changed.current.items()]
        self._setting = [(key, json.dumps(told)) for key, told in changed.setting.items()]
        self._edges = [
            (kind, to_blob(source), to_blob(target))
            for kind, graph in ((_IMPORTS, changed.imports), (_WANTED, changed.wanted))
            for source, targets in graph.items()
            for target in targets
        ]

    def _take(self, context: Context) -> None:
        numbers = array("q")
        for lines in context.lines:
            path, content = lines.version.file.path, lines.version.hash
            version = _identity(path, content)
            self._versions[version] = (version, to_blob(path), content)
            bits = lines.bits.to_bytes((lines.bits.bit_length() + 7) // 8, "little")
            number = _identity(path, content, bits)
            self._lines[number] = (number, version, bits)
            numbers.append(number)
        arcs = array("q", [self._number(data) for data in context.arcs]).tobytes() if context.arcs else None
        name = context.name
        row = (name.kind, to_blob(name.text), name.number, numbers.tobytes(), arcs, _extra(context))
        self._contexts.append(row)

    def _number(self, arcs: bytes) -> int:
        """The number of a packed set of arcs, which is now to be written."""
        number = _identity("", "", arcs)
        self._arcs[number] = arcs
        return number

    def write(self, connection: sqlite3.Connection) -> bool:
        """Put the rows, in the transaction that is open."""
        many = connection.executemany
        many("insert or ignore into version values (?, ?, ?, null)", self._versions.values())
        many("insert or replace into version values (?, ?, ?, ?)", self._told)
        many("insert or ignore into lines values (?, ?, ?)", self._lines.values())
        many("insert or ignore into arcs values (?, ?)", self._arcs.items())
        many("insert or replace into context values (?, ?, ?, ?, ?, ?)", self._contexts)
        many("delete from context where kind = ? and name = ? and number = ?", self._gone)
        many("insert or ignore into edge values (?, ?, ?)", self._edges)
        many("insert or replace into file values (?, ?)", self._files)
        many("insert or replace into setting values (?, ?)", self._setting)
        return True


def _sweep(connection: sqlite3.Connection) -> None:
    used: set[int] = set()
    arcs: set[int] = set()
    for lines, each in connection.execute("select lines, arcs from context"):
        used.update(array("q", lines))
        arcs.update(array("q", each or b""))
    unused = (number for (number,) in connection.execute("select id from arcs").fetchall() if number not in arcs)
    _delete(connection, "arcs", "id", unused)
    rows = connection.execute("select id, version from lines").fetchall()
    _delete(connection, "lines", "id", (number for number, _ in rows if number not in used))
    versions = {version for number, version in rows if number in used}
    for path, content in connection.execute("select path, hash from file"):
        if content is not None:
            versions.add(_identity(from_blob(path), content))
    known = connection.execute("select id, path from version").fetchall()
    _delete(connection, "version", "id", {number for number, _ in known} - versions)
    paths = {path for number, path in known if number in versions}
    for table, column in (("file", "path"), ("edge", "source")):
        listed = {value for (value,) in connection.execute(f"select {column} from {table}")}  # noqa: S608
        _delete(connection, table, column, listed - paths)


def _delete(connection: sqlite3.Connection, table: str, column: str, values: Iterable[object]) -> None:
    connection.executemany(f"delete from {table} where {column} = ?", [(value,) for value in values])  # noqa: S608


def _extra(context: Context) -> bytes | None:
    paths = {"data": sorted(context.data), "listed": sorted(context.listed), "fixtures": list(context.fixtures)}
    extra: dict[str, object] = {key: values for key, values in paths.items() if values}
    if context.spawns:
        extra["spawns"] = True
    if context.setup:
        extra["setup"] = round(context.setup, 4)
    if not context.whole:
        extra["part"] = True
    if context.wavers:
        extra["wavers"] = True
    return json.dumps(extra).encode() if extra else None


def _identity(path: str, content: str, bits: bytes = b"") -> int:
    """A number for this content: equal contents have the same one in every process."""
    digest = hashlib.blake2b(b"\0".join((to_blob(path), content.encode(), bits)), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)
