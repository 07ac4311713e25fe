"""The functions and classes of a file, with the numbers of each.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from ..ranges import ranges

if TYPE_CHECKING:
    from collections.abc import Iterator

_FIELDS = ("body", "orelse", "finalbody", "handlers", "cases")
"""Of a node, those that hold statements."""
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)

Region = tuple[str, str, int, "set[int]"]
"""Kind, dotted name, the line of ``def`` or ``class``, and the lines that belong to it."""


def regions_of(reporter: Any, analysis: Any) -> list[dict[str, Any]]:
    """Each function and class as ``wire.Counted`` tells of it, and what lies outside of all functions.

    Functions are as coverage.py reports them: their bodies, without the functions in them. Classes are the sums of
    their methods, so that functions and the rest, which comes last, are the whole file.
    """
    numbers = _Numbers(analysis)
    found = list(_regions(reporter))
    told = [numbers.told(kind, name, first, lines) for kind, name, first, lines in found]
    inside: set[int] = set()
    inside.update(*(lines for kind, _, _, lines in found if kind == "function"))
    rest = (set(analysis.statements) | set(analysis.excluded)) - inside
    return [*told, numbers.told("module", "", min(rest, default=1), rest)]


class _Numbers:
    """What coverage.py says of the lines of a file, to be taken apart."""

    def __init__(self, analysis: Any) -> None:
        self._statements, self._missing = set(analysis.statements), set(analysis.missing)
        self._excluded = set(analysis.excluded)
        self._exits: dict[int, tuple[int, int]] = analysis.branch_stats() if analysis.numbers.n_branches else {}

    def told(self, kind: str, name: str, first: int, lines: set[int]) -> dict[str, Any]:
        exits = [(line, *self._exits[line]) for line in lines if line in self._exits]
        return {
            "kind": kind,
            "name": name,
            "first": first,
            "lines": ranges(sorted(lines)),
            "numbers": [
                len(lines & self._statements),
                len(lines & self._missing),
                len(lines & self._excluded),
                sum(every for _, every, _ in exits),
                sum(every - taken for _, every, taken in exits),
                sum(every - taken for line, every, taken in exits if line not in self._missing),
            ],
        }


def _regions(reporter: Any) -> Iterator[Region]:
    find = getattr(reporter, "code_regions", None)
    if find is None:  # before coverage.py 7.7
        yield from _parsed(reporter.source())
        return
    for region in find():
        if region.kind in ("function", "class"):
            yield region.kind, region.name, region.start, set(region.lines)


def _parsed(source: str) -> list[Region]:
    """The same of a Python source."""
    found: list[Region] = []
    _add(ast.parse(source), (), found)
    return found


def _add(node: ast.AST, around: tuple[Region, ...], found: list[Region]) -> None:
    """Add what is in a node; ``around`` are the functions and classes that it is in, the outer ones first."""
    for child in (child for field in _FIELDS for child in getattr(node, field, ())):
        name = ".".join([*(each[1].rpartition(".")[2] for each in around), getattr(child, "name", None) or ""])
        if isinstance(child, _FUNCTIONS):
            body = set(range(child.body[0].lineno, (child.body[-1].end_lineno or 0) + 1))
            for each in around[-1:]:
                if each[0] == "class":
                    each[3].update(body)
            for each in [each for each in around if each[0] == "function"][-1:]:
                each[3].difference_update(body)
            region: Region = ("function", name, child.lineno, body)
        elif isinstance(child, ast.ClassDef):
            region = ("class", name, child.lineno, set())
        else:
            _add(child, around, found)
            continue
        found.append(region)
        _add(child, (*around, region), found)
        if region[0] == "class":
            for each in around:
                if each[0] == "class":
                    each[3].difference_update(region[3])
