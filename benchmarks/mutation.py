"""Single edits of Python files, generated from their syntax trees: where they may be, and a seeded sample of them."""

from __future__ import annotations

import ast
import random
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef

SHARES = {"function": 44, "module": 12, "class": 12, "header": 12, "support": 14, "test": 6}
"""Percent of a sample by the kind of place; *support* is code of the test folders outside of tests."""
_COMPARISONS = {
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.Lt: ("<", ">="),
    ast.GtE: (">=", "<"),
    ast.Gt: (">", "<="),
    ast.LtE: ("<=", ">"),
    ast.Is: ("is", "is not"),
    ast.IsNot: ("is not", "is"),
    ast.In: ("in", "not in"),
    ast.NotIn: ("not in", "in"),
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One edit: the bytes ``start`` to ``end`` of ``file`` (relative) become ``new``; ``line`` is 1-based."""

    file: str
    start: int
    end: int
    old: str
    new: str
    operator: str
    place: str
    qualified: str
    line: int

    @property
    def identity(self) -> tuple[str, int, str]:
        """What tells mutants of one tree apart."""
        return (self.file, self.start, self.new)

    def apply(self, root: Path) -> bool:
        """Write it into the tree below ``root``; False, with nothing written, where it does not compile."""
        path = root / self.file
        data = path.read_bytes()
        if data[self.start : self.end].decode() != self.old:
            raise ValueError(f"{self.file} is not the file that the mutant was made from")
        changed = data[: self.start] + self.new.encode() + data[self.end :]
        try:
            compile(changed, str(path), "exec", dont_inherit=True)
        except (SyntaxError, ValueError):
            return False
        path.write_bytes(changed)
        return True

    def row(self) -> dict[str, object]:
        """Its fields, for a line of JSON."""
        return asdict(self)


def mutants_of(file: str, data: bytes, *, is_test: bool) -> Iterator[Mutant]:
    """All single edits of one file. Raises SyntaxError, ValueError."""
    walk = _Walk(file, data, is_test=is_test)
    tree = ast.parse(data)
    for statement in tree.body:
        walk.visit(statement, "module", ())
    yield from walk.found


def sample(root: Path, sources: list[str], tests: list[str], count: int, seed: int) -> list[Mutant]:
    """So many mutants in the shares of `SHARES`, at most one a function; where places are few, functions fill up."""
    pools: dict[str, list[Mutant]] = {place: [] for place in SHARES}
    for file in [*sources, *tests]:
        try:
            for mutant in mutants_of(file, (root / file).read_bytes(), is_test=file in tests):
                pools[mutant.place].append(mutant)
        except (SyntaxError, ValueError):
            continue
    generator = random.Random(seed)
    chosen: list[Mutant] = []
    for place, pool in sorted(pools.items()):
        generator.shuffle(pool)
        pools[place] = list(_one_each(pool))
        chosen += pools[place][: round(count * SHARES[place] / 100)]
    rest = [mutant for mutant in pools["function"] if mutant not in chosen]
    chosen += rest[: max(count - len(chosen), 0)]
    generator.shuffle(chosen)
    return chosen[:count]


def _one_each(pool: list[Mutant]) -> Iterator[Mutant]:
    seen: set[tuple[str, str, int]] = set()
    for mutant in pool:
        # At module level every line is a place of its own.
        key = (mutant.file, mutant.qualified, mutant.line if mutant.place in {"module", "class"} else 0)
        if key not in seen:
            seen.add(key)
            yield mutant


class _Walk:
    def __init__(self, file: str, data: bytes, *, is_test: bool) -> None:
        self.found: list[Mutant] = []
        self._file = file
        self._data = data
        self._is_test = is_test
        self._starts = [0]
        for line in data.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))

    def visit(self, node: ast.AST, place: str, names: tuple[str, ...]) -> None:
        """Collect the edits of a node and of those below it. ``place`` is function, module, class or header."""
        if isinstance(node, Definition):
            self._definition(node, place, names)
            return
        if isinstance(node, ast.JoinedStr) or _is_docstring(node) or _is_typing(node):
            return
        if isinstance(node, ast.AnnAssign):
            if node.value is not None:
                self.visit(node.value, place, names)
            return
        self._edits(node, place, names)
        for child in ast.iter_child_nodes(node):
            self.visit(child, place, names)

    def _definition(self, node: Definition, place: str, names: tuple[str, ...]) -> None:
        names = (*names, node.name)
        header: list[ast.AST] = [*node.decorator_list]
        inner = "class"
        if not isinstance(node, ast.ClassDef):
            header += [*node.args.defaults, *(default for default in node.args.kw_defaults if default is not None)]
            inner = "function"
        for part in header:
            self.visit(part, "function" if place == "function" else "header", names)
        for statement in node.body:
            self.visit(statement, "function" if place == "function" else inner, names)

    def _edits(self, node: ast.AST, place: str, names: tuple[str, ...]) -> None:
        match node:
            case ast.Compare(left=left, ops=[operator], comparators=[right]):
                old, new = _COMPARISONS[type(operator)]
                self._between(left, right, old, new, "comparison", place, names)
            case ast.BoolOp(op=operator, values=[left, right, *_]):
                old, new = ("and", "or") if isinstance(operator, ast.And) else ("or", "and")
                self._between(left, right, old, new, "boolean", place, names)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                start, end = self._span(operand)
                self._add(*self._span(node), f"({self._data[start:end].decode()})", "not", place, names, node.lineno)
            case ast.Return(value=ast.expr() as value):
                self._add(*self._span(value), "None", "return", place, names, node.lineno)
            case ast.Expr(value=ast.Call()):
                self._add(*self._span(node), "None", "call", place, names, node.lineno)
            case ast.Constant(value=bool() as value):
                self._add(*self._span(node), str(not value), "constant", place, names, node.lineno)
            case ast.Constant(value=int() as value):
                self._add(*self._span(node), str(value + 1), "constant", place, names, node.lineno)
            case ast.Constant(value=str() as value) if value:
                self._text(node, place, names)
            case _:
                pass

    def _text(self, node: ast.Constant, place: str, names: tuple[str, ...]) -> None:
        start, end = self._span(node)
        text = self._data[start:end].decode()
        if text[0] in "'\"" and text[:3] not in {'"""', "'''"} and text.count(text[0]) == 2:  # noqa: PLR2004 - its quotes
            self._add(start, end, f"{text[:-1]}X{text[-1]}", "text", place, names, node.lineno)

    def _between(
        self, left: ast.expr, right: ast.expr, old: str, new: str, kind: str, place: str, names: tuple[str, ...]
    ) -> None:
        """Replace the operator between two operands."""
        start, end = self._span(left)[1], self._span(right)[0]
        text = self._data[start:end].decode()
        if text.strip() == old:
            self._add(start, end, text.replace(old, new), kind, place, names, left.lineno)

    def _add(self, start: int, end: int, new: str, kind: str, place: str, names: tuple[str, ...], line: int) -> None:
        old = self._data[start:end].decode()
        if "\n" in old or old == new:
            return
        where = self._place(place, names)
        if where is not None:
            self.found.append(Mutant(self._file, start, end, old, new, kind, where, ".".join(names), line))

    def _place(self, place: str, names: tuple[str, ...]) -> str | None:
        if not self._is_test:
            return place
        if any(name.startswith("test") for name in names):
            return "test" if place == "function" else None
        return None if any(name.startswith("Test") for name in names) else "support"

    def _span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self._starts[node.lineno - 1] + node.col_offset, self._starts[node.end_lineno - 1] + node.end_col_offset


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_typing(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
