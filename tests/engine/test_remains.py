"""What a dead process leaves: its captures, its output, and the line about it."""

from __future__ import annotations

import os
import signal
import tempfile
from pathlib import Path

import pytest

from tui.engine.journal import Shelf
from tui.engine.remains import Remains, ending
from tui.plugin import wire


def file_with(data: bytes) -> int:
    """A descriptor of a file without a name, as pytest's capture files are."""
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.flush()
        return os.dup(file.fileno())


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def remains(tmp_path: Path, shelf: Shelf) -> Remains:
    return Remains(tmp_path, shelf)


def test_a_crash_is_a_line_that_can_be_found_again(remains: Remains, shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / wire.OUTPUT_FILE).write_bytes(b"\x1b[1mtest_a.py\x1b[0m .\x1b]0;title\x07\n")
    remains.keep(None, ["stdout", "stderr"], [file_with(b"out\n"), file_with(b"")])
    remains.keep("gw1", ["stderr"], [file_with(b"of the worker")])
    line, ref = remains.crash(None, "test_a.py::test", 2, "It died.")
    assert ref is not None
    assert shelf.line(ref) == line
    assert line["longrepr"] == "It died.\n\ntest_a.py ."
    assert line["crash"] == {"path": "test_a.py", "line": None, "message": "It died."}
    assert line["index"] == 2
    assert line["sections"] == [{"name": "Captured stdout until then", "text": "out\n", "cut": 0, "file": None}]
    other, second = remains.crash("gw1", "b", 0, "It died too.")
    assert second is not None
    assert shelf.line(second) == other
    assert other["longrepr"] == "It died too."
    assert [section["text"] for section in other["sections"]] == ["of the worker"]
    remains.close()
    assert remains.crash("gw1", "b", 0, "Later.")[0]["sections"] == []


@pytest.mark.parametrize(
    ("output", "last"),
    [
        (b"".join(b"line %d\n" % n for n in range(40)), "\n".join(f"line {n}" for n in range(25, 40))),
        (
            b"collecting\nFatal Python error: Aborted\n\n" + b"frame\n" * 40,
            "Fatal Python error: Aborted\n\n" + "frame\n" * 40,
        ),
    ],
)
def test_a_file_whose_collection_was_cut_off(
    remains: Remains, shelf: Shelf, tmp_path: Path, output: bytes, last: str
) -> None:
    (tmp_path / wire.OUTPUT_FILE).write_bytes(output)
    remains.keep(None, ["stdout"], [file_with(b"out\n")])
    line, ref = remains.cut_off("test_a.py", "It ended.")
    assert ref is not None
    assert shelf.line(ref) == line
    assert (line["nodeid"], line["outcome"], line["longrepr"]) == ("test_a.py", "failed", "It ended.")
    assert [(section["name"], section["text"]) for section in line["sections"]] == [
        ("Captured stdout until then", "out\n"),
        ("Last lines of the terminal", last.strip()),
    ]
    remains.close()


def test_long_captures(remains: Remains, tmp_path: Path) -> None:
    data = b"head" + b"-" * wire.SECTION_LIMIT + b"tail"
    remains.keep(None, ["stdout"], [file_with(data)])
    (section,) = remains.crash(None, "a", 0, "")[0]["sections"]
    assert section["text"].startswith("head-")
    assert section["text"].endswith("-tail")
    assert len(section["text"]) == 2 * wire.SECTION_KEEP
    assert section["cut"] == len(data) - 2 * wire.SECTION_KEEP
    assert section["head"] == wire.SECTION_KEEP
    assert (tmp_path / section["file"]).read_bytes() == data
    remains.close()


def test_rubbish(remains: Remains, tmp_path: Path) -> None:
    (tmp_path / wire.OUTPUT_FILE).write_bytes(bytes(range(256)) * 1000)
    remains.keep(None, ["stdout"], [file_with(b"\xff\xfe\x00ok")])
    line, _ = remains.crash(None, "a\udcff", 0, "It died.")
    assert "\x1b" not in line["longrepr"]
    assert len(line["longrepr"]) < 20_000
    assert line["sections"][0]["text"].endswith("\x00ok")
    remains.close()


def test_last_words(remains: Remains, tmp_path: Path) -> None:
    assert remains.last_words() == ""
    (tmp_path / wire.OUTPUT_FILE).write_bytes(b"collecting ...\n\n")
    remains.keep(None, ["stdout", "stderr"], [file_with(b"importing\n"), file_with(b"\x1b[31moh\x1b[0m")])
    assert remains.last_words() == (
        "collecting ...\n\nCaptured stdout until then:\nimporting\n\nCaptured stderr until then:\noh"
    )
    remains.close()


def test_a_folder_that_is_gone(shelf: Shelf, tmp_path: Path) -> None:
    remains = Remains(tmp_path / "gone", shelf)
    remains.keep(None, ["stdout"], [file_with(b"x" * (wire.SECTION_LIMIT + 1))])
    line, ref = remains.crash(None, "a", 0, "It died.")
    assert ref is None
    assert line["longrepr"] == "It died."
    assert line["sections"][0]["file"] is None
    remains.close()


def test_descriptors_without_a_name_are_closed(remains: Remains) -> None:
    spare = file_with(b"")
    remains.keep(None, [], [spare])
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(spare)


def test_endings() -> None:
    assert ending(3) == "exit 3"
    assert ending(-signal.SIGSEGV) == "SIGSEGV"
    assert ending(-200) == "signal 200"
