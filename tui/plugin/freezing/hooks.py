"""Freezes failures of the run as pytest tells of them.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, Any, Callable

import pytest

from .. import serialize, wire
from ..outer import Outer, quiet
from ..territory import Territory
from .calls import calls
from .copying import DOUBLE_BELOW, Copier, NotFrozenError
from .early import DocTests, UnitTests
from .memory import Memory
from .pristine import Snapshot
from .seal import identities
from .state import State
from .template import Template

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

_STACK = 8
"""Frames told of another thread."""
_AT_ONCE = 10
"""Failures that are frozen however fast they come."""
_SHARE = 0.04
"""Of its time that a run may spend on freezing more."""
_TOGETHER = 0.5
"""Seconds within which words about what was not frozen wait for each other."""
_SECTIONS = 100_000
"""Characters of captured output that a copy keeps for the person."""
_threads = sys._current_frames  # noqa: SLF001 - native threads are in it, too
_this_thread, _all_threads = threading.get_ident, threading.enumerate


class Kept:
    """A failure of the present item that has been frozen."""

    def __init__(self, pid: int, when: str, subtest: str | None) -> None:
        self.pid = pid
        self.when = when
        self.subtest = subtest


class Freezer:
    """Freezes the first failures of this process, up to the number that the request allows.

    A failure is frozen at its moment, when nothing has been torn down, and dropped again when its attempt does not
    count in the end.
    """

    def __init__(
        self, run: Outer, number: Callable[[], int], aside: Callable[[], AbstractContextManager[None]]
    ) -> None:
        """``number`` tells items of one nodeid apart; within ``aside`` nothing is recorded as a test's doing."""
        self._run = run
        self._number = number
        self._aside = aside
        self._pid = calls.getpid()
        self._count = 0
        """Of all frozen failures, for their ids."""
        self._frozen = 0
        self._kept: list[Kept] = []
        self._early: set[int] = set()
        """Of exceptions of the present item that have been dealt with early, by id(); pytest keeps them alive."""
        self._began = calls.monotonic()
        self._spent = 0.0
        """Seconds of the run that freezing has taken so far."""
        self._untold: list[dict[str, Any]] = []
        self._told = 0.0
        self._failed: set[str] = set()
        """Phases of the present item of which a report has said that they failed."""
        self._territory = Territory()
        self._territory.add(str(run.config.rootpath))
        self._memory = Memory()
        self._copier = Copier()
        self._snapshot = Snapshot()
        self._environ = dict(os.environ)
        self._open = identities()
        self._unittests = UnitTests(run.config, self._freeze_early)
        self._doctests = DocTests()
        self._share = _share(run.config)
        self._unittests.install()

    # Hooks

    @pytest.hookimpl(tryfirst=True)
    @quiet
    def pytest_collection(self) -> None:
        """Note what is open before anything of the project runs."""
        self._open = identities()

    @quiet
    def pytest_collection_finish(self, session: Any) -> None:
        """Listen to doctests."""
        self._doctests.install(session.items)

    @pytest.hookimpl(tryfirst=True)
    @quiet
    def pytest_exception_interact(self, node: Any, call: Any, report: Any) -> None:
        """Freeze what pytest has found to be a failure."""
        error = call.excinfo.value
        if id(error) not in self._early:
            self._freeze(node, error, getattr(report, "when", None) or "collect", report)

    @quiet
    def pytest_runtest_logreport(self, report: Any) -> None:
        """Drop attempts that do not count: the test is run again."""
        if report.outcome == "rerun":
            self._drop(self._kept)
            self._failed = set()
        elif report.failed:
            self._failed.add(report.when)

    @quiet
    def pytest_runtest_logfinish(self) -> None:
        """Drop what no report has called a failure in the end (flaky tests)."""
        if self._kept:
            self._drop([each for each in self._kept if each.when not in self._failed])
            self._kept = []
        self._failed = set()
        self._early = set()
        self._doctests.forget()

    @pytest.hookimpl(tryfirst=True)
    @quiet
    def pytest_sessionfinish(self) -> None:
        """Nothing waits any longer."""
        self._flush()

    def pytest_unconfigure(self) -> None:
        """Leave pytest as it was."""
        self._unittests.remove()

    # Freezing

    def _freeze_early(self, item: Any, error: BaseException) -> None:
        self._early.add(id(error))
        self._freeze(item, error, "call", None)

    def _freeze(self, node: Any, error: BaseException, when: str, report: Any) -> None:
        if calls.getpid() != self._pid:  # a test has forked, or is run in a fork
            return
        if when == "collect" and not self._run.first:  # all workers of xdist collect the same
            return
        subtest = serialize.subtest_of(report) if report is not None else None
        if _is_hypothesis(node):  # only the last one is the smallest
            self._drop([each for each in self._kept if (each.when, each.subtest) == (when, subtest)])
        item: dict[str, Any] = {"nodeid": node.nodeid, "number": self._number() if when != "collect" else 0}
        began = calls.monotonic()
        try:
            pid, name = self._copy(node, error, report, {**item, "when": when, "subtest": subtest})
        except NotFrozenError as why:
            self._tell({"event": "NotFrozen", **item, "when": when, "why": str(why)})
            return
        seconds = round(calls.monotonic() - began, 6)
        self._spent += seconds
        self._frozen += 1
        if when != "collect":
            self._kept.append(Kept(pid, when, subtest))
        frozen = {"frozen": name, "pid": pid, "seconds": seconds}
        self._run.journal.write({"event": "Frozen", **item, "when": when, **frozen})

    def _copy(self, node: Any, error: BaseException, report: Any, about: dict[str, Any]) -> tuple[int, str]:
        limit = max(1, self._run.request["freeze"] // self._share) if self._run.request["freeze"] else 0
        if self._frozen >= limit:
            raise NotFrozenError(f"{self._frozen} failures of this run are frozen already" if limit else "it is off")
        if self._frozen >= _AT_ONCE and self._spent > _SHARE * (calls.monotonic() - self._began):
            raise NotFrozenError(f"{self._frozen} failures are frozen, and more so soon would slow the run down")
        resident = self._memory.resident()
        lack = self._memory.lack(resident)
        if lack:
            raise NotFrozenError(lack)
        threads = _other_threads(error)
        self._count += 1
        name = f"{self._run.request['run']}-{self._run.worker or 'main'}-{self._count}"
        hello = {
            "role": "frozen",
            "protocol": wire.PROTOCOL,
            "run": self._run.request["run"],
            "worker": self._run.worker,
            "frozen": name,
            **about,
            "threads": threads,
        }
        state = State(self._run.socket_path, hello, error, node, self._territory, self._snapshot, self._environ)
        state.sections = [
            (str(title), str(text)[-_SECTIONS:]) for title, text in getattr(report, "sections", None) or ()
        ]
        state.globals_of_doctest = self._doctests.globals_of(node)

        def become(descriptors: list[str]) -> None:
            state.hello["descriptors"] = descriptors
            Template(state).serve()

        with self._aside():
            return self._copier.copy(become, self._open, twice=resident < DOUBLE_BELOW), name

    def _tell(self, event: dict[str, Any]) -> None:
        """Write that something was not frozen; together where hundreds are not."""
        self._untold.append(event)
        now = calls.monotonic()
        if not 0 <= now - self._told < _TOGETHER:
            self._told = now
            self._flush()

    def _flush(self) -> None:
        events, self._untold = self._untold, []
        if events:
            self._run.journal.write(*events)

    def _drop(self, these: list[Kept]) -> None:
        for each in these:
            _end(each.pid)
            self._frozen -= 1
        self._kept = [each for each in self._kept if each not in these]


def _end(pid: int) -> None:
    """End a copy. It leads its own group; another process that has its number meanwhile hardly does."""
    try:
        if calls.getpgid(pid) == pid:
            calls.kill(pid, signal.SIGKILL)
            calls.waitpid(pid, 0)  # where it is a child
    except OSError:
        pass


def _share(config: Any) -> int:
    """How many processes run tests."""
    return int(getattr(config, "workerinput", {}).get("workercount", 1))


def _is_hypothesis(node: Any) -> bool:
    # Asking a module that could not be imported for its object would import it again.
    function = vars(node).get("_obj")
    return getattr(function, "is_hypothesis_test", False) is True


def _other_threads(error: BaseException) -> list[str]:
    """Names of the other threads, which a copy does not have, and where they were: a line for each frame.

    Raises NotFrozenError when the failure has a frame that one of them still runs: in the copy it would be gone.
    """
    frames = _threads()
    frames.pop(_this_thread(), None)
    if not frames:
        return []
    names = {thread.ident: thread.name for thread in _all_threads()}
    running: set[int] = set()
    found: list[str] = []
    for ident, innermost in frames.items():
        frame: Any = innermost
        lines = [names.get(ident) or f"thread {ident}"]
        while frame is not None:
            running.add(id(frame))
            if len(lines) <= _STACK:
                lines.append(f"{frame.f_code.co_filename}:{frame.f_lineno} in {frame.f_code.co_name}")
            frame = frame.f_back
        found.append("\n".join(lines))
    entry = error.__traceback__
    while entry is not None:
        if id(entry.tb_frame) in running:
            raise NotFrozenError("a thread still runs in it")
        entry = entry.tb_next
    return found
