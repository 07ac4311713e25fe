"""Sees what the project does to the world before any test runs: a fork cannot share it, nor do it again.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import os
import sys
import tempfile
from typing import Any

from .. import wire
from .places import Places

_WORDS = {
    "open": "writes a file",
    "os.mkdir": "makes a folder",
    "os.remove": "removes a file",
    "os.rename": "renames a file",
    "os.rmdir": "removes a folder",
    "sqlite3.connect": "opens a database",
    "socket.bind": "opens a port",
}
_OWN = ("__pycache__", ".pytest_cache", ".hypothesis", ".redbar_cache")
"""Folders of what is kept between runs anyway."""


class Effects:
    """An audit hook, which cannot be taken out again: ``on`` ends its work."""

    def __init__(self) -> None:
        self.found = ""
        """The first effect in words; empty if there was none."""
        self.on = True
        self._places = Places(os.getcwd())
        self._roots = tuple(os.path.realpath(each) + os.sep for each in (os.getcwd(), tempfile.gettempdir()))
        sys.addaudithook(self._audit)

    def _audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in _WORDS and self.on and not self.found:
            self.on = False  # what is done here to find out is nobody's doing
            try:
                if _leaves_something(event, arguments, self._roots):
                    file = self._culprit()
                    self.found = f"{os.path.basename(file)} {_WORDS[event]} before any test runs" if file else ""
            except Exception:  # bytes, a descriptor, or a path from another world
                pass
            self.on = True

    def _culprit(self) -> str:
        """The file of the project whose code does it; empty if it is none's."""
        frame: Any = sys._getframe(2)  # noqa: SLF001 - what the interpreter itself offers for this
        while frame is not None:
            file = str(frame.f_code.co_filename)
            if os.path.isabs(file) and not self._places.foreign(file) and not _is_ours(frame):
                return file
            frame = frame.f_back
        return ""


def obstacle(effects: Effects) -> str:
    """Why a session cannot be parked, in words; empty if it can."""
    if effects.found:
        return effects.found
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return ""
    except (AttributeError, OSError):  # not on every system
        return ""
    return "a process that was started before the tests is still there"


def _leaves_something(event: str, arguments: tuple[Any, ...], roots: tuple[str, ...]) -> bool:
    if event == "socket.bind":
        return True
    if event == "sqlite3.connect" and arguments[0] in ("", ":memory:"):
        return False
    if event == "open":
        flags = arguments[2]
        if not flags & (os.O_WRONLY | os.O_RDWR) or flags & os.O_APPEND:  # a log that all runs write to
            return False
    path = os.path.realpath(os.fspath(arguments[0]))
    if event == "os.mkdir" and os.path.isdir(path):
        return False
    return path.startswith(roots) and not any(own in path for own in _OWN)


def _is_ours(frame: Any) -> bool:
    return str(frame.f_globals.get("__name__")).startswith(wire.PACKAGE)
