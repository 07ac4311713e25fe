"""Runs of many tests: their journals are read while they go on, and what is known already is not written again."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.engine.record.conftest import (
    FILES,
    ITEMS,
    LABEL,
    OTHERS,
    PRICE,
    Stage,
    content_hash,
    context,
    finished,
    full,
)
from tui.engine.coverage.live import Live
from tui.engine.record import Record
from tui.engine.record.ahead import Ahead
from tui.engine.record.database import Changed, Database
from tui.engine.record.ingest import JournalReader
from tui.model.events import ItemKey
from tui.model.executed import Executed
from tui.model.impact.index import TEST, Index, Name
from tui.plugin import wire


@pytest.fixture
def writes(monkeypatch: pytest.MonkeyPatch) -> list[set[str]]:
    """The nodeids whose contexts each write put into the file."""
    written: list[set[str]] = []
    write = Database.write

    def spied(self: Database, index: Index, changed: Changed) -> bool:
        written.append({name.text for name in changed.contexts if name.kind == TEST})
        return write(self, index, changed)

    monkeypatch.setattr(Database, "write", spied)
    return written


def journal_of(folder: Path) -> Path:
    return folder / "record-main.jsonl"


def open_files() -> int:
    return len(os.listdir("/dev/fd"))  # noqa: PTH208 - the one that lists is closed when they are counted


def known(record: Record) -> set[ItemKey]:
    return set(record.index.tests) if record.index is not None else set()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20.0):
        while not condition():  # noqa: ASYNC110 - nobody tells of it
            await asyncio.sleep(0)


async def selected(stage: Stage, record: Record) -> set[str]:
    path = stage.root / "cart.py"
    path.write_text(path.read_text().replace("return 1", "return 2"))
    return {chosen.key[0] for chosen in (await stage.choose(record, ["cart.py"], ITEMS)).items}


@pytest.mark.parametrize("at_once", [1, 300, 1 << 18])
def test_a_journal_is_read_as_it_grows(stage: Stage, monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    """However it is cut: a line counts when all of it is there."""
    monkeypatch.setattr("tui.engine.journal._CHUNK", at_once)
    folder = stage.run(*full(stage), files=FILES)
    stage.journal(folder, context(LABEL, {0: [3, 3]}), name="gw0", files=FILES)
    whole, text = JournalReader(folder).rest(), journal_of(folder).read_bytes()
    journal_of(folder).unlink()
    reader = JournalReader(folder)
    for end in range(0, len(text), 97):
        journal_of(folder).write_bytes(text[:end])
        while reader.read():
            pass
    journal_of(folder).write_bytes(text)
    assert reader.rest() == whole
    assert not reader.read()


@pytest.mark.parametrize("cut", [1, 9])
def test_the_last_line_of_a_killed_process_is_none(stage: Stage, cut: int) -> None:
    """Even if nothing but its end is missing; what came before it counts."""
    folder = stage.run(*full(stage)[:3], {"wrote": [stage.path("kept.txt")]}, files=FILES, end=False)
    with journal_of(folder).open("ab") as file:
        file.write(json.dumps({"wrote": ["x"], "context": "t", "nodeid": LABEL}).encode()[:-cut])
    reader = JournalReader(folder)
    assert not reader.read()
    told = reader.rest()
    assert (told.ended, told.torn) == (False, False)
    assert [name.text for name in told.contexts if name.kind == TEST] == [PRICE]
    assert stage.record().wrote(folder) >= {stage.path("kept.txt")}


@pytest.mark.parametrize(
    "line", [b'{"data": "' + b"-" * wire.LINE_LIMIT + b'"}', b'{"context": "t", "node\x00'], ids=["long", "broken"]
)
async def test_where_a_line_cannot_be_read_all_tests_of_the_run_are_in_doubt(stage: Stage, line: bytes) -> None:
    """It may have told of any of them."""
    record, folder = stage.record(), stage.run(*full(stage), files=FILES)
    journal_of(folder).write_bytes(line + b"\n" + journal_of(folder).read_bytes())
    await record.read_along(folder, stage.describe)
    await record.take(folder, stage.describe, finished(PRICE, LABEL, *OTHERS))
    assert record.index is not None
    assert {name for name, each in record.index.contexts.items() if not each.whole} == set(record.index.contexts)
    assert known(record) == set(ITEMS)


def test_the_journals_of_many_forks_are_not_held_open(stage: Stage) -> None:
    folder = stage.run(*full(stage), files=FILES)
    for number in range(50):
        stage.journal(folder, context(LABEL, {0: [number + 1, number + 1]}), name=f"main-{number}", files=FILES)
    before = open_files()
    reader, live = JournalReader(folder), Live(folder)
    assert not reader.read()
    assert live.read()
    assert open_files() == before
    assert not live.read(), "nothing new"
    path, content = stage.path("cart.py"), str(content_hash(stage.root / "cart.py"))
    files: dict[str, tuple[str, Executed]] = {}
    live.add_to(files, {path: content})
    assert files[path][1].lines == sum(1 << line for line in range(1, 51))
    assert reader.rest().contexts[Name(TEST, LABEL)].lines[path, content] == files[path][1].lines


async def test_what_was_read_while_the_run_went_on_is_not_read_again(stage: Stage) -> None:
    folder = stage.run(*full(stage), files=FILES)
    text = journal_of(folder).read_bytes()
    lines = text.splitlines(keepends=True)
    record = stage.record()
    journal_of(folder).write_bytes(b"".join(lines[:-2]))
    await record.read_along(folder, stage.describe)
    assert known(record) == set(), "nothing counts before the run is over"
    journal_of(folder).write_bytes(b"".join([b"-" * len(line[:-1]) + b"\n" for line in lines[:-2]] + lines[-2:]))
    await record.take(folder, stage.describe, finished(PRICE, LABEL, *OTHERS))
    assert await selected(stage, record) == {LABEL}
    assert known(record) == set(ITEMS)


async def test_a_run_that_records_nothing_needs_no_record(stage: Stage) -> None:
    """A collection that takes its time does not have it loaded."""
    folder = stage.run()
    journal_of(folder).unlink(missing_ok=True)
    record = stage.record()
    await record.read_along(folder, stage.describe)
    assert record.index is None


async def test_what_a_run_imports_is_described_while_it_goes_on(stage: Stage) -> None:
    """With all that it imports, and once; but for what is edited before the run is over."""
    stage.write("stock.py", "LEFT = 1\n")
    stage.write("test_other.py", "import stock\ndef test_other():\n    pass\n")
    record, folder = stage.record(), stage.run(*full(stage), files=FILES)
    for _ in range(2):
        await record.read_along(folder, stage.describe)
    assert sorted(stage.asked) == sorted(map(stage.path, [*FILES, "stock.py"]))
    edit = stage.write("cart.py", "RATE = 1\ndef price():\n    return RATE\ndef label():\n    return 3\n")
    stage.asked.clear()
    await record.take(folder, stage.describe, finished(PRICE, LABEL, *OTHERS))
    assert stage.asked == [edit]
    assert await selected(stage, record) == {PRICE, LABEL}, "nobody knows what it was that they executed"


async def test_who_needs_a_description_waits_for_no_others(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.engine.record.ahead._AT_ONCE", 1)
    answers: dict[str, asyncio.Event] = {}

    async def describe(paths: Sequence[str]) -> dict[str, Any]:
        await answers.setdefault(paths[0], asyncio.Event()).wait()
        return {"files": {path: {"hash": None} for path in paths}}  # they are not there

    ahead = Ahead()
    describing = asyncio.create_task(ahead.describe(["a", "b", "c", "d"], describe, "b".__eq__))
    await until(lambda: "a" in answers)
    answers["a"].set()
    await until(lambda: "c" in answers)
    assert list(await ahead.take(["a", "b", "d"])) == ["a"]
    taking = asyncio.create_task(ahead.take(["c"]))
    await asyncio.sleep(0)
    answers["c"].set()
    assert list(await taking) == ["c"]
    await describing
    assert list(answers) == ["a", "c"], "the rest is asked for by who needs it"


async def test_a_save_is_answered_while_somebody_writes_into_the_file(
    stage: Stage, taken: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And who has begun later reads it. What could not be written meanwhile comes into it with the next run."""
    monkeypatch.setattr("tui.engine.record.database._BUSY", 0.0)
    (file,) = stage.root.glob("record-*.sqlite")
    folder = stage.run(context(LABEL, {1: [5, 5], 0: [3, 3]}), files=FILES)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("begin immediate")
        other.execute("delete from context")
        await taken.take(folder, stage.describe, finished(LABEL))
        assert await selected(stage, stage.record()) == {LABEL}
        assert await selected(stage, taken) == {LABEL}
        other.execute("rollback")
    await taken.take(stage.run(files=FILES), stage.describe, finished())
    stage.write("cart.py", "RATE = 1\ndef price():\n    return -RATE\ndef label():\n    return 1\n")
    again = await stage.choose(stage.record(), ["cart.py"], ITEMS)
    assert {chosen.key[0] for chosen in again.items} == {PRICE, LABEL}


async def test_a_run_that_did_the_same_again_is_not_written(
    stage: Stage, taken: Record, writes: list[set[str]]
) -> None:
    lines = [line for line in full(stage) if line.get("nodeid") != LABEL]
    folder = stage.run(*lines, context(LABEL, {1: [5, 5], 0: [5, 5], 2: [1, 1]}), files=FILES)
    await taken.take(folder, stage.describe, finished(PRICE, LABEL, *OTHERS))
    assert writes == [{LABEL}]
    assert await selected(stage, taken) == {LABEL}


@pytest.mark.parametrize("seen", [{"spawns": True}, {"data": ["/x.json"]}, {"listed": ["/"]}, {"fixtures": ["a"]}])
async def test_whatever_is_seen_anew_is_written(
    stage: Stage, taken: Record, writes: list[set[str]], seen: dict[str, object]
) -> None:
    folder = stage.run(context(LABEL, {1: [5, 5], 0: [5, 5]}, **seen), files=FILES)
    await taken.take(folder, stage.describe, finished(LABEL))
    assert writes == [{LABEL}]


async def test_what_was_doubtful_is_known_when_it_is_seen_whole(
    stage: Stage, taken: Record, writes: list[set[str]]
) -> None:
    lines = context(LABEL, {1: [5, 5], 0: [5, 5]})
    for number, keys in enumerate([(), (LABEL,)]):
        await taken.take(stage.run(lines, files=FILES), stage.describe, finished(*keys))
        assert taken.index is not None
        assert taken.index.contexts[Name(TEST, LABEL)].whole == bool(number)
    assert writes == [{LABEL}, {LABEL}]


async def test_what_could_not_be_written_is_written_later(
    stage: Stage, taken: Record, writes: list[set[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Database, "write", lambda *_: False)
        folder = stage.run(context(LABEL, {1: [5, 5], 0: [3, 3]}), files=FILES)
        await taken.take(folder, stage.describe, finished(LABEL))
    for _ in range(2):
        await taken.take(stage.run(files=FILES), stage.describe, finished())
    assert writes == [{LABEL}, set()]
