"""Tells the project's files from those of the interpreter and its environment.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import os
import site
import sys
import sysconfig


class Places:
    """Where modules of others lie: the standard library and site-packages, as far as the project is not below them."""

    def __init__(self, project: str) -> None:
        names = ("stdlib", "platstdlib", "purelib", "platlib")
        found = [sysconfig.get_path(name) for name in names]
        try:
            found += [*site.getsitepackages(), site.getusersitepackages()]
        except Exception:  # an old virtualenv's site module has none of them
            pass
        # By a .pth file, or by PYTHONPATH. There may be anything on the path.
        found += [folder for folder in map(str, sys.path) if _is_named_so(folder)]
        folders = {folder for folder in found if folder}
        folders |= {os.path.realpath(folder) for folder in folders}
        self.installed = sorted(folder for folder in folders if _holds_packages(folder))
        """Folders of installed packages."""
        self._roots = tuple(folder + os.sep for folder in sorted(folders))
        # A project that lies in site-packages itself is still the project.
        self._project = project + os.sep if (project + os.sep).startswith(self._roots) else None

    def foreign(self, file: str) -> bool:
        """Whether the file (absolute) belongs to the interpreter or to what is installed in it."""
        if self._project is not None and file.startswith(self._project):
            return False
        return file.startswith(self._roots) or os.path.realpath(file).startswith(self._roots)


def _holds_packages(folder: str) -> bool:
    return _is_named_so(folder) and os.path.isdir(folder)


def _is_named_so(folder: str) -> bool:
    return os.path.basename(folder) in ("site-packages", "dist-packages")
