"""Hands what was recorded to coverage.py's own reports.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .files import Counter

_REPORTS = {
    "html": ("html_report", "directory"),
    "xml": ("xml_report", "outfile"),
    "lcov": ("lcov_report", "outfile"),
    "json": ("json_report", "outfile"),
}


def export(counter: Counter, kind: str, target: str) -> str:
    """Write ``data``, ``html``, ``xml``, ``lcov`` or ``json`` to ``target``; words on what was left out.

    Raises what coverage.py does where it cannot be written.
    """
    measured, _ = counter.measured()
    never = counter.never_executed()
    branches = counter.has_arcs and all("arcs" in told for told in measured.values())
    lines = {path: told["lines"] for path, told in measured.items()}
    arcs = {path: told["arcs"] for path, told in measured.items()} if branches else None
    if kind == "data":
        return _data(counter, target, lines, arcs, never)
    counter.add(counter.coverage, lines, arcs, touched=never)
    name, argument = _REPORTS[kind]
    report = getattr(counter.coverage, name, None)
    if report is None:
        raise ValueError(f"coverage.py {counter.module.__version__} does not write {kind}")
    os.makedirs(os.path.dirname(target) or ".", exist_ok=True)
    try:
        report(**{argument: target})
    except Exception as error:
        report(**{argument: target}, ignore_errors=True)
        return f"left out: {error}"
    return ""


def _data(counter: Counter, target: str, lines: dict[str, Any], arcs: Any, never: list[str]) -> str:
    for name in (target, f"{target}-journal"):
        if os.path.exists(name):
            os.unlink(name)
    os.makedirs(os.path.dirname(target) or ".", exist_ok=True)
    coverage = counter.module.Coverage(data_file=target)
    counter.add(coverage, lines, arcs, touched=never)
    coverage.get_data().write()
    return ""
