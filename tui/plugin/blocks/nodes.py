"""Walking syntax trees at a third of what ``ast.walk`` costs: files are described while somebody waits.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_BARREN = {"ctx", "op", "ops", "id", "attr", "arg", "level", "module", "type_comment"}
"""Fields that hold texts and numbers, or operators and contexts, below which there is nothing."""
_fields: dict[type, tuple[str, ...]] = {ast.Constant: ()}


def children(node: ast.AST) -> list[Any]:
    """The nodes right below one, without operators and contexts, in the order of the source."""
    kind = type(node)
    fields = _fields.get(kind)
    if fields is None:
        fields = _fields[kind] = tuple(field for field in kind._fields if field not in _BARREN)
    found: list[Any] = []
    for field in fields:
        part = getattr(node, field, None)
        if part.__class__ is list:
            found += [each for each in part if isinstance(each, ast.AST)]
        elif isinstance(part, ast.AST):
            found.append(part)
    return found


def walk(node: ast.AST) -> Iterator[Any]:
    """A node and all below it, in no particular order."""
    pending: list[Any] = [node]
    while pending:
        each = pending.pop()
        yield each
        pending += children(each)
