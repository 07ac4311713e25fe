"""What it costs a run to freeze its failures, and how fast a frozen one answers.

    python -m benchmarks.freezing [--rounds N] [--strict]

The host and its runs are Redbar's; this script stands in for the explorer at their socket. A run of 500 failing tests
is compared with the same run that freezes nothing. A freeze is compared with ``os.fork`` alone in the same test, of a
child that ends at once. Times are medians, with the least in brackets: on a busy machine look at that and at the ratio.
"""

from __future__ import annotations

import json
import select
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Self

from benchmarks.measuring import environment
from benchmarks.options import parser
from benchmarks.report import Row, finish
from tui.plugin import wire

if TYPE_CHECKING:
    from collections.abc import Callable

_BOUNDS = {50: 0.008, 500: 0.040}
"""Seconds to freeze one failure, by the size of the process in MB."""
_ANSWER = 0.010
_RUN = 1.1
_LIMIT = 20
"""Frozen failures of one run, as the settings have it."""
_FAILURES = 500
_PATIENCE = 120.0
_ASKED = 50

_SIZED = """
import os, resource, time, pytest

def size():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()

ballast = []
while size() < {megabytes} << 20:
    ballast.append({ballast})

@pytest.mark.parametrize("n", range(10))
def test_fails(n):
    began = time.perf_counter()
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    with open("forks", "a") as file:
        print(time.perf_counter() - began, file=file)
    assert n < 0
"""
_BALLAST = {
    "small objects": "[(i, str(i)) for i in range(2000)]",
    "blocks of 1 MB": 'b"x" * (1 << 20)',
}
_MANY = f"""
import pytest

def check(n):
    values = [n] * 10
    assert sum(values) < 0

@pytest.mark.parametrize("n", range({_FAILURES}))
def test_fails(n):
    check(n)
"""
_FRAMES = """
class Order:
    def __init__(self, n):
        self.n, self.lines = n, list(range(n))
    def __repr__(self):
        return f"<Order {self.n}>"

def fall(depth, order):
    if not depth:
        a = b = c = d = 1.5
        names = {str(n): n for n in range(100)}
        orders = [Order(n) for n in range(50)]
        text = "word " * 1000
        raise ValueError(depth)
    fall(depth - 1, order)

def test_fails():
    fall(30, Order(3))
"""


@dataclass
class _Connection:
    socket: socket.socket
    frames: wire.Frames = field(default_factory=wire.Frames)
    hello: dict[str, Any] = field(default_factory=dict)


class _Explorer:
    """Stands in for it: a host, its runs, and what they have frozen."""

    def __init__(self, project: Path) -> None:
        self._private = tempfile.TemporaryDirectory(prefix="rb-")
        self._project = project
        self._connections: list[_Connection] = []
        self._messages: list[dict[str, Any]] = []
        self._count = 0
        path = f"{self._private.name}/s"
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(path)
        self._listening.listen(128)
        package = wire.FOLDER
        argv = [sys.executable, "-c", wire.BOOT_HOST, package, path]
        null = subprocess.DEVNULL
        self._host = subprocess.Popen(argv, cwd=project, env=environment(), stdin=null, stdout=null, stderr=null)
        self.until(lambda: self._of("host"))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for each in self._connections:
            each.socket.close()
        self._listening.close()
        self._host.wait()
        self._private.cleanup()

    def _of(self, role: str) -> list[_Connection]:
        return [each for each in self._connections if each.hello.get("role") == role]

    def until(self, condition: Callable[[], object]) -> None:
        """Take messages until it holds. Raises TimeoutError."""
        deadline = time.monotonic() + _PATIENCE
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError("nothing came in time")
            ends = [self._listening, *(each.socket for each in self._connections)]
            ready, _, _ = select.select(ends, [], [], 1)
            if self._listening in ready:
                self._connections.append(_Connection(self._listening.accept()[0]))
            for each in [each for each in self._connections if each.socket in ready]:
                self._read(each)

    def _read(self, connection: _Connection) -> None:
        data, descriptors, _, _ = socket.recv_fds(connection.socket, 65536, 8)
        for descriptor in descriptors:
            socket.close(descriptor)
        if not data:
            connection.socket.close()
            self._connections.remove(connection)
        for message in connection.frames.feed(data):
            if message is not None:
                connection.hello = connection.hello or message
                self._messages.append(message)

    def run(self, freeze: int) -> tuple[float, list[float]]:
        """Seconds of a run, and of each freeze in it."""
        self._count += 1
        folder = Path(self._private.name, str(self._count))
        folder.mkdir()
        request: wire.Request = {
            "run": self._count,
            "args": ["-pno:cacheprovider"],
            "columns": 100,
            "everything": True,
            "scopes": [],
            "items": [],
            "cwd_on_path": True,
            "sequential": False,
            "record": "off",
            "changed": [],
            "saved": [],
            "modules": False,
            "lead": 0,
            "stage": 0,
            "fresh": [],
            "freeze": freeze,
            "debug": None,
            "debugger": "pudb",
            "breakpoints": [],
            "lend": {},
        }
        (folder / wire.REQUEST_FILE).write_bytes(wire.encode(request))
        started = time.perf_counter()
        self._of("host")[0].socket.sendall(wire.frame({"do": "run", "folder": str(folder)}))
        self.until(lambda: any(message.get("exited") == self._count for message in self._messages))
        seconds = time.perf_counter() - started
        lines = (folder / f"journal-{wire.MAIN_JOURNAL}.jsonl").read_bytes().splitlines()
        events = [json.loads(line) for line in lines]
        return seconds, [event["seconds"] for event in events if event["event"] == "Frozen"]

    def thaw(self) -> None:
        """Let what is frozen go."""
        for each in self._of("frozen"):
            each.socket.sendall(wire.frame({"do": "leave"}))
        self.until(lambda: not self._of("frozen"))

    def ask(self, do: str, **fields: object) -> float:
        """Seconds until the frozen failure has answered."""
        frozen = self._of("frozen")[0]
        exception, frame = frozen.hello["default"]
        number = len(self._messages)
        question = {"do": do, "id": number, "exception": exception, "frame": frame, **fields}
        started = time.perf_counter()
        frozen.socket.sendall(wire.frame(question))
        self.until(lambda: any(message.get("answer") == number for message in self._messages[number:]))
        return time.perf_counter() - started


def _project(folder: Path, source: str) -> Path:
    folder.mkdir()
    (folder / "pytest.ini").write_text("[pytest]\n", "utf-8")
    (folder / "test_it.py").write_text(source, "utf-8")
    return folder


def _milliseconds(seconds: list[float]) -> str:
    return f"{median(seconds) * 1e3:.1f} ({min(seconds) * 1e3:.1f}) ms"


def _freezes(folder: Path, rounds: int) -> list[Row]:
    rows: list[Row] = []
    for megabytes, bound in _BOUNDS.items():
        for number, (what, ballast) in enumerate(_BALLAST.items()):
            source = _SIZED.replace("{megabytes}", str(megabytes)).replace("{ballast}", ballast)
            taken: list[float] = []
            project = _project(folder / f"sized-{megabytes}-{number}", source)
            with _Explorer(project) as explorer:
                for _ in range(rounds):
                    taken += explorer.run(_LIMIT)[1]
                    explorer.thaw()
            forks = [float(line) for line in (project / "forks").read_text().split()]
            words = f"freeze a failure, {megabytes} MB of {what}"
            sides = _milliseconds(forks), _milliseconds(taken)
            ratio = median(taken) / median(forks)
            rows.append(Row(words, f"≤ {bound * 1e3:.0f} ms", *sides, ratio, median(taken) <= bound))
    return rows


def _whole_run(folder: Path, rounds: int) -> Row:
    with _Explorer(_project(folder / "many", _MANY)) as explorer:
        explorer.run(0)
        plain: list[float] = []
        frozen: list[float] = []
        for number in range(rounds):
            for freeze in (0, _LIMIT) if number % 2 else (_LIMIT, 0):
                (frozen if freeze else plain).append(explorer.run(freeze)[0])
                explorer.thaw()
    ratio = median(ours / theirs for ours, theirs in zip(frozen, plain, strict=True))
    sides = f"{median(plain):.2f} s", f"{median(frozen):.2f} s"
    return Row(f"run of {_FAILURES} failures, the first frozen", f"≤ {_RUN}", *sides, ratio, ratio <= _RUN)


def _answers(folder: Path) -> list[Row]:
    questions: dict[str, dict[str, object]] = {
        "locals of a frame": {"do": "locals"},
        "expand a list of 50 objects": {"do": "expand", "path": [["name", "orders"]]},
        "evaluate an expression": {"do": "evaluate", "code": "sum(order.n for order in orders)"},
        "complete a name": {"do": "complete", "text": "orders.app"},
    }
    rows: list[Row] = []
    with _Explorer(_project(folder / "frames", _FRAMES)) as explorer:
        explorer.run(_LIMIT)
        explorer.until(lambda: explorer._of("frozen"))  # noqa: SLF001 - of this script
        first = explorer.ask("locals")
        rows.append(Row("first question: its own process is made", "", "", f"{first * 1e3:.1f} ms"))
        for words, fields in questions.items():
            taken = [explorer.ask(**fields) for _ in range(_ASKED)]  # type: ignore[arg-type] # do is a text
            rows.append(
                Row(words, f"≤ {_ANSWER * 1e3:.0f} ms", "", _milliseconds(taken), None, median(taken) <= _ANSWER)
            )
    return rows


def main() -> int:
    """Measure, print the table; the exit code."""
    options = parser(__doc__).parse_args()
    with tempfile.TemporaryDirectory(prefix="rb-freezing-") as name:
        folder = Path(name)
        rows = [*_freezes(folder, options.rounds), _whole_run(folder, options.rounds), *_answers(folder)]
    return finish(rows, strict=options.strict)


if __name__ == "__main__":
    raise SystemExit(main())
