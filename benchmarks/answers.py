"""When a save was answered: read from the lines that a program prints."""

from __future__ import annotations

import json
import queue
import re
import subprocess
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_RESULT = re.compile(r"(?P<nodeid>\S+::.*?) (PASSED|FAILED|ERROR|SKIPPED|XFAIL|XPASS)\b")
_OF_SAVES = ("FilesChanged", "SelectionMade", "VerdictReached")
_SUMMARY = re.compile(r"=+ .* in \d+\.\d+s.* =+$")


class NoAnswerError(Exception):
    """A program ended, took too long, or did not run the test that the save is about."""


@dataclass(slots=True)
class Answer:
    """Seconds from the end of the save to the first outcome, to that of the named test, and to the last one.

    ``verdict`` is when the program says how all went that it takes for touched: pytest's summary, or Redbar's first
    verdict, after which it goes on with what the edit only might have touched. ``tests`` counts the outcomes; ``cpu``
    are seconds of all processes until the program was at rest again; ``stages`` are other moments that it tells of.
    """

    first: float
    named: float
    verdict: float
    last: float
    tests: int
    cpu: float = 0.0
    stages: dict[str, float] = field(default_factory=dict)

    def in_words(self) -> str:
        """For those who wait."""
        times = f"first {self.first:.3f} s, verdict {self.verdict:.3f} s, last of {self.tests} {self.last:.3f} s"
        return f"{times}, CPU {self.cpu:.2f} s"


class Lines:
    """The output of a program, line by line, each with the time at which it came."""

    def __init__(self, argv: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            argv,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        self._queue: queue.SimpleQueue[tuple[float, str] | None] = queue.SimpleQueue()
        self._kept: list[str] = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                self._queue.put((time.perf_counter(), line))
        self._queue.put(None)

    def next(self, until: float) -> tuple[float, str] | None:
        """The next line, or None at the end. Raises NoAnswerError at ``until`` (by `time.perf_counter`)."""
        try:
            found = self._queue.get(timeout=max(until - time.perf_counter(), 0.01))
        except queue.Empty:
            raise NoAnswerError(f"no answer in time; the last lines were:\n{self.tail}") from None
        if found is not None:
            self._kept = [*self._kept[-19:], found[1]]
        return found

    def skip(self) -> None:
        """Forget what has come and was not read."""
        while not self._queue.empty():
            self._queue.get()

    @property
    def tail(self) -> str:
        """The last lines that were read."""
        return "".join(line[:300] for line in self._kept)


class Reader(Protocol):
    """Understands the lines of one program."""

    def take(self, at: float, line: str) -> bool:
        """Take a line that came ``at`` seconds after the save; whether the answer is complete. Raises NoAnswerError."""

    def answer(self) -> Answer:
        """The answer. Raises NoAnswerError when the named test has no outcome."""


class _Outcomes:
    def __init__(self, nodeid: str) -> None:
        self._nodeid = nodeid
        self._named = 0.0
        self._first = 0.0
        self._last = 0.0
        self._verdict = 0.0
        self._count = 0
        self.stages: dict[str, float] = {}

    def _outcome(self, at: float, nodeid: str) -> None:
        self._first = self._first or at
        self._last = at
        self._count += 1
        if not self._named and nodeid == self._nodeid:
            self._named = at

    def answer(self) -> Answer:
        """What was taken. Raises NoAnswerError when the named test has no outcome."""
        if not self._named:
            raise NoAnswerError(f"{self._nodeid} did not run; {self._count} others did")
        return Answer(self._first, self._named, self._verdict, self._last, self._count, stages=self.stages)


class PytestLines(_Outcomes):
    """pytest's own lines under ``-v``; they end with the summary."""

    def take(self, at: float, line: str) -> bool:
        """Take a line that came ``at`` seconds after the save; whether the answer is complete."""
        if line.startswith("INTERNALERROR>"):
            raise NoAnswerError("pytest broke down with an internal error")
        result = _RESULT.match(line)
        if result is not None:
            self._outcome(at, result["nodeid"])
        self._verdict = at
        return _SUMMARY.match(line) is not None


class RedbarLines(_Outcomes):
    """The JSON of ``redbar watch``; it ends with the verdict after which the loop rests, or with the first one.

    Outcomes of a run that began before the save are none of its answer.
    """

    def __init__(self, nodeid: str, *, first_verdict: bool = False) -> None:
        super().__init__(nodeid)
        self._end = f"VerdictReached {'affected' if first_verdict else 'rest'}"
        self._before: int | None = None

    def take(self, at: float, line: str) -> bool:
        """Take a line that came ``at`` seconds after the save; whether the answer is complete."""
        if not line.startswith("{"):
            return False
        event: dict[str, Any] = json.loads(line)
        name = event["event"]
        if name == "FilesChanged" and self._before is None:
            self._before = event["run"]
        if self._before is None or (event["run"] <= self._before and name not in _OF_SAVES):
            return False
        if name == "ItemFinished":
            self._outcome(at, event["nodeid"])
            return False
        stage = f"{name} {event['stage']}" if name == "VerdictReached" else name
        self.stages.setdefault(stage, at)
        self._verdict = self.stages.get("VerdictReached affected", at)
        return stage == self._end


class RecordLines(RedbarLines):
    """The JSON of Redbar's run of everything at the start, which follows no save."""

    def __init__(self) -> None:
        super().__init__("")
        self._before = -1
