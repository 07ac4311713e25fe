"""``redbar watch``: the loop without a screen."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TextIO

from tui.engine.coverage import Coverage
from tui.engine.garbage import collect_seldom
from tui.engine.loop.assembling import loop_of
from tui.engine.plain import plain
from tui.engine.runs import Runs
from tui.engine.wishes import EVERYTHING_BY_LOOP
from tui.headless.output import OutputGoneError, put, stream_of
from tui.headless.text import Ink, one_line, wants_colour
from tui.headless.uncovered import Uncovered
from tui.model import events as ev
from tui.model import watch_events as watch
from tui.model.store import Store
from tui.model.verdict import Colour

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.engine.explorer import Explorer, Order
    from tui.engine.loop.loop import Loop
    from tui.engine.settings import Settings
    from tui.headless.lines import LineReporter

_NAMED = 3
"""Paths of one save that are named."""


class Reporter(Protocol):
    """What prints what happens."""

    def report(self, event: ev.Event) -> None:
        """Print an event of a run. Raises OSError when its stream takes nothing any more."""

    def tell(self, event: watch.WatchEvent) -> None:
        """Print what a save led to. Raises OSError likewise."""


async def serve(explorer: Explorer, settings: Settings, order: Order, out: TextIO, *, as_json: bool) -> int:
    """Watch, beginning with a prepared order, until interrupted; the exit code."""
    store = Store()
    runs = Runs(explorer, store, lambda: None)
    runs.stop_after = settings.stop_after
    runs.phases = as_json
    runs.cold = settings.cold
    reporter: Reporter
    if as_json:
        from tui.headless.json_lines import JsonReporter

        reporter = JsonReporter(out, explorer.project.cwd)
    else:
        reporter = WatchLines(out, stream_of(sys.stderr), explorer.project.cwd, lambda: runs.output)
    ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def tell(print_: Callable[[], None]) -> None:
        try:
            put(print_, out)
        except OutputGoneError as gone:
            if not ended.done():
                ended.set_exception(gone)

    teller = Uncovered(Coverage(runs, settings), lambda event: tell(lambda: reporter.tell(event)))
    loop = loop_of(runs, settings, teller.tell)
    teller.loop = loop
    runs.observers.append(lambda event: tell(lambda: reporter.report(event)))

    def stop(number: int) -> None:
        if not ended.done():
            ended.set_result(128 + number)

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop, number)
    collect_seldom()
    watching = asyncio.create_task(_watch(loop, runs, order, whole=settings.initial_run))
    watching.add_done_callback(lambda task: _pass_on(task, ended))
    try:
        return await ended
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


async def _watch(loop: Loop, runs: Runs, order: Order, *, whole: bool) -> None:
    if whole:
        loop.first_round()
        runs.begin_prepared(order, EVERYTHING_BY_LOOP)
    else:
        loop.follow()
        runs.begin_prepared(order)
    await loop.watch()


def _pass_on(task: asyncio.Task[None], ended: asyncio.Future[int]) -> None:
    """An error of the loop ends the command, and is seen."""
    if not task.cancelled() and task.exception() is not None and not ended.done():
        ended.set_exception(task.exception() or RuntimeError())


class WatchLines:
    """Lines for people: what was saved, what that touches, what failed, and the verdict."""

    def __init__(self, out: TextIO, err: TextIO, cwd: Path, output: Callable[[], Path | None]) -> None:
        self._out = out
        self._err = err
        self._cwd = os.path.realpath(cwd)
        self._output = output
        self._ink = Ink(colour=wants_colour(out, os.environ))
        self._lines: LineReporter | None = None
        self._run = 0
        self._since = time.monotonic()
        self._saved = False

    def report(self, event: ev.Event) -> None:
        """Failures as they happen, and what keeps pytest from its work."""
        from tui.headless.lines import LineReporter

        if self._lines is None or event.run != self._run:
            self._run = event.run
            output = self._output() or Path(os.devnull)
            self._lines = LineReporter(self._out, self._err, output, collect=False, silent=True)
        self._lines.report(event)

    def tell(self, event: watch.WatchEvent) -> None:
        """One line each."""
        match event:
            case watch.WatchReady():
                self._say(f"watching {one_line(self._cwd)}")
            case watch.FilesChanged():
                self._since = time.monotonic()
                self._saved = True
                names = [one_line(path.removeprefix(f"{self._cwd}{os.sep}")) for path in event.paths]
                more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
                self._say(f"\n{time.strftime('%H:%M:%S')} {', '.join(names[:_NAMED])}{more}")
            case watch.SelectionMade():
                known = len(event.items) + event.skipped
                reasons = dict.fromkeys(plain(reason) for _, reason in event.items)
                words = f": {'; '.join(list(reasons)[:_NAMED])}" if reasons else ""
                self._say(f"{len(event.items):,} of {known:,} known tests{words}")
                for path, error in event.unreadable:
                    self._say(self._ink.red(one_line(f"{path.removeprefix(f'{self._cwd}{os.sep}')}, {error}")))
            case watch.VerdictReached() if self._saved or event.stage == "rest":
                self._verdict(event)
            case _:
                pass

    def _verdict(self, event: watch.VerdictReached) -> None:
        numbers = [f"{number:,} {status.word}" for status, number in sorted(event.counts.items(), reverse=True)]
        if event.stale:
            numbers.append(f"{event.stale:,} stale")
        word = {Colour.RED: self._ink.red("RED"), Colour.GREEN: self._ink.green("GREEN")}.get(event.colour, "PASSED")
        stage = "what the save touches" if event.stage == "affected" else "at rest"
        seconds = time.monotonic() - self._since
        self._say(f"{word} {', '.join(numbers) or 'nothing ran'} ({stage}, {seconds:.2f} s)")
        if event.uncovered:
            self._say(self._ink.yellow(one_line(event.uncovered)))

    def _say(self, text: str) -> None:
        self._out.write(f"{text}\n")
