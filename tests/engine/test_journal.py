"""Growing journals: however they are written and read, the same lines come out, each at its place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tui.engine.journal import GrowingJournal, Shelf
from tui.plugin import wire

values = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5)
objects = st.dictionaries(st.text(), values, max_size=4)
raw_lines = st.one_of(
    objects.map(lambda value: json.dumps(value).encode()),
    objects.map(wire.encode),
    st.binary(max_size=40).map(lambda data: data.replace(b"\n", b"\r")),
    st.sampled_from([b"", b"  ", b"null", b"[]", b'"text"', b"{", b'{"a":', b"[" * 50_000]),
)


def read_all(journal: GrowingJournal) -> tuple[list[tuple[int, dict[str, Any]]], list[str]]:
    """Read until nothing more comes."""
    lines, faults = [], []
    while True:
        got, wrong = journal.read()
        lines += got
        faults += wrong
        if not got and not wrong:
            return lines, faults


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(raw=st.lists(raw_lines, max_size=12), cuts=st.lists(st.integers(0, 400), max_size=8), end=st.booleans())
def test_any_chopping_gives_the_same_lines_and_places(
    tmp_path: Path, raw: list[bytes], cuts: list[int], end: bool
) -> None:
    data = b"".join(line + b"\n" for line in raw)
    if not end:
        data += b'{"torn": '
    path = tmp_path / "journal"
    path.write_bytes(data)
    shelf = Shelf()
    shelf.put(tmp_path / "another")
    at_once = read_all(GrowingJournal(path, shelf.put(path)))

    path.write_bytes(b"")
    piecewise: tuple[list[Any], list[str]] = ([], [])
    journal = GrowingJournal(path, 1)
    places = sorted({min(cut, len(data)) for cut in cuts} | {len(data)})
    for start, stop in zip([0, *places], places, strict=False):
        with path.open("ab") as file:
            file.write(data[start:stop])
        got, wrong = read_all(journal)
        piecewise[0].extend(got)
        piecewise[1].extend(wrong)
    journal.close()
    assert piecewise == at_once

    lines, faults = at_once
    good = [value for value in map(parsed, raw) if value is not None]
    assert [value for _, value in lines] == good
    assert len(lines) + len(faults) == sum(1 for line in raw if line.strip())
    assert [shelf.line(ref) for ref, _ in lines] == good
    assert {shelf.folder(ref) for ref, _ in lines} <= {tmp_path}


def parsed(raw: bytes) -> dict[str, Any] | None:
    """The object of a line, by other means."""
    try:
        value = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


@pytest.mark.parametrize("step", [1 << 16, 1 << 20, 5 << 20])
def test_a_line_over_the_limit_is_one_fault_and_nothing_else_is_lost(tmp_path: Path, step: int) -> None:
    fits = wire.encode({"a": "x" * (wire.LINE_LIMIT - 8)})
    assert len(fits) == wire.LINE_LIMIT
    over = wire.encode({"a": "x" * (wire.LINE_LIMIT - 7)})
    huge = wire.encode({"a": "x" * (3 * wire.LINE_LIMIT)})
    data = b'{"n":1}\n' + fits + b"\n" + over + b"\n" + b'{"n":2}\n' + huge + b"\n" + b'{"n":3}\n'
    path = tmp_path / "journal"
    shelf = Shelf()
    journal = GrowingJournal(path, shelf.put(path))
    lines, faults = [], []
    for at in range(0, len(data), step):
        with path.open("ab") as file:
            file.write(data[at : at + step])
        got, wrong = read_all(journal)
        lines += got
        faults += wrong
    journal.close()
    assert [value.get("n", "fits") for _, value in lines] == [1, "fits", 2, 3]
    assert len(faults) == 2
    assert all("more than 1,048,576 bytes" in fault for fault in faults)
    found = [shelf.line(ref) for ref, _ in lines]
    assert found == [value for _, value in lines]


def test_a_journal_that_is_not_there_yet(tmp_path: Path) -> None:
    journal = GrowingJournal(tmp_path / "journal", 0)
    assert journal.read() == ([], [])
    (tmp_path / "journal").write_bytes(b'{"n":1}')
    assert journal.read() == ([], [])
    with (tmp_path / "journal").open("ab") as file:
        file.write(b"\n")
    assert journal.read() == ([(0, {"n": 1})], [])
    journal.close()


def test_a_place_of_which_the_file_is_gone_or_other(tmp_path: Path) -> None:
    shelf = Shelf()
    path = tmp_path / "journal"
    ref = shelf.ref(shelf.put(path), 3)
    assert shelf.line(ref) is None
    path.write_bytes(b"abc\xff\n")
    assert shelf.line(ref) is None
    path.write_bytes(b'abc{"n": 1}\nmore')
    assert shelf.line(ref) == {"n": 1}


def test_lone_surrogates_survive(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    path.write_bytes(wire.encode({"nodeid": "a\udcff\ud800"}) + b"\n")
    journal = GrowingJournal(path, 0)
    ((_, value),), faults = journal.read()
    journal.close()
    assert (value, faults) == ({"nodeid": "a\udcff\ud800"}, [])
