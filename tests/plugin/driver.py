"""Stands in for the engine: starts a host in another interpreter, lets it run, reads the journals."""

from __future__ import annotations

import json
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from tests.plugin.outcome import Line, Outcome
from tui.plugin import wire

PACKAGE = Path(wire.FOLDER)
PATIENCE = 60.0
"""Seconds after which a test gives up; nothing is measured by it."""


MATRIX = os.environ.get("REDBAR_MATRIX")
PYTHONS = [str(path) for path in Path(MATRIX).glob("py*-pytest*/bin/python")] if MATRIX else []
PYTHONS = sorted(PYTHONS, key=lambda path: [int(n) for n in re.findall(r"\d+", Path(path).parts[-3])])
"""Interpreters of the matrix, by their versions, or this one alone."""
PYTHONS = PYTHONS or [sys.executable]
HERE = next((path for path in PYTHONS if "/py3.11-pytest9/" in path), PYTHONS[-1])
"""The one for tests of which no other would tell more."""


def clean_environ() -> dict[str, str]:
    """The environment without what the outer pytest and its plugins put there."""
    foreign = ("PYTEST_", "COV_", "PYTHON")
    ours = "PYTEST_DEBUG_TEMPROOT"
    return {name: value for name, value in os.environ.items() if name == ours or not name.startswith(foreign)}


def until(condition: Callable[[], object], what: str) -> None:
    """Poll until ``condition`` holds."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.01)


def lives(pid: int) -> bool:
    """Whether there is such a process, a zombie not counted."""
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    try:
        stat = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return not Path("/proc/self").exists()
    return stat.rpartition(b")")[2].split()[0] not in {b"Z", b"X"}


def write_files(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")


@dataclass
class Connection:
    socket: socket.socket
    frames: wire.Frames = field(default_factory=wire.Frames)
    hello: Line = field(default_factory=dict)
    pokes: int = 0


class Driver:
    """One host and what connects to the socket. A context manager: nothing of it outlives the test."""

    def __init__(
        self, python: str, cwd: Path, runs: Path, *, environ: dict[str, str] | None = None, backlog: int = 128
    ) -> None:
        self.cwd = cwd
        self.messages: list[Line] = []
        self.captures: list[tuple[Line, list[int]]] = []
        self.connections: list[Connection] = []
        self._runs = runs
        self._count = 0
        self._private = tempfile.mkdtemp(prefix="rb-")
        self.path = f"{self._private}/s"
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(self.path)
        self._listening.listen(backlog)
        self.log = Path(self._private, "log")
        with self.log.open("wb") as log:
            self.host = subprocess.Popen(
                [python, "-c", wire.BOOT_HOST, str(PACKAGE), self.path],
                cwd=cwd,
                env={**clean_environ(), **(environ or {})},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.hang_up()
        try:
            self.host.wait(5)
        except subprocess.TimeoutExpired:
            os.killpg(self.host.pid, signal.SIGKILL)
            self.host.wait()
        for _message, descriptors in self.captures:
            for descriptor in descriptors:
                os.close(descriptor)
        shutil.rmtree(self._private)

    def hang_up(self) -> None:
        """Close everything, as the end of the explorer does."""
        self._listening.close()
        for connection in self.connections:
            connection.socket.close()
        self.connections = []

    # Messages

    def pump(self, seconds: float) -> bool:
        """Take what comes in within that time; whether anything did."""
        ready, _, _ = select.select([self._listening, *(each.socket for each in self.connections)], [], [], seconds)
        if self._listening in ready:
            self.connections.append(Connection(self._listening.accept()[0]))
        for connection in [each for each in self.connections if each.socket in ready]:
            self._read(connection)
        return bool(ready)

    def _read(self, connection: Connection) -> None:
        try:
            data, descriptors, _, _ = socket.recv_fds(connection.socket, 65536, 8)
        except OSError:
            data, descriptors = b"", []
        if not data:
            connection.socket.close()
            self.connections.remove(connection)
            return
        for message in connection.frames.feed(data):
            if message is None:
                connection.pokes += 1
                continue
            connection.hello = connection.hello or message
            if "capture" in message:
                self.captures.append((message, descriptors))
                descriptors = []
            self.messages.append(message)
        assert not descriptors

    def wait(self, condition: Callable[[], object], what: str) -> None:
        """Take messages until ``condition`` holds."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, f"waited in vain: {what}\n{self.log.read_text()}"
            self.pump(0.02)

    def message(self, key: str, value: object) -> Line:
        """The first message in which ``key`` has that value, waited for."""
        self.wait(lambda: self._with(key, value), f"{key} = {value}")
        return self._with(key, value)[0]

    def _with(self, key: str, value: object) -> list[Line]:
        return [message for message in self.messages if message.get(key) == value]

    def connection(self, role: str) -> Connection:
        """The latest connection of that role, waited for."""
        self.wait(lambda: self._of(role), f"a connection of {role}")
        return self._of(role)[-1]

    def _of(self, role: str) -> list[Connection]:
        return [each for each in self.connections if each.hello.get("role") == role]

    def command(self, message: wire.Command, role: str = "host") -> None:
        """Tell the host."""
        self.connection(role).socket.sendall(wire.frame(message))

    # Runs

    def start(
        self,
        *args: str,
        scopes: Iterable[wire.Scope] = (),
        items: Iterable[Sequence[object]] | None = None,
        sequential: bool = False,
        cwd_on_path: bool = True,
        record: str = "off",
        changed: Iterable[str] = (),
        modules: bool = False,
        lead: int = 0,
        stage: int = 0,
        fresh: Iterable[Sequence[object]] = (),
        freeze: int = 0,
        debug: wire.Debug | None = None,
        debugger: str = "pudb",
        breakpoints: Iterable[Sequence[object]] = (),
        lend: wire.Lend | None = None,
        host: str = "host",
    ) -> int:
        """Let the host, or a park, fork a run; its number."""
        self._count += 1
        folder = self.folder(self._count)
        folder.mkdir(parents=True)
        request: wire.Request = {
            "run": self._count,
            "args": list(args),
            "columns": 100,
            "everything": not scopes and items is None and not fresh,
            "scopes": list(scopes),
            "items": [list(item) for item in items or ()],
            "cwd_on_path": cwd_on_path,
            "sequential": sequential,
            "record": record,
            "changed": list(changed),
            "saved": list(changed),
            "modules": modules,
            "lead": lead,
            "stage": stage,
            "fresh": [list(each) for each in fresh],
            "freeze": freeze,
            "debug": debug,
            "debugger": debugger,
            "breakpoints": [list(each) for each in breakpoints],
            "lend": lend or {},
        }
        (folder / wire.REQUEST_FILE).write_bytes(wire.encode(request))
        self.command({"do": "run", "folder": str(folder)}, host)
        return self._count

    def folder(self, number: int) -> Path:
        return self._runs / str(number)

    def lines(self, number: int, name: str = wire.MAIN_JOURNAL) -> list[Line]:
        """Whole lines that are in a journal now."""
        try:
            data = (self.folder(number) / f"journal-{name}.jsonl").read_bytes()
        except FileNotFoundError:
            return []
        assert all(len(line) < wire.LINE_LIMIT for line in data.split(b"\n"))
        return [json.loads(line) for line in data.split(b"\n")[:-1] if line]

    def saw(self, number: int, event: str, **fields: object) -> None:
        """Wait for a line in the main journal."""

        def there() -> bool:
            lines = self.lines(number)
            return any(line["event"] == event and fields.items() <= line.items() for line in lines)

        self.wait(there, f"{event} {fields}")

    def signal(self, number: int, which: signal.Signals) -> None:
        self.command({"do": "signal", "run": number, "number": int(which)})

    def end(self, number: int) -> Outcome:
        """Wait for the end of a run."""
        status = self.message("exited", number)["status"]
        while self.pump(0):  # what the run itself said before may lie unread beside what the host says
            pass
        folder = self.folder(number)
        names = [path.name[len("journal-") : -len(".jsonl")] for path in sorted(folder.glob("journal-*.jsonl"))]
        workers = {name: self.lines(number, name) for name in names if name != wire.MAIN_JOURNAL}
        outcome = Outcome(folder, status, self.lines(number), workers)
        faults = outcome.events("PluginFault")
        assert faults == [], faults[0]["text"]
        return outcome

    def run(self, *args: str, **options: Any) -> Outcome:
        """A run from its start to its end."""
        return self.end(self.start(*args, **options))
