"""The first tab: what happened to a test, beginning where the eye has to be."""

from __future__ import annotations

import re
from heapq import nlargest
from itertools import chain, islice
from typing import TYPE_CHECKING

from tui.model.messages import excuse, is_called_off
from tui.model.nodes import Branch, Item, items_below, items_in
from tui.model.outcome import BAD, STALE, Status
from tui.ui.detail.document import Document, Line, Look
from tui.ui.detail.places import placed
from tui.ui.keymap import USUAL, Keys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tui.model import events as ev
    from tui.model.nodes import Node
    from tui.model.run import RunState

_PLACE = re.compile(r"^(?:\S.*?|<\w+>):(?:\d+)(?:: |$)")
_OTHERS_PYTEST = re.compile(r"(?:^|[/\\])_pytest[/\\]")
"""In the path of pytest's own code: unittest's ``expectedFailure`` ends there."""
_LISTED = 200
_LOOKED_AT = 5_000
"""Failures that a filter is asked about."""
_RUNNING = 32
_LAST_LINES = 15
_SLOWEST = 10
_NOTABLE = 0.01
"""Seconds from which a test is listed as slow."""
_WORTH_SAYING = 0.1
"""Seconds from which a running test's earlier duration is of interest."""


def of_item(
    item: Item,
    reports: list[ev.PhaseReported],
    elapsed: float | None,
    *,
    context: int = 4,
    keys: Keys = USUAL,
) -> Document:
    """A document for an item; ``elapsed`` are the seconds that it has been running, if it is.

    ``context`` is the number of lines of code before the one that failed.
    """
    document = Document(name_of(item), name_of(item))
    if elapsed is not None:
        document.title += f"  running for {int(elapsed)} s" + (f" on {item.worker}" if item.worker else "")
    bad = [report for report in reports if report.outcome in ("failed", "rerun")]
    for report in bad:
        _failure(document, report, context)
    if not bad:
        _peaceful(document, item, reports, keys)
    if bad:
        document.title += f"  {_headline(bad[0])}"
    return document


def name_of(item: Item) -> str:
    """What an item is called in a title: its name with its parameters."""
    return item.label if item.function is None else item.function + item.label


def _headline(report: ev.PhaseReported) -> str:
    what = "died" if report.category == "crashed" else "failed"
    phase = "" if report.category == "crashed" else f"{report.when} "
    if report.frame is not None:
        return f"{phase}{what} in {report.frame.path}:{report.frame.line}, {report.frame.name}"
    if report.crash is not None and report.crash.line:
        return f"{phase}{what} at {report.crash.path}:{report.crash.line}"
    return f"{phase}{what}"


def _failure(document: Document, report: ev.PhaseReported, context: int) -> None:
    if report.subtest or document.lines or report.outcome == "rerun":
        again = ", run again" if report.outcome == "rerun" else ""
        document.heading(f"{report.subtest or ''} {_headline(report)}{again}".strip())
    frame = report.frame
    message = report.crash.message if report.crash else ""
    if frame is not None:
        _frame(document, frame, context)
    if message:
        for line in message.split("\n"):
            document.lines.append(Line(Look.ERROR, line, "E   "))
    if frame is not None and frame.locals:
        document.lines += [Line(Look.DIM, f"{name} = {value}", "    ") for name, value in frame.locals]
    if report.category == "crashed":
        _last_words(document, report, message)
    elif report.longrepr and report.longrepr.strip() != message.strip():
        if frame is not None or message:
            document.heading("Traceback")
        document.lines += traceback(report.longrepr)


def _last_words(document: Document, report: ev.PhaseReported, message: str) -> None:
    """What a process that died had printed: the test into pytest's capture, and all else to the terminal."""
    for section in report.sections:
        document.heading(section.name)
        document.add(Look.ANSI, section.text.rstrip("\n"))
    lines = (report.longrepr or "").removeprefix(message).strip("\n").split("\n")
    fatal = (place for place, line in enumerate(lines) if "Fatal Python error" in line)
    lines = lines[next(fatal, max(0, len(lines) - _LAST_LINES)) :]
    if any(lines):
        document.heading("Last lines of the terminal")
        document.lines += [Line(Look.ANSI, line) for line in lines]


def _frame(document: Document, frame: ev.Frame, context: int) -> None:
    source = frame.source[-1 - context :]
    for number, text in enumerate(source, frame.line - len(source) + 1):
        failing = number == frame.line
        look = Look.FAILING if failing else Look.CODE
        gutter = f"{'>' if failing else ' '}{number:>5} "
        document.lines.append(Line(look, text, gutter, (frame.path, number)))


def traceback(longrepr: str) -> list[Line]:
    """A longrepr, in whatever style pytest wrote it, as lines; a single line is nothing but a message."""
    if "\n" not in longrepr:
        return [Line(Look.ERROR, longrepr)]
    lines = []
    for text in longrepr.split("\n"):
        if text.startswith("E ") or text == "E":
            lines.append(Line(Look.ERROR, text))
        elif text.startswith(">"):
            lines.append(Line(Look.FAILING, text[1:], ">"))
        elif _PLACE.match(text):
            lines.append(Line(Look.PLACE, text))
        elif text.strip("_- ") == "" or (text[:3] in ("___", "---") and text[-3:] in ("___", "---")):
            lines.append(Line(Look.DIM, text))
        else:
            lines.append(Line(Look.CODE, text))
    return placed(lines)


def _peaceful(document: Document, item: Item, reports: list[ev.PhaseReported], keys: Keys) -> None:
    status = item.status
    if status.is_outcome:
        seconds = f" in {item.seconds:.3f} s" if item.seconds else ""
        document.title += f"  {status.word}{seconds}{', out of date' if item.stale else ''}"
    for report in reports:
        if report.outcome == "skipped" or report.wasxfail is not None:
            _excused(document, item, report)
    if not document.lines:
        not_run = keys.words("not run yet: {run-node} runs it")
        words = {Status.PASSED: "passed", Status.NOT_RUN: not_run, Status.QUEUED: "queued"}
        document.add(Look.GOOD if status is Status.PASSED else Look.DIM, words.get(status, status.word))


def _excused(document: Document, item: Item, report: ev.PhaseReported) -> None:
    """A skip or an expected failure: its reason, if it has one, and where it was."""
    reason = excuse(report).removeprefix("Skipped: ")
    what = f"{report.subtest or ''} {item.status.word}".strip()
    document.add(Look.WARN, f"{what}: {reason}" if reason else what)
    by_pytest = is_called_off(report) and _OTHERS_PYTEST.search(report.crash.path if report.crash else "")
    if report.crash and report.crash.line and not by_pytest:
        document.add(Look.PLACE, f"{report.crash.path}:{report.crash.line}")
    if report.wasxfail is not None and report.longrepr and report.outcome == "skipped" and not by_pytest:
        document.heading("Traceback of the expected failure")
        document.lines += traceback(report.longrepr)


def of_branch(
    branch: Branch,
    report: ev.CollectorReported | None,
    running: Sequence[tuple[Item, float]],
    *,
    listing: bool,
    shows: Callable[[Node], bool] | None = None,
    keys: Keys = USUAL,
) -> Document:
    """A document for a branch: why it could not be collected, else what runs, what failed, what took longest.

    ``running`` are items with the seconds that they have been running; without ``listing`` the slowest are left out,
    since to find them takes a look at every item. ``shows`` tells which nodes a filter lets be seen, if there is one.
    """
    document = Document(f"{branch.name}  {counts_in_words(branch.counts)}", branch.name)
    if report is not None:
        kind = "could not be collected" if report.outcome == "failed" else "was skipped"
        document.name = report.nodeid or "the project"
        document.title = f"{document.name}  {kind}"
        if report.outcome == "failed":
            document.lines += _message_first(report.longrepr or "")
        else:
            document.add(Look.WARN, (report.longrepr or "").removeprefix("Skipped: "))
        for section in report.sections:
            document.heading(section.name)
            document.add(Look.ANSI, section.text.rstrip("\n"))
    if running:
        document.heading("Running")
        for item, seconds in running[:_RUNNING]:
            usual = f" (last time {item.seconds:.1f} s)" if item.seconds >= _WORTH_SAYING else ""
            worker = f"{item.worker} " if item.worker else ""
            document.lines.append(Line(Look.PLAIN, _name_below(branch, item), f"  {worker}{int(seconds)} s{usual}  "))
    _failures(document, branch, shows)
    if listing:
        _slowest(document, branch, shows)
    if not document.lines:
        _nothing_to_tell(document, branch, keys)
    return document


def _nothing_to_tell(document: Document, branch: Branch, keys: Keys) -> None:
    if any(branch.counts[status] for status in Status if status.is_outcome):
        document.add(Look.GOOD, "nothing failed here")
    else:
        document.add(Look.DIM, keys.words("nothing here has run yet: {run-node} runs it"))


def _message_first(longrepr: str) -> list[Line]:
    """The lines of a traceback that begins in pytest's own code: what it comes to stands before it."""
    lines = traceback(longrepr)
    message = [line for line in lines if line.look is Look.ERROR]
    return [*message, Line(Look.PLAIN, ""), *lines] if 0 < len(message) < len(lines) else lines


def _failures(document: Document, branch: Branch, shows: Callable[[Node], bool] | None) -> None:
    has_heading = not document.lines
    bad: Iterator[Item | Branch] = chain.from_iterable(items_in(branch, status) for status in reversed(BAD))
    hidden = listed = 0
    for node in islice(chain(_broken_below(branch), bad), _LISTED if shows is None else _LOOKED_AT):
        if shows is not None and not shows(node):
            hidden += 1
            continue
        listed += 1
        if listed > _LISTED:
            continue
        if not has_heading:
            document.heading("Failures")
            has_heading = True
        document.lines.append(Line(Look.BAD, _name_below(branch, node)))
        document.lines.append(Line(Look.DIM, node.note.message.split("\n", 1)[0] if node.note else "", "    "))
    if hidden:
        more = "more " if listed else ""
        at_least = "at least " if hidden + listed == _LOOKED_AT else ""
        failures = "failure" if hidden == 1 else "failures"
        document.add(Look.WARN, f"{at_least}{hidden:,} {more}{failures} hidden by the filter")


def _broken_below(branch: Branch) -> Iterator[Branch]:
    stack = [child for child in branch.children if isinstance(child, Branch)]
    while stack:
        each = stack.pop()
        if each.broken is Status.ERROR:
            yield each
        if each.counts[Status.ERROR]:
            stack.extend(child for child in each.children if isinstance(child, Branch))


def _slowest(document: Document, branch: Branch, shows: Callable[[Node], bool] | None) -> None:
    items = items_below(branch) if shows is None else filter(shows, items_below(branch))
    slowest = nlargest(_SLOWEST, items, key=lambda item: item.seconds)
    if slowest and slowest[0].seconds >= _NOTABLE:
        document.heading(f"Slowest, of {branch.seconds:.2f} s in all")
        for item in slowest:
            if item.seconds >= _NOTABLE:
                document.lines.append(Line(Look.PLAIN, _name_below(branch, item), f"{item.seconds:>9.3f} s  "))


def _name_below(branch: Branch, node: Item | Branch) -> str:
    if isinstance(node, Branch):
        return node.nodeid or "the project"
    return node.nodeid.removeprefix(branch.nodeid).lstrip(":/")


def of_run(run: RunState, session: ev.SessionStarted | None, problems: list[str]) -> Document:
    """A document for the run as a whole: what kept pytest from its work, where it ran, what went wrong beside."""
    document = Document("the run")
    if run.problem:
        document.title = "pytest could not do its work"
        document.add(Look.BAD, run.problem)
        if run.detail and run.detail.strip() != run.problem.strip():
            document.lines += [
                Line(Look.PLAIN, line.text) if line.look is Look.CODE and line.text[:1] != " " else line
                for line in traceback(run.detail)
            ]
    if session is not None:
        document.heading("Session")
        document.add(Look.PLAIN, f"rootdir        {session.rootdir}")
        document.add(Look.PLAIN, f"configuration  {session.inifile or 'none'}")
        document.add(Look.PLAIN, f"interpreter    {session.executable} (Python {session.python})")
        document.add(Look.PLAIN, f"pytest         {session.pytest}")
    if run.dropped:
        document.add(Look.WARN, f"done without {', '.join(run.dropped)} for so few tests")
    for problem in problems:
        document.heading("Redbar's own trouble")
        document.add(Look.WARN, problem)
    return document


def _plural(status: Status, count: int) -> str:
    return "errors" if status is Status.ERROR and count > 1 else status.word


def counts_in_words(counts: list[int]) -> str:
    """Counters as words, worst first; those that are zero are left out."""
    words = [f"{counts[status]:,} {_plural(status, counts[status])}" for status in reversed(Status) if counts[status]]
    if counts[STALE]:
        words.append(f"{counts[STALE]:,} stale")
    return ", ".join(words) or "no tests"
