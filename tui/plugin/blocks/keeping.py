"""Lines that keep something for the next call or the next test: in a global, a class, a registry, a cache.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import CodeType

_GROWS = {"append", "add", "update", "setdefault", "extend", "insert", "appendleft", "register"}
"""Methods by which a container keeps what it is given."""
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_DELAYED = (ast.Lambda, ast.GeneratorExp)
"""What runs later than the statement that it stands in."""


class Stored:
    """An object that is changed in place, or a variable of somewhere else that is bound; found before lines are lost.

    ``base`` is the name of the variable that leads to it, None for a global one; ``name`` is what it is asked for by.
    """

    __slots__ = ("base", "lines", "name")

    def __init__(self, base: str | None, name: str, lines: range) -> None:
        self.base = base
        self.name = name
        self.lines = lines


def stored(node: Any, *, delayed: bool = False) -> list[Stored]:
    """What the body of a definition or of a module keeps; with ``delayed`` only what it does in lambdas.

    Functions and classes in it have their own, but for their decorators.
    """
    walk = _Walk()
    walk.through([(each, lines_of(each), not delayed, frozenset()) for each in node.body])
    return walk.found


def keeping(kept: Iterable[Stored], code: CodeType, *, own: Iterable[str] = ()) -> Iterator[tuple[str, Stored]]:
    """What outlives a call of ``code``: "keeps" with what does for certain.

    And "shares" with what lives as long as the function around, which may be another one at the next call. ``own`` are
    variables of the block besides those of its code.
    """
    mine = {*code.co_varnames, *code.co_cellvars, *own} - {"cls"}
    for each in kept:
        if each.base not in mine:
            yield ("shares" if each.base in code.co_freevars and each.base != "cls" else "keeps"), each


def bound_in_class(node: ast.ClassDef) -> set[str]:
    """The names that a class body binds: they are its own, and every time new ones."""
    names: set[str] = set()
    outside: set[str] = set()
    pending: list[Any] = list(node.body)
    while pending:
        each = pending.pop()
        if isinstance(each, _DEFINITIONS):
            names.add(each.name)
            continue
        if isinstance(each, (ast.Global, ast.Nonlocal)):
            outside.update(each.names)
        elif isinstance(each, (ast.Import, ast.ImportFrom)):
            names.update((name.asname or name.name).partition(".")[0] for name in each.names)
        elif isinstance(each, ast.Name) and not isinstance(each.ctx, ast.Load):
            names.add(each.id)
        pending += ast.iter_child_nodes(each)
    return names - outside


def lines_of(node: ast.stmt | ast.expr) -> range:
    """The lines from its first to its last."""
    return range(node.lineno, (node.end_lineno or node.lineno) + 1)


class _Walk:
    def __init__(self) -> None:
        self.found: list[Stored] = []
        self._outside: dict[str, str | None] = {}
        self._bound: list[tuple[str, range]] = []

    def through(self, pending: list[tuple[Any, range, bool, frozenset[str]]]) -> None:
        """Nodes with their lines, whether they count, and the arguments of the lambdas around them."""
        while pending:
            each, lines, counts, arguments = pending.pop()
            if isinstance(each, _DEFINITIONS):
                if counts:
                    self._bound.append((each.name, lines))
                pending += [(decorator, lines_of(decorator), counts, arguments) for decorator in each.decorator_list]
                continue
            if counts:
                self._look(each, lines, arguments)
            if isinstance(each, _DELAYED):
                counts = True
            if isinstance(each, ast.Lambda):
                arguments = arguments.union(_arguments(each.args))
            children: Any = ast.iter_child_nodes(each)
            pending += [
                (child, lines_of(child) if isinstance(child, ast.stmt) else lines, counts, arguments)
                for child in children
            ]
        for name, lines in self._bound:
            if name in self._outside:
                self.found.append(Stored(self._outside[name], name, lines))

    def _look(self, node: Any, lines: range, arguments: frozenset[str]) -> None:
        if isinstance(node, ast.Global):
            self._outside.update(dict.fromkeys(node.names))
        elif isinstance(node, ast.Nonlocal):
            self._outside.update({name: name for name in node.names})
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            self._bound += [((name.asname or name.name).partition(".")[0], lines) for name in node.names]
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            self._bound.append((node.id, lines))
        elif isinstance(node, (ast.Subscript, ast.Attribute)) and not isinstance(node.ctx, ast.Load):
            self._change(node if isinstance(node, ast.Attribute) else node.value, lines, arguments)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _GROWS:
            self._change(node.func.value, lines, arguments)

    def _change(self, node: ast.AST, lines: range, arguments: frozenset[str]) -> None:
        """The object that a node means is changed, or gets an attribute."""
        name = ""
        while isinstance(node, (ast.Subscript, ast.Attribute)):
            if isinstance(node, ast.Attribute) and not name:
                name = node.attr
            node = node.value
        if isinstance(node, ast.Name) and node.id not in arguments:
            self.found.append(Stored(node.id, name or node.id, lines))


def _arguments(arguments: ast.arguments) -> set[str]:
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    return {each.arg for each in every if each is not None}
