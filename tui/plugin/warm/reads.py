"""Notes which files and folders of the project a session has read before it was parked.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import os
import sys
from typing import Any

_OWN = ("/.git/", "/.hypothesis/", "/.pytest_cache/", "/.redbar_cache/", "/__pycache__/")
"""Written by runs, and read again by every one."""
_LISTINGS = frozenset({"os.listdir", "os.scandir"})
_IMPORTERS = ("<frozen importlib", "<frozen zipimport")
_BETWEEN = frozenset({"fnmatch", "glob", "os", "pathlib", "pathlib._local"})
"""Modules that list a folder for somebody else."""


class Reads:
    """An audit hook, which cannot be taken out again: ``on`` ends its work."""

    def __init__(self, roots: tuple[str, ...], cache: str) -> None:
        self._roots = roots
        self._cache = cache
        self.files: set[str] = set()
        self.folders: set[str] = set()
        self.on = True
        sys.addaudithook(self._audit)

    def _audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.on:
            return
        if event == "open":
            path, mode, flags = arguments
            written = isinstance(mode, str) and not mode.startswith("r")
            if isinstance(path, (str, os.PathLike)) and not written and not flags & (os.O_WRONLY | os.O_RDWR):
                self._note(self.files, path)
        elif event in _LISTINGS and not _by_machinery():
            self._note(self.folders, arguments[0] if arguments[0] is not None else ".")

    def _note(self, into: set[str], path: Any) -> None:
        try:
            full = os.path.abspath(os.fspath(path))
            if full.startswith(self._roots) and not full.endswith(".pyc"):
                beside = full + "/"
                if not any(own in beside for own in _OWN) and not full.startswith(self._cache):
                    into.add(full)
        except Exception:  # bytes, a descriptor, or a path from another world
            pass


def _by_machinery() -> bool:
    """Whether the import system or pytest lists the folder: both look again in every fork."""
    frame: Any = sys._getframe(2)  # noqa: SLF001 - what the interpreter itself offers for this
    while frame is not None and frame.f_globals.get("__name__") in _BETWEEN:
        frame = frame.f_back
    if frame is None or frame.f_code.co_filename.startswith(_IMPORTERS):
        return True
    return str(frame.f_globals.get("__name__")).startswith("_pytest")
