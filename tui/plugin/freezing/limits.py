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


class TooLongError(BaseException):
    """The time is up. No ``Exception``: code that catches those must not catch this."""


def listen() -> None:
    """Let ``within`` work in this process; once, in its main thread."""
    calls.signal(signal.SIGALRM, _raise)


def within(seconds: float, function: Callable[..., Result], *args: Any) -> Result:
    """``function(*args)``, stopped after that time. Raises TooLongError, and what the function raises."""
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
    raise TooLongError
