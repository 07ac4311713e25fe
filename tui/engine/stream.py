"""A run as an asynchronous stream of events, from its journals and the end of its process."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from typing import TYPE_CHECKING, Any

from tui.engine.decode import Decoder
from tui.engine.journal import GrowingJournal
from tui.model import events as ev
from tui.plugin import wire

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from tui.engine.journal import Shelf

_TICK = 0.1
"""Seconds after which journals are read without a poke (an unread socket drops pokes)."""
_PACE = 0.03
"""Seconds between two batches."""
_USAGE_ERROR = 4
"""pytest's exit code when it could not start; a run without a host ends with it too."""
_OUTPUT_KEPT = 16 * 1024
_ESCAPE = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|[\x00-\x08\x0b-\x1f\x7f]")


class RunStream:
    """Reads one run. The engine tells it of pokes, workers, capture files and the end of the process."""

    def __init__(self, run: int, folder: Path, shelf: Shelf, decoder: Decoder) -> None:
        self.run = run
        self.folder = folder
        self.pid: int | None = None
        self.stopping = 0
        """How often the person asked to stop: 1 interrupts, 2 kills."""
        self._shelf = shelf
        self._decoder = decoder
        self._journals: dict[str, GrowingJournal] = {}
        self._captures: dict[str | None, list[tuple[str, int]]] = {}
        self._wake = asyncio.Event()
        self._status: int | None = None
        self._refused: tuple[str, str] | None = None
        self._check: Callable[[], None] = lambda: None
        self.follow(wire.MAIN_JOURNAL)

    @property
    def output(self) -> Path:
        """The file of what the run wrote to its terminal."""
        return self.folder / wire.OUTPUT_FILE

    def on_tick(self, check: Callable[[], None]) -> None:
        """Call ``check`` on every tick: it finds out whether the host still lives."""
        self._check = check

    def follow(self, name: str) -> None:
        """Read the journal of that name too: ``main``, or the id of a worker."""
        if name not in self._journals:
            path = self.folder / f"journal-{name}.jsonl"
            self._journals[name] = GrowingJournal(path, self._shelf.put(path))

    def capture(self, worker: str | None, names: list[str], descriptors: list[int]) -> None:
        """Keep the capture files of a process, for the case that it dies."""
        self._captures.setdefault(worker, []).extend(zip(names, descriptors, strict=False))

    def poke(self) -> None:
        """New lines lie in a journal."""
        self._wake.set()

    def exited(self, status: int) -> None:
        """The process has ended: exit code, or minus the signal."""
        self._status = status
        self._wake.set()

    def refuse(self, words: str, detail: str) -> None:
        """There is no host that could run it."""
        if self._status is None:
            self._refused = (words, detail)
            self.exited(_USAGE_ERROR)

    async def batches(self) -> AsyncIterator[list[ev.Event]]:
        """Events in batches, until SessionFinished."""
        while True:
            try:
                await asyncio.wait_for(self._wake.wait(), _TICK)
            except TimeoutError:
                self._check()
            self._wake.clear()
            ended = self._status is not None
            if ended:
                self._follow_all()
            batch = self._read()
            if batch:
                yield batch
            if ended and not batch:
                break
            if not ended:
                await asyncio.sleep(_PACE if batch else 0)
            else:
                self._wake.set()
        yield self._last_events()
        for journal in self._journals.values():
            journal.close()
        for captures in self._captures.values():
            for _, descriptor in captures:
                os.close(descriptor)

    def _follow_all(self) -> None:
        """Take up journals of workers whose hello was never read."""
        for path in self.folder.glob("journal-*.jsonl"):
            self.follow(path.name.removeprefix("journal-").removesuffix(".jsonl"))

    def _read(self) -> list[ev.Event]:
        batch: list[ev.Event] = []
        # The main journal last: it ends the session, and the workers' items come before that.
        for name in sorted(self._journals, key=lambda name: name == wire.MAIN_JOURNAL):
            lines, faults = self._journals[name].read()
            worker = None if name == wire.MAIN_JOURNAL else name
            batch += [ev.ProtocolError(self.run, fault) for fault in faults]
            for ref, line in lines:
                try:
                    batch += self._decoder.events(line, worker, ref)
                except (KeyError, TypeError, ValueError, IndexError) as error:
                    batch.append(ev.ProtocolError(self.run, f"{name}: {type(error).__name__}: {error}"))
        return batch

    def _last_events(self) -> list[ev.Event]:
        status = self._status or 0
        events: list[ev.Event] = []
        if self._refused is not None:
            events.append(ev.NotStarted(self.run, *self._refused))
        elif not self._decoder.completed and not self.stopping:
            for worker, nodeid, index in list(self._decoder.open):
                line, ref = self._crash_line(worker, nodeid, index, status)
                events += self._decoder.crashed(worker, nodeid, index, line, ref)
        output = "" if self._decoder.completed else self._tail()
        events.append(ev.SessionFinished(self.run, status, self._decoder.completed, output))
        return events

    def _crash_line(
        self, worker: str | None, nodeid: str, index: int, status: int
    ) -> tuple[dict[str, Any], ev.Ref | None]:
        """What is known of an item during which the process died, as a line of a journal of our own."""
        words = f"The process ended ({ending(status)}) while this test was running."
        tail = self._tail()
        sections = [
            {"name": f"Captured {name} until then", "text": text, "cut": 0, "file": None}
            for name, text in self._captured(worker)
            if text
        ]
        line: dict[str, Any] = {
            "event": "PhaseReported",
            "nodeid": nodeid,
            "index": index,
            "when": "call",
            "outcome": "failed",
            "category": "crashed",
            "duration": 0.0,
            "longrepr": f"{words}\n\n{tail}" if tail else words,
            "crash": {"path": nodeid.partition("::")[0], "line": None, "message": words},
            "sections": sections,
        }
        path = self.folder / "journal-engine.jsonl"
        number = self._shelf.put(path)
        try:
            with path.open("ab") as file:
                at = file.tell()
                file.write(wire.encode(line) + b"\n")
        except OSError:
            return line, None
        return line, number << 40 | at

    def _captured(self, worker: str | None) -> list[tuple[str, str]]:
        texts = []
        for name, descriptor in self._captures.get(worker, []):
            try:
                size = os.fstat(descriptor).st_size
                data = os.pread(descriptor, _OUTPUT_KEPT, max(0, size - _OUTPUT_KEPT))
            except OSError:
                continue
            texts.append((name, data.decode("utf-8", "replace")))
        return texts

    def _tail(self) -> str:
        """The last lines that the run wrote to its terminal, without escapes."""
        try:
            with self.output.open("rb") as file:
                file.seek(max(0, os.fstat(file.fileno()).st_size - _OUTPUT_KEPT))
                text = file.read().decode("utf-8", "replace")
        except OSError:
            return ""
        return _ESCAPE.sub("", text).strip()


def ending(status: int) -> str:
    """How a process ended, in words."""
    if status >= 0:
        return f"exit {status}"
    try:
        return signal.Signals(-status).name
    except ValueError:
        return f"signal {-status}"
