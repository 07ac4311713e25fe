"""One JSON object per event, version 1: the format that ``schema.json`` beside this file describes."""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from typing import TYPE_CHECKING, Any, TextIO

import tui
from tui.engine.plain import plain
from tui.model import events as ev
from tui.model import watch_events as watch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tui.model.coverage import Report

VERSION = 1
_ITEMS_A_LINE = 500
_WHENS = ("setup", "call", "teardown")
_OR_NULL = frozenset({"colder", "layer", "line"})
"""Fields that are null where there is nothing to say."""

_OfItem = ev.CollectedItem | ev.ItemStarted | ev.PhaseReported | ev.ItemFinished | ev.Frozen | ev.NotFrozen | ev.Paused
_Started = tuple[str | None, str, int]
"""An item that has started and not finished: worker, nodeid, number."""


class JsonReporter:
    """Writes events as they come. ``cwd`` stands for rootdir as long as that is not known.

    The run tells of a failed phase before those that passed: the phases of an item wait for its end, so that they come
    in their order.
    """

    def __init__(self, out: TextIO, cwd: Path) -> None:
        self._out = out
        self._rootdir = str(cwd)
        self._counts: Counter[str] = Counter()
        self._greeted = False
        self._waiting: dict[_Started, list[ev.PhaseReported]] = {}

    def report(self, event: ev.Event) -> None:
        """Write one event. What collection finds is written once it is final, in pytest's order.

        Raises OSError when the stream takes nothing any more.
        """
        match event:
            case ev.SessionStarted():
                self._rootdir = event.rootdir
                self._hello(event.run, event.python, event.pytest)
            case ev.ItemsCollected() | ev.ItemsDeselected():
                return
            case ev.ItemStarted():
                self._release(_started(event))
                self._waiting[_started(event)] = []
            case ev.PhaseReported() if _started(event) in self._waiting:
                self._waiting[_started(event)].append(event)
                return
            case ev.ItemFinished():
                self._release(_started(event))
                self._counts[event.status.word] += 1
            case ev.SessionFinished():
                for started in list(self._waiting):
                    self._release(started)
            case _:
                pass
        self._put(event)
        if isinstance(event, ev.SessionFinished):
            self._counts.clear()

    def tell(self, event: watch.WatchEvent) -> None:
        """Write what a save led to. Raises OSError when the stream takes nothing any more."""
        self._hello(event.run, None, None)
        fields: dict[str, Any]
        match event:
            case watch.FilesChanged():
                fields = {"paths": [self._relative(path) for path in event.paths]}
            case watch.SelectionMade():
                items = [{**_keyed(key), "reason": reason} for key, reason in event.items]
                unreadable = [{"path": self._relative(path), "error": words} for path, words in event.unreadable]
                fields = {"items": items, "skipped": event.skipped, "unreadable": unreadable}
            case watch.VerdictReached():
                counts = {status.word: number for status, number in event.counts.items()}
                fields = {"stage": event.stage, "colour": event.colour, "counts": counts, "stale": event.stale}
                fields["uncovered"] = event.uncovered or None
            case watch.WatchReady():
                fields = {}
        self._write(event.run, type(event).__name__, fields)

    def covered(self, run: int, report: Report) -> None:
        """Write what a run covers. Raises OSError when the stream takes nothing any more."""
        from tui.headless.coverage import fields_of

        self._hello(run, None, None)
        self._write(run, "CoverageReported", fields_of(report))

    def _release(self, started: _Started) -> None:
        """Write the phases that wait for an item."""
        for phase in in_order(self._waiting.pop(started, [])):
            self._put(phase)

    def _put(self, event: ev.Event) -> None:
        self._hello(event.run, None, None)
        name = "ItemsCollected" if isinstance(event, ev.CollectionFinished) else type(event).__name__
        for fields in self._fields(event):
            self._write(event.run, name, fields)

    def _hello(self, run: int, python: str | None, pytest: str | None) -> None:
        if not self._greeted:
            self._greeted = True
            fields = {"version": VERSION, "redbar": tui.__version__, "python": python, "pytest": pytest}
            self._write(run, "Hello", fields)

    def _write(self, run: int, name: str, fields: dict[str, Any]) -> None:
        line = {"event": name, "run": run, "time": time.time(), **fields}
        self._out.write(json.dumps(line) + "\n")

    def _fields(self, event: ev.Event) -> Iterator[dict[str, Any]]:
        match event:
            case ev.CollectionFinished():
                yield from self._collected(event)
            case ev.CollectorReported():
                yield {
                    "nodeid": event.nodeid,
                    "outcome": event.outcome,
                    "longrepr": _text(event.longrepr),
                    "crash": _crash(event.crash),
                    "sections": self._sections(event.sections),
                }
            case ev.ItemStarted():
                yield {**_key(event), "worker": event.worker}
            case ev.PhaseReported():
                yield self._phase(event)
            case ev.ItemFinished():
                yield {
                    **_key(event),
                    "outcome": event.status.word,
                    "duration": round(event.duration, 6),
                    "attempts": event.attempts,
                    "worker": event.worker,
                }
            case ev.Frozen() | ev.NotFrozen() | ev.Paused():
                named = _plain(event)
                del named["nodeid"], named["index"]
                yield {**_key(event), **named}
            case ev.ItemsMissing():
                yield {"nodeids": [nodeid for nodeid, _ in event.keys]}
            case ev.SessionFinished():
                yield {
                    "exit": event.exit,
                    "counts": dict(self._counts),
                    "completed": event.completed,
                    "output": event.output or None,
                }
            case _:
                yield _plain(event)

    def _collected(self, event: ev.CollectionFinished) -> Iterator[dict[str, Any]]:
        for at in range(0, len(event.items), _ITEMS_A_LINE):
            part = event.items[at : at + _ITEMS_A_LINE]
            yield {
                "items": [
                    {**_key(item), "path": item.path, "line": item.line, "markers": list(item.markers)} for item in part
                ]
            }

    def _phase(self, event: ev.PhaseReported) -> dict[str, Any]:
        fields = {
            **_key(event),
            "when": event.when,
            "outcome": event.outcome,
            "category": event.category,
            "duration": event.duration,
            "longrepr": _text(event.longrepr),
            "crash": _crash(event.crash),
            "sections": self._sections(event.sections),
            "worker": event.worker,
        }
        if event.wasxfail is not None:
            fields["wasxfail"] = event.wasxfail
        if event.subtest is not None:
            fields["subtest"] = event.subtest
        return fields

    def _sections(self, sections: tuple[ev.Section, ...]) -> list[dict[str, Any]]:
        return [{"name": s.name, "text": s.text, "cut": s.cut, "file": self._relative(s.file)} for s in sections]

    def _relative(self, path: str | None) -> str | None:
        """``path`` relative to rootdir if it lies below it."""
        return path.removeprefix(self._rootdir + os.sep) if path else None


def in_order(phases: list[ev.PhaseReported]) -> list[ev.PhaseReported]:
    """The reports of one item as its phases came about: those of earlier attempts, then setup, call, teardown.

    Subtests go before the report of the call that they are part of.
    """
    reruns = [place for place, phase in enumerate(phases) if phase.outcome == "rerun"]
    last = phases[reruns[-1] + 1 :] if reruns else phases
    return phases[: len(phases) - len(last)] + sorted(last, key=_place)


def _place(phase: ev.PhaseReported) -> tuple[int, bool]:
    return _WHENS.index(phase.when) if phase.when in _WHENS else 1, phase.subtest is None


def _started(event: ev.ItemStarted | ev.PhaseReported | ev.ItemFinished) -> _Started:
    return event.worker, event.nodeid, event.index


def _text(longrepr: str | None) -> str | None:
    return None if longrepr is None else plain(longrepr)


def _plain(event: ev.Event) -> dict[str, Any]:
    fields = {name: getattr(event, name) for name in type(event).__slots__ if name != "run"}
    return {name: (content or None) if name in _OR_NULL else content for name, content in fields.items()}


def _keyed(key: ev.ItemKey) -> dict[str, Any]:
    nodeid, index = key
    return {"nodeid": nodeid, "index": index} if index else {"nodeid": nodeid}


def _key(event: _OfItem) -> dict[str, Any]:
    return _keyed((event.nodeid, event.index))


def _crash(crash: ev.Crash | None) -> dict[str, Any] | None:
    return None if crash is None else {"path": crash.path, "line": crash.line, "message": plain(crash.message)}
