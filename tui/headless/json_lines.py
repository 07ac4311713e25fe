"""One JSON object per event, version 1: the format that ``schema.json`` beside this file describes."""

from __future__ import annotations

import json
import time
from collections import Counter
from typing import TYPE_CHECKING, Any, TextIO

import tui
from tui.headless.front import exit_code
from tui.model import events as ev

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VERSION = 1
_ITEMS_A_LINE = 500


class JsonReporter:
    """Writes events as they come. ``cwd`` stands for rootdir as long as that is not known."""

    def __init__(self, out: TextIO, cwd: Path) -> None:
        self._out = out
        self._rootdir = str(cwd)
        self._counts: Counter[str] = Counter()
        self._greeted = False
        self._exit = 0

    def exit_code(self) -> int:
        """The exit code that the run comes to."""
        return self._exit

    def report(self, event: ev.Event) -> None:
        """Write one event. What collection finds is written once it is final, in pytest's order."""
        match event:
            case ev.SessionStarted():
                self._rootdir = event.rootdir
                self._hello(event.run, event.python, event.pytest)
            case ev.ItemsCollected() | ev.ItemsDeselected():
                return
            case ev.SessionFinished():
                self._exit = exit_code(event.exit, completed=event.completed)
            case ev.ItemFinished():
                self._counts[event.status.word] += 1
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
                    "longrepr": event.longrepr,
                    "crash": _crash(event.crash),
                    "sections": _sections(event.sections),
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
            case ev.ItemsMissing():
                yield {"nodeids": [nodeid for nodeid, _ in event.keys]}
            case ev.SessionFinished():
                words = event.output if not event.completed else None
                yield {"exit": event.exit, "counts": dict(self._counts), "output": words}
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
            "longrepr": event.longrepr,
            "crash": _crash(event.crash),
            "sections": _sections(event.sections),
            "worker": event.worker,
        }
        if event.wasxfail is not None:
            fields["wasxfail"] = event.wasxfail
        if event.subtest is not None:
            fields["subtest"] = event.subtest
        return fields


def _plain(event: ev.Event) -> dict[str, Any]:
    return {name: getattr(event, name) for name in type(event).__slots__ if name != "run"}


def _key(event: ev.CollectedItem | ev.ItemStarted | ev.PhaseReported | ev.ItemFinished) -> dict[str, Any]:
    return {"nodeid": event.nodeid, "index": event.index} if event.index else {"nodeid": event.nodeid}


def _crash(crash: ev.Crash | None) -> dict[str, Any] | None:
    return None if crash is None else {"path": crash.path, "line": crash.line, "message": crash.message}


def _sections(sections: tuple[ev.Section, ...]) -> list[dict[str, Any]]:
    return [{"name": s.name, "text": s.text, "cut": s.cut, "file": s.file} for s in sections]
