"""Which function a line is in. No Textual."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Function(NamedTuple):
    """A function or a class by its dotted name, with its first and last line, decorators included."""

    name: str
    first: int
    last: int


def functions(source: Sequence[str]) -> list[Function]:
    """All functions and classes of a source, the outer ones first; none where it cannot be parsed.

    It parses the whole source: not for the event loop.
    """
    try:
        module = ast.parse("\n".join(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    return list(_below(module, ""))


def _below(node: ast.AST, prefix: str) -> Iterator[Function]:
    stack = [(node, prefix)]
    while stack:
        each, name = stack.pop()
        for child in ast.iter_child_nodes(each):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                inner = f"{name}{child.name}"
                first = min([child.lineno, *(decorator.lineno for decorator in child.decorator_list)])
                yield Function(inner, first, child.end_lineno or child.lineno)
                stack.append((child, f"{inner}."))
            elif isinstance(child, ast.stmt | ast.excepthandler | ast.match_case):
                stack.append((child, name))


def enclosing(found: Sequence[Function], line: int) -> Function | None:
    """The innermost function or class around a line."""
    around = [each for each in found if each.first <= line <= each.last]
    return min(around, key=lambda each: each.last - each.first, default=None)
