"""Asks the engine for the terminal, and gives it back.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import wire
from ..posix import calls
from .terminal import Terminal

if TYPE_CHECKING:
    from types import FrameType

    from ..outer import Outer


class Place:
    """Where a run stops: absolute path and line, 1-based, and the name of the function."""

    def __init__(self, path: str, line: int, function: str) -> None:
        self.path = path
        self.line = line
        self.function = function

    @classmethod
    def of(cls, frame: FrameType | None) -> Place:
        """That of a frame."""
        if frame is None:
            return cls("", 0, "")
        return cls(frame.f_code.co_filename, frame.f_lineno or 0, frame.f_code.co_name)

    def describe(self) -> dict[str, object]:
        """As it goes into events and messages."""
        return {"path": self.path, "line": self.line, "function": self.function}


class Pauses:
    """The pauses of one process; at most one at a time."""

    def __init__(self, run: Outer) -> None:
        self._run = run
        self._count = 0
        self._pause: str | None = None
        self.refused = False
        """Whether nobody is there: then nothing is asked again."""
        self.terminal = Terminal()

    @property
    def paused(self) -> bool:
        """Whether a person has the terminal."""
        return self._pause is not None

    def begin(self, why: str, place: Place, debugger: str) -> bool:
        """Wait for the terminal; whether it has come. ``why`` is ``breakpoint``, ``trace`` or ``post-mortem``."""
        run = self._run
        if self._pause is not None:
            return True
        if run.waiting:
            run.unfit = "something stops in a debugger while it starts"
            return False
        if self.refused or calls.getpid() != run.pid:
            return False
        self._count += 1
        pause = f"{run.request['run']}-{run.worker or wire.MAIN_JOURNAL}-{self._count}"
        nodeid, number = run.place()
        fields = {"nodeid": nodeid, "number": number, "why": why, "debugger": debugger, **place.describe()}
        run.journal.write({"event": "Paused", "pause": pause, **fields})
        run.channel.poke()
        self._pause = pause
        taken = False
        try:
            taken = self._take(pause, fields)
        finally:
            if not taken:
                self._end()
        if not taken:
            self._refuse(place, nodeid)
        return taken

    def _take(self, pause: str, fields: dict[str, object]) -> bool:
        question = {"paused": pause, "pid": calls.getpid(), **fields}
        answer = self._run.channel.ask(question, lambda message: message.get("pause") == pause)
        if answer is None:
            return False
        message, descriptors = answer
        if message.get("do") != "go" or not descriptors:
            return False
        try:
            self.terminal.take(descriptors[0], message.get("environ", {}), self._run.config)
        except OSError:  # no descriptor is left, for one
            self.terminal.give_back()
            return False
        return True

    def _refuse(self, place: Place, nodeid: str) -> None:
        self.refused = True
        self._run.journal.write(
            {
                "event": "WarningRecorded",
                "nodeid": nodeid,
                "when": "runtest",
                "category": "Redbar",
                "message": "A debugger was asked for where nobody can use it: this run stops nowhere.",
                "path": place.path,
                "line": place.line,
            }
        )

    def end(self, *, capture: bool = True) -> None:
        """Give the terminal back, if a person has it. ``capture``: let pytest capture again, if it did."""
        if self._pause is not None:
            try:
                self.terminal.give_back(capture=capture)
            finally:
                self._end()

    def _end(self) -> None:
        pause, self._pause = self._pause, None
        self._run.channel.tell({"resumed": pause})
        self._run.journal.write({"event": "Resumed", "pause": pause})
        self._run.channel.poke()


def name_of(debugger: Any) -> str:
    """The debugger for the person: ``pudb``, ``ipdb``, ``pdb``, or its class."""
    names = [f"{each.__module__}.{each.__qualname__}" for each in type(debugger).__mro__]
    for start, name in (("pudb.", "pudb"), ("IPython.", "ipdb")):
        if any(each.startswith(start) for each in names):
            return name
    own = [each for each in names if not each.startswith(("_pytest.", "_redbar_plugin."))]
    return "pdb" if own[:1] == ["pdb.Pdb"] else own[0]
