"""Blocks: the bodies of functions and classes and the module's own, each with a hash of what it does.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import ast
import dis
import hashlib
import re
from types import CodeType
from typing import TYPE_CHECKING, Any

from ..ranges import ranges
from .keeping import Stored, asked_first, bound_in_class, empty_containers, keeping, shared_defaults, stored
from .nodes import children, walk

if TYPE_CHECKING:
    from collections.abc import Iterable

_BOOKKEEPING = {"__firstlineno__", "__static_attributes__"}
"""What Python 3.13 stores in every class: with the first of them, moving a class would change it."""
_SOURCE_READERS = {
    "getsource",
    "getsourcelines",
    "getsourcefile",
    "findsource",
    "getcomments",
    "linecache",
    "getblock",
    "co_firstlineno",
    "getdoc",
}
_FILE = re.compile(r"(?:[^\n]*/)?[\w +-]*(?:\.[\w+-]{1,16})+")
"""What may be the name of a file, or the end of one."""

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_DEFINITIONS = (*_FUNCTIONS, ast.ClassDef)


def blocks_of(tree: ast.Module, path: str) -> tuple[list[dict[str, Any]], list[ast.AST]]:
    """The blocks of a module, inner ones first, and all nodes of ``tree``, whose positions mean nothing any more.

    Raises SyntaxError, ValueError, RecursionError.
    """
    lines = _lines_of_all(compile(tree, path, "exec", dont_inherit=True, optimize=0))
    kept = stored(tree, delayed=True)
    definitions, nodes = _flatten(tree)
    # Bytecode depends on where lines are broken. The second time there is nothing to break.
    code = compile(tree, path, "exec", dont_inherit=True, optimize=0)
    blocks = _Walk(definitions, lines).module(code, kept)
    _number_doubles(blocks)
    return blocks, nodes


def _number_doubles(blocks: list[dict[str, Any]]) -> None:
    """Overloads, setters and both branches of an ``if`` share a name; the second of a name gets ``#1``."""
    seen: dict[str, int] = {}
    for block in sorted(blocks, key=lambda each: int(each["first"])):
        count = seen.get(block["qual"], 0)
        seen[block["qual"]] = count + 1
        if count:
            block["qual"] += f"#{count}"


class _Definition:
    """A function or class of the source, and where it stands."""

    def __init__(self, node: Any, *, inside: bool, in_class: bool, empty: frozenset[str]) -> None:
        """``inside``: it stands in a function, however deep, or right in a class; ``empty`` as in ``stored``."""
        self.node = node
        self.first = _first_line(node)
        begins = _first_line(node.body[0])
        self.header = range(self.first, max(begins, node.lineno + 1))
        self.is_apart = begins > node.lineno
        """Whether its body begins below the line of its name."""
        self.is_cached = any("cache" in name.lower() for each in node.decorator_list for name in _mentioned(each))
        self.method = ""
        """Its name, if it is a function of a class."""
        self.asked: set[str] = set()
        """Attributes by which it decides what to do."""
        self.own: set[str] | None = None
        """Variables of a class body."""
        self.lasting: set[str] = set()
        """Parameters that hold the same at every call."""
        self.stored: list[Stored] = []
        """What it keeps; positions are lost later."""
        if isinstance(node, ast.ClassDef):
            self.own = bound_in_class(node)
            self.stored = stored(node, delayed=not inside, empty=empty)
        else:
            self.method = node.name if in_class else ""
            self.asked = asked_first(node) if in_class else set()
            self.lasting = shared_defaults(node)
            self.stored = stored(node, empty=empty)


def _first_line(node: Any) -> int:
    """Where its decorators begin, if it has any."""
    lines: list[int] = [node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))]
    return min(lines)


def _flatten(tree: ast.Module) -> tuple[dict[int, _Definition], list[ast.AST]]:
    """Put each definition, with all in it but other definitions, on a line of its own.

    Definitions by that line, and all nodes.
    """
    definitions: dict[int, _Definition] = {}
    nodes: list[ast.AST] = []
    empty = empty_containers(tree)
    pending: list[tuple[Any, int, bool]] = [(tree, 1, False)]
    while pending:
        parent, line, inside = pending.pop()
        for node in children(parent):
            own = line
            if isinstance(node, _DEFINITIONS):
                own = len(definitions) + 2
                in_class = isinstance(parent, ast.ClassDef)
                definitions[own] = _Definition(node, inside=inside, in_class=in_class, empty=empty)
            if hasattr(node, "lineno"):
                node.lineno = node.end_lineno = own
                node.col_offset = node.end_col_offset = 0
            nodes.append(node)
            pending.append((node, own, inside or isinstance(node, _FUNCTIONS)))
    return definitions, nodes


def _lines_of_all(code: CodeType) -> dict[tuple[int, str], set[int]]:
    """The lines of code by its first line and name; those of lambdas and comprehensions count where they stand."""
    found: dict[tuple[int, str], set[int]] = {}

    def take(code: CodeType, around: set[int]) -> None:
        if not code.co_name.startswith("<") or code.co_name == "<module>":
            around = found.setdefault((code.co_firstlineno, code.co_name), set())
        around.update(_lines(code))
        for constant in code.co_consts:
            if isinstance(constant, CodeType):
                take(constant, around)

    take(code, set())
    return found


class _Body:
    """What the code objects of one block have in sum."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self.names: set[str] = set()


def _keep(block: dict[str, Any], lines: set[int], kept: Iterable[tuple[str, Stored]]) -> None:
    """Say of a block in which of its lines it keeps what, and by which names that is asked for."""
    found: dict[str, set[int]] = {}
    names: set[str] = set()
    for key, each in kept:
        here = lines.intersection(each.lines)
        if here:
            found.setdefault(key, set()).update(here)
            names.add(each.name)
    block.update((key, ranges(where)) for key, where in found.items())
    if names:
        block["kept"] = sorted(names)


class _Walk:
    def __init__(self, definitions: dict[int, _Definition], lines: dict[tuple[int, str], set[int]]) -> None:
        self._definitions = definitions
        self._lines = lines
        self._blocks: list[dict[str, Any]] = []

    def module(self, code: CodeType, kept: list[Stored]) -> list[dict[str, Any]]:
        body = _Body()
        self._take(code, "", "module", body)
        lines = {line for (_, name), own in self._lines.items() if name == "<module>" for line in own}
        block = self._add("", "module", body, 1, lines, range(0))
        _keep(block, lines, keeping(kept, code, own=()))
        return self._blocks

    def _definition(self, code: CodeType, definition: _Definition, above: str) -> None:
        node = definition.node
        kind = "class" if isinstance(node, ast.ClassDef) else "function"
        qual = f"{above}.{node.name}".lstrip(".")
        body = _Body()
        self._take(code, qual, kind, body)
        lines = self._lines.get((definition.first, code.co_name), set())
        if definition.is_apart:
            lines = lines.difference(definition.header)
        block = self._add(qual, kind, body, definition.first, lines, definition.header)
        kept = keeping(
            definition.stored,
            code,
            own=definition.own,
            lasting=definition.lasting,
            method=definition.method,
            asked=definition.asked,
        )
        _keep(block, lines, kept)
        if definition.is_cached and kind == "function" and lines:
            block["keeps"] = ranges(lines)

    def _add(
        self, qual: str, kind: str, body: _Body, first: int, lines: Iterable[int], header: Iterable[int]
    ) -> dict[str, Any]:
        names = body.names - _BOOKKEEPING
        block: dict[str, Any] = {
            "qual": qual,
            "kind": kind,
            "hash": _digest("\x1f".join(body.text)),
            "first": first,
            "lines": ranges(lines),
            "header": ranges(header),
            "names": sorted(names),
        }
        if names & _SOURCE_READERS:
            block["reads_source"] = True
        self._blocks.append(block)
        return block

    def _take(self, code: CodeType, qual: str, kind: str, body: _Body) -> None:
        """Add a code object; what is no definition (lambdas, comprehensions) belongs to what is around it."""
        body.text += _text(code, kind)
        body.names.update(code.co_names, code.co_freevars)
        for constant in code.co_consts:
            if isinstance(constant, CodeType):
                definition = self._definitions.get(constant.co_firstlineno)
                if definition is not None and constant.co_name == definition.node.name:
                    self._definition(constant, definition, qual)
                else:
                    self._take(constant, qual, "function", body)
            else:
                _identifiers(constant, body.names)


def _lines(code: CodeType) -> set[int]:
    if hasattr(code, "co_lines"):
        return {line for _, _, line in code.co_lines() if line}
    return {line for _, line in dis.findlinestarts(code)}  # Python 3.9


def _text(code: CodeType, kind: str) -> list[str]:
    """Everything about a code object but where it stands."""
    head = [code.co_name, *map(str, (code.co_flags, code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount))]
    if kind == "class":
        return head + _instructions(code)
    return [
        *head,
        *code.co_names,
        "|",
        *code.co_varnames,
        "|",
        *code.co_freevars,
        "|",
        *code.co_cellvars,
        *map(_constant, code.co_consts),
        code.co_code.hex(),
        getattr(code, "co_exceptiontable", b"").hex(),
    ]


def _instructions(code: CodeType) -> list[str]:
    """The instructions of a class body, without those that store where it stands."""
    text: list[str] = []
    for instruction in dis.get_instructions(code):
        if instruction.opname == "EXTENDED_ARG":
            continue  # part of an argument that is resolved below
        if instruction.opname == "STORE_NAME" and instruction.argval in _BOOKKEEPING:
            text.pop()  # the load of the value
        elif instruction.opname.startswith(("JUMP", "POP_JUMP", "FOR_ITER", "SETUP")):
            text.append(instruction.opname)  # its target is an offset, which those stores move
        else:
            text.append(instruction.opname + _constant(instruction.argval))
    return text


def _constant(value: object) -> str:
    if isinstance(value, CodeType):
        return f"<code {value.co_name}>"
    if isinstance(value, frozenset):
        return "{" + ",".join(sorted(map(_constant, value))) + "}"
    if isinstance(value, tuple):
        return "(" + ",".join(map(_constant, value)) + ")"
    return type(value).__name__ + repr(value)


def _identifiers(value: object, names: set[str]) -> None:
    if isinstance(value, str):
        name = value.rpartition("/")[2]
        if value.isidentifier() or _FILE.fullmatch(value) or (name != value and name.isidentifier()):
            names.add(name)
    elif isinstance(value, (tuple, frozenset)):
        for each in value:
            _identifiers(each, names)


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _mentioned(node: ast.AST) -> Iterable[str]:
    for each in walk(node):
        if isinstance(each, ast.Name):
            yield each.id
        elif isinstance(each, ast.Attribute):
            yield each.attr
