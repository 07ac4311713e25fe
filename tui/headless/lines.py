"""Lines for people: one per failure as it happens, and a summary."""

from __future__ import annotations

import os
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from tui.engine.plain import plain
from tui.engine.remains import ending
from tui.headless.text import Ink, indented, one_line, wants_colour
from tui.model import events as ev
from tui.model.outcome import Status, status_of
from tui.model.run import ExitCode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_SHOWN = 20
"""Lines of what a crashed test printed."""
_WARNINGS_KNOWN = 2000
"""So many warnings of a run are reported one by one; what comes after them is not."""


class LineReporter:
    """Prints failures to ``out`` at once, and what keeps pytest from its work to ``err``.

    ``output`` is the file of what the run writes to its terminal; ``silent`` leaves the summary at the end out.
    """

    def __init__(
        self,
        out: TextIO,
        err: TextIO,
        output: Path,
        *,
        collect: bool,
        silent: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._out = out
        self._err = err
        self._output = output
        self._collect = collect
        self._silent = silent
        self._clock = clock
        self._ink = Ink(colour=wants_colour(out, os.environ))
        self._started = clock()
        self._counts: Counter[Status] = Counter()
        self._messages: dict[ev.ItemKey, tuple[str, str]] = {}
        self._problems: list[str] = []
        self._collected = 0
        self._deselected = 0
        self._warnings = 0
        self._broken = 0
        self._interrupted = False
        self._distributed = False
        self._failed_inside = False

    def report(self, event: ev.Event) -> None:
        """Take one event. Raises OSError when a stream takes nothing any more."""
        match event:
            case ev.PhaseReported():
                self._phase(event)
            case ev.ItemFinished():
                self._item(event)
            case ev.CollectorReported(outcome="failed"):
                self._broken += not event.died
                where = one_line(event.nodeid) or "the project"
                self._say(f"{self._ink.red('ERROR')} collecting {where}\n{indented(event.longrepr or '')}")
            case ev.CollectionFinished():
                self._collected = len(event.items)
                if self._collect:
                    self._out.writelines(f"{one_line(item.nodeid)}\n" for item in event.items)
            case ev.SessionStarted():
                self._distributed = event.workers > 0
            case ev.ItemsDeselected():
                self._deselected += len(event.keys)
            case ev.WarningRecorded():
                self._warnings += 1
            case ev.SessionFinished():
                self._finish(event)
            case _:
                self._problem(event)

    def _say(self, text: str) -> None:
        self._out.write(f"{text}\n")

    def _phase(self, event: ev.PhaseReported) -> None:
        status = status_of(event)
        if event.category == "crashed":
            self._messages[event.nodeid, event.index] = (_crash_text(event), "")
        elif status.is_bad and (event.nodeid, event.index) not in self._messages:
            message = event.crash.message if event.crash else event.longrepr or ""
            place = f"{event.crash.path}:{event.crash.line}" if event.crash and event.crash.line else ""
            first = next((line for line in plain(message).splitlines() if line.strip()), "")
            self._messages[event.nodeid, event.index] = (one_line(first.strip()), place)

    def _item(self, event: ev.ItemFinished) -> None:
        self._counts[event.status] += 1
        message, place = self._messages.pop((event.nodeid, event.index), ("", ""))
        if event.status.is_bad:
            words = [self._ink.red(event.status.word.upper()), one_line(event.nodeid)]
            if place:
                words.append(f"({one_line(place)})")
            self._say(f"{' '.join(words)}{f': {message}' if message else ''}")

    def _problem(self, event: ev.Event) -> None:
        match event:
            case ev.NotStarted():
                shown = event.detail if event.detail.strip() not in event.words else ""
                self._problems.append(f"{event.words}\n{indented(shown)}")
            case ev.InternalError():
                self._failed_inside = True
                self._problems.append(f"INTERNALERROR\n{plain(event.text)}")
            case ev.Interrupted():
                self._interrupted = True
                if event.by_exit:
                    self._problems.append(f"pytest.exit: {plain(event.reason)}")
            case ev.ItemsMissing():
                gone = ", ".join(one_line(nodeid) for nodeid, _ in event.keys)
                self._problems.append(f"no longer there: {gone}")
            case ev.OptionsDropped():
                self._problems.append(f"left out for so few tests: {', '.join(event.options)}")
            case ev.Paused():
                where = f"{one_line(event.path)}:{event.line}"
                self._problems.append(f"{where}: nobody is here to debug, {one_line(event.nodeid)} went on")
            case ev.ProtocolError():
                self._problems.append(plain(event.text))
            case _:
                pass

    # The end

    def _finish(self, event: ev.SessionFinished) -> None:
        self._out.flush()
        for problem in self._problems:
            self._err.write(f"redbar: {problem.rstrip()}\n")
        word = self._word(event)
        if word == "BROKEN" or (self._distributed and not self._collected):
            self._err.write(self._why(event))
        if (word == "BROKEN" or self._counts[Status.CRASHED]) and _has_content(self._output):
            self._err.write(f"redbar: all that pytest printed is in {_short(self._output)}\n")
        self._err.flush()
        seconds = f"{self._clock() - self._started:.2f} s"
        if self._collect:
            errors = f", {self._broken} errors" if self._broken else ""
            self._say(f"\n{self._collected:,} tests collected{errors} in {seconds}")
            return
        if self._silent:
            return
        paint = {"RED": self._ink.red, "GREEN": self._ink.green}.get(word, self._ink.yellow)
        self._say(f"{paint(word)} {', '.join(self._numbers()) or 'nothing ran'} in {seconds}")

    def _why(self, event: ev.SessionFinished) -> str:
        """The last lines of a run that came to nothing; an internal error has been told already."""
        if self._failed_inside and event.exit == ExitCode.INTERNAL_ERROR:
            return ""
        text = f"{plain(event.output)}\n" if event.output else ""
        if not event.completed and event.exit != ExitCode.USAGE_ERROR:
            text += f"redbar: the process ended ({ending(event.exit)}) before pytest was through\n"
        return text

    def _word(self, event: ev.SessionFinished) -> str:
        if self._broken or any(self._counts[status] for status in Status if status.is_bad):
            return "RED"
        if self._interrupted:
            return "STOPPED"
        if event.completed and event.exit in (ExitCode.OK, ExitCode.NO_TESTS_COLLECTED):
            return "GREEN" if self._counts and event.exit == ExitCode.OK else "NO TESTS"
        return "BROKEN"

    def _numbers(self) -> Iterator[str]:
        if self._broken:
            yield f"{self._broken:,} not collected"
        for status in reversed(Status):
            if self._counts[status]:
                yield f"{self._counts[status]:,} {status.word}"
        if (not_run := self._collected - self._counts.total()) > 0:
            yield f"{not_run:,} not run"
        if self._deselected:
            yield f"{self._deselected:,} deselected"
        if self._warnings:
            more = "+" if self._warnings >= _WARNINGS_KNOWN else ""
            yield f"{self._warnings:,}{more} warning{'s' if self._warnings > 1 else ''}"


class OutputReporter:
    """Shows pytest's own text: for ``--help``, ``--fixtures`` and others by which it runs no test."""

    def __init__(self, out: TextIO, err: TextIO, output: Path) -> None:
        self._out = out
        self._err = err
        self._output = output

    def report(self, event: ev.Event) -> None:
        """Wait for the end, then print what the run wrote. Raises OSError when the stream takes nothing any more."""
        if isinstance(event, ev.NotStarted):
            self._err.write(f"redbar: {event.words}\n")
        elif isinstance(event, ev.SessionFinished) and _has_content(self._output):
            text = self._output.read_text("utf-8", "replace")
            self._out.write(text if wants_colour(self._out, os.environ) else plain(text))


def _crash_text(event: ev.PhaseReported) -> str:
    """How the process died, and the last lines of what it printed until then."""
    words, _, output = plain(event.longrepr or "").partition("\n")
    parts = [words]
    for name, text in [(section.name, section.text) for section in event.sections] or [("", output.strip())]:
        shown = "\n".join(plain(text).splitlines()[-_SHOWN:])
        parts += [f"    {name}:\n{indented(indented(shown))}" if name else indented(shown)] if shown else []
    return "\n".join(parts)


def _has_content(file: Path) -> bool:
    try:
        return file.stat().st_size > 0
    except OSError:
        return False


def _short(file: Path) -> str:
    try:
        return str(file.relative_to(Path.cwd()))
    except (OSError, ValueError):
        return str(file)
