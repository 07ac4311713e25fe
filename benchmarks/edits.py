"""Edits of one function's body that change nothing else, and never give a file a text that it has had before."""

from __future__ import annotations

import ast
import itertools
import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_NAME = "_redbar_benchmark"
_numbers = itertools.count(1)

Function = ast.FunctionDef | ast.AsyncFunctionDef


class EditError(Exception):
    """There is no such function, or none that a statement can be put into."""


@dataclass(frozen=True, slots=True)
class Edit:
    """An assignment of a fresh number at the beginning of the function ``qualname`` of ``file`` (relative)."""

    file: str
    qualname: str
    before: str
    after: str

    def write(self, root: Path) -> float:
        """Save the file below ``root`` with the next number; when that was done, by `time.perf_counter`.

        The file is never empty or cut off, and changes its length, so that no outdated bytecode is taken for its own.
        """
        number = f"{'1' * (next(_numbers) % 9 + 1)}{time.time_ns()}"
        data = f"{self.before}{_NAME} = {number}{self.after}".encode()
        descriptor = os.open(root / self.file, os.O_WRONLY)
        try:
            os.write(descriptor, data)
            os.ftruncate(descriptor, len(data))
        finally:
            os.close(descriptor)
        return time.perf_counter()


def edit_of(root: Path, file: str, qualname: str) -> Edit:
    """The edit of a function, by its name with those of its classes (``Cart.total``). Raises EditError, OSError."""
    text = (root / file).read_text("utf-8")
    for name, function in functions(ast.parse(text)):
        if name == qualname:
            return Edit(file, qualname, *_split(text, function))
    raise EditError(f"{file} has no function {qualname}")


def edit_at(root: Path, file: str, lines: list[int]) -> Edit:
    """The edit of the first of the functions that begin on these lines (decorators included). Raises EditError."""
    text = (root / file).read_text("utf-8")
    found = {first_line(function): (name, function) for name, function in functions(ast.parse(text))}
    for line in lines:
        if line in found:
            name, function = found[line]
            try:
                return Edit(file, name, *_split(text, function))
            except EditError:
                continue
    raise EditError(f"the test executes no function of {file}: is this the file that it imports?")


def functions(tree: ast.AST, names: tuple[str, ...] = ()) -> Iterator[tuple[str, Function]]:
    """All functions of modules and classes with their dotted names; none of those inside functions."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, Function):
            yield ".".join((*names, node.name)), node
        elif isinstance(node, ast.ClassDef):
            yield from functions(node, (*names, node.name))
        else:
            yield from functions(node, names)


def first_line(function: Function) -> int:
    """The line that its code object begins with."""
    return min([function.lineno, *(decorator.lineno for decorator in function.decorator_list)])


def _split(text: str, function: Function) -> tuple[str, str]:
    """The text before and behind the place of the new statement."""
    body = function.body
    has_doc = isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
    if body[0].lineno == function.lineno or (has_doc and len(body) == 1):
        raise EditError(f"{function.name} has no body of its own lines")
    first = body[1] if has_doc else body[0]
    line = first_line(first) if isinstance(first, Function) else first.lineno
    if isinstance(first, ast.ClassDef):
        line = min([line, *(decorator.lineno for decorator in first.decorator_list)])
    lines = text.splitlines(keepends=True)
    indentation = " " * first.col_offset
    return f"{''.join(lines[: line - 1])}{indentation}", f"\n{''.join(lines[line - 1 :])}"
