"""Makes an interpreter that was copied in the middle of a test do nothing by itself any more.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import atexit
import gc
import io
import logging
import os
import signal
import sys
import threading
from typing import Any

from .calls import calls

_DEPTH = 1000
_OUT_OF_MEMORY_FIRST = b"1000"
_TOOLS = 6
"""sys.monitoring has so many."""
_RECURSION = sys.setrecursionlimit, sys.getrecursionlimit
_settrace, _setprofile = sys.settrace, sys.setprofile
_forget_exits = atexit._clear  # noqa: SLF001 - no other way
_collector = gc.freeze, gc.disable
_handlers = logging._handlerList  # type: ignore[attr-defined] # noqa: SLF001 - there is no other list of them all


def silence() -> None:
    """No signal handlers, tracing, garbage collection, ends of the interpreter, locks of others' streams."""
    _forget_tracing()
    _forget_signals()
    freeze, disable = _collector
    disable()  # finalizers of what the test left are none of the copy's business
    freeze()
    _forget_exits()
    sys.unraisablehook = _nothing
    set_limit, get_limit = _RECURSION
    if get_limit() < _DEPTH:
        set_limit(_DEPTH)
    _renew_log_streams()


def go_first() -> None:
    """When memory runs out, the system ends this process before others; raising that needs no privilege."""
    try:
        descriptor = calls.open("/proc/self/oom_score_adj", os.O_WRONLY | os.O_CLOEXEC)
    except OSError:
        return
    try:
        calls.write(descriptor, _OUT_OF_MEMORY_FIRST)
    except OSError:
        pass
    finally:
        calls.close(descriptor)


def _nothing(*_: object) -> None:
    pass


def _forget_tracing() -> None:
    _settrace(None)
    _setprofile(None)
    threading.settrace(None)
    threading.setprofile(None)
    monitoring: Any = getattr(sys, "monitoring", None)
    if monitoring is None:
        return
    for tool in range(_TOOLS):
        try:
            if monitoring.get_tool(tool) is None:
                continue
            monitoring.set_events(tool, 0)
            for name, event in vars(monitoring.events).items():
                if name.isupper() and event and event & (event - 1) == 0:
                    monitoring.register_callback(tool, event, None)
            monitoring.free_tool_id(tool)
        except ValueError:
            continue


def _forget_signals() -> None:
    try:
        calls.set_wakeup_fd(-1)  # asyncio's is a pipe to the event loop of the run
    except ValueError:
        pass
    ordinary = (None, signal.SIG_DFL, signal.SIG_IGN)
    for number in calls.signals:
        try:
            if calls.getsignal(number) not in ordinary:
                calls.signal(number, signal.SIG_DFL)
        except (OSError, ValueError):
            continue
    for number in (signal.SIGPIPE, signal.SIGINT, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU):
        calls.signal(number, signal.SIG_IGN)
    calls.mask(signal.SIG_SETMASK, ())


def _renew_log_streams() -> None:
    """Give every log handler a stream of its own.

    The lock within a buffered file is a C library's: held by another thread at the fork, it is held for ever. pytest
    has a handler that writes to the null device, so that any call of a logger could hang.
    """
    logging.raiseExceptions = False
    for reference in list(_handlers):
        handler = reference()
        stream = vars(handler).get("stream") if handler is not None else None
        if isinstance(stream, (io.TextIOWrapper, io.BufferedWriter)):
            try:
                # One each: dictConfig closes those of handlers that it replaces.
                vars(handler)["stream"] = calls.open_file(os.devnull, "w", encoding="utf-8")
            except Exception:
                pass
