"""The source of a test: read from its file, found again by name when the file has changed since."""

from __future__ import annotations

import ast
import tokenize
from typing import TYPE_CHECKING

from tui.model.values import Value, value

if TYPE_CHECKING:
    from pathlib import Path

_UNPARSED_LINES = 30
_FILE_LIMIT = 2 * 1024 * 1024


@value
class Source(Value):
    """Lines ``first`` (1-based) onwards of a file; ``problem`` says why there are none."""

    first: int = 1
    lines: tuple[str, ...] = ()
    docstring: str = ""
    problem: str = ""


def definition(file: Path, line: int | None, name: str) -> Source:
    """The definition of the function or class ``name`` that stands at (or, after an edit, nearest to) ``line``.

    A file that cannot be parsed gives the lines around ``line``; one that is no Python gives its beginning.
    """
    try:
        if file.stat().st_size > _FILE_LIMIT:
            return Source(problem=f"{file.name} is larger than {_FILE_LIMIT >> 20} MB")
        with tokenize.open(file) as stream:
            text = stream.read()
    except (OSError, SyntaxError, UnicodeDecodeError) as error:
        return Source(problem=f"{file.name}: {error}")
    lines = text.splitlines()
    node = _definition(text, line, name) if file.suffix == ".py" else None
    if node is None:
        first = max(1, (line or 1) - 2)
        return Source(first, tuple(lines[first - 1 : first - 1 + _UNPARSED_LINES]))
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    return Source(first, tuple(lines[first - 1 : node.end_lineno]), ast.get_docstring(node) or "")


def _definition(text: str, line: int | None, name: str) -> ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | None:
    try:
        module = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return None
    named = [
        node
        for node in ast.walk(module)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.name == name
    ]
    return min(named, key=lambda node: abs(node.lineno - (line or 1)), default=None)
