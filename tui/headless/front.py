"""``redbar run`` and ``redbar collect``; and how every command without a screen begins and ends."""

from __future__ import annotations

import signal
import sys
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Protocol, TextIO

from tui.engine.explorer import Explorer, Order, initial_order
from tui.engine.request import maxfail
from tui.headless.output import CANNOT, OutputGoneError, forsaken, put, stream_of

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from pathlib import Path

    from tui.engine.settings import Settings
    from tui.model.events import Event

_DIED = 1
"""Exit code of a run whose process ended with 0 before pytest was through."""
_INFORMING = frozenset(
    ["-h", "--help", "-V", "--version", "--markers", "--fixtures", "--funcargs", "--fixtures-per-test", "--cache-show"]
)
"""Options by which pytest tells something and runs no test."""


class Reporter(Protocol):
    """What prints the events of a run."""

    def report(self, event: Event) -> None:
        """Print one event, or keep it in mind. Raises OSError when its stream takes nothing any more."""


def start(explorer: Explorer, settings: Settings, command: str, *, as_json: bool, covering: bool = False) -> int:
    """Run or collect to the end; returns the exit code. The host is started before asyncio's loop.

    With ``covering`` a run ends with what it covers.
    """
    order = Order(collect_only=command == "collect", phases=as_json, extra=maxfail(settings.stop_after))
    if covering:
        order = replace(order, record="selection" if settings.coverage == "off" else settings.coverage)
    informs = any(arg.partition("=")[0] in _INFORMING for arg in explorer.project.args)

    def work(out: TextIO) -> Coroutine[object, object, int]:
        make: Callable[[Path], Reporter]
        if as_json:
            from tui.headless.json_lines import JsonReporter

            def make_json(_output: Path) -> Reporter:
                return JsonReporter(out, explorer.project.cwd)

            make = make_json
        elif informs:
            from tui.headless.lines import OutputReporter

            make = partial(OutputReporter, out, stream_of(sys.stderr))
        else:
            from tui.headless.lines import LineReporter

            make = partial(LineReporter, out, stream_of(sys.stderr), collect=command == "collect")
        return _serve(explorer, order, make, out, informs=informs, settings=settings if covering else None)

    return _carried_out(explorer, order, work)


def start_watching(explorer: Explorer, settings: Settings, *, as_json: bool) -> int:
    """Watch until interrupted; returns the exit code, 128 + the signal."""
    order = initial_order(settings, phases=as_json)

    def work(out: TextIO) -> Coroutine[object, object, int]:
        from tui.headless import watch

        return watch.serve(explorer, settings, order, out, as_json=as_json)

    return _carried_out(explorer, order, work)


def _carried_out(explorer: Explorer, order: Order, work: Callable[[TextIO], Coroutine[object, object, int]]) -> int:
    """The exit code of ``work``. What it imports is imported while the host starts with this order."""
    try:
        explorer.prepare(order)
    except OSError as error:
        print(f"redbar: No folder for the run: {error}", file=sys.stderr)
        return CANNOT
    import asyncio

    out = stream_of(sys.stdout)
    try:
        return asyncio.run(work(out))
    except OutputGoneError as gone:
        return forsaken(gone.__cause__, out)


async def _serve(
    explorer: Explorer,
    order: Order,
    make: Callable[[Path], Reporter],
    out: TextIO,
    *,
    informs: bool,
    settings: Settings | None,
) -> int:
    """The exit code. With ``settings`` what the run covers is printed, too."""
    import asyncio

    from tui.model.events import SessionFinished

    stream = explorer.run(order)
    reporter = make(stream.output)
    asked: list[int] = []

    def stop(number: int) -> None:
        asked.append(number)
        if explorer.stop() == 1:
            print("redbar: stopping, teardowns run; the same again kills", file=sys.stderr)

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop, number)
    code = _DIED
    covering = None
    if settings is not None:
        from tui.headless.coverage import Covering

        covering = Covering(explorer, settings, stream, reporter, out)
    async for batch in stream.batches():
        end = batch[-1] if batch else None
        ended = isinstance(end, SessionFinished)
        put(partial(_report, reporter, batch[:-1] if ended else batch), out)
        if covering is not None:
            told = await covering.follow(batch)
            put(told, out)
        if isinstance(end, SessionFinished):
            put(partial(reporter.report, end), out)
            code = exit_code(end.exit, completed=end.completed or informs)
            if signal.SIGTERM in asked or (asked and not end.completed and end.exit >= 0):
                code = 128 + max(asked)  # SIGTERM is the greater one
    return covering.exit_code(code) if covering is not None else code


def _report(reporter: Reporter, batch: list[Event]) -> None:
    for event in batch:
        reporter.report(event)


def exit_code(status: int, *, completed: bool) -> int:
    """The exit code for the end of a run: pytest's own, the status of a process that died, 128 + its signal."""
    if status < 0:
        return 128 - status
    return status if completed or status else _DIED
