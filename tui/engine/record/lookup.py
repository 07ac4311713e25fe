"""Asks the record on disk for one thing, where reading all of it would take longer than somebody waits."""

from __future__ import annotations

import json
import sqlite3
import zlib
from array import array
from contextlib import closing
from typing import TYPE_CHECKING

from tui.engine.blobs import from_blob, to_blob
from tui.model.impact.index import FIXTURE, TEST

if TYPE_CHECKING:
    from pathlib import Path

    from tui.model.events import ItemKey


def executors(file: Path, path: str, content: str, wanted: int) -> list[ItemKey]:
    """The items that executed any of these lines of that content of a file, by themselves or in a shared fixture.

    ``file`` is that of the record. Empty when it is not there, or cannot be read.
    """
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            return _executors(connection, path, content, wanted)
    except (sqlite3.Error, zlib.error, ValueError, TypeError):
        return []


def _executors(connection: sqlite3.Connection, path: str, content: str, wanted: int) -> list[ItemKey]:
    sets = connection.execute(
        "select lines.id, bits from lines join version on version.id = lines.version where path = ? and hash = ?",
        (to_blob(path), content),
    )
    ids = {number for number, bits in sets if int.from_bytes(bits, "little") & wanted}
    if not ids:
        return []
    rows = connection.execute(
        "select kind, name, number, lines, extra from context where kind in (?, ?)", (TEST, FIXTURE)
    ).fetchall()
    found = [row for row in rows if not ids.isdisjoint(array("q", row[3]))]
    # A shared fixture stands for the tests that used it; they name it as JSON does.
    fixtures = [json.dumps(from_blob(row[1])).encode() for row in found if row[0] == FIXTURE]
    known = set(found)
    if fixtures:
        found += [row for row in rows if row not in known and row[4] and any(key in row[4] for key in fixtures)]
    return [(from_blob(name), number) for kind, name, number, *_ in found if kind == TEST]
