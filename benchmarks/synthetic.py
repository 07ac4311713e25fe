"""Stands in for the interpreter of a project: a host whose runs report tests that never ran, at a rate that is asked.

It speaks the protocol of ``tui/plugin/wire``, so that the whole way from the journal to the screen is measured.
``write_interpreter`` makes the executable that ``redbar --python`` gets; this file is the program behind it.
"""

from __future__ import annotations

import json
import os
import select
import socket
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
PER_MODULE = 100
_MODULES_A_PACKAGE = 50
_COLLECTED_A_LINE = 500
_TICK = 0.01
_AT_ONCE = 2000
"""Tests in a write when there is no rate; the engine reads a MiB at a time."""

Event = dict[str, Any]


def write_interpreter(folder: Path, tests: int, rate: float, python: str = sys.executable) -> Path:
    """An executable that stands in for a Python with ``tests`` tests. Returns its path.

    ``rate`` is in events (a start or an end of a test) per second, 0 for as fast as it goes.
    """
    path = folder / f"synthetic-{tests}-{rate:g}"
    path.write_text(f'#!/bin/sh\nexec "{python}" -P "{__file__}" {tests} {rate} "$@"\n')
    path.chmod(0o755)
    return path


def nodeid(number: int) -> str:
    """The nodeid of a test: 50 modules a package, 4 classes of 5 functions of 5 values a module."""
    return f"{_collector(number)}::test_function_{number // 5 % 5}[{number % 5}]"


def _collector(number: int) -> str:
    return f"{_file(number)}::TestGroup{number // 25 % 4}"


def _file(number: int) -> str:
    module = number // PER_MODULE
    return f"tests/pkg_{module // _MODULES_A_PACKAGE:02}/test_module_{module:04}.py"


def collection(tests: int, rootdir: str) -> Iterator[Event]:
    """The lines of a journal for the collection of so many tests."""
    yield {
        "event": "SessionStarted",
        "rootdir": rootdir,
        "inifile": None,
        "invocation_dir": rootdir,
        "python": "3.0",
        "executable": "synthetic",
        "pytest": "9.0",
        "workers": 0,
        "pid": os.getpid(),
        "norecursedirs": [],
        "python_files": [],
    }
    for first in range(0, tests, _COLLECTED_A_LINE):
        numbers = range(first, min(tests, first + _COLLECTED_A_LINE))
        parents: dict[tuple[str, ...], int] = {}
        items = []
        for number in numbers:
            file, collector = _file(number), _collector(number)
            parent = (file, f"{rootdir}/{file}", collector, collector.rpartition("::")[2])
            place = parents.setdefault(parent, len(parents))
            items.append([nodeid(number), place, f"test_function_{number // 5 % 5}", number % PER_MODULE + 1, 0, 0])
        yield {
            "event": "ItemsCollected",
            "parents": list(parents),
            "markers": [[]],
            "fixtures": [[]],
            "items": items,
            "through": list(dict.fromkeys(map(_file, numbers))),
        }
    yield {"event": "CollectionFinished", "positions": [[0, tests]], "more": False}


def started(number: int) -> Event:
    """The line of a test that begins."""
    return {"event": "ItemStarted", "nodeid": nodeid(number)}


def finished(number: int) -> Event:
    """The line of a test that has passed."""
    phases = [["setup", 0.000123], ["call", 0.000456], ["teardown", 0.000078]]
    return {"event": "ItemFinished", "nodeid": nodeid(number), "phases": phases}


def end() -> Event:
    """The last line of a session in which everything passed."""
    return {"event": "SessionFinished", "exit": 0, "warnings": 0}


class _Run:
    """One run, written a tick at a time."""

    def __init__(self, folder: str, socket_path: str, tests: int, rate: float) -> None:
        from tui.plugin import wire

        self._wire = wire
        request = json.loads((Path(folder) / wire.REQUEST_FILE).read_bytes())
        self.number = request["run"]
        self._tests = tests
        self._rate = rate
        self._done = 0
        self._collects = "--collect-only" in request["args"]
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(socket_path)
        hello = {"role": "run", "protocol": wire.PROTOCOL, "pid": os.getpid(), "run": self.number, "worker": None}
        self._socket.send(wire.frame(hello))
        (Path(folder) / wire.OUTPUT_FILE).touch()
        journal = Path(folder) / f"journal-{wire.MAIN_JOURNAL}.jsonl"
        self._journal = os.open(journal, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        for event in collection(tests, str(Path.cwd())):
            self._write([event])
        self._begun = time.monotonic()

    def _write(self, events: list[Event]) -> None:
        if events:
            os.write(self._journal, b"".join(self._wire.encode(event) + b"\n" for event in events))
            self._socket.send(self._wire.POKE)

    def tick(self) -> bool:
        """Write what is due; whether the run has ended."""
        due = self._tests if self._collects else self._due()
        if not self._collects:
            self._write([make(n) for n in range(self._done, due) for make in (started, finished)])
        self._done = due
        if due < self._tests:
            return False
        self.finish()
        return True

    def _due(self) -> int:
        if not self._rate:
            return min(self._tests, self._done + _AT_ONCE)
        return min(self._tests, int((time.monotonic() - self._begun) * self._rate / 2))

    def finish(self) -> None:
        """Write the end of the session."""
        self._write([end()])
        os.close(self._journal)
        self._socket.close()


def serve(socket_path: str, folders: list[str], tests: int, rate: float) -> None:
    """Be a host until the explorer goes."""
    from tui.plugin import wire

    control = socket.socket(socket.AF_UNIX)
    control.connect(socket_path)
    hello = {"role": "host", "protocol": wire.PROTOCOL, "pid": os.getpid(), "python": "3.0", "executable": "synthetic"}
    control.sendall(wire.frame(hello))
    frames = wire.Frames()
    run: _Run | None = None
    waiting = list(folders)
    while True:
        if run is None and waiting:
            run = _Run(waiting.pop(0), socket_path, tests, rate)
            control.sendall(wire.frame({"forked": run.number, "pid": os.getpid()}))
        if run is not None and run.tick():
            control.sendall(wire.frame({"exited": run.number, "status": 0}))
            run = None
        if not select.select([control], [], [], _TICK if run else None)[0]:
            continue
        data = control.recv(65536)
        if not data:
            return
        for message in frames.feed(data):
            if message is not None and message.get("do") == "run":
                waiting.append(message["folder"])
            elif message is not None and run is not None:
                run.finish()
                control.sendall(wire.frame({"exited": run.number, "status": 2}))
                run = None


def main() -> None:
    """``tests rate -c BOOT package socket [folder …]``, as `write_interpreter` passes it on."""
    tests, rate, _, _, _, socket_path, *folders = sys.argv[1:]
    sys.path.insert(0, str(ROOT))
    serve(socket_path, folders, int(tests), float(rate))


if __name__ == "__main__":
    main()
