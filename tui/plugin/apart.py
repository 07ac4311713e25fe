"""Keeps this package out of what pytest-cov measures: told no source, it measures whatever is not installed.

Reaches into coverage.py, which has nothing public for it once it has been started.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import os
from typing import Any

from . import wire


def stand_apart(config: Any) -> None:
    """Have coverage.py take this package for its own, and forget what it has seen of it."""
    controller = getattr(config.pluginmanager.get_plugin("_cov"), "cov_controller", None)
    coverage = getattr(controller, "cov", None)
    if coverage is None:
        return
    judge, collector = coverage._inorout, coverage._collector  # noqa: SLF001 - see above
    matcher = getattr(judge, "coverage_match", None) or judge.cover_match
    if wire.FOLDER in matcher.paths:
        return
    matcher.paths.append(wire.FOLDER)
    inside = wire.FOLDER + os.sep
    for known in (collector.should_trace_cache, collector.data):
        for name in [name for name in known if name.startswith(inside)]:
            del known[name]
