"""Runs the ``redbar`` command on projects that a test writes, and holds what it prints against the format."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import textwrap
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema

ROOT = Path(__file__).parents[2]
SECONDS = 60
"""Longest that a test waits for a process; none comes near it."""

# The command without its entry point, and without the repository on the path of anything that it starts.
PROGRAM = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from tui.cli import main; sys.argv[0] = 'redbar'; main()"
_WHENS = ("setup", "call", "teardown")
_KEPT = ("PATH", "LANG", "LC_ALL", "PYENV_ROOT", "SYSTEMROOT", "PYTEST_DEBUG_TEMPROOT")

Event = dict[str, Any]
WATCH_EVENTS = {"WatchReady", "FilesChanged", "SelectionMade", "VerdictReached"}
"""Names of the events that only ``redbar watch`` has."""


def environment(home: Path, **changes: str) -> dict[str, str]:
    """Variables for a run that knows nothing of the person's own settings; no plugins but those that a test names."""
    kept = {name: value for name, value in os.environ.items() if name in _KEPT}
    return {**kept, "HOME": str(home), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "TERM": "dumb", **changes}


@dataclass(frozen=True)
class Result:
    """A finished ``redbar``: exit code and what it printed."""

    code: int
    out: str
    err: str

    @property
    def last(self) -> str:
        """The last line of standard output: the summary."""
        return self.out.splitlines()[-1]

    @property
    def events(self) -> list[Event]:
        """The events of a run with ``--json``."""
        return [json.loads(line) for line in self.out.splitlines()]

    def named(self, name: str) -> list[Event]:
        """The events of one kind."""
        return [event for event in self.events if event["event"] == name]

    def one(self, name: str) -> Event:
        """The only event of one kind."""
        (event,) = self.named(name)
        return event

    @property
    def outcomes(self) -> dict[str, str]:
        """Outcome by nodeid; a nodeid that is not unique gets its number behind it."""
        return {
            f"{event['nodeid']}#{event['index']}" if "index" in event else event["nodeid"]: event["outcome"]
            for event in self.named("ItemFinished")
        }


@dataclass
class Project:
    """A folder with files that a test writes; ``env`` is what its runs get."""

    folder: Path
    env: dict[str, str]
    python: str = sys.executable
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def write(self, name: str, text: str) -> Path:
        """Write a file of the project, dedented."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return path

    def redbar(self, *args: str, **options: Any) -> Result:
        """Run ``redbar`` as it stands and wait for its end."""
        process = self.start(*args, **options)
        return self.end(process)

    def start(self, *args: str, program: str = PROGRAM, **changes: Any) -> subprocess.Popen[str]:
        """Start ``redbar``; the test has to ``end`` it. ``program`` is the code that does."""
        options: dict[str, Any] = {
            "cwd": self.folder,
            "env": self.env,
            "stdout": subprocess.PIPE,
            "stderr": subprocess.PIPE,
        }
        options.update(changes)
        process: subprocess.Popen[str] = subprocess.Popen(
            [sys.executable, "-P", "-c", program, *args],
            stdin=subprocess.DEVNULL,
            encoding="utf-8",
            errors="surrogateescape",
            **options,
        )
        self.started.append(process)
        return process

    def end(self, process: subprocess.Popen[str]) -> Result:
        """Wait for the end. Whatever happened to it: no traceback of ours."""
        out, err = process.communicate(timeout=SECONDS)
        assert f'File "{ROOT}/tui/' not in (err or ""), err
        return Result(process.returncode, out or "", err or "")

    def run(self, *args: str, **options: Any) -> Result:
        """``redbar run``: lines."""
        return self.redbar("run", "--python", self.python, *args, **options)

    def json(self, *args: str, **options: Any) -> Result:
        """``redbar run --json``, held against the format."""
        result = self.redbar("run", "--json", "--python", self.python, *args, **options)
        check(result.events)
        return result

    def both(self, *args: str, **options: Any) -> tuple[Result, Result]:
        """The same run as lines and as JSON; their exit codes are the same."""
        lines, events = self.run(*args, **options), self.json(*args, **options)
        assert lines.code == events.code
        return lines, events


def heard(fifo: Path) -> str:
    """What somebody writes into a named pipe that the test has made; fails if nobody does."""
    descriptor = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    try:
        parts: list[bytes] = []
        while True:
            ready, _, _ = select.select([descriptor], [], [], SECONDS)
            assert ready, f"nobody wrote into {fifo.name}"
            part = os.read(descriptor, 4096)
            if not part:
                return b"".join(parts).decode()
            parts.append(part)
    finally:
        os.close(descriptor)


def descendants(pid: int) -> list[int]:
    """All processes below one, where there is /proc."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):  # it has ended meanwhile
            for child in map(int, task.read_text().split()):
                found += [child, *descendants(child)]
    return found


def gone(*pids: int) -> bool:
    """Whether none of these processes runs any more; whoever ends them gets a moment."""
    end = time.monotonic() + SECONDS / 4
    while any(_runs(pid) for pid in pids):
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def _runs(pid: int) -> bool:
    """Not of one that has ended and waits for its parent."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except ProcessLookupError:
        return False
    except OSError:
        return not Path("/proc/self/stat").exists()


def check(events: list[Event]) -> None:
    """Hold a whole run against the schema and against what it promises beyond single lines."""
    for event in events:
        validator().validate(event)
    assert [event["event"] for event in events].index("Hello") == 0
    assert [n for n, event in enumerate(events) if event["event"] == "SessionFinished"] == [len(events) - 1]
    assert len({event["run"] for event in events}) == 1
    assert all(before["time"] <= after["time"] for before, after in pairwise(events))
    assert events[-1]["counts"] == Counter(e["outcome"] for e in events if e["event"] == "ItemFinished")
    for item in _items(events):
        _check_item(item)


def _items(events: list[Event]) -> Iterator[list[Event]]:
    """The events of each item, in the order of their starts."""
    items: dict[tuple[str, int, str | None], list[Event]] = {}
    for event in events:
        if event["event"] in ("ItemStarted", "PhaseReported", "ItemFinished"):
            items.setdefault((event["nodeid"], event.get("index", 0), event["worker"]), []).append(event)
    yield from items.values()


def _check_item(events: list[Event]) -> None:
    """Start, the phases in their order, end."""
    first, *phases, last = events if events[-1]["event"] == "ItemFinished" else [*events, {"event": "ItemFinished"}]
    assert (first["event"], last["event"]) == ("ItemStarted", "ItemFinished")
    assert {phase["event"] for phase in phases} <= {"PhaseReported"}
    reruns = [n for n, phase in enumerate(phases) if phase["outcome"] == "rerun"]
    whens = [_WHENS.index(phase["when"]) for phase in phases[reruns[-1] + 1 if reruns else 0 :]]
    assert whens == sorted(whens)
    if "outcome" in last:
        assert phases
        assert last["duration"] <= sum(phase["duration"] for phase in phases) + 1e-3


@cache
def schema() -> dict[str, Any]:
    """The schema of the JSON format."""
    content: dict[str, Any] = json.loads((ROOT / "tui" / "headless" / "schema.json").read_text(encoding="utf-8"))
    return content


@cache
def validator() -> jsonschema.Draft202012Validator:
    """Checks one event."""
    return jsonschema.Draft202012Validator(schema())
