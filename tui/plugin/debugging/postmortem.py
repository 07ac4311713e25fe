"""A debugger at an exception that was raised and is not handled any more.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from . import pudbs

if TYPE_CHECKING:
    from ..failure.view import Raised, View

_CLEAR = "\033[2J\033[H"
_CHAINS = (3, 13)
"""The first Python whose pdb goes through the whole chain of exceptions."""


def greeting(words: str) -> str:
    """What a debugger that writes line after line begins with: what stood on the terminal before is not its own."""
    return _CLEAR + (f"{words}\n" if words else "")


def stay(debugger: Any, failure: View, exception: int, frame: int) -> None:
    """Let the person look at that frame of that exception until they leave."""
    raised = failure.exceptions[exception]
    if raised.traceback is None:  # it was never raised
        exception, frame = failure.default
        raised = failure.exceptions[exception]
    if raised.traceback is None:
        raise ValueError("there is no frame to begin at")
    if pudbs.is_pudb(type(debugger)):
        pudbs.post_mortem(debugger, raised.value, raised.traceback, frame)
        return
    _at(debugger, frame)
    debugger.reset()
    if sys.version_info >= _CHAINS and hasattr(debugger, "_chained_exceptions"):
        with _Cut(failure.exceptions):
            debugger.interaction(None, raised.value)
    else:
        debugger.interaction(None, raised.traceback)


def _at(debugger: Any, index: int) -> None:
    """Begin at that entry of the traceback, and not at the last one."""
    original = debugger.get_stack
    begun = False

    def get_stack(frame: Any, traceback: Any) -> tuple[list[Any], int]:
        nonlocal begun
        stack, at = original(frame, traceback)
        if frame is None and not begun:
            begun = True
            at = max(0, min(index, len(stack) - 1))
        return stack, at

    debugger.get_stack = get_stack


class _Cut:
    """While it is entered, the exceptions have tracebacks without the runner: pdb takes them from there."""

    def __init__(self, exceptions: list[Raised]) -> None:
        self._exceptions = exceptions
        self._before = [each.value.__traceback__ for each in exceptions]

    def __enter__(self) -> None:
        for each in self._exceptions:
            each.value.__traceback__ = each.traceback

    def __exit__(self, *_: object) -> None:
        for each, traceback in zip(self._exceptions, self._before):
            each.value.__traceback__ = traceback
