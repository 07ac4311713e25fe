"""The order in which the journals of a run become events: what a worker wrote before what is said of it."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from tui.engine import journal
from tui.engine.decode import Decoder
from tui.engine.journal import GrowingJournal, Shelf
from tui.engine.stream import RunStream
from tui.model import events as ev
from tui.plugin import wire

DIES = "test_a.py::test_dies"
STARTED = {"event": "ItemStarted", "nodeid": DIES}
CRASHED = {"event": "ItemCrashed", "nodeid": DIES, "worker": "gw0", "text": "worker 'gw0' crashed"}
EXPECTED = ["ItemStarted", "PhaseReported", "ItemFinished", "SessionFinished"]


def stream_in(folder: Path) -> RunStream:
    return RunStream(1, folder, Shelf(), Decoder(1, folder, "", phases=True))


def write(folder: Path, name: str, *lines: dict[str, Any]) -> None:
    with (folder / f"journal-{name}.jsonl").open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)


async def names(stream: RunStream) -> list[str]:
    stream.exited(1)
    return [type(event).__name__ for batch in [batch async for batch in stream.batches()] for event in batch]


async def test_a_crash_is_told_before_the_worker_was_heard_of(tmp_path: Path) -> None:
    stream = stream_in(tmp_path)
    write(tmp_path, "gw0", STARTED)
    write(tmp_path, wire.MAIN_JOURNAL, CRASHED)
    stream.poke()
    first = await anext(stream.batches())
    assert [type(event) for event in first] == [ev.ItemStarted, ev.PhaseReported, ev.ItemFinished]


async def test_a_worker_wrote_more_than_is_read_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "_CHUNK", 16)
    stream = stream_in(tmp_path)
    stream.follow("gw0")
    write(tmp_path, "gw0", *[{"event": "Interrupted", "reason": "", "by_exit": False}] * 3, STARTED)
    write(tmp_path, wire.MAIN_JOURNAL, CRASHED)
    assert (await names(stream))[3:] == EXPECTED


async def test_a_worker_starts_an_item_and_dies_while_its_journal_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = stream_in(tmp_path)
    stream.follow("gw0")
    read = GrowingJournal.read
    written: list[bool] = []

    def read_slowly(self: GrowingJournal) -> Any:
        found = read(self)
        if not written and self is stream._journals["gw0"]:
            written.append(True)
            write(tmp_path, "gw0", STARTED)
            write(tmp_path, wire.MAIN_JOURNAL, CRASHED)
        return found

    monkeypatch.setattr(GrowingJournal, "read", read_slowly)
    stream.poke()
    first = await anext(stream.batches())
    assert [type(event) for event in first] == [ev.ItemStarted, ev.PhaseReported, ev.ItemFinished]


@pytest.mark.parametrize("worker", [None, "gw0"])
async def test_capture_files_lie_unread_in_the_socket_when_a_process_is_heard_to_have_died(
    tmp_path: Path, worker: str | None
) -> None:
    stream = stream_in(tmp_path)
    captured = tmp_path / "captured"
    captured.write_text("printed before the end")
    unread = [os.open(captured, os.O_RDONLY)]

    def read_the_socket() -> None:
        while unread:
            stream.capture(worker, ["stdout"], [unread.pop()])

    stream.catch_up = read_the_socket
    write(tmp_path, worker or wire.MAIN_JOURNAL, STARTED)
    if worker is not None:
        write(tmp_path, wire.MAIN_JOURNAL, CRASHED)
    stream.poke()
    told: list[ev.Event] = []
    async for batch in stream.batches():
        told += batch
        stream.exited(-signal.SIGSEGV)
    (report,) = [event for event in told if isinstance(event, ev.PhaseReported)]
    assert [section.text for section in report.sections] == ["printed before the end"]
