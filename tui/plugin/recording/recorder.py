"""Keeps the stack of contexts and writes each of them when it closes.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import hashlib
import os
import sys
import threading
from typing import TYPE_CHECKING, Any, Callable, Protocol

from .. import wire
from ..channel import guard_forks
from ..journal import Journal, NoJournal
from ..posix import calls
from ..ranges import ranges
from .arcs import flat
from .children import Fork
from .contexts import Context
from .effects import ProcessCount
from .lines import unseen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..outer import Outer
    from ..territory import Territory
    from ..warm.stock import Stock
    from .children import Children
    from .lines import LineSource

_A_LINE = 2000
"""Paths, or pairs of paths, in one line of the record."""
_FILES_A_LINE = 5000
_NUMBERS_A_LINE = 50_000
"""Of executed lines; a context that has more takes several lines."""


class Part(Protocol):
    """Something that watches this process on behalf of the recorder."""

    def begin(self) -> None:
        """Watch from now on."""

    def end(self) -> None:
        """Watch no more."""


class Recorder:
    """One a process. Lines, files and processes go to the context on top of the stack at the moment.

    Contexts are opened and closed by the thread that runs the tests, and by no other: what another thread executes
    belongs to the test that waits for it.
    """

    def __init__(self, run: Outer, territory: Territory, lines: LineSource) -> None:
        """Make the record's file in the folder of the run. Raises OSError."""
        self.territory = territory
        self.live = False
        """Whether this process is recorded: not before ``begin``, not after ``end``, not in a fork of a test."""
        self.parts: list[Part] = []
        self.lines = lines
        self._session = Context("s")
        self._stack = [self._session]
        self._thread = threading.get_ident()
        self._this_thread = threading.get_ident
        self._digest = hashlib.blake2b
        self._numbers: dict[str, int] = {}
        self._pairs: dict[str, dict[tuple[str, str], bool]] = {"edges": {}, "wanted": {}}
        """Pairs of paths; True those that have been written."""
        self._wrote: dict[str, bool] = {}
        self._processes = ProcessCount()
        self._roots: dict[str, None] = {}
        """Folders of the project in which modules were looked for."""
        self._problem = ""
        """Of the source of lines, as it has been written."""
        self._history: list[Mapping[str, object]] | None = []
        """Lines written before the first item: a fork that becomes a run of its own writes them again."""
        self.number: Callable[[], int] = int
        """Gives the number of the item that runs, among those of its nodeid."""
        self.children: Children | None = None
        """What measures child processes, if they are to be."""
        self.stock: Stock | None = None
        """Knows hashes of files."""
        self.name = run.worker or wire.MAIN_JOURNAL
        """Of this process among those of the run."""
        self._open(run)
        os.register_at_fork(after_in_child=self._forked)

    def _open(self, run: Outer) -> None:
        self.folder = run.folder
        """Of the run; empty as long as there is none."""
        self._thread = self._this_thread()
        if run.waiting:
            self._journal: Journal = NoJournal()
        else:
            self._journal = Journal(run.folder, self.name, _no_poke, file=wire.RECORD_FILE)
            guard_forks(self._journal)

    def begin(self) -> None:
        """Record from now on."""
        self.live = True
        for part in self.parts:
            part.begin()
        self.lines.begin()
        self._complain()

    def _complain(self) -> None:
        """Write why lines or branches are missing, once."""
        problem = self.lines.problem
        if problem is not None and problem != self._problem:
            self._problem = problem
            self.say({"fault": problem})

    def note_roots(self) -> None:
        """Note the folders of the project in which modules are looked for, and in which order."""
        found = map(self.territory.named, filter(os.path.isabs, sys.path))
        self._roots = dict.fromkeys([*self._roots, *(path for path in found if path is not None)])

    def end(self) -> None:
        """Write what is left, and watch no more."""
        if not self.live:
            return
        self._collect()
        self.live = False
        for context in reversed(self._stack):
            self.write(context)
        if self.children is not None:
            try:
                self.children.end()
            except Exception as error:  # what this process executed is written all the same
                self.say({"fault": f"what child processes executed is lost: {error}"})
        self._write_rest()
        self.note_roots()
        self.say({"roots": list(self._roots)}, {"end": True, "python": sys.version})
        self.lines.end()
        for part in self.parts:
            part.end()

    def _forked(self) -> None:
        was_live, self.live = self.live, False
        if was_live and self.children is not None and self.folder:
            try:
                self._fork = Fork(self, self.name, self.number())
                self.lines.take({}, {})  # the parent's
            except Exception:  # it goes unrecorded
                pass

    def write_fork(self, context: Context, journal: Callable[[str], Journal]) -> None:
        """In a process that a test has forked, at its end: write what it executed."""
        self.lines.take(context.lines, context.arcs)
        self._journal = journal(self.folder)
        self._numbers = {}
        self._history = None
        self._pairs = {}
        self._wrote = {}
        self.write(context)
        self.say({"end": True})

    def move(self, run: Outer) -> None:
        """Become the recorder of ``run`` in this fork, with what has been written so far."""
        self._open(run)
        self.live = True
        if self._history:
            self._journal.write(*self._history)

    # Contexts

    @property
    def current(self) -> Context:
        """The context that executed lines belong to."""
        return self._stack[-1]

    @property
    def owns_thread(self) -> bool:
        """Whether this thread is the one whose tests are recorded."""
        return self._this_thread() == self._thread

    def _collect(self) -> None:
        context = self._stack[-1]
        if not self.lines.take(context.lines, context.arcs):
            context.partial = True
            self._complain()
        if self._processes.grew():
            context.spawns = True

    @unseen
    def push(self, context: Context) -> None:
        """Open a context above the present one."""
        self._collect()
        self._stack.append(context)
        if self.children is not None:
            self.children.switch(context)

    @unseen
    def pop(self, context: Context) -> None:
        """Close it, and those above it that nobody closed."""
        if context in self._stack:
            self._collect()
            while self._stack.pop() is not context:
                pass
            if self.children is not None:
                self.children.switch(self.current)

    # Lines of the record

    @unseen
    def write(self, context: Context) -> None:
        """Write a context and forget what was in it. A collector in which nothing was seen is left out."""
        new: list[dict[str, object]] = []
        lines = self._numbered(context.lines, ranges, new)
        arcs = self._numbered(context.arcs, flat, new)
        parts = [*_bearable("lines", lines), *_bearable("arcs", arcs), *_effects(context)]
        if context.kind != "c" or parts:
            new += _joined({"context": context.kind, **context.keys}, parts)
        context.empty()
        if context.kind == "t":
            self._history = None
        self._write_rest(new)

    def _numbered(
        self, seen: dict[str, set[int]], written: Callable[[set[int]], list[int]], new: list[dict[str, object]]
    ) -> dict[str, list[int]]:
        """What was seen of each file, as it is written, by the file's number; ``new`` gets the lines of new files."""
        found: dict[str, list[int]] = {}
        for path, numbers in self._by_path(seen).items():
            line = written(numbers)
            if line:
                number = self._numbers.get(path)
                if number is None:
                    number = self._numbers[path] = len(self._numbers)
                    new.append({"file": number, "path": path, "hash": self._hash(path)})
                found[str(number)] = line
        return found

    def _by_path(self, lines: dict[str, set[int]]) -> dict[str, set[int]]:
        """The same by real paths: one file may have been compiled under several names."""
        merged: dict[str, set[int]] = {}
        path_of = self.territory.path
        for name, numbers in lines.items():
            path = path_of(name)
            if path is not None:
                known = merged.get(path)
                merged[path] = numbers if known is None else known | numbers
        return merged

    @unseen
    def see(self, path: str) -> None:
        """Note the content of a file of the project now that it is going to be executed."""
        if path not in self._numbers:
            number = self._numbers[path] = len(self._numbers)
            self.say({"file": number, "path": path, "hash": self._hash(path)})

    def _hash(self, path: str) -> str | None:
        known = self.stock.digest(path) if self.stock is not None else None
        if known is not None:
            return known
        try:
            return self._digest(calls.read_file(path), digest_size=16).hexdigest()
        except OSError:
            return None

    def pair(self, kind: str, importer: str, file: str) -> None:
        """Note one of the ``edges`` (who imports whom) or ``wanted`` (who would import what if it were there)."""
        if importer != file:
            self._pairs[kind].setdefault((importer, file), False)

    def wrote(self, path: str) -> None:
        """Note a file of the project that this process writes, renames or removes."""
        self._wrote.setdefault(path, False)

    def _write_rest(self, lines: list[dict[str, object]] | None = None) -> None:
        """Write ``lines``, and what belongs to no context."""
        lines = lines or []
        for kind, pairs in self._pairs.items():
            for fresh in _fresh(pairs):
                lines.append({kind: fresh})
        for fresh in _fresh(self._wrote):
            lines.append({"wrote": fresh})
        self.say(*lines)

    def say(self, *lines: Mapping[str, object]) -> None:
        """Write lines as they are."""
        if lines:
            if self._history is not None:
                self._history += lines
            self._journal.write(*lines)


def _bearable(kind: str, lines: dict[str, list[int]]) -> list[dict[str, object]]:
    """Executed lines or arcs, in parts that fit into one line of the record each."""
    if not lines:
        return []
    if len(lines) < _FILES_A_LINE and sum(map(len, lines.values())) < _NUMBERS_A_LINE:
        return [{kind: lines}]
    return [
        {kind: {number: flat[at : at + _NUMBERS_A_LINE]}}
        for number, flat in lines.items()
        for at in range(0, len(flat), _NUMBERS_A_LINE)
    ]


def _effects(context: Context) -> list[dict[str, object]]:
    """What was seen besides lines, in such parts."""
    parts: list[dict[str, object]] = []
    for name, paths in (("data", context.data), ("listed", context.listed)):
        ordered = sorted(paths)
        parts += [{name: ordered[at : at + _A_LINE]} for at in range(0, len(ordered), _A_LINE)]
    if context.spawns:
        parts.append({"spawns": True})
    if context.partial:
        parts.append({"partial": True})
    return parts


def _joined(head: dict[str, object], parts: list[dict[str, object]]) -> list[dict[str, object]]:
    """One line with all parts; those that are there several times have the rest in further lines."""
    first = dict(head)
    further = []
    for part in parts:
        if part.keys() & first.keys():
            further.append({**head, **part})
        else:
            first.update(part)
    return [first, *further]


def _fresh(known: dict[Any, bool]) -> list[list[Any]]:
    """What has not been written yet, in lines of a bearable length; from now on it has."""
    if not known or next(reversed(known.values())):
        return []
    fresh = []
    for key in reversed(list(known)):
        if known[key]:
            break
        known[key] = True
        fresh.append(key)
    return [fresh[at : at + _A_LINE] for at in range(0, len(fresh), _A_LINE)]


def _no_poke() -> None:
    """Nobody waits for the record while the run goes on."""
