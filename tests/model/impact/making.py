"""Builds an index from small source texts, described by a stand-in for the user's interpreter."""

from __future__ import annotations

import ast
import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from tui.model.events import ItemKey
from tui.model.impact import Choice, Edit, Facts, Index, select
from tui.model.impact.index import FIXTURE, IMPORT, TEST, Context, Name
from tui.model.impact.source import Block, Kind, Source, Unit, line_set

ROOT = "/p"
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def describe(text: str, *imports: str) -> Source:
    """A description in the manner of the real one: functions and classes by their syntax trees."""
    tree = ast.parse(text)
    blocks: list[Block] = []
    units: list[Unit] = []
    taken = _walk(tree.body, "", blocks, units)
    lines = len(text.splitlines())
    blocks.append(Block("", Kind.MODULE, digest(repr(_outline(tree.body))), line_set([1, max(lines, 1)]) & ~taken))
    return Source(
        digest(text),
        [zlib.crc32(line.strip().encode()) for line in text.splitlines()],
        tuple(blocks),
        tuple(units),
        frozenset(f"{ROOT}/{path}" for path in imports),
    )


def _walk(body: list[ast.stmt], of: str, blocks: list[Block], units: list[Unit]) -> int:
    taken = 0
    for each in body:
        if not isinstance(each, Definition):
            names = tuple(node.id for node in ast.walk(each) if isinstance(node, ast.Name) and _is_stored(node))
            kind = "assign" if names else "import" if isinstance(each, ast.Import | ast.ImportFrom) else "other"
            if isinstance(each, ast.Import | ast.ImportFrom):
                names = tuple(alias.asname or alias.name for alias in each.names)
            units.append(Unit(kind, names, digest(ast.dump(each)), of, _mentioned(each)))
            continue
        qual = f"{of}.{each.name}".lstrip(".")
        mine = line_set([each.body[0].lineno, each.end_lineno or each.lineno])
        if isinstance(each, ast.ClassDef):
            inner = _walk(each.body, qual, blocks, units)
            blocks.append(Block(qual, Kind.CLASS, digest(repr(_outline(each.body))), mine & ~inner))
        else:
            words = {word for node in ast.walk(each) for word in _words(node)}
            header = ast.dump(each.args) + "".join(map(ast.dump, each.decorator_list))
            keeps = mine if "cache" in header else 0
            reads = "getsource" in words
            body_hash = digest("".join(map(ast.dump, each.body)))
            blocks.append(Block(qual, Kind.FUNCTION, body_hash, mine, frozenset(words), keeps, reads_source=reads))
        autouse = any("autouse" in ast.unparse(decorator) for decorator in each.decorator_list)
        kind = "class" if isinstance(each, ast.ClassDef) else "autouse" if autouse else "def"
        header_words = frozenset(word for part in _header(each) for word in _mentioned(part))
        units.append(Unit(kind, (each.name,), digest(repr(_outline([each]))), of, header_words))
        taken |= mine
    return taken


def _header(each: Definition) -> list[ast.AST]:
    return [*each.decorator_list, *(each.bases if isinstance(each, ast.ClassDef) else [each.args])]


def _mentioned(node: ast.AST) -> frozenset[str]:
    return frozenset(word for each in ast.walk(node) for word in _words(each))


def _outline(body: list[ast.stmt]) -> list[str]:
    return [
        f"{each.name} {list(map(ast.dump, each.decorator_list))} {ast.dump(each.args) if hasattr(each, 'args') else ''}"
        if isinstance(each, Definition)
        else ast.dump(each)
        for each in body
    ]


def _is_stored(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)


def _words(node: ast.AST) -> list[str]:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return [name]
        case ast.alias(name=name):
            return [name]
        case ast.Constant(value=str(text)):
            return [text]
        case _:
            return []


@dataclass
class Project:
    """A project of text files, its record, and the edits to choose by."""

    files: dict[str, str] = field(default_factory=dict)
    imports: dict[str, tuple[str, ...]] = field(default_factory=dict)
    index: Index = field(default_factory=Index)
    items: dict[ItemKey, str] = field(default_factory=dict)

    def write(self, path: str, text: str, *imports: str) -> None:
        """A file that has been imported; ``imports`` are relative paths."""
        self.files[path] = text
        self.imports[path] = imports
        source = describe(text, *imports)
        file = self.index.file(f"{ROOT}/{path}")
        file.version(source.hash, source)
        file.current = source.hash
        module = next(block for block in source.blocks if block.qual == "")
        self.executed(Name(IMPORT, f"{ROOT}/{path}"), {path: [module.qual]})

    def test(self, nodeid: str, executed: Mapping[str, list[str]], **more: object) -> ItemKey:
        """An item that executed these blocks, by file, and itself; of a file in ``only`` no other lines."""
        path, *names = nodeid.partition("[")[0].split("::")
        self.items[nodeid, 0] = f"{ROOT}/{path}"
        self.executed(Name(TEST, nodeid), {path: [".".join(names)], **executed}, **more)  # type: ignore[arg-type]
        return (nodeid, 0)

    def unrecorded(self, nodeid: str) -> ItemKey:
        self.items[nodeid, 0] = f"{ROOT}/{nodeid.partition('::')[0]}"
        return (nodeid, 0)

    def fixture(self, key: str, executed: Mapping[str, list[str]], **more: object) -> str:
        self.executed(Name(FIXTURE, key), executed, **more)  # type: ignore[arg-type]
        return key

    def executed(
        self, name: Name, executed: Mapping[str, list[str]], only: Mapping[str, int] | None = None, **more: object
    ) -> None:
        lines = []
        for path, quals in executed.items():
            file = self.index.file(f"{ROOT}/{path}")
            assert file.source is not None, path
            bits = 0
            for qual in quals:
                (block,) = [block for block in file.source.blocks if block.qual == qual]
                bits |= block.lines
            lines.append(file.executed(file.source.hash, bits & (only or {}).get(path, -1)))
        self.index.put(Context(name, tuple(lines), **more))  # type: ignore[arg-type]

    def edit(self, path: str, old: str, new: str) -> Edit:
        """Replace a part of a file that is there once."""
        assert self.files[path].count(old) == 1
        return self.rewrite(path, self.files[path].replace(old, new))

    def rewrite(self, path: str, text: str) -> Edit:
        self.files[path] = text
        source = describe(text, *self.imports.get(path, ()))
        file = self.index.file(f"{ROOT}/{path}")
        file.version(source.hash, source)
        file.current = source.hash
        return Edit(f"{ROOT}/{path}", source.hash, source)

    def delete(self, path: str) -> Edit:
        self.index.file(f"{ROOT}/{path}").current = None
        return Edit(f"{ROOT}/{path}", None)

    def choose(self, *edits: Edit, **facts: object) -> Choice:
        return select(self.index, edits, Facts(self.items, **facts))  # type: ignore[arg-type]


def told(choice: Choice) -> dict[str, tuple[int, str]]:
    """Tier and reason by nodeid, in running order."""
    return {chosen.key[0]: (chosen.tier, chosen.reason) for chosen in choice.items}


def tiers(choice: Choice) -> dict[str, int]:
    return {chosen.key[0]: chosen.tier for chosen in choice.items}
