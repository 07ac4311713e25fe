"""Rules for source files: what an edit made of the blocks of a file, and who depends on those."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from tui.model.impact.collected import module_level
from tui.model.impact.index import COLLECTOR, FIXTURE, IMPORT, SESSION, TEST
from tui.model.impact.kept import put_users
from tui.model.impact.paths import CONFTEST, folder_of, name_of, short
from tui.model.impact.source import Kind, Source, members

if TYPE_CHECKING:
    from tui.model.impact.choice import Edit
    from tui.model.impact.index import Context, File, Index
    from tui.model.impact.reached import Reached

_SHOWN = 3
"""Names that a reason lists."""
_APART = 20
"""Things that changed in one file up to which it is told apart who depends on which."""


def edited_code(index: Index, reached: Reached, edit: Edit, root: str) -> bool:
    """Put who depends on an edited source file; whether the edit changed anything that can be executed."""
    file = index.files.get(edit.path)
    versions = [] if file is None else [version for version in file.recorded if version.hash != edit.hash]
    is_new = file is None or not (versions or edit.hash in {content for content, _ in file.lines})
    if is_new or (edit.path in index.gone and edit.hash is not None):  # who ran without it is not in its record
        _NewFile(index, reached, edit, root).apply()
    if file is None or is_new:
        return True
    return _EditedFile(reached, index, edit, file).apply() or edit.path in index.gone


class _NewFile:
    """A source file that has never been executed: it is new, or no run needed it."""

    def __init__(self, index: Index, reached: Reached, edit: Edit, root: str) -> None:
        self._index = index
        self._reached = reached
        self._edit = edit
        self._root = root

    def apply(self) -> None:
        path = self._edit.path
        reached = self._reached
        if name_of(path) == CONFTEST:
            reached.put(reached.in_homes(reached.graph.below(folder_of(path))), 2, f"{CONFTEST} changed: all below")
        reached.put(reached.in_homes(reached.graph.homes_wanting(path)), 2, f"looks for {short(path, self._root)}")
        reached.put(reached.reaching(path), 3, f"imports {short(path, self._root)}")
        reached.starting_processes(path)


@dataclass
class _Change:
    """What differs at module and class level. ``names``: bound by a statement that changed (no dunder names)."""

    names: set[str] = field(default_factory=set)
    headers: set[str] = field(default_factory=set)
    """Qualified names of definitions whose header changed."""
    classes: set[str] = field(default_factory=set)
    """Qualified names of classes whose body changed, other than by a definition with a plain name."""
    autouse: set[str] = field(default_factory=set)
    exports: bool = False
    """What a star imports changed."""
    nameless: bool = False
    """A statement that binds nothing changed, or nobody can say what did."""

    def compare(self, old: Source, new: Source | None) -> None:
        """Add the difference of two versions."""
        before = Counter(old.units)
        after = Counter(new.units if new else ())
        differing = [*(before - after), *(after - before)]
        self.nameless |= not differing
        for unit in differing:
            plain = {name for name in unit.names if not _is_dunder(name)}
            self.names |= plain - {"_"}
            self.headers.update(unit.quals)
            self.exports |= "__all__" in unit.names
            if unit.of and unit.kind != "doc":
                self.names.add(unit.of.partition("#")[0].rsplit(".", 1)[-1])
                if unit.kind not in {"def", "class"} or not plain:
                    self.classes.add(unit.of.partition("#")[0])
            if unit.kind == "autouse":
                self.autouse |= plain
            self.nameless |= unit.kind == "other" or not (unit.names or unit.kind == "doc")


class _EditedFile:
    """A file that runs have executed or sources import, and that is different now, or gone."""

    def __init__(self, reached: Reached, index: Index, edit: Edit, file: File) -> None:
        self._reached = reached
        self._index = index
        self._edit = edit
        self._file = file
        self._name = short(edit.path)
        self._old = [version for version in file.recorded if version.hash != edit.hash]
        present = file.only(edit.source.blocks) if edit.source is not None else 0
        self._stale = ((1 << len(file.blocks)) - 1) & ~present
        self._functions = file.where(block.kind in {Kind.FUNCTION, Kind.OPAQUE} for block in file.blocks)

    def apply(self) -> bool:
        """Put all; whether anything that can be executed differs."""
        now = _identities(self._edit.source)
        differing = [version for version in self._old if version.source is None or _identities(version.source) != now]
        if self._edit.source is None or differing:
            self._stale_functions()
            self._reached.starting_processes(self._edit.path)
            put_users(self._index, self._reached, self._file, self._stale & self._functions)
            level = module_level(self._edit.source)
            described = [version.source for version in differing if version.source is not None]
            moved = [source for source in described if module_level(source) != level]
            if moved or self._edit.source is None or self._hooks():
                self._module_level(moved)
        self._source_readers()
        return bool(differing) or self._edit.source is None

    def _stale_functions(self) -> None:
        """Whoever ran a function that is different now, by the contexts it ran in."""
        stale = self._stale & self._functions
        apart = [1 << number for number in members(stale)]
        for blocks in apart if len(apart) <= _APART else [stale]:
            self._reached.suspect(f"{self._file.path}:{blocks}", self._file, blocks)
        for lines in self._file.lines.values():
            hit = lines.blocks & stale
            if hit:
                block = self._file.blocks[next(iter(members(hit)))]
                title = f": {block.title}" if block.kind is not Kind.OPAQUE else ""
                for context in lines.contexts:
                    self._ran(context, hit, f"{self._name}{title} changed")

    def _ran(self, context: Context, hit: int, words: str) -> None:
        reached = self._reached
        kind, text, _ = context.name
        if kind == TEST:
            own = reached.home(context.key) == self._edit.path and self._is_test(text, hit)
            reached.put((context.key,), 1, "edited itself" if own else words)
        elif kind == FIXTURE:
            fixture = text.partition("::")[2].partition("@")[0] or text
            is_it = any(self._file.blocks[number].dotted.rsplit(".", 1)[-1] == fixture for number in members(hit))
            reached.put(
                reached.tests_of(context), 1, f"fixture {fixture} changed" if is_it else f"{words} (fixture {fixture})"
            )
        elif kind == IMPORT:
            self._ran_while_importing(text, f"{words}, runs when {short(text)} is imported")
        elif kind == COLLECTOR:
            reached.put(reached.tests_of(context), 2, f"{words}, runs during collection")
        elif kind == SESSION:
            reached.put(reached.tests_of(context), 3, f"{words}, runs in every session")

    def _is_test(self, nodeid: str, hit: int) -> bool:
        own = ".".join(nodeid.partition("[")[0].split("::")[1:])
        return any(self._file.blocks[number].dotted == own for number in members(hit))

    def _ran_while_importing(self, module: str, words: str) -> None:
        """Tests that use the module come first; those that merely reach it by imports, later."""
        reached, graph = self._reached, self._reached.graph
        reaching = graph.homes_reaching(module)
        reached.put(reached.in_homes(home for home in reaching if graph.imports_directly(home, module)), 2, words)
        file = self._index.files.get(module)
        if file is not None:
            reached.put(reached.executing(file, -1), 2, words)
        reached.put(reached.in_homes(reaching), 3, words)

    def _called_while_importing(self, blocks: int, words: str) -> None:
        """Modules that ran one of these blocks while they were imported are other ones now, or raise."""
        modules = {
            context.name.text
            for lines in self._file.lines.values()
            if lines.blocks & blocks
            for context in lines.contexts
            if context.name.kind == IMPORT
        }
        for module in modules - {self._edit.path}:
            self._ran_while_importing(module, f"{words}, runs when {short(module)} is imported")

    def _hooks(self) -> bool:
        """Whether a hook in a conftest changed: it may act on everything below."""
        if name_of(self._edit.path) != CONFTEST:
            return False
        return any(self._file.blocks[number].qual.startswith("pytest_") for number in members(self._stale))

    def _module_level(self, before: list[Source]) -> None:
        """Statements of the module or of a class differ: who names what they bind, then all that import the file."""
        path, name, reached, file = self._edit.path, self._name, self._reached, self._file
        change = _Change(nameless=not before)
        for source in before:
            change.compare(source, self._edit.source)
        if change.autouse:
            words = f"autouse fixture {_listed(change.autouse)} changed"
            below = reached.graph.below(folder_of(path)) if name_of(path) == CONFTEST else (path,)
            reached.put(reached.in_homes(below), 2, words)
        for qual in change.headers:
            blocks = file.where(block.dotted == qual for block in file.blocks)
            words = f"{name}: header of {qual} changed"
            reached.put(reached.suspect(f"{path}:{qual}", file, blocks), 2, words)
            self._called_while_importing(blocks, words)
        for qual in change.classes:
            blocks = file.where(block.dotted.startswith(f"{qual}.") for block in file.blocks)
            reached.put(reached.suspect(f"{path}:{qual}", file, blocks), 2, f"{name}: {qual} changed")
        reaching = reached.reaching(path)
        if change.exports:
            self._exports()
        if change.names:
            self._mentions(change.names)
            users = set(reached.fixture_users(change.names)).intersection(reaching)
            reached.put(users, 2, f"fixture {_listed(change.names)} changed")
        reached.put(reached.in_homes((path,)), 2, f"{name}: {_listed(change.names) or 'module level'} changed")
        if change.nameless:
            reached.put(reached.executing(file, -1), 2, f"{name}: module level changed")
        if name_of(path) == CONFTEST:
            reached.put(reaching, 2 if self._hooks() else 3, f"{CONFTEST} changed: all below")
        reached.put(reaching, 3, f"imports {name}")

    def _mentions(self, names: set[str]) -> None:
        """Whoever reaches the file, and executed a function or is a test that mentions one of these names."""
        homes = self._reached.graph.homes_reaching(self._edit.path)
        names = names | self._aliases(names)
        for file in self._index.files.values():
            mentioning: dict[str, int] = {}
            for number, block in enumerate(file.blocks):
                if block.kind is Kind.FUNCTION and not names.isdisjoint(block.names):
                    for name in names & block.names:
                        mentioning[name] = mentioning.get(name, 0) | 1 << number
            if file.path in homes:
                _in_headers(file, names, mentioning)
            if len(mentioning) > _APART:
                mentioning = {_listed(set(mentioning)): reduce(or_, mentioning.values())}
            for name, blocks in mentioning.items():
                keys = self._reached.suspect(name, file, blocks)
                words = f"{self._name}: changed is {name}"
                self._reached.put((key for key in keys if self._reached.home(key) in homes), 2, words)

    def _aliases(self, names: set[str]) -> set[str]:
        """Other names under which files import these."""
        return {
            name
            for file in self._index.files.values()
            if file.source is not None
            for unit in file.source.units
            if unit.kind == "import" and not names.isdisjoint(unit.mentions)
            for name in unit.names
        }

    def _exports(self) -> None:
        """What a star imports is different: tests that use the importing file."""
        for path in self._reached.graph.importers(self._edit.path):
            file = self._index.files.get(path)
            units = file.source.units if file is not None and file.source is not None else ()
            if any(unit.kind == "import" and "*" in unit.names for unit in units):
                self._ran_while_importing(path, f"{self._name}: __all__ changed")

    def _source_readers(self) -> None:
        """Who looks at source texts sees comments, too."""
        reached = self._reached
        homes = reached.graph.homes_reaching(self._edit.path)
        for file in self._index.files.values():
            if file.source_readers:
                keys = reached.executing(file, file.source_readers)
                reached.put((key for key in keys if reached.home(key) in homes), 3, "reads sources")


def _in_headers(file: File, names: set[str], mentioning: dict[str, int]) -> None:
    """Add the blocks of definitions that mention names in their headers: a test is called with what stands there."""
    for unit in file.source.units if file.source is not None else ():
        if unit.kind in {"def", "class"} and not names.isdisjoint(unit.mentions):
            below = tuple(f"{qual}." for qual in unit.quals)
            blocks = file.where(f"{block.dotted}.".startswith(below) for block in file.blocks)
            for name in names & unit.mentions:
                mentioning[name] = mentioning.get(name, 0) | blocks


def _identities(source: Source | None) -> set[tuple[str, str]]:
    return {(block.qual, block.hash) for block in source.blocks} if source is not None else set()


def _is_dunder(name: str) -> bool:
    """Everybody mentions ``__init__``: such names say nothing."""
    return name.startswith("__") and name.endswith("__")


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names)[:_SHOWN])
