"""A run for somebody who debugs: it stops on the first line of its tests, at breakpoints, or where a test fails.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

from ..failure.view import View
from ..outer import quiet
from ..territory import Territory
from . import choice, firstline, postmortem, pudbs
from .breakpoints import mark
from .lending import lending
from .pausing import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .. import wire
    from ..outer import Outer
    from .live import Live


class DebugRun:
    """A plugin of a run whose request says how it is to be debugged."""

    def __init__(self, run: Outer, live: Live, debug: wire.Debug) -> None:
        self._run = run
        self._live = live
        self._debug = debug
        self._last = True
        self._territory: Territory | None = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session: Any) -> None:
        """Let pytest keep ``tearDown`` back until somebody has looked, as for its own ``--pdb``."""
        if self._debug["mode"] == "hold":
            session.config.option.usepdb = True

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, nextitem: Any) -> Iterator[None]:
        """Know whether this test is the last one."""
        self._last = nextitem is None
        yield

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_setup(self) -> Iterator[None]:
        """Stop at breakpoints in fixtures."""
        with Tracing(self._run, self._live, None):
            yield

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_call(self, item: Any) -> Iterator[None]:
        """Stop at breakpoints, and on the first line if that is wanted."""
        with Tracing(self._run, self._live, item if self._debug["mode"] == "trace" else None):
            yield

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self) -> Iterator[None]:
        """Stop at breakpoints in fixtures."""
        with Tracing(self._run, self._live, None):
            yield

    @pytest.hookimpl(tryfirst=True)
    def pytest_exception_interact(self, call: Any, report: Any) -> None:
        """Stay at a failure: in ``trace`` if the test never came to its first line."""
        if call.excinfo is None:
            return
        if self._debug["mode"] == "hold" and call.excinfo.errisinstance(KeyboardInterrupt):
            raise call.excinfo.value  # pytest gives it to debuggers, but it is the wish to stop
        if (self._debug["mode"] == "hold" or (self._debug["mode"] == "trace" and report.when == "setup")) and (
            self._hold(call.excinfo.value) and not self._last
        ):
            raise pytest.exit.Exception("Quitting debugger")

    @quiet
    def _hold(self, error: BaseException) -> bool:
        """Debug what was raised, here and now; whether the person wants to quit."""
        if self._territory is None:
            self._territory = Territory()
            self._territory.add(str(self._run.config.rootpath))
        view = View(error, self._territory)
        exception, at = view.default
        frames = view.exceptions[exception].frames
        if not frames:
            return False
        self._live.why = "post-mortem"
        self._live.place = Place(frames[at].path, frames[at].line, frames[at].function)
        wanted, lend = self._debug["debugger"], self._run.request["lend"]
        self._live.make_ready(wanted)
        with lending(wanted, lend), pudbs.Alone():
            made, words = choice.made(wanted, lend)
            made._redbar_words = words  # noqa: SLF001 - ours
            postmortem.stay(made, view, exception, at)
        return bool(getattr(made, "quitting", False))


class Tracing:
    """While it is entered, tests stop at the breakpoints of the run, and ``item`` on its first line."""

    def __init__(self, run: Outer, live: Live, item: Any) -> None:
        self._run = run
        self._live = live
        self._item = item
        self._on = False

    def __enter__(self) -> None:
        self._start()

    @quiet
    def _start(self) -> None:
        wanted = [(path, firstline.nearest(path, line)) for path, line in self._run.request["breakpoints"]]
        first = firstline.of_item(self._item) if self._item is not None else None
        if not (wanted or first) or self._live.pauses.refused:
            return
        self._live.why = "trace" if first is not None else ""
        path, line = first or wanted[0]
        self._live.place = Place(path, line, self._item.name if self._item is not None else "")
        debugger = self._live.debugger()
        self._live.place = None  # only a debugger that needs the terminal to be made has taken it
        debugger.reset()
        self._live.breakpoints.become(debugger, wanted)
        if first is not None:
            mark(debugger, *first, once=True)
        if not debugger.breaks:
            return
        debugger.botframe = sys._getframe()  # noqa: SLF001 - from which on nothing is traced yet
        debugger.set_continue()
        self._on = True
        threading.settrace(debugger.trace_dispatch)
        sys.settrace(debugger.trace_dispatch)

    def __exit__(self, *_: object) -> None:
        if self._on:
            sys.settrace(None)
            threading.settrace(None)
        self._stop()

    @quiet
    def _stop(self) -> None:
        self._live.why = ""
        self._live.end_of_phase()
