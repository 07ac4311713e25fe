"""Stops code of the user's after a time.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import math
import resource
import signal
from typing import Any, Callable, TypeVar

from .calls import calls

Result = TypeVar("Result")

_AGAIN = 0.05
"""Seconds between two attempts to stop code that catches everything."""


_LITTLE = 0.001
"""Seconds for which no other alarm is worth its while."""
_until = [0.0]
"""When the time is up, by ``own_time``."""


class TooLongError(BaseException):
    """The time is up. No ``Exception``: code that catches those must not catch this."""


def listen() -> None:
    """Let ``within`` work in this process; once, in its main thread."""
    calls.signal(signal.SIGALRM, _raise)


def kept_waiting(pid: int | str = "self") -> float:
    """Seconds for which a process has waited for a processor that others had; 0 where the system does not tell."""
    try:
        return int(calls.read_file(f"/proc/{pid}/schedstat").split()[1]) / 1e9
    except Exception:  # what a test has put in the way, too
        return 0.0


def own_time() -> float:
    """Seconds by a clock that stands still while this process waits for a processor: a busy machine is nobody's fault.

    What it has waited since it was on last, it knows when it is on again.
    """
    return calls.monotonic() - kept_waiting()


def within(seconds: float, function: Callable[..., Result], *args: Any) -> Result:
    """``function(*args)``, stopped after that time of its own. Raises TooLongError, and what the function raises."""
    _until[0] = own_time() + seconds
    try:
        calls.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)
        try:
            return function(*args)
        finally:
            calls.setitimer(signal.ITIMER_REAL, 0)
    except TooLongError:
        # It may have come while the timer was being stopped.
        calls.setitimer(signal.ITIMER_REAL, 0)
        raise


def or_die(seconds: float, function: Callable[..., Result], *args: Any) -> Result:
    """``function(*args)``; the system kills the process when that has taken so much of a processor.

    ``within`` does not reach code in C that asks for no signals.
    """
    before = {kind: calls.limit(kind) for kind in (resource.RLIMIT_CPU, resource.RLIMIT_CORE)}
    used = calls.usage(resource.RUSAGE_SELF)
    bounds = {resource.RLIMIT_CPU: math.ceil(used.ru_utime + used.ru_stime + seconds), resource.RLIMIT_CORE: 0}
    for kind, bound in bounds.items():
        soft, hard = before[kind]
        calls.set_limit(kind, (bound if soft == resource.RLIM_INFINITY else min(soft, bound), hard))
    calls.signal(signal.SIGXCPU, signal.SIG_DFL)
    try:
        return function(*args)
    finally:
        for kind, both in before.items():
            calls.set_limit(kind, both)


def _raise(*_: object) -> None:
    left = _until[0] - own_time()
    if left <= _LITTLE:
        raise TooLongError
    calls.setitimer(signal.ITIMER_REAL, left, _AGAIN)
