"""Stops code of the user's after a time.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

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


def _raise(*_: object) -> None:
    raise TooLongError
