"""Lines that keep something for the next call or the next test: in a global, a class, a registry, a cache.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from .nodes import children, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import CodeType

    _Place = tuple[Any, range, bool, frozenset[str]]

_GROWS = {"append", "add", "update", "setdefault", "extend", "insert", "appendleft", "register"}
"""Methods by which a container keeps what it is given."""
_GIVES = {"get", "setdefault"}
"""Methods that give what a container keeps."""
_CONTAINERS = {"dict", "list", "set", "deque", "defaultdict", "OrderedDict", "Counter", "WeakKeyDictionary"}
_CONTAINERS |= {"WeakValueDictionary", "WeakSet"}
_BEGINS = {"__init__", "__new__", "__post_init__", "__setstate__", "__init_subclass__", "__set_name__"}
"""Methods that make an object what it is: they run once for each."""
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_HOLDING = {ast.Assign, ast.NamedExpr}
_DECIDING = {ast.If, ast.IfExp, ast.While, ast.BoolOp, ast.Try, *_HOLDING}
"""What chooses between two ways, and what may hold that by which one chooses."""
_DELAYED = (ast.Lambda, ast.GeneratorExp)
"""What runs later than the statement that it stands in."""
_TELLING = {ast.Call, ast.Assign, ast.Subscript, ast.Attribute, ast.Global, ast.Nonlocal, ast.Import, ast.ImportFrom}
_TELLING |= {ast.Name, *_DEFINITIONS}
"""What may change or bind something."""


class Stored:
    """An object that is changed in place, or a variable of somewhere else that is bound; found before lines are lost.

    ``base`` is the name of the variable that leads to it, None for a global one; ``name`` is what it is asked for by.
    """

    __slots__ = ("base", "lines", "name")

    def __init__(self, base: str | None, name: str, lines: range) -> None:
        self.base = base
        self.name = name
        self.lines = lines


def stored(node: Any, *, delayed: bool = False, empty: frozenset[str] = frozenset()) -> list[Stored]:
    """What the body of a definition or of a module keeps; with ``delayed`` only what it does in lambdas.

    Functions and classes in it have their own, but for their decorators. ``empty`` are containers of the module to
    which others may add, as ``empty_containers`` finds them.
    """
    walk = _Walk(empty)
    walk.through([(each, lines_of(each), not delayed, frozenset()) for each in node.body])
    return walk.found


def asked_first(node: Any) -> set[str]:
    """The attributes by which a function decides what to do, or which may be missing when it begins."""
    found: set[str] = set()
    variables: set[str] = set()
    held: list[tuple[str, ast.AST]] = []
    for each in walk(node):
        kind = type(each)
        if kind not in _DECIDING:
            continue
        parts: list[Any] = []
        if kind is ast.BoolOp:
            parts = each.values[:-1]
        elif kind is ast.Try:
            parts = each.body
        elif kind in _HOLDING:
            targets = each.targets if kind is ast.Assign else [each.target]
            held += [(target.id, each.value) for target in targets if isinstance(target, ast.Name)]
        else:
            parts = [each.test]
        for part in parts:
            _names_in(part, found, variables)
    for name, value in held:
        if name in variables:
            _names_in(value, found, set())
    return found


def _names_in(part: ast.AST, attributes: set[str], variables: set[str]) -> None:
    for each in walk(part):
        if isinstance(each, ast.Attribute):
            attributes.add(each.attr)
        elif isinstance(each, ast.Constant) and isinstance(each.value, str):
            attributes.add(each.value)
        elif isinstance(each, ast.Name):
            variables.add(each.id)


def empty_containers(tree: ast.Module) -> frozenset[str]:
    """The variables of a module that hold containers with nothing in them: something will be put there."""
    names: set[str] = set()
    for each in tree.body:
        if isinstance(each, (ast.Assign, ast.AnnAssign)) and _is_empty(each.value):
            targets = each.targets if isinstance(each, ast.Assign) else [each.target]
            names.update(target.id for target in targets if isinstance(target, ast.Name))
    return frozenset(names)


def shared_defaults(node: Any) -> set[str]:
    """The parameters of a function whose default is a container: one for all calls."""
    every = [*node.args.posonlyargs, *node.args.args]
    pairs = [*zip(reversed(every), reversed(node.args.defaults)), *zip(node.args.kwonlyargs, node.args.kw_defaults)]
    return {argument.arg for argument, default in pairs if _is_empty(default)}


def keeping(
    kept: Iterable[Stored],
    code: CodeType,
    *,
    own: Iterable[str] | None = None,
    lasting: Iterable[str] = (),
    method: str = "",
    asked: Iterable[str] = (),
) -> Iterator[tuple[str, Stored]]:
    """What outlives a call of ``code``: "keeps" with what does for certain.

    And "shares" with what lives as long as the function around, which may be another one at the next call; and "lends"
    with what lives as long as the object whose ``method`` it is, where that looks first whether it has it (``asked``).
    ``own`` are its variables, where it is no function, ``lasting`` those that hold the same at every call.
    """
    # The code of a class or a module also names what its comprehensions read.
    variables = {*code.co_varnames, *code.co_cellvars} if own is None else {*own}
    mine = variables - {"cls", *lasting}
    asked = frozenset(asked)
    this = code.co_varnames[0] if method and method not in _BEGINS and code.co_argcount else None
    for each in kept:
        if each.base == this != "cls" and this is not None:
            if each.name in asked:
                yield "lends", each
        elif each.base not in mine:
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
        pending += children(each)
    return names - outside


def lines_of(node: ast.stmt | ast.expr) -> range:
    """The lines from its first to its last."""
    return range(node.lineno, (node.end_lineno or node.lineno) + 1)


class _Walk:
    """Goes through one body. A place in it: a node, its lines, whether it counts, the arguments of lambdas around."""

    def __init__(self, empty: frozenset[str]) -> None:
        self.found: list[Stored] = []
        self._empty = empty
        self._aliases: dict[str, set[tuple[str, str]]] = {}
        """Variables and those whose object, or a part of it, they hold, with the name of that."""
        self._outside: dict[str, str | None] = {}
        self._bound: list[tuple[str, range]] = []

    def through(self, pending: list[_Place]) -> None:
        """Look at these nodes and all in them."""
        while pending:
            each, lines, counts, arguments = pending.pop()
            kind = type(each)
            if kind is ast.Constant:
                continue
            if counts and kind in _TELLING:
                self._look(each, lines, arguments)
            if kind in _DEFINITIONS:
                pending += [(decorator, lines_of(decorator), counts, arguments) for decorator in each.decorator_list]
                continue
            below = children(each)
            if not below:
                continue
            counts = counts or kind in _DELAYED
            if kind is ast.Lambda:
                arguments = arguments.union(_arguments(each.args))
            pending += [
                (child, lines_of(child) if isinstance(child, ast.stmt) else lines, counts, arguments) for child in below
            ]
        bound = [(name, lines) for name, lines in self._bound if name in self._outside]
        self.found += [Stored(self._outside[name], name, lines) for name, lines in bound]
        variables = [each for each in self.found if each.base is not None]
        self.found += [Stored(base, name, each.lines) for each in variables for base, name in self._meant(each.base)]

    def _meant(self, variable: str | None) -> set[tuple[str, str]]:
        found: set[tuple[str, str]] = set()
        pending = [variable or ""]
        while pending:
            new = self._aliases.get(pending.pop(), set()) - found
            found |= new
            pending += [base for base, _ in new]
        return found

    def _look(self, node: Any, lines: range, arguments: frozenset[str]) -> None:
        if isinstance(node, ast.Call):
            self._call(node, lines, arguments)
        elif isinstance(node, ast.Assign):
            self._hold(node)
        elif isinstance(node, (ast.Subscript, ast.Attribute)):
            if not isinstance(node.ctx, ast.Load):
                self._change(node if isinstance(node, ast.Attribute) else node.value, lines, arguments)
        else:
            self._bind(node, lines)

    def _bind(self, node: Any, lines: range) -> None:
        if isinstance(node, ast.Global):
            self._outside.update(dict.fromkeys(node.names))
        elif isinstance(node, ast.Nonlocal):
            self._outside.update({name: name for name in node.names})
        elif isinstance(node, _DEFINITIONS):
            self._bound.append((node.name, lines))
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            self._bound += [((name.asname or name.name).partition(".")[0], lines) for name in node.names]
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            self._bound.append((node.id, lines))

    def _call(self, node: ast.Call, lines: range, arguments: frozenset[str]) -> None:
        if isinstance(node.func, ast.Attribute) and node.func.attr in _GROWS:
            self._change(node.func.value, lines, arguments)
        for each in (*node.args, *(keyword.value for keyword in node.keywords)):
            if isinstance(each, ast.Name) and each.id in self._empty and each.id not in arguments:
                self.found.append(Stored(each.id, each.id, lines))

    def _hold(self, node: ast.Assign) -> None:
        base, name = _way_to(node.value)
        for target in node.targets:
            if base and isinstance(target, ast.Name):
                self._aliases.setdefault(target.id, set()).add((base, name))

    def _change(self, node: ast.AST, lines: range, arguments: frozenset[str]) -> None:
        """The object that a node means is changed, or gets an attribute."""
        base, name = _way_to(node)
        if base and base not in arguments:
            self.found.append(Stored(base, name, lines))


def _way_to(node: ast.AST) -> tuple[str, str]:
    """The variable that leads to an object, and the last name on the way to it; empty where there is none."""
    name = ""
    while True:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _GIVES:
            node = node.func.value
        elif isinstance(node, ast.Attribute):
            name = name or node.attr
            node = node.value
        elif isinstance(node, ast.Subscript):
            node = node.value
        else:
            break
    return (node.id, name or node.id) if isinstance(node, ast.Name) else ("", "")


def _is_empty(value: ast.AST | None) -> bool:
    if isinstance(value, (ast.Dict, ast.List)):
        return not (value.keys if isinstance(value, ast.Dict) else value.elts)
    if isinstance(value, ast.Call) and len(value.args) <= 1:
        name = value.func.attr if isinstance(value.func, ast.Attribute) else getattr(value.func, "id", "")
        return name in _CONTAINERS
    return False


def _arguments(arguments: ast.arguments) -> set[str]:
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    return {each.arg for each in every if each is not None}
