"""Which frames are the person's, and which the machinery that calls them.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import FrameType

_MACHINERY = {
    "IPython",
    "__channelexec__",
    "_hypothesis_pytestplugin",
    "_pytest",
    "_redbar_plugin",
    "anyio",
    "asyncio",
    "bdb",
    "concurrent",
    "contextlib",
    "doctest",
    "execnet",
    "functools",
    "hypothesis",
    "importlib",
    "ipdb",
    "pdb",
    "pluggy",
    "pudb",
    "pytest",
    "pytest_asyncio",
    "runpy",
    "sched",
    "selectors",
    "subtests",
    "threading",
    "trio",
    "unittest",
    "xdist",
}
"""Top-level names of what stands between the start of a process and the person's code."""


def is_machinery(frame: FrameType) -> bool:
    """Whether it belongs to what runs tests, not to the project."""
    names = frame.f_globals
    if "__unittest" in names:
        return True
    module = names.get("__name__")
    if module == "__main__" and frame.f_code.co_filename in ("<string>", "<stdin>"):
        return True  # what has loaded us
    return isinstance(module, str) and module.partition(".")[0] in _MACHINERY


def know_plugins(manager: Any) -> None:
    """Take the installed plugins of this session for machinery, too; one that is being developed is not installed."""
    for plugin, _ in manager.list_plugin_distinfo():
        name = getattr(plugin, "__name__", None) or type(plugin).__module__
        file = getattr(sys.modules.get(name), "__file__", None) or ""
        if "site-packages" in file or "dist-packages" in file:
            _MACHINERY.add(name.partition(".")[0])


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
