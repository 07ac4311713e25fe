"""What items took and how they ended, over all runs of a project: a small database in its cache folder.

Nodeids are kept as UTF-8 with surrogates passed, since lone ones are real. A database that cannot be read or written
costs the estimate and nothing else.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tui.model.events import ItemFinished, ItemKey

_SCHEMA = 1
_CREATE = """
create table if not exists item (
    nodeid blob not null, number integer not null, status integer not null, seconds real not null,
    run integer not null, primary key (nodeid, number)
) without rowid
"""


class History:
    """The last outcome and duration of every item. Each call opens the file anew, so it may run in a thread."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "history.sqlite"

    def record(self, finished: Iterable[ItemFinished]) -> None:
        """Take the results of a run."""
        rows = [
            (event.nodeid.encode("utf-8", "surrogatepass"), event.index, int(event.status), event.duration, event.run)
            for event in finished
        ]
        try:
            with closing(self._connect()) as connection, connection:
                connection.executemany("insert or replace into item values (?, ?, ?, ?, ?)", rows)
        except sqlite3.Error:
            return

    def seconds(self) -> dict[ItemKey, float]:
        """How long each item took when it last ran."""
        try:
            with closing(self._connect()) as connection:
                rows = connection.execute("select nodeid, number, seconds from item").fetchall()
        except sqlite3.Error:
            return {}
        return {(bytes(nodeid).decode("utf-8", "surrogatepass"), number): seconds for nodeid, number, seconds in rows}

    def _connect(self) -> sqlite3.Connection:
        try:
            return self._opened()
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise  # locked by another explorer, or read-only: the file itself is sound
            self._path.unlink(missing_ok=True)  # it is no database
            return self._opened()

    def _opened(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=2.0)
        try:
            connection.execute("pragma journal_mode = wal")
            connection.execute("pragma synchronous = off")
            version = connection.execute("pragma user_version").fetchone()[0]
            if version not in (0, _SCHEMA):
                connection.execute("drop table if exists item")  # of another version: worth no migration
            connection.execute(_CREATE)
            connection.execute(f"pragma user_version = {_SCHEMA}")
        except BaseException:
            connection.close()
            raise
        return connection
