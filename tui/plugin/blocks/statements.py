"""Units: the statements of modules and classes, each with the names it binds and those it mentions.

They tell what an edit there is about, and what else it bears upon.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import ast
import hashlib
from typing import Any

from .nodes import children

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_DEFINITIONS = (*_FUNCTIONS, ast.ClassDef)
_COMPOUND = tuple(
    getattr(ast, name) for name in ("If", "Try", "TryStar", "With", "For", "While", "AsyncWith") if hasattr(ast, name)
)
_PARTS = ("body", "orelse", "finalbody", "handlers")


def units_of(tree: ast.Module) -> list[dict[str, Any]]:
    """The units of a module and its classes, in the order of the source."""
    found = _Units()
    found.take(tree.body, "")
    return found.units


class _Units:
    def __init__(self) -> None:
        self.units: list[dict[str, Any]] = []
        self._quals: dict[str, int] = {}

    def _add(
        self, kind: str, names: list[str], node: Any, scope: str, text: str | None = None, statement: Any = None
    ) -> None:
        """``node`` may be a part of the ``statement``, whose text differs without the rest."""
        whole = statement or node
        first = min([whole.lineno, *(each.lineno for each in getattr(whole, "decorator_list", ()))])
        last = whole.end_lineno or whole.lineno
        body = getattr(whole, "body", None)
        if isinstance(body, list) and body:
            last = max(first, body[0].lineno - 1)  # its head
        self.units.append(
            {
                "kind": kind,
                "names": names,
                "mentions": sorted(_mentioned(node)),
                "hash": _digest(kind + (_text(node) if text is None else text)),
                "of": scope,
                "first": first,
                "last": last,
            }
        )

    def take(self, body: list[ast.stmt], scope: str) -> None:
        for statement in body:
            self._statement(statement, scope)

    def _statement(self, node: ast.stmt, scope: str) -> None:
        if isinstance(node, _FUNCTIONS):
            autouse = any("autouse" in _text(each) for each in node.decorator_list)
            self._add("autouse" if autouse else "def", [node.name], node, scope)
        elif isinstance(node, ast.ClassDef):
            self._add("class", [node.name], node, scope)
            self.take(node.body, self._qual(scope, node.name))
        elif isinstance(node, _COMPOUND):
            self._compound(node, scope)
        elif isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            self._add("assign", [name for target in targets for name in _bound(target)], node, scope)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            self._import(node, scope)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            self._add("doc", [scope.rpartition(".")[2]] if scope else [], node, scope)
        elif type(node).__name__ == "TypeAlias":
            self._add("assign", _bound(node.name), node, scope)  # type: ignore[attr-defined] # of Python 3.12
        else:
            self._add("other", [], node, scope)

    def _import(self, node: ast.Import | ast.ImportFrom, scope: str) -> None:
        """Every name is a unit of its own."""
        source = f"{'.' * node.level}{node.module or ''} " if isinstance(node, ast.ImportFrom) else ""
        for each in node.names:
            self._add("import", [each.asname or each.name.partition(".")[0]], each, scope, source + _text(each), node)

    def _compound(self, node: Any, scope: str) -> None:
        """Its head and the statements in it are units of their own."""
        head = [getattr(node, field, None) for field in node._fields if field not in _PARTS]
        names = _bound(node.target) if isinstance(node, ast.For) else []
        self._add("other", names, node, scope, type(node).__name__ + ",".join(map(_text, head)))
        for part in _PARTS:
            for each in getattr(node, part, None) or ():
                if isinstance(each, ast.ExceptHandler):
                    self._add("other", [], each, scope, "except" + _text(each.type))
                    self.take(each.body, scope)
                else:
                    self._statement(each, scope)

    def _qual(self, scope: str, name: str) -> str:
        """Of a class; the second of a name is told apart as its block is."""
        qual = f"{scope}.{name}".lstrip(".")
        count = self._quals.get(qual, 0)
        self._quals[qual] = count + 1
        return f"{qual}#{count}" if count else qual


def _bound(node: Any) -> list[str]:
    if isinstance(node, ast.Name):
        return [node.id]
    if isinstance(node, ast.Attribute):
        return [node.attr]
    if isinstance(node, (ast.Tuple, ast.List)):
        return [name for each in node.elts for name in _bound(each)]
    if isinstance(node, (ast.Starred, ast.Subscript)):
        return _bound(node.value)
    return []


def _mentioned(node: Any) -> set[str]:
    """The identifiers in a statement, texts that are one among them, without those in bodies: these have their own."""
    found: set[str] = set()
    pending: list[Any] = [node]
    while pending:
        each = pending.pop()
        if isinstance(each, ast.Name):
            found.add(each.id)
        elif isinstance(each, ast.Attribute):
            found.add(each.attr)
        elif isinstance(each, ast.alias):
            found.add(each.name.rpartition(".")[2])
        elif isinstance(each, ast.Constant) and isinstance(each.value, str) and each.value.isidentifier():
            found.add(each.value)
        elif each is node and isinstance(each, (*_DEFINITIONS, *_COMPOUND)):
            pending += [child for field, part in ast.iter_fields(node) if field not in _PARTS for child in _nodes(part)]
            continue
        pending += children(each)
    return found


def _nodes(part: Any) -> list[ast.AST]:
    """What a field of a node holds, as far as that is nodes."""
    return [each for each in (part if isinstance(part, list) else [part]) if isinstance(each, ast.AST)]


def _text(node: Any) -> str:
    """A part of the syntax tree without positions, and without the bodies of definitions."""
    if isinstance(node, ast.AST):
        skipped = ("ctx", "body") if isinstance(node, _DEFINITIONS) else ("ctx",)
        parts = [_text(getattr(node, field, None)) for field in node._fields if field not in skipped]
        return f"{type(node).__name__}({','.join(parts)})"
    if isinstance(node, list):
        return "[" + ",".join(map(_text, node)) + "]"
    return repr(node)


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
