"""``redbar run`` and ``redbar collect``."""

from __future__ import annotations

import asyncio
import signal
import sys
from typing import TYPE_CHECKING, Protocol

from tui.engine.explorer import Explorer, Order

if TYPE_CHECKING:
    from tui.model.events import Event

_DIED = 1
"""Exit code of a run whose process ended with 0 before pytest was through."""


class Reporter(Protocol):
    """What prints the events of a run."""

    def report(self, event: Event) -> None:
        """Print one event, or keep it in mind."""

    def exit_code(self) -> int:
        """The exit code that the run comes to: pytest's, or 128 + signal."""


def start(explorer: Explorer, command: str, *, as_json: bool) -> int:
    """Run or collect to the end; returns the exit code. The host is started before asyncio's loop."""
    order = Order(collect_only=command == "collect", phases=as_json)
    explorer.prepare(order)
    reporter: Reporter
    if as_json:
        from tui.headless.json_lines import JsonReporter

        reporter = JsonReporter(sys.stdout, explorer.project.cwd)
    else:
        from tui.headless.lines import LineReporter

        reporter = LineReporter(sys.stdout, sys.stderr, collect=command == "collect")
    try:
        return asyncio.run(_serve(explorer, order, reporter))
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our lines has gone; the interpreter would complain at its end
        return 128 + signal.SIGPIPE


async def _serve(explorer: Explorer, order: Order, reporter: Reporter) -> int:
    stream = explorer.run(order)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, explorer.stop)
    async for batch in stream.batches():
        for event in batch:
            reporter.report(event)
        sys.stdout.flush()
    return reporter.exit_code()


def exit_code(status: int, *, completed: bool) -> int:
    """The exit code for the end of a run: pytest's own, the status of a process that died, 128 + its signal."""
    if status < 0:
        return 128 - status
    return status if completed or status else _DIED
