"""pytest-cov in a session that waits: it has begun to measure, and every fork goes on as if it alone had.

What the session has executed lies in memory, and coverage.py notices by itself that a fork needs a file of its own.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import glob
import os
import time
from typing import Any

_PATCHES = frozenset({"_exit", "fork"})
"""Of coverage.py: with them it acts on forks, and on processes that end, as if they were the tests'."""


class Covering:
    """One a session."""

    def __init__(self) -> None:
        self._began = time.time()
        self._known: Any = None
        """Options of pytest-cov, where it was kept from erasing what the last run has measured."""
        self._stale: list[str] = []

    def prepare(self, config: Any) -> None:
        """Before it starts: what is there stays until a run begins."""
        known = config.known_args_namespace
        if getattr(known, "cov_source", None) and not getattr(known, "cov_append", True):
            self._known = known
            known.cov_append = True

    def measures(self, config: Any) -> bool:
        """Whether it is at work. What is imported ahead would then count as executed by tests that do not import it."""
        return _controller(config) is not None

    def obstacle(self, config: Any) -> str:
        """Why no fork can go on with it, in words; empty if one can."""
        controller = _controller(config)
        if controller is None:
            return ""
        try:
            coverage = controller.cov
            if _PATCHES & set(getattr(coverage.config, "patch", None) or ()):
                return "coverage.py is told to look after forks"
            if coverage._data._have_used:  # noqa: SLF001 - there is nothing public
                return "coverage.py has written before any test runs"
            if _had_children() and any(self._is_new(path) for path in _files(controller)):
                return "coverage.py measures processes that are started before any test runs"
        except AttributeError:
            return "pytest-cov measures in a way that is not known"
        return ""

    def _is_new(self, path: str) -> bool:
        try:
            return os.stat(path).st_mtime >= self._began
        except OSError:
            return False

    def take_over(self, config: Any) -> None:
        """In a fork: be the process that measures."""
        controller = _controller(config)
        if controller is None:
            return
        plugin = config.pluginmanager.get_plugin("_cov")
        if plugin.pid is not None:  # else its session has not started
            plugin.pid = os.getpid()
        if self._known is not None:
            self._known.cov_append = controller.cov_append = False
            self._stale = _files(controller)

    def begin(self) -> None:
        """The run is wanted: forget what earlier ones have measured, unless the person adds to that."""
        for path in self._stale:
            try:
                os.unlink(path)
            except OSError:
                pass


def _controller(config: Any) -> Any:
    """What starts and ends the measuring; None if nothing is measured."""
    return getattr(config.pluginmanager.get_plugin("_cov"), "cov_controller", None)


def _files(controller: Any) -> list[str]:
    """The data of earlier runs, as coverage.py erases them: what several processes have left as well."""
    config = controller.cov.config
    path = os.path.abspath(os.path.join(controller.topdir, config.data_file))
    return [path, *(glob.glob(glob.escape(path) + ".*") if config.parallel else ())]


def _had_children() -> bool:
    """Whether this process has waited for another."""
    import resource

    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime > 0
