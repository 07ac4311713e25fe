"""The other tabs: output, source, facts of a test, warnings, pytest's own terminal text."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from tui.model.nodes import label_of
from tui.ui.detail.document import Document, Line, Look
from tui.ui.detail.strings import within_strings
from tui.ui.keymap import USUAL, Keys

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.engine.source import Source
    from tui.model import events as ev
    from tui.model.nodes import Item

_TERMINAL_BYTES = 256 * 1024


def output(name: str, reports: Iterable[ev.PhaseReported | ev.CollectorReported], keys: Keys = USUAL) -> Document:
    """Captured stdout, stderr and log of what has that name, each section once."""
    document = Document(f"{name}  captured output", name)
    for report in reports:
        for section in report.sections:
            document.heading(section.name)
            if section.cut:
                document.add(Look.ANSI, section.text[: section.head])
                key = f"{keys.of('page')} shows the whole" if section.file else "the rest is lost"
                document.add(Look.WARN, f"… {section.cut:,} characters left out here: {key} …")
                document.add(Look.ANSI, section.text[section.head :].rstrip("\n"))
                document.file = document.file or (Path(section.file) if section.file else None)
            else:
                document.add(Look.ANSI, section.text.rstrip("\n"))
    if not document.lines:
        document.add(Look.DIM, "nothing was captured")
    return document


def source(item: Item | None, found: Source, path: str, failing: int | None) -> Document:
    """The source of a definition; ``failing`` is the line that failed, if it lies in it."""
    document = Document(f"{path}:{found.first}", path)
    if found.problem:
        document.add(Look.WARN, found.problem)
    strings = within_strings(found.lines)
    for number, text in enumerate(found.lines, found.first):
        here = number == failing
        code = Look.STRING if number - found.first + 1 in strings else Look.CODE
        gutter = f"{'>' if here else ' '}{number:>5} "
        document.lines.append(Line(Look.FAILING if here else code, text, gutter, (path, number)))
    if not document.lines:
        document.add(Look.DIM, "no source" if item is None else f"no source for {item.label}")
    return document


def facts(
    item: Item, reports: list[ev.PhaseReported], docstring: str, warnings: list[ev.WarningRecorded], why: str = ""
) -> Document:
    """Why it ran, durations, markers, fixtures, docstring, warnings."""
    document = Document(item.nodeid, item.nodeid)
    if why:
        document.add(Look.PLAIN, f"{'why':<10}{why}")
    if docstring:
        document.add(Look.PLAIN, docstring)
        document.lines.append(Line(Look.PLAIN, ""))
    place = f"{item.location or item.nodeid.partition('::')[0]}:{item.line or '?'}"
    document.add(Look.PLACE, place)
    for report in reports:
        if report.subtest is None and report.outcome != "rerun":
            document.add(Look.PLAIN, f"{report.when:<10}{report.duration:>9.4f} s  {report.outcome}")
    if item.worker:
        document.add(Look.PLAIN, f"{'worker':<10}{item.worker}")
    document.add(Look.PLAIN, f"{'markers':<10}{', '.join(item.markers) or 'none'}")
    document.add(Look.PLAIN, f"{'fixtures':<10}{', '.join(item.fixtures) or 'none'}")
    own = [warning for warning in warnings if warning.nodeid == item.nodeid]
    if own:
        document.heading(_counted(len(own)))
        _warnings(document, own)
    return document


def warnings(recorded: list[ev.WarningRecorded]) -> Document:
    """All warnings of the run, equal ones once."""
    document = Document(f"{_counted(len(recorded))} of the last run")
    _warnings(document, recorded)
    if not recorded:
        document.add(Look.DIM, "no warnings in the last run")
    return document


def _counted(warnings: int) -> str:
    return f"{warnings:,} warning{'' if warnings == 1 else 's'}"


def _warnings(document: Document, recorded: list[ev.WarningRecorded]) -> None:
    counted: dict[tuple[str, int, str, str], int] = {}
    for warning in recorded:
        key = (warning.path, warning.line, warning.category, warning.message)
        counted[key] = counted.get(key, 0) + 1
    for (path, line, category, message), count in counted.items():
        document.add(Look.PLACE, f"{path}:{line}{f'  {count} times' if count > 1 else ''}")
        document.add(Look.WARN, f"{category}: {message}")


_WAITS = {
    "breakpoint": "it stands still at a breakpoint",
    "trace": "it stands still on its first line",
    "post-mortem": "it stands still where it failed",
}


def paused(name: str, pause: ev.Paused, keys: Keys = USUAL) -> Document:
    """Of a test that waits for a person: where, and why."""
    where = f"{pause.path}:{pause.line}"
    document = Document(f"{name}  paused at {where}", name)
    document.add(Look.PLAIN, _WAITS.get(pause.why, "it stands still"))
    document.lines.append(Line(Look.PLACE, f"{where}: in {pause.function}", place=(pause.path, pause.line)))
    document.add(Look.DIM, keys.words("{debug} opens the debugger, {debug-in-pane} in another pane of tmux"))
    return document


def nothing_kept(item: Item | None, why: str = "", keys: Keys = USUAL) -> Document:
    """In place of variables: why there are none, if that is known, and what to do."""
    name = "locals" if item is None else label_of(item)
    document = Document(name, name)
    if item is None:
        document.add(Look.DIM, "the variables of a failed test: put the cursor on one")
    elif item.status.is_bad:
        document.add(Look.PLAIN, f"nothing is kept of this failure{why and ': '}{why}")
        document.add(
            Look.DIM, keys.words("{debug} runs it again under the debugger, {debug-from-start} from its first line")
        )
    else:
        document.add(Look.DIM, "this test has not failed: there is nothing to look into")
    return document


def covers_nothing() -> Document:
    """In place of what a test covers, where there is no test."""
    document = Document("covers", "covers")
    document.add(Look.DIM, "the files and lines that a test covers: put the cursor on one")
    return document


def terminal(file: Path | None, keys: Keys = USUAL) -> Document:
    """The end of what pytest wrote to its terminal."""
    document = Document("pytest's own terminal", file=file, follow=True)
    if file is not None:
        try:
            with file.open("rb") as stream:
                size = os.fstat(stream.fileno()).st_size
                stream.seek(max(0, size - _TERMINAL_BYTES))
                text = stream.read(_TERMINAL_BYTES).decode("utf-8", "replace")
        except OSError:
            text, size = "", 0
        if size > _TERMINAL_BYTES:
            before = f"{size - _TERMINAL_BYTES:,} bytes before this"
            document.add(Look.WARN, f"… {before}: {keys.of('page')} shows the whole …")
        document.add(Look.ANSI, text.rstrip("\n"))
    else:
        document.add(Look.DIM, "nothing has run yet")
    return document
