"""The frames at which a debugger stops, or begins to look.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Any

from ..failure.machinery import is_machinery

if TYPE_CHECKING:
    from types import FrameType


def outermost(frame: FrameType | None) -> FrameType | None:
    """The first of the person's frames on the way to this one; None where all are machinery."""
    found = None
    while frame is not None:
        if not is_machinery(frame):
            found = frame
        frame = frame.f_back
    return found


def innermost(frame: FrameType | None) -> FrameType | None:
    """The nearest of the person's frames, from this one outwards."""
    while frame is not None and is_machinery(frame):
        frame = frame.f_back
    return frame


def is_break(debugger: Any, frame: FrameType) -> bool:
    """Whether the person has set a breakpoint there."""
    return bool(debugger.get_break(debugger.canonic(frame.f_code.co_filename), frame.f_lineno))


def of_exception(args: tuple[Any, ...]) -> FrameType | None:
    """Of what a post-mortem interaction is called with: an exception, its three parts, or its traceback."""
    given = args[0] if args else None
    if isinstance(given, BaseException):
        given = given.__traceback__
    elif isinstance(given, tuple):
        given = given[-1]
    if not isinstance(given, TracebackType):
        return None
    while given.tb_next is not None:
        given = given.tb_next
    return given.tb_frame


def looked_at(frame: FrameType | None) -> FrameType | None:
    """The last frame of the exception for which pytest is making a debugger, on the way to this frame."""
    while frame is not None:
        code = frame.f_code
        if code.co_name == "post_mortem" and frame.f_globals.get("__name__") == "_pytest.debugging":
            return of_exception((frame.f_locals.get(code.co_varnames[0]),))
        frame = frame.f_back
    return None
