"""What items took and how they ended, over all runs of a project: a small database in its cache folder.

Results are kept apart by setup: under another interpreter, or with other arguments for pytest, they mean something
else. Nodeids are kept as UTF-8 with surrogates passed, since lone ones are real. A database that cannot be read or
written costs the estimate and the results of the last session, and nothing else.
"""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing, suppress
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from tui.engine.blobs import from_blob, to_blob
from tui.model.outcome import Status
from tui.plugin import wire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from tui.engine.orders import Project
    from tui.model.events import ItemKey

_FILE = "history.sqlite"
_SCHEMA = 4
_VERSION = _SCHEMA * 1000 + wire.PROTOCOL
"""Rows lead to lines of journals, so those of another protocol are worth nothing."""
_SETUPS_KEPT = 5
_FEW = 500
"""Items of a file that are looked up together with all others of it."""
_CREATE = (
    """
create table if not exists setup (
    id integer primary key, words text not null unique, used integer not null,
    collected integer not null default 0, ended integer not null default 0
)""",
    """
create table if not exists item (
    setup integer not null, nodeid blob not null, number integer not null, status integer not null,
    seconds real not null, run integer not null, journal text, at integer, note text,
    primary key (setup, nodeid, number)
) without rowid""",
    """
create table if not exists broken (
    setup integer not null, nodeid blob not null, number integer not null, status integer not null,
    seconds real not null, run integer not null, journal text, at integer, note text,
    primary key (setup, nodeid, number)
) without rowid""",
)
_TABLES = ("broken", "item", "setup")
_ONE = """
select nodeid, number, status, seconds, run, journal, at, note from item
where setup = ? and nodeid = ? and number = ?
"""
_NEWER = "select nodeid, number, status, seconds, run, journal, at, note from item where setup = ? and run > ?"
_BROKEN = "select nodeid, number, status, seconds, run, journal, at, note from broken where setup = ?"
_BETWEEN = """
select nodeid, number, status, seconds, run, journal, at, note from item
where setup = ? and nodeid > ? and nodeid < ?
"""

_Answer = TypeVar("_Answer")
_Row = tuple[bytes, int, int, float, int, str | None, int | None, str | None]


class Place(NamedTuple):
    """A line in the folder of a run: name of the journal, offset in bytes."""

    journal: str
    at: int


class Remark(NamedTuple):
    """What a row says besides its name, as a ``Note`` does; ``places`` are those of its lines."""

    message: str
    path: str | None
    line: int | None
    places: tuple[Place, ...]


class Result(NamedTuple):
    """How an item ended when it last ran. ``run`` is the number of the folder that ``place`` and remark lead into."""

    nodeid: str
    number: int
    status: Status
    seconds: float
    run: int
    place: Place | None = None
    remark: Remark | None = None


def setup_of(project: Project) -> str:
    """What makes results comparable: folder, interpreter, arguments of the person and of the environment."""
    words = [str(project.cwd), project.interpreter.path, list(project.args), project.cwd_on_path]
    return json.dumps([*words, os.environ.get("PYTEST_ADDOPTS", "")])


class History:
    """The last result of every item. Each call opens the file anew, so it may run in a thread."""

    def __init__(self, folder: Path, setup: str = "") -> None:
        self._path = folder / _FILE
        self._setup = setup

    def record(self, results: Iterable[Result]) -> None:
        """Take the results of a run."""
        rows = [_row(result) for result in results]

        def work(connection: sqlite3.Connection) -> None:
            setup = self._use(connection, max(row[4] for row in rows))
            connection.executemany(
                "insert or replace into item values (?, ?, ?, ?, ?, ?, ?, ?, ?)", [(setup, *row) for row in rows]
            )

        if rows:
            self._do(work, None)

    def ended(self, run: int, *, tells_all: bool = False, broken: Iterable[Result] = ()) -> None:
        """All results of that run are recorded. ``tells_all``: its main journal tells of all tests that there are.

        ``broken`` are all collectors that cannot be collected now.
        """
        rows = [_row(result) for result in broken]

        def work(connection: sqlite3.Connection) -> None:
            setup = self._use(connection, run)
            connection.execute("delete from broken where setup = ?", (setup,))
            connection.executemany(
                "insert or replace into broken values (?, ?, ?, ?, ?, ?, ?, ?, ?)", [(setup, *row) for row in rows]
            )
            connection.execute("update setup set ended = max(ended, ?) where id = ?", (run, setup))
            if tells_all:
                connection.execute("update setup set collected = ? where id = ?", (run, setup))

        self._do(work, None)

    def took(self, keys: Iterable[ItemKey]) -> tuple[int, float]:
        """How many of these items have ever run, and the seconds that they took when they last did.

        That is with our setup, or else with any.
        """

        def work(connection: sqlite3.Connection) -> tuple[int, float]:
            wanted, known, total = set(keys), 0, 0.0
            rows = connection.execute(
                "select nodeid, number, seconds from item order by setup = ? desc", (self._known(connection),)
            )
            for nodeid, number, seconds in rows:
                key = (from_blob(nodeid), number)
                if key in wanted:
                    wanted.remove(key)
                    known += 1
                    total += seconds
            return known, total

        return self._do(work, (0, 0.0))

    def last_runs(self) -> tuple[int, int]:
        """The newest run whose main journal tells of all tests that there are, and the newest that ended; or 0."""

        def work(connection: sqlite3.Connection) -> tuple[int, int]:
            query = "select collected, ended from setup where words = ?"
            collected, ended = connection.execute(query, (self._setup,)).fetchone() or (0, 0)
            return int(collected), int(ended)

        return self._do(work, (0, 0))

    def results(self, keys: Sequence[ItemKey]) -> dict[ItemKey, Result]:
        """The last results of these items, as far as they have any; perhaps also those of their neighbours."""

        def work(connection: sqlite3.Connection) -> list[_Row]:
            setup = self._known(connection)
            rows: list[_Row] = []
            for file, inside in groupby(keys, key=lambda key: key[0].partition("::")[0]):
                wanted = list(inside)
                if len(wanted) <= _FEW:  # all of a file at once is quicker, and of no large file are there only few
                    rows += _below(connection, setup, f"{file}::")
                    continue
                for nodeid, number in wanted:
                    rows += connection.execute(_ONE, (setup, to_blob(nodeid), number))
            return rows

        return {(result.nodeid, result.number): result for result in _results(self._do(work, []))}

    def broken(self) -> list[Result]:
        """The collectors that could not be collected when a run last ended."""

        def work(connection: sqlite3.Connection) -> list[_Row]:
            return connection.execute(_BROKEN, (self._known(connection),)).fetchall()

        return list(_results(self._do(work, [])))

    def newer(self, run: int) -> list[Result]:
        """All results of later runs than that."""

        def work(connection: sqlite3.Connection) -> list[_Row]:
            return connection.execute(_NEWER, (self._known(connection), run)).fetchall()

        return list(_results(self._do(work, [])))

    def below(self, collector: str) -> list[Result]:
        """The results of all items of a collector, by its nodeid: a file, folder or class."""

        def work(connection: sqlite3.Connection) -> list[_Row]:
            return _below(connection, self._known(connection), collector)

        return [result for result in _results(self._do(work, [])) if result.nodeid[len(collector)] in ":/"]

    def runs_in_use(self) -> set[int]:
        """The runs whose folders are needed to show the last session: trees, and tracebacks of what failed."""

        def work(connection: sqlite3.Connection) -> set[int]:
            rows = connection.execute("select collected from setup").fetchall()
            rows += connection.execute("select distinct run from item where status >= ?", (int(Status.FAILED),))
            rows += connection.execute("select distinct run from broken")
            return {run for (run,) in rows}

        return self._do(work, set())

    def _known(self, connection: sqlite3.Connection) -> int:
        """The number of our setup, 0 if nothing has been recorded with it."""
        found = connection.execute("select id from setup where words = ?", (self._setup,)).fetchone()
        return int(found[0]) if found else 0

    def _use(self, connection: sqlite3.Connection, run: int) -> int:
        """The number of our setup, which was used in that run; of the others only the latest stay."""
        known = self._known(connection)
        if known:
            connection.execute("update setup set used = max(used, ?) where id = ?", (run, known))
            return known
        connection.execute("insert into setup (words, used) values (?, ?)", (self._setup, run))
        for (old,) in connection.execute("select id from setup order by used desc, id desc").fetchall()[_SETUPS_KEPT:]:
            connection.execute("delete from broken where setup = ?", (old,))
            connection.execute("delete from item where setup = ?", (old,))
            connection.execute("delete from setup where id = ?", (old,))
        return self._known(connection)

    def _do(self, work: Callable[[sqlite3.Connection], _Answer], otherwise: _Answer) -> _Answer:
        """What ``work`` gives in a transaction, or ``otherwise``. What is no database is replaced."""
        for _ in range(2):
            try:
                with closing(_connected(self._path)) as connection, connection:
                    return work(connection)
            except sqlite3.Error as error:
                if type(error) is not sqlite3.DatabaseError:
                    break  # locked by another explorer, or read-only: the file itself is sound
                with suppress(OSError):
                    for end in ("", "-wal", "-shm"):
                        self._path.with_name(_FILE + end).unlink(missing_ok=True)
        return otherwise


def _below(connection: sqlite3.Connection, setup: int, start: str) -> list[_Row]:
    """All rows whose nodeid begins with ``start``."""
    first = to_blob(start)
    return connection.execute(_BETWEEN, (setup, first, first + b"\xff")).fetchall()


def _connected(path: Path) -> sqlite3.Connection:
    """A connection to a database with our tables. Raises sqlite3.Error."""
    connection = sqlite3.connect(path, timeout=2.0)
    try:
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = off")
        if connection.execute("pragma user_version").fetchone()[0] != _VERSION:
            for table in _TABLES:
                connection.execute(f"drop table if exists {table}")  # of another version: worth no migration
            for statement in _CREATE:
                connection.execute(statement)
            connection.execute(f"pragma user_version = {_VERSION}")
    except BaseException:
        connection.close()
        raise
    return connection


def _row(result: Result) -> _Row:
    journal, at = result.place or (None, None)
    note = None if result.remark is None else json.dumps(result.remark)
    first = (to_blob(result.nodeid), result.number, int(result.status), result.seconds, result.run)
    return (*first, journal, at, note)


def _results(rows: Iterable[_Row]) -> Iterator[Result]:
    """Rows as they were written; those that are not as they should be are left out."""
    for nodeid, number, status, seconds, run, journal, at, note in rows:
        with suppress(ValueError, TypeError):
            place = Place(journal, at) if journal is not None and at is not None else None
            remark = None
            if note is not None:
                message, path, line, places = json.loads(note)
                remark = Remark(message, path, line, tuple(Place(*each) for each in places))
            yield Result(from_blob(nodeid), number, Status(status), seconds, run, place, remark)
