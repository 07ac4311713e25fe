"""Where a test begins.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import dis
import inspect
import linecache
from typing import TYPE_CHECKING, Any

from ..failure import doctests

if TYPE_CHECKING:
    from types import CodeType


def of_item(item: Any) -> tuple[str, int] | None:
    """File and line, 1-based, of the first statement of a test; None if it has no code that could be stopped in."""
    examples = getattr(getattr(item, "dtest", None), "examples", None)
    if examples:
        doctests.show(item.dtest)
        return doctests.file_of(item.dtest, 0), 1
    function = getattr(item, "function", None) or getattr(item, "obj", None)
    code = _code(function)
    return (code.co_filename, _first(code)) if code is not None else None


def _code(function: Any) -> CodeType | None:
    """That of the person's function, below what decorators and plugins have put around it."""
    inner = getattr(getattr(function, "hypothesis", None), "inner_test", None)
    function = inspect.unwrap(getattr(inner or function, "__func__", inner or function))
    code = getattr(function, "__code__", None)
    return code if inspect.iscode(code) else None


def _first(code: CodeType) -> int:
    """The line after that of the definition, if there is one that runs."""
    lines = {line for _, line in dis.findlinestarts(code) if line}
    return min(lines - {code.co_firstlineno}, default=code.co_firstlineno)


def nearest(path: str, line: int) -> int:
    """The first line from ``line`` on, 1-based, on which something runs; ``line`` itself if none is known.

    For the head of a function that is where its body begins: the head runs once, when the file is imported.
    """
    source = "".join(linecache.getlines(path))
    try:
        pending = [compile(source, path, "exec", dont_inherit=True)]
    except (SyntaxError, ValueError):
        return line
    lines: set[int] = set()
    while pending:
        code = pending.pop()
        if code.co_flags & inspect.CO_OPTIMIZED and code.co_firstlineno <= line < _first(code):
            return _first(code)
        lines.update(found for _, found in dis.findlinestarts(code) if found)
        pending += [each for each in code.co_consts if inspect.iscode(each)]
    return min((each for each in lines if each >= line), default=line)
