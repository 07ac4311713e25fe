"""The terminal of a person, in place of what this process reads and writes.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import fcntl
import signal
import sys
import threading
from typing import TYPE_CHECKING, Any

from ..posix import HIGH_DESCRIPTOR, calls
from .streams import Streams
from .surroundings import of_a_terminal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .surroundings import Variables

_NAMES = ("stdin", "stdout", "stderr")


class Terminal:
    """Descriptors, streams, pytest's capture and the handler of ctrl+c; one a process."""

    def __init__(self) -> None:
        self._streams: Streams | None = None
        self._taken: _Before | None = None
        self._foreign: dict[str, Any] = {}
        """Streams that a test has put in place, for the time between two stops."""

    def take(self, slave: int, environ: Mapping[str, str], config: Any) -> None:
        """Put the terminal ``slave`` in the place of 0, 1 and 2; its own number is closed. Raises OSError."""
        before = self._taken = _Before(config)
        for name in _NAMES:
            _flush(getattr(sys, name))
        before.suspend()
        before.keep()
        for number in (0, 1, 2):
            calls.dup2(slave, number)
        calls.close(slave)
        self._foreign = {name: stream for name, stream in before.streams.items() if _is_foreign(stream)}
        before.variables = of_a_terminal(environ)
        before.variables.__enter__()

    def begin(self) -> None:
        """Somebody is going to talk with the person: let all streams lead to them."""
        if self._streams is None:
            self._streams = Streams()
        for name in self._foreign:
            stream = getattr(sys, name)
            if _is_foreign(stream) and stream not in (self._streams.reading, self._streams.writing):
                self._foreign[name] = stream
        self._streams.install()

    def end(self) -> None:
        """The test goes on for a step: what it has put in the place of a stream is there again."""
        if self._streams is not None:
            self._streams.flush()
        for name, stream in self._foreign.items():
            setattr(sys, name, stream)

    @property
    def streams(self) -> Streams:
        """Those that lead to the person, from ``begin`` on."""
        if self._streams is None:
            self._streams = Streams()
        return self._streams

    def give_back(self, *, capture: bool = True) -> None:
        """Make everything as it was, but for what the test itself has changed meanwhile, and for ``capture``."""
        before, self._taken = self._taken, None
        if before is None:
            return
        streams = self.streams
        streams.flush()
        now = {name: getattr(sys, name) for name in _NAMES}
        resumed = capture and before.captured()
        if before.variables is not None:
            before.variables.__exit__()
        before.restore(capture=resumed)
        for name, stream in now.items():
            if stream is not streams.reading and stream is not streams.writing:
                setattr(sys, name, stream)
            elif capture or getattr(sys, name) is stream:
                setattr(sys, name, before.streams[name])
        self._foreign = {}


class _Before:
    """What there was."""

    def __init__(self, config: Any) -> None:
        self.streams = {name: getattr(sys, name) for name in _NAMES}
        self.variables: Variables | None = None
        self._capture = config.pluginmanager.getplugin("capturemanager") if config is not None else None
        self._capturing = self._captures()
        self._descriptors: list[int | None] = []
        self._main = threading.current_thread() is threading.main_thread()
        self._handler: Any = signal.getsignal(signal.SIGINT)

    def _captures(self) -> bool:
        capturing = getattr(self._capture, "_global_capturing", None)
        return capturing is not None and bool(capturing.is_started())

    def suspend(self) -> None:
        if self._capture is not None:
            self._capture.suspend(in_=True)

    def keep(self) -> None:
        for number in (0, 1, 2):
            try:
                self._descriptors.append(calls.fcntl(number, fcntl.F_DUPFD_CLOEXEC, HIGH_DESCRIPTOR))
            except OSError:  # the test has closed it
                self._descriptors.append(None)
        if self._main:
            signal.signal(signal.SIGINT, signal.default_int_handler)

    def captured(self) -> bool:
        """Whether pytest captured, or does so again: its own debugger sees to that by itself."""
        return self._capturing or self._captures()

    def restore(self, *, capture: bool) -> None:
        # What pytest puts in place must lie over what was there.
        self.suspend()
        for number, kept in enumerate(self._descriptors):
            try:
                if kept is None:
                    calls.close(number)
                else:
                    calls.dup2(kept, number)
                    calls.close(kept)
            except OSError:  # the test has closed one of them meanwhile
                pass
        if self._main and threading.current_thread() is threading.main_thread() and self._handler is not None:
            signal.signal(signal.SIGINT, self._handler)
        if capture and self._capture is not None:
            self._capture.resume()


def _is_foreign(stream: Any) -> bool:
    """Whether it is neither the interpreter's own nor pytest's: a test has put it there."""
    own = (sys.__stdin__, sys.__stdout__, sys.__stderr__, None)
    return not any(stream is each for each in own) and not type(stream).__module__.startswith("_pytest")


def _flush(stream: Any) -> None:
    try:
        stream.flush()
    except Exception:  # it can be anything
        pass
