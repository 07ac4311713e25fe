"""``redbar run --cov``: what a run covers, as a table or as an event."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, TextIO, runtime_checkable

from tui.engine.coverage import Coverage
from tui.engine.runs import Runs
from tui.headless.text import Ink, one_line, wants_colour
from tui.model import events as ev
from tui.model.coverage import percent_text
from tui.model.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tui.engine.explorer import Explorer
    from tui.engine.settings import Settings
    from tui.engine.stream import RunStream
    from tui.model.coverage import FileCoverage, Report

BELOW = 2
"""Exit code of a run that passed and covers less than ``fail_under``: that of ``coverage report``."""


@runtime_checkable
class Printer(Protocol):
    """What prints a report."""

    def covered(self, run: int, report: Report) -> None:
        """Print what a run covers. Raises OSError when the stream takes nothing any more."""


class Covering:
    """Follows one run, and has what it recorded counted at its end."""

    def __init__(
        self, explorer: Explorer, settings: Settings, stream: RunStream, reporter: object, out: TextIO
    ) -> None:
        """Print by ``reporter`` if it can, else a table to ``out``."""
        self._store = Store()
        self._runs = Runs(explorer, self._store, _nothing)
        if settings.coverage == "off":
            settings = replace(settings, coverage="selection")
        self._coverage = Coverage(self._runs, settings)
        self._stream = stream
        self._print = (reporter if isinstance(reporter, Printer) else Table(out)).covered
        self._finished: list[ev.ItemFinished] = []
        self._short = ""
        self._store.begin(stream.run, collecting=False, whole=False)

    async def follow(self, batch: list[ev.Event]) -> Callable[[], None]:
        """Take events of the run; what prints what it covers when it has ended, and nothing before."""
        for event in batch:
            self._store.apply(event)
            if isinstance(event, ev.ItemFinished):
                self._finished.append(event)
        end = batch[-1] if batch else None
        if not isinstance(end, ev.SessionFinished) or self._store.session is None:
            return _nothing
        await self._runs.records.take(self._stream.folder, self._runs.explorer.describe, self._finished)
        report = await self._coverage.report()
        self._short = falls_short(report)
        return partial(self._print, end.run, report)

    def exit_code(self, code: int) -> int:
        """The exit code of the command. A run that passed and covers too little says so."""
        if code or not self._short:
            return code
        print(f"redbar: {self._short}", file=sys.stderr)
        return BELOW


def _nothing() -> None:
    return


def falls_short(report: Report) -> str:
    """Words, if all together is covered less than the project wants; "" if not, or if nothing was counted."""
    percent = report.total.percent
    if percent is None or not report.is_below(percent):
        return ""
    return f"coverage {percent_text(percent, report.decimals)}% is below fail_under = {report.fail_under:g}%"


class Table:
    """Prints a report for people, as ``coverage report`` does."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._ink = Ink(colour=wants_colour(out, os.environ))

    def covered(self, run: int, report: Report) -> None:  # noqa: ARG002 - the other reporter wants it
        """Print the files, the sum and the notes."""
        if report.files:
            self._out.write("\n")
            self._out.writelines(f"{line}\n" for line in self._rows(report))
        for note in report.notes:
            self._out.write(f"{one_line(note)}\n")
        self._out.write("\n" if report.files or report.notes else "")

    def _rows(self, report: Report) -> Iterator[str]:
        total = report.total
        rows = [*report.files, total]
        names = [one_line(file.path) for file in report.files]
        width = max(map(len, [*names, "TOTAL"]))
        heads = ["stmts", "miss", *(["branch", "brpart"] if report.branches_measured else []), "cover"]
        cells = [self._cells(file, report) for file in rows]
        widths = [max(len(head), *(len(row[n]) for row in cells)) for n, head in enumerate(heads)]
        lines = [
            f"{name:<{width}}  {'  '.join(f'{cell:>{wide}}' for cell, wide in zip(row, widths, strict=True))}"
            for name, row in zip(["file", *names, "TOTAL"], [heads, *cells], strict=True)
        ]
        rule = "-" * len(lines[0])
        yield from (lines[0], rule, *lines[1:-1], rule)
        yield self._ink.red(lines[-1]) if falls_short(report) else lines[-1]

    @staticmethod
    def _cells(file: FileCoverage, report: Report) -> list[str]:
        numbers = [file.statements, file.missing]
        if report.branches_measured:
            numbers += [file.branches, file.half]
        percent = 100.0 if file.percent is None else file.percent
        return [*(f"{number:,}" for number in numbers), f"{percent_text(percent, report.precision)}%"]


def fields_of(report: Report) -> dict[str, Any]:
    """A report as the fields of its event."""
    total = report.total.percent
    return {
        "files": {file.path: _fields(file) for file in report.files},
        "total": {**_numbers(report.total), "percent": None if total is None else round(total, 4)},
        "fail_under": report.fail_under,
        "notes": list(report.notes),
    }


def _fields(file: FileCoverage) -> dict[str, Any]:
    return {**_numbers(file), "missing_lines": list(file.missing_lines)}


def _numbers(file: FileCoverage) -> dict[str, Any]:
    return {
        "statements": file.statements,
        "missing": file.missing,
        "excluded": file.excluded,
        "branches": file.branches,
        "missing_branches": file.partial,
        "partial_branches": file.half,
    }
