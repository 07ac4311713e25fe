"""The file of the record: other explorers, other schemas, broken content, sudden death."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import shutil
import signal
import sqlite3
from pathlib import Path

import pytest

from tests.engine.record.conftest import FILES, ITEMS, LABEL, OTHERS, PRICE, PYTHON, Stage, context, finished, full
from tui.engine.record import Record
from tui.engine.record.database import Database


def file_of(stage: Stage) -> Path:
    (path,) = stage.root.glob("record-*.sqlite")
    return path


def rows(stage: Stage, table: str) -> int:
    connection = sqlite3.connect(file_of(stage))
    (count,) = connection.execute(f"select count(*) from {table}").fetchone()
    connection.close()
    return int(count)


async def chosen(stage: Stage, record: Record) -> dict[str, int]:
    path = stage.root / "cart.py"
    path.write_text(path.read_text().replace("return 1", "return 2"))
    return {each.key[0]: each.tier for each in (await stage.choose(record, ["cart.py"], ITEMS)).items}


NOTHING_KNOWN = {PRICE: 0, LABEL: 0}


async def test_a_file_of_another_schema_is_emptied(stage: Stage, taken: Record) -> None:
    connection = sqlite3.connect(file_of(stage))
    connection.execute("pragma user_version = 99")
    connection.execute("create table old (x)")
    connection.commit()
    connection.close()
    assert await chosen(stage, stage.record()) == NOTHING_KNOWN
    connection = sqlite3.connect(file_of(stage))
    assert "old" not in {name for (name,) in connection.execute("select name from sqlite_master")}
    connection.close()


@pytest.mark.parametrize("garbage", [b"", b"this is no database", b"SQLite format 3\0" + b"\xff" * 5000])
async def test_a_file_that_is_no_database_is_thrown_away(stage: Stage, taken: Record, garbage: bytes) -> None:
    file_of(stage).write_bytes(garbage)
    record = stage.record()
    assert await chosen(stage, record) == NOTHING_KNOWN
    await record.take(stage.run(*full(stage), files=FILES), stage.describe, finished(PRICE, LABEL, *OTHERS))
    (stage.root / "cart.py").write_text((stage.root / "cart.py").read_text().replace("return 2", "return 3"))
    assert await chosen(stage, stage.record()) == {LABEL: 1}


async def test_broken_pages_are_thrown_away(stage: Stage, taken: Record) -> None:
    content = bytearray(file_of(stage).read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    file_of(stage).write_bytes(content)
    assert await chosen(stage, stage.record()) == NOTHING_KNOWN


@pytest.mark.parametrize(
    "damage",
    [
        "update version set source = x'00'",
        "delete from lines",
        "delete from version",
        "update context set extra = x'7b'",
        "update context set lines = x'01'",
        "update file set path = 'text' where path = (select min(path) from file)",
    ],
)
async def test_broken_content_is_thrown_away(stage: Stage, taken: Record, damage: str) -> None:
    connection = sqlite3.connect(file_of(stage))
    connection.execute(damage)
    connection.commit()
    connection.close()
    assert await chosen(stage, stage.record()) == NOTHING_KNOWN


async def test_what_was_recorded_before_the_project_was_moved_is_not_known(stage: Stage, taken: Record) -> None:
    there = stage.root.parent / "moved"
    shutil.copytree(stage.root, there)
    assert not Database(there, PYTHON).load().contexts
    assert Database(stage.root, PYTHON).load().contexts


async def test_a_folder_that_cannot_be_written_costs_the_record_alone(stage: Stage) -> None:
    record = Record(stage.root / "missing", PYTHON)
    await record.take(stage.run(*full(stage), files=FILES), stage.describe, finished(PRICE, LABEL, *OTHERS))
    assert await chosen(stage, record) == {LABEL: 1}


async def test_two_explorers_write_at_once(stage: Stage, taken: Record) -> None:
    records = [stage.record(), stage.record()]
    halves = [[PRICE, *OTHERS[:3]], [LABEL, *OTHERS[3:]]]
    for _ in range(3):
        folders = [stage.run(*(context(nodeid, {1: [3, 5]}) for nodeid in half), files=FILES) for half in halves]
        await asyncio.gather(
            *(
                record.take(folder, stage.describe, finished(*half))
                for record, folder, half in zip(records, folders, halves, strict=True)
            )
        )
    index = Database(stage.root, PYTHON).load()
    assert {key for key in ITEMS if key in index.tests} == set(ITEMS)
    assert rows(stage, "context") == len(ITEMS) + 2


def _take_for_ever(root: str, ready: int) -> None:
    stage = Stage(Path(root), runs=100)

    async def work() -> None:
        record = stage.record()
        while True:
            folder = stage.run(*full(stage), files=FILES)
            await record.take(folder, stage.describe, finished(PRICE, LABEL, *OTHERS))
            os.write(ready, b".")

    asyncio.run(work())


def test_it_survives_a_kill_in_the_middle(stage: Stage) -> None:
    heard, ready = os.pipe()
    process = multiprocessing.get_context("fork").Process(target=_take_for_ever, args=(str(stage.root), ready))
    process.start()
    assert process.pid is not None
    for _ in range(5):
        os.read(heard, 1)
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    os.close(heard)
    os.close(ready)
    index = Database(stage.root, PYTHON).load()
    assert {key for key in ITEMS if key in index.tests} == set(ITEMS)


async def test_what_nothing_refers_to_is_swept_out(stage: Stage, taken: Record) -> None:
    before = rows(stage, "lines"), rows(stage, "version")
    for number in range(3):
        (stage.root / "cart.py").write_text(
            f"RATE = {number}\ndef price():\n    return RATE\ndef label():\n    return 3\n"
        )
        await taken.take(stage.run(*full(stage), files=FILES), stage.describe, finished(PRICE, LABEL, *OTHERS))
    assert (rows(stage, "lines"), rows(stage, "version")) > before
    Database(stage.root, PYTHON).sweep()
    assert (rows(stage, "lines"), rows(stage, "version")) == before
    assert await chosen(stage, stage.record()) == {}
    index = Database(stage.root, PYTHON).load()
    assert {key for key in ITEMS if key in index.tests} == set(ITEMS)


async def test_the_index_in_memory_does_not_grow_with_edits(stage: Stage, taken: Record) -> None:
    for number in range(3):
        (stage.root / "cart.py").write_text(
            f"RATE = {number}\ndef price():\n    return RATE\ndef label():\n    return 3\n"
        )
        await taken.take(stage.run(*full(stage), files=FILES), stage.describe, finished(PRICE, LABEL, *OTHERS))
    assert taken._index is not None
    assert {path: len(file.versions) for path, file in taken._index.files.items()} == {
        stage.path(name): 1 for name in FILES
    }


async def test_what_is_gone_is_forgotten(stage: Stage, taken: Record) -> None:
    """A deleted file of tests, and a fixture that nobody uses any more."""
    key = "::basket@#"
    fixture = {"context": "f", "key": key, "name": "basket", "lines": {"0": [3, 3]}}
    user = context(LABEL, {1: [5, 5]}, fixtures=[key])
    await taken.take(stage.run(fixture, user, files=FILES), stage.describe, finished(LABEL))
    assert rows(stage, "context") == len(ITEMS) + 3
    (stage.root / "test_other.py").unlink()
    await stage.choose(taken, ["test_other.py"], ITEMS)
    await taken.take(stage.run(context(LABEL, {1: [5, 5]}), files=FILES[:2]), stage.describe, finished(LABEL))
    assert rows(stage, "context") == 4
    index = Database(stage.root, PYTHON).load()
    assert {key for key, _ in index.tests} == {PRICE, LABEL}
    assert not [name for name in index.contexts if name.kind == "f"]
