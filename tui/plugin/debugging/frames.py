"""Which frames are the person's, and which the machinery that calls them.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType

_MACHINERY = {
    "IPython",
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


def know(names: set[str]) -> None:
    """Take packages for machinery, too: installed plugins of this session."""
    _MACHINERY.update(names)


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
