"""Lines for people: one per failure as it happens, and a summary."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING, TextIO

from tui.headless.front import exit_code
from tui.model import events as ev
from tui.model.outcome import Status, status_of

if TYPE_CHECKING:
    from collections.abc import Callable

_NO_TESTS = 5


class LineReporter:
    """Prints failures to ``out`` at once, and what keeps pytest from its work to ``err``."""

    def __init__(
        self, out: TextIO, err: TextIO, *, collect: bool, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._out = out
        self._err = err
        self._collect = collect
        self._clock = clock
        self._started = clock()
        self._counts: Counter[Status] = Counter()
        self._messages: dict[ev.ItemKey, tuple[str, str]] = {}
        self._problems: list[str] = []
        self._broken = 0
        self._exit = 0

    def exit_code(self) -> int:
        """The exit code that the run comes to."""
        return self._exit

    def report(self, event: ev.Event) -> None:
        """Take one event."""
        match event:
            case ev.PhaseReported():
                self._phase(event)
            case ev.ItemFinished():
                self._item(event)
            case ev.CollectorReported(outcome="failed"):
                self._broken += 1
                self._out.write(f"ERROR collecting {event.nodeid or 'the project'}\n{_indented(event.longrepr or '')}\n")
            case ev.CollectionFinished() if self._collect:
                self._out.writelines(f"{_printable(item.nodeid)}\n" for item in event.items)
                self._counts[Status.NOT_RUN] = len(event.items)
            case ev.NotStarted():
                self._problems.append(event.words)
            case ev.InternalError():
                self._problems.append(f"INTERNALERROR\n{event.text}")
            case ev.Interrupted():
                self._problems.append(f"pytest.exit: {event.reason}" if event.by_exit else "stopped")
            case ev.ItemsMissing():
                self._problems.append(f"no longer there: {', '.join(nodeid for nodeid, _ in event.keys)}")
            case ev.ProtocolError():
                self._problems.append(event.text)
            case ev.SessionFinished():
                self._finish(event)

    def _phase(self, event: ev.PhaseReported) -> None:
        if status_of(event).is_bad and (event.nodeid, event.index) not in self._messages:
            message = event.crash.message if event.crash else event.longrepr or ""
            place = f"{event.crash.path}:{event.crash.line}" if event.crash and event.crash.line else ""
            first = next((line for line in message.splitlines() if line.strip()), "")
            self._messages[event.nodeid, event.index] = (first.strip(), place)

    def _item(self, event: ev.ItemFinished) -> None:
        self._counts[event.status] += 1
        if event.status.is_bad:
            message, place = self._messages.pop((event.nodeid, event.index), ("", ""))
            words = [event.status.word.upper(), _printable(event.nodeid)]
            if place:
                words.append(f"({_printable(place)})")
            self._out.write(f"{' '.join(words)}{f': {_printable(message)}' if message else ''}\n")

    def _finish(self, event: ev.SessionFinished) -> None:
        self._exit = exit_code(event.exit, completed=event.completed)
        for problem in self._problems:
            self._err.write(f"redbar: {problem}\n")
        if not event.completed and event.output:
            self._err.write(f"{event.output}\n")
        seconds = f"{self._clock() - self._started:.2f} s"
        if self._collect:
            errors = f", {self._broken} errors" if self._broken else ""
            self._out.write(f"\n{self._counts[Status.NOT_RUN]:,} tests collected{errors} in {seconds}\n")
            return
        counts = [f"{self._counts[status]:,} {status.word}" for status in reversed(Status) if self._counts[status]]
        if self._broken:
            counts.insert(0, f"{self._broken} not collected")
        bad = self._broken or any(status.is_bad for status in self._counts)
        word = "RED" if bad else "GREEN" if self._exit == 0 else "NO TESTS" if self._exit == _NO_TESTS else "BROKEN"
        self._out.write(f"{word} {', '.join(counts) or 'nothing ran'} in {seconds}\n")


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())


def _printable(text: str) -> str:
    """``text`` on one line: control characters and lone surrogates are escaped, all else stays as it is."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
