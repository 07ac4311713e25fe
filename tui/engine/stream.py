"""A run as an asynchronous stream of events, from its journals and the end of its process."""

from __future__ import annotations

import asyncio
import signal
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.engine import decode
from tui.engine.journal import GrowingJournal, journals_in, worker_of
from tui.engine.remains import Remains, ending
from tui.model import events as ev
from tui.model.run import ExitCode
from tui.plugin import wire

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from tui.engine.decode import Decoder
    from tui.engine.journal import Lines, Shelf

_TICK = 0.1
"""Seconds after which journals are read without a poke (an unread socket drops pokes)."""
_PACE = 0.03
"""Seconds between two batches."""
_FIRST_PACE = 0.001
"""The same at the beginning, where somebody waits for the first outcome; it doubles with every batch."""
_ORDINARY = (ExitCode.OK, ExitCode.TESTS_FAILED, ExitCode.INTERRUPTED)
"""What needs no words."""


class RunStream:
    """Reads one run. The engine tells it of pokes, workers, capture files and the end of the process."""

    def __init__(self, run: int, folder: Path, shelf: Shelf, decoder: Decoder) -> None:
        self.run = run
        self.number = run
        """Of the process at work: another one than the run's if that had to be repeated."""
        self.folder = folder
        self.pid: int | None = None
        self.stopping = 0
        """How often the person asked to stop: 1 interrupts, 2 kills."""
        self._shelf = shelf
        self._decoder = decoder
        self._remains = Remains(folder, shelf)
        decoder.on_crash = self._remains.crash
        self._journals: dict[str, GrowingJournal] = {}
        self._held: Lines = []
        """Lines of the main journal that wait for those which workers had written before."""
        self._wake = asyncio.Event()
        self._status: int | None = None
        self._refused: tuple[str, str] | None = None
        self._abandoned = ""
        self._told: list[str] = []
        self._check: Callable[[], None] = lambda: None
        self.catch_up: Callable[[], None] = lambda: None
        """Takes what processes of the run have said and nobody has read yet: capture files of one that has died."""
        self.on_death: Callable[[], Decoder | None] = lambda: None
        """Called when the process died before the first result: repeats the run, or gives None."""
        self._results = False
        self.heard = False
        """Whether the process at work has said or written anything."""
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
            path = self.folder / wire.JOURNAL_FILE.format(name)
            self._journals[name] = GrowingJournal(path, self._shelf.put(path))

    def capture(self, worker: str | None, names: list[str], descriptors: list[int]) -> None:
        """Keep the capture files of a process, for the case that it dies."""
        self._remains.keep(worker, names, descriptors)

    def poke(self) -> None:
        """New lines lie in a journal."""
        self._wake.set()

    def exited(self, status: int) -> None:
        """The process has ended: exit code, or minus the signal."""
        self._status = status
        self._wake.set()

    def refuse(self, words: str, detail: str) -> None:
        """There is no host that could run it: it ends as one does that pytest could not begin."""
        if self._status is None:
            self._refused = (words, detail)
            self.exited(-signal.SIGINT if self.stopping else ExitCode.USAGE_ERROR)

    def abandon(self, words: str) -> None:
        """The host has died, and the run was killed because nobody looks after it any more."""
        if self._status is None:
            self._abandoned = words
            self.exited(-signal.SIGKILL)

    def tell(self, words: str) -> None:
        """Something is wrong beside the run; the words become an event of it."""
        self._told.append(words)
        self._wake.set()

    async def batches(self) -> AsyncIterator[list[ev.Event]]:
        """Events in batches, until SessionFinished."""
        pace = _FIRST_PACE
        batch: list[ev.Event] = []
        while True:
            try:
                # A line that is written right after a poke gives no other one.
                await asyncio.wait_for(self._wake.wait(), wire.POKE_SECONDS if batch else _TICK)
            except TimeoutError:
                self._check()
            self._wake.clear()
            ended = self._status is not None
            if ended:
                self.catch_up()
                self._follow_all()
            batch = self._read()
            if batch:
                yield batch
            behind = any(journal.has_more for journal in self._journals.values())
            if ended and not batch and not behind and not self._repeated():
                break
            if not ended:
                await asyncio.sleep(pace if batch and not behind else 0)
                pace = min(2 * pace, _PACE) if batch else pace
            if ended or behind:
                self._wake.set()
        yield self._last_events()
        for journal in self._journals.values():
            journal.close()
        self._remains.close()

    def move(self, number: int, folder: Path) -> None:
        """Read another folder from now on, of a process that makes the same run."""
        for journal in self._journals.values():
            journal.close()
        self._journals = {}
        self._held = []
        self._remains.close()
        self._remains = Remains(folder, self._shelf)
        self.number, self.folder, self.pid, self._status = number, folder, None, None
        self.heard = False
        self.follow(wire.MAIN_JOURNAL)

    def _repeated(self) -> bool:
        """Whether the run goes on, in another process."""
        died = self._status is not None and (self._status < 0 or self._status == wire.GONE or not self.heard)
        if not died or self.stopping or self._results or self._abandoned or self._refused is not None:
            return False
        words = f"The warm process ended ({ending(self._status or 0)}) before the first result: repeated in a cold one."
        decoder = self.on_death()
        if decoder is None:
            return False
        self._decoder = decoder
        decoder.on_crash = self._remains.crash
        self.tell(words)
        return True

    def _follow_all(self) -> None:
        """Take up journals of workers whose hello was never read."""
        for path in journals_in(self.folder):
            self.follow(worker_of(path.name) or wire.MAIN_JOURNAL)

    def _read(self) -> list[ev.Event]:
        batch: list[ev.Event] = [ev.ProtocolError(self.run, words) for words in self._told]
        self._told.clear()
        # The main journal is read first and dealt with last: when it says that a worker died or the session ended,
        # all that led to it lies in the workers' journals, but perhaps not yet when those were read before.
        if not self._held:
            self._held, faults = self._journals[wire.MAIN_JOURNAL].read()
            batch += [ev.ProtocolError(self.run, fault) for fault in faults]
        if any(line.get("event") == "ItemCrashed" for _, line in self._held):
            self.catch_up()
            self._follow_all()
        workers = [(name, journal) for name, journal in self._journals.items() if name != wire.MAIN_JOURNAL]
        for name, journal in workers:
            lines, faults = journal.read()
            batch += [ev.ProtocolError(self.run, fault) for fault in faults]
            batch += self._decoded(lines, name)
        if not any(journal.has_more for _, journal in workers):
            batch += self._decoded(self._held, None)
            self._held = []
        return batch

    def _decoded(self, lines: Lines, worker: str | None) -> list[ev.Event]:
        batch: list[ev.Event] = []
        self.heard = self.heard or bool(lines)
        for ref, line in lines:
            try:
                events = list(self._decoder.events(line, worker, ref))
            except decode.DAMAGED as error:
                words = f"{worker or wire.MAIN_JOURNAL}: {type(error).__name__}: {error}"
                events = [ev.ProtocolError(self.run, words)]
            self._results = self._results or any(isinstance(event, ev.ItemFinished) for event in events)
            batch += events
        return batch

    def _last_events(self) -> list[ev.Event]:
        status = self._status or 0
        completed = self._decoder.completed
        events: list[ev.Event] = []
        ordinary = completed and status in _ORDINARY
        if self.stopping and not ordinary and not self._decoder.interrupted:
            words = "stopped before pytest had started" if self._refused else "stopped"
            events.append(ev.Interrupted(self.run, words, by_exit=False))
        elif self._refused is not None:
            events.append(ev.NotStarted(self.run, *self._refused))
        if self._abandoned:
            events.append(ev.ProtocolError(self.run, self._abandoned))
        died_in = [] if completed or self.stopping else list(self._decoder.open)
        words = f"The process ended ({ending(status)}) while this test was running."
        for worker, nodeid, index in died_in:
            events += self._decoder.crashed(worker, nodeid, index, words)
        if not (died_in or completed or self.stopping or self._refused) and self._decoder.collecting is not None:
            events.append(self._cut_off(self._decoder.collecting, ending(status)))
        output = ""
        if not (self._refused or ordinary or self.stopping):
            output = self._remains.tail() if died_in else self._remains.last_words()
        events.append(ev.SessionFinished(self.run, status, completed, output))
        return events

    def _cut_off(self, nodeid: str, how: str) -> ev.CollectorReported:
        """The report of the file whose collection the process did not survive."""
        words = f"The process ended ({how}) while {nodeid} was collected."
        line, ref = self._remains.cut_off(nodeid, words)
        return replace(decode.collector(self.run, line, ref, self.folder), died=True)
