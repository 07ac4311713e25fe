"""Debuggers in the process that runs the tests: breakpoints in code, and pytest's own ``--pdb`` and ``--trace``.

Whatever descends from ``bdb.Bdb`` is met where it is made. It gets the terminal when it wants to talk, and the run has
it back when the person lets the test go on.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import bdb
import functools
import os
import sys
import threading
import weakref
from typing import TYPE_CHECKING, Any

import pytest
from _pytest.debugging import pytestPDB

from .. import outer
from ..failure.machinery import is_machinery, know_plugins
from ..posix import calls
from . import choice, deadlines, ends, frames, postmortem, pudbs
from .breakpoints import Breakpoints
from .lending import Lending, lending
from .pausing import Pauses, Place, name_of
from .streams import held_back, hold_back, is_given

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType, FrameType

    from ..outer import Outer

_QUITTING = "Quitting debugger"
_PACKAGE = __name__.partition(".")[0]


class Live:
    """What debuggers of one run have in common. Nothing of it acts on pytest runs within this one."""

    def __init__(self, run: Outer) -> None:
        self._run = run
        self.pauses = Pauses(run)
        self._talking = threading.RLock()
        self._adopted: weakref.WeakSet[Any] = weakref.WeakSet()
        self._stepping: dict[int, Any] = {}
        """Debuggers that hold the terminal between two stops, by identity."""
        self._entered: set[int] = set()
        self._anchors: set[CodeType] = set()
        """Code in which a debugger was asked for, wherever that lies."""
        self._lending = Lending({})
        self.breakpoints = Breakpoints()
        self._own: tuple[str, Any] | None = None
        self._previous_hook: Any = None
        self.why = ""
        """Of the next stop, if it is not a breakpoint of the person's."""
        self.place: Place | None = None
        """Of the next stop, if it is not that of its frame."""

    # Getting in

    def install(self, config: Any) -> None:
        """Meet debuggers from now on until ``config`` is done with."""
        base: Any = bdb.Bdb
        original = base.__init__
        live = self

        @functools.wraps(original)
        def init(debugger: Any, *args: Any, **options: Any) -> None:
            original(debugger, *args, **options)
            try:
                live.adopt(debugger)
            except Exception as error:
                outer.report_fault("debugging.adopt", error)

        base.__init__ = init
        self._previous_hook = sys.breakpointhook
        sys.breakpointhook = self.stop

        def withdraw() -> None:
            self.end_of_phase()
            if base.__init__ is init:
                base.__init__ = original
            if sys.breakpointhook == self.stop:
                sys.breakpointhook = self._previous_hook

        config.add_cleanup(withdraw)
        know_plugins(config.pluginmanager)

    @property
    def acts(self) -> bool:
        """Whether this is the process of the run, and pytest's run in it the outer one."""
        if not self._run.waiting and calls.getpid() != self._run.pid:
            return False
        inner = pytestPDB._config  # noqa: SLF001 - what pytest itself goes by
        return inner is None or inner is self._run.config

    def adopt(self, debugger: Any) -> None:
        """Let a new debugger talk with the person, unless it has other streams to talk through."""
        if not self.acts or not hasattr(type(debugger), "interaction") or is_given(debugger, sys._getframe(2)):  # noqa: SLF001 - the caller's
            return
        self._adopted.add(debugger)
        debugger.interaction = Interaction(self, debugger, debugger.interaction)
        debugger.trace_dispatch = functools.partial(self._dispatch, debugger, debugger.trace_dispatch)
        may_stop, set_trace = debugger.stop_here, debugger.set_trace
        debugger.stop_here = lambda frame: may_stop(frame) and self._is_theirs(frame)

        def begin(frame: FrameType | None = None, *args: Any, **options: Any) -> Any:
            frame = frame or sys._getframe(1)  # noqa: SLF001 - as every debugger does
            self._anchors.add(frame.f_code)
            return set_trace(frame, *args, **options)

        debugger.set_trace = begin
        if name_of(debugger) == "ipdb" and self._begin(debugger, None):  # it binds the terminal when it is made
            self.pauses.terminal.begin()

    def stop(self, *args: Any, **options: Any) -> None:
        """What ``breakpoint()`` calls. Other wishes come first: PYTHONBREAKPOINT, pytest's --pdbcls."""
        frame = sys._getframe(1)  # noqa: SLF001 - the place where the person wrote it
        config = self._run.config
        mine = calls.getpid() == self._run.pid or self._run.waiting
        pdbcls = getattr(getattr(config, "option", None), "usepdb_cls", None)
        if not self.acts or os.environ.get("PYTHONBREAKPOINT") or pdbcls:
            if mine or os.environ.get("PYTHONBREAKPOINT"):
                self._pass_on(frame, args, options)
            return  # a process that a test forked has no terminal to ask for
        if self._run.waiting or self.pauses.refused:
            self.pauses.begin("breakpoint", Place.of(frame), "")
        else:
            self.debugger().set_trace(frame)

    def _pass_on(self, frame: FrameType, args: tuple[Any, ...], options: dict[str, Any]) -> None:
        """Do as without us. A debugger that takes our frame for the person's is led to theirs."""
        self._previous_hook(*args, **options)
        here = sys._getframe()  # noqa: SLF001 - as above
        for debugger in list(self._adopted):
            if getattr(debugger, "stopframe", None) is here:
                debugger.set_next(frame)

    def debugger(self) -> Any:
        """The person's debugger for this run, made when it is first needed."""
        request = self._run.request
        wanted = request["debug"]["debugger"] if request["debug"] else request["debugger"]
        if self._own is None or self._own[0] != wanted:
            self.make_ready(wanted)
            self._lending = lending(wanted, request["lend"])
            with self._lending:
                made, words = choice.made(wanted, request["lend"], again=True)
            made._redbar_words = words  # noqa: SLF001 - ours
            self._lending.stand_by(made)
            self._own = (wanted, made)
            self.breakpoints = Breakpoints()
        return self._own[1]

    def make_ready(self, wanted: str) -> None:
        """Have the terminal before a debugger is imported that looks for it then."""
        if wanted == "ipdb" and not self.pauses.paused and self._begin(None, None):
            self.pauses.terminal.begin()

    # Talking

    def _begin(self, debugger: Any, frame: FrameType | None, why: str = "") -> bool:
        """Have the terminal, and stop whatever measures time; whether somebody is there."""
        place, why = self.place, self.why or why
        self.place, self.why = None, ""
        if self.pauses.paused:
            return True
        if frame is None:  # pytest makes its debugger before it says for what
            frame = frames.looked_at(sys._getframe(1))  # noqa: SLF001 - as above
            why = why or ("post-mortem" if frame is not None else "")
        person = frames.innermost(frame if frame is not None else sys._getframe(1))  # noqa: SLF001 - as above
        place = place or Place.of(person or frame)
        deadlines.lift(person)
        ends.watch(self._run.config.pluginmanager, self.end_of_phase)
        if id(debugger) not in self._entered and not hasattr(debugger, "_pytest_capman"):
            if debugger is not None:
                self._entered.add(id(debugger))
            self._hook("pytest_enter_pdb", debugger)
        why = why or ("trace" if getattr(self._run.config.option, "trace", False) else "breakpoint")
        return self.pauses.begin(why, place, "ipdb" if debugger is None else name_of(debugger))

    def talk(
        self, debugger: Any, original: Callable[..., Any], frame: FrameType | None, *args: Any, **options: Any
    ) -> Any:
        """An interaction of a debugger with the person, from a stop to where the test goes on."""
        if not self.acts:
            return original(frame, *args, **options)
        if frame is not None and not self._is_theirs(frame) and not frames.is_break(debugger, frame):
            return None
        with self._talking:
            talking = (
                self._begin(debugger, frame)
                if frame is not None
                else self._begin(debugger, frames.of_exception(args), "post-mortem")
            )
            if not talking:
                self._go_on(debugger, frame)
                return None
            if pudbs.is_pudb(type(debugger)):
                args = pudbs.in_three_parts(args)
            self._stepping[id(debugger)] = debugger
            self.pauses.terminal.begin()
            try:
                self._prepare(debugger, frame)
            except Exception as error:
                outer.report_fault("debugging.prepare", error)
            try:
                with pudbs.without_warnings(debugger):
                    return original(frame, *args, **options)
            finally:
                self.pauses.terminal.end()
                if frame is None or debugger.quitting or getattr(debugger, "stoplineno", 0) == -1:
                    self._leave(debugger)

    def _prepare(self, debugger: Any, frame: FrameType | None) -> None:
        """Lead it to the terminal, in the way that it needs."""
        streams = self.pauses.terminal.streams
        if pudbs.is_pudb(type(debugger)):
            pudbs.be_quiet()
            pudbs.bind(debugger)
            pudbs.handle_interrupts(debugger, live=frame is not None)
            pudbs.cut_stack(debugger, frame)
            return
        text = held_back(debugger)
        if hasattr(debugger, "stdout"):
            debugger.stdin, debugger.stdout = streams.reading, streams.writing
        if not getattr(debugger, "_redbar_begun", False):
            debugger._redbar_begun = True  # noqa: SLF001 - ours
            streams.writing.write(postmortem.greeting(getattr(debugger, "_redbar_words", "")))
        streams.writing.write(text)
        streams.writing.flush()

    def _leave(self, debugger: Any) -> None:
        """This debugger has nothing more to say for now."""
        self._stepping.pop(id(debugger), None)
        debugger._redbar_begun = False  # noqa: SLF001 - ours
        if id(debugger) in self._entered:
            self._entered.discard(id(debugger))
            self._hook("pytest_leave_pdb", debugger)
        if not self._stepping:
            self.pauses.end()

    def _go_on(self, debugger: Any, frame: FrameType | None) -> None:
        """Nobody is there: as if the person had said "continue" at once."""
        if frame is not None:
            debugger.set_continue()
            manager = getattr(debugger, "_pytest_capman", None)  # pytest's own debugger has suspended it
            if manager is not None:
                manager.resume()
        self._leave(debugger)

    def _hook(self, name: str, debugger: Any) -> None:
        try:
            getattr(self._run.config.hook, name)(config=self._run.config, pdb=debugger)
        except Exception as error:
            outer.report_fault(f"debugging.{name}", error)

    # Getting out

    def _dispatch(self, debugger: Any, original: Callable[..., Any], frame: FrameType, event: str, arg: Any) -> Any:
        """Trace; the person's "quit" ends the run as it does in pytest's own debugger, whichever it is."""
        if event == "exception" and not self._is_theirs(frame):
            return debugger.trace_dispatch  # bdb tells of StopIteration wherever it comes from
        if event != "line" and id(debugger) not in self._stepping:
            hold_back(debugger)
        try:
            return original(frame, event, arg)
        except bdb.BdbQuit:
            self.quit()
            raise pytest.exit.Exception(_QUITTING) from None

    def _is_theirs(self, frame: FrameType) -> bool:
        """Whether a debugger may stop there while stepping: not in what has called the person's code, nor in ours."""
        module = frame.f_globals.get("__name__")
        if isinstance(module, str) and module.partition(".")[0] == _PACKAGE:
            return False
        walker: FrameType | None = frame
        while walker is not None:
            if walker.f_code in self._anchors or not is_machinery(walker):
                return True
            walker = walker.f_back
        return False

    def quit(self) -> None:
        """End the run after this test, even if the test swallows what ends it."""
        sys.settrace(None)
        session = self._run.session
        if session is not None:
            session.shouldstop = _QUITTING

    def end_of_phase(self) -> None:
        """Let go of the terminal where the person has stepped out of the test. pytest does not capture any more."""
        if self.pauses.paused:
            self.pauses.end(capture=False)
            for debugger in list(self._stepping.values()):
                debugger.set_continue()
                self._leave(debugger)


class Interaction:
    """In the place of a debugger's ``interaction``."""

    def __init__(self, live: Live, debugger: Any, original: Callable[..., Any]) -> None:
        self._live = live
        self._debugger = debugger
        self._original = original

    def replace(self, original: Callable[..., Any]) -> None:
        """Let the debugger talk in another way."""
        self._original = original

    def __call__(self, frame: FrameType | None, *args: Any, **options: Any) -> Any:
        """Talk with the person, as a part of the run."""
        return self._live.talk(self._debugger, self._original, frame, *args, **options)
