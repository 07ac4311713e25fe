"""Turns journal lines into events: the one place that knows both the wire and the model."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from tui.model import events as ev
from tui.model.outcome import Fold, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Line = dict[str, Any]
    OnCrash = Callable[[str | None, str, int, str], tuple[Line, ev.Ref | None]]

DAMAGED = (KeyError, TypeError, ValueError, IndexError)
"""What decoding raises for lines that are not of this protocol, or not as they were written."""

_KEPT_DETAIL = 4000


class Decoder:
    """The lines of one run. ``phases``: also give a report for each phase that simply passed.

    ``python`` names the interpreter for the words of a run that did not start.
    """

    def __init__(self, run: int, folder: Path, python: str, *, phases: bool) -> None:
        self._run = run
        self._folder = folder
        self._python = python
        self._phases = phases
        self._collected: list[ev.CollectedItem] = []
        self._counts: dict[str, int] = {}
        self._final: list[ev.CollectedItem] = []
        self._numbers: list[int] = []
        self._rootdir = ""
        self.open: dict[tuple[str | None, str, int], Fold] = {}
        """Items that have started and not finished: worker, nodeid, number."""
        self.collecting: str | None = None
        """Nodeid of the file that is being collected."""
        self.completed = False
        """Whether pytest has come to its own end."""
        self.interrupted = False
        """Whether pytest said that it was interrupted."""
        self.on_crash: OnCrash = lambda _worker, _nodeid, _index, words: ({"longrepr": words}, None)
        """Gives the line of an item during which its process died, and the place where it stands."""
        self.made_of: Callable[[], tuple[str, str]] = lambda: ("", "")
        """Gives the layer that the run was made of, and why it was nothing warmer."""
        self._makers: dict[str, Callable[[Line, str | None, ev.Ref], Iterator[ev.Event]]] = {
            "ItemStarted": self._item_started,
            "ItemFinished": self._item_finished,
            "PhaseReported": self._phase_reported,
            "ItemsCollected": self._items_collected,
            "CollectorStarted": self._collector_started,
            "CollectorReported": self._collector_reported,
            "CollectionFinished": self._collection_finished,
            "ItemsDeselected": self._items_deselected,
            "ItemsMissing": self._items_missing,
            "ItemCrashed": self._item_crashed,
            "SessionStarted": self._session_started,
            "SessionFinished": self._session_finished,
            "WarningRecorded": self._warning,
            "NotStarted": self._not_started,
            "Frozen": self._frozen,
            "NotFrozen": self._not_frozen,
            "Paused": self._paused,
            "Resumed": lambda line, *_: iter([ev.Resumed(run, line["pause"])]),
            "InternalError": lambda line, *_: iter([ev.InternalError(run, line["text"] or "")]),
            "Interrupted": self._interrupted,
            "OptionsDropped": lambda line, *_: iter([ev.OptionsDropped(run, tuple(line["options"]))]),
            "PluginFault": lambda line, *_: iter([ev.ProtocolError(run, f"{line['where']}: {line['text']}")]),
        }

    def events(self, line: Line, worker: str | None, ref: ev.Ref) -> Iterator[ev.Event]:
        """The events of one line. Raises one of DAMAGED."""
        return self._makers[line["event"]](line, line.get("worker", worker), ref)

    # Items

    def _item_started(self, line: Line, worker: str | None, _: ev.Ref) -> Iterator[ev.Event]:
        nodeid, index = line["nodeid"], line.get("index", 0)
        self.open[worker, nodeid, index] = Fold()
        yield ev.ItemStarted(self._run, nodeid, index, worker)

    def _phase_reported(self, line: Line, worker: str | None, ref: ev.Ref) -> Iterator[ev.Event]:
        nodeid, index = line["nodeid"], line.get("index", 0)
        report = phase(self._run, nodeid, index, line, worker, ref, self._folder)
        fold = self.open.get((worker, nodeid, index))
        if fold is not None:
            fold.add(report)
        yield report

    def _item_finished(self, line: Line, worker: str | None, ref: ev.Ref) -> Iterator[ev.Event]:
        nodeid, index = line["nodeid"], line.get("index", 0)
        fold = self.open.pop((worker, nodeid, index), None) or Fold()
        for entry in line["phases"]:
            if isinstance(entry, list):
                if not self._phases:
                    fold.duration += entry[1]
                    continue
                report = plain(self._run, nodeid, index, entry, worker)
            else:
                report = phase(self._run, nodeid, index, entry, worker, ref, self._folder)
            fold.add(report)
            yield report
        yield ev.ItemFinished(self._run, nodeid, index, fold.status, fold.duration, fold.attempts, worker, ref)

    def _item_crashed(self, line: Line, worker: str | None, _: ev.Ref) -> Iterator[ev.Event]:
        """A worker of xdist died; the item may stand under any number in that worker."""
        nodeid = line["nodeid"]
        index = next((key[2] for key in self.open if key[:2] == (worker, nodeid)), 0)
        yield from self.crashed(worker, nodeid, index, line["text"])

    def crashed(self, worker: str | None, nodeid: str, index: int, words: str) -> Iterator[ev.Event]:
        """The events of an item during which its process died; ``words`` say how."""
        fold = self.open.pop((worker, nodeid, index), None) or Fold()
        line, ref = self.on_crash(worker, nodeid, index, words)
        whole = {"when": "call", "outcome": "failed", "category": "crashed", "duration": 0.0, **line}
        yield phase(self._run, nodeid, index, whole, worker, ref, self._folder)
        yield ev.ItemFinished(self._run, nodeid, index, Status.CRASHED, fold.duration, fold.attempts, worker, None)

    # Debugging

    def _frozen(self, line: Line, *_: object) -> Iterator[ev.Event]:
        yield ev.Frozen(self._run, line["nodeid"], line["number"], line["when"], line["frozen"], line["pid"])

    def _not_frozen(self, line: Line, *_: object) -> Iterator[ev.Event]:
        yield ev.NotFrozen(self._run, line["nodeid"], line["number"], line["when"], line["why"])

    def _paused(self, line: Line, *_: object) -> Iterator[ev.Event]:
        path = line["path"].removeprefix(f"{self._rootdir}/") if self._rootdir else line["path"]
        known = {**line, "path": path}
        names = ("nodeid", "number", "pause", "why", "path", "line", "function", "debugger")
        yield ev.Paused(self._run, *(known[name] for name in names))

    # Collection

    def _items_collected(self, line: Line, _w: str | None, _r: ev.Ref) -> Iterator[ev.Event]:
        items = collected(line, self._counts)
        self._collected += items
        if items:
            yield ev.ItemsCollected(self._run, tuple(items))
        for nodeid in line["through"]:
            self._through(nodeid)
            yield ev.CollectorReported(self._run, nodeid, "passed")

    def _collector_started(self, line: Line, *_: object) -> Iterator[ev.Event]:
        self.collecting = line["nodeid"]
        return iter(())

    def _through(self, nodeid: str) -> None:
        if nodeid == self.collecting:
            self.collecting = None

    def _collector_reported(self, line: Line, _: str | None, ref: ev.Ref) -> Iterator[ev.Event]:
        self._through(line["nodeid"])
        yield collector(self._run, line, ref, self._folder)

    def _items_deselected(self, line: Line, *_: object) -> Iterator[ev.Event]:
        items = [self._collected[n] for first, end in line["positions"] for n in range(first, end)]
        yield ev.ItemsDeselected(self._run, tuple((item.nodeid, item.index) for item in items))

    def _collection_finished(self, line: Line, *_: object) -> Iterator[ev.Event]:
        for first, end in line["positions"]:
            self._final += self._collected[first:end]
        self._numbers += line.get("numbers", ())
        if line["more"]:
            return
        items = tuple(self._final)
        if self._numbers or len({item.nodeid for item in items if not item.index}) < len(items):
            # A selection may keep the third of three equal nodeids: then the child side tells the numbers.
            pairs = zip(items, self._numbers or _numbers(self._final), strict=True)
            items = tuple(item if number == item.index else _renumbered(item, number) for item, number in pairs)
        self._collected, self._final, self._numbers, self._counts = [], [], [], {}
        yield ev.CollectionFinished(self._run, items)

    def _items_missing(self, line: Line, *_: object) -> Iterator[ev.Event]:
        yield ev.ItemsMissing(self._run, tuple((nodeid, number) for nodeid, number in line["items"]))

    # Session

    def _session_started(self, line: Line, *_: object) -> Iterator[ev.Event]:
        names = ("rootdir", "inifile", "invocation_dir", "python", "executable", "pytest", "workers")
        self._rootdir = line["rootdir"]
        globs = (tuple(line[name]) for name in ("norecursedirs", "python_files"))
        said = [*(line[name] for name in names), *self.made_of(), *globs]
        yield ev.SessionStarted(self._run, *said)

    def _interrupted(self, line: Line, *_: object) -> Iterator[ev.Event]:
        self.interrupted = True
        yield ev.Interrupted(self._run, line["reason"], line["by_exit"])

    def _session_finished(self, line: Line, *_: object) -> Iterator[ev.Event]:
        self.completed = True
        if line.get("lost"):
            text = f"{line['lost']:,} events could not be written: is the disk full?"
            yield ev.ProtocolError(self._run, text)

    def _warning(self, line: Line, *_: object) -> Iterator[ev.Event]:
        names = ("nodeid", "when", "category", "message", "path", "line")
        yield ev.WarningRecorded(self._run, *(line[name] for name in names))

    def _not_started(self, line: Line, *_: object) -> Iterator[ev.Event]:
        where, detail = self._python, line["detail"]
        match line["problem"]:
            case "no-pytest":
                words = f"pytest is not installed in {where}. Install it there, or choose another with --python."
            case "old-pytest":
                words = f"pytest {detail} in {where} is too old: Redbar needs 7.0 or newer."
            case _:
                words = f"pytest cannot be imported in {where}: {detail}"
        yield ev.NotStarted(self._run, words, detail[:_KEPT_DETAIL])


def collected(line: Line, counts: dict[str, int]) -> list[ev.CollectedItem]:
    """The items of a line. ``counts``, how often each nodeid was found before, grows. Raises KeyError and the like."""
    parents = [
        (file, path, collector, tuple(map(sys.intern, classes))) for file, path, collector, *classes in line["parents"]
    ]
    markers = [tuple(names) for names in line["markers"]]
    fixtures = [tuple(names) for names in line["fixtures"]]
    items = []
    for nodeid, parent, function, lineno, marker, fixture, *rest in line["items"]:
        file, path, collector, classes = parents[parent]
        nodeid = sys.intern(nodeid)  # noqa: PLW2901 - the tree may have it already
        number = counts.get(nodeid, 0)
        counts[nodeid] = number + 1
        items.append(
            ev.CollectedItem(
                nodeid,
                number,
                file,
                path,
                collector,
                classes,
                None if function is None else sys.intern(function),
                sys.intern(rest[0]) if rest else file,
                lineno,
                markers[marker],
                fixtures[fixture],
            )
        )
    return items


def phase(
    run: int, nodeid: str, index: int, line: Line, worker: str | None, ref: ev.Ref | None, folder: Path
) -> ev.PhaseReported:
    """A report from its fields on the wire. Raises KeyError and TypeError."""
    return ev.PhaseReported(
        run,
        nodeid,
        index,
        line["when"],
        line["outcome"],
        line["category"],
        line["duration"],
        line.get("longrepr"),
        _crash(line.get("crash")),
        _sections(line.get("sections", ()), folder),
        line.get("wasxfail"),
        line.get("subtest"),
        _frame(line.get("frame")),
        worker,
        ref,
    )


def collector(run: int, line: Line, ref: ev.Ref | None, folder: Path) -> ev.CollectorReported:
    """The report of a collector that did not pass, from its fields on the wire. Raises KeyError and TypeError."""
    crash, sections = _crash(line.get("crash")), _sections(line["sections"], folder)
    return ev.CollectorReported(run, line["nodeid"], line["outcome"], line["longrepr"], crash, sections, ref)


def plain(run: int, nodeid: str, index: int, entry: list[Any], worker: str | None) -> ev.PhaseReported:
    """The report of a phase that simply passed: ``[when, seconds]``."""
    when, duration = entry
    category = "passed" if when == "call" else ""
    return ev.PhaseReported(run, nodeid, index, when, "passed", category, duration, worker=worker)


def _crash(value: Line | None) -> ev.Crash | None:
    return None if value is None else ev.Crash(value["path"], value["line"], value["message"])


def _sections(values: list[Line] | tuple[()], folder: Path) -> tuple[ev.Section, ...]:
    return tuple(
        ev.Section(v["name"], v["text"], v["cut"], v.get("head", 0), str(folder / v["file"]) if v["file"] else None)
        for v in values
    )


def _frame(value: Line | None) -> ev.Frame | None:
    if value is None:
        return None
    named = tuple((name, text) for name, text in value["locals"])
    return ev.Frame(value["path"], value["line"], value["first"], value["name"], tuple(value["source"]), named)


def _numbers(items: list[ev.CollectedItem]) -> list[int]:
    """For each item, how many of the same nodeid come before it."""
    counts: dict[str, int] = {}
    numbers = []
    for item in items:
        numbers.append(counts.get(item.nodeid, 0))
        counts[item.nodeid] = numbers[-1] + 1
    return numbers


def _renumbered(item: ev.CollectedItem, number: int) -> ev.CollectedItem:
    values = [getattr(item, name) for name in ev.CollectedItem.__slots__]
    values[1] = number
    return ev.CollectedItem(*values)
