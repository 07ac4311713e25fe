"""All that runs have recorded, in memory: which contexts executed which lines of which version of which file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from tui.model.impact.source import Block, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tui.model.events import ItemKey
    from tui.model.impact.source import Source

TEST = "t"
FIXTURE = "f"
IMPORT = "i"
COLLECTOR = "c"
SESSION = "s"


class Name(NamedTuple):
    """Identifies a context: a test, a shared fixture, an import, a collector, or the rest of the session.

    ``text`` is a nodeid, the key of a fixture, the path of the imported file; ``number`` counts equal nodeids.
    """

    kind: str
    text: str = ""
    number: int = 0


class Version:
    """One content of a file; without ``source`` it could not be described."""

    __slots__ = ("blocks", "file", "hash", "keeping", "source")

    def __init__(self, file: File, content: str, source: Source | None) -> None:
        self.file = file
        self.hash = content
        self.source = source
        self.blocks: list[tuple[int, int]] = []
        """Line set and number (within the file) of each block."""
        self.keeping = 0
        """The set of the lines that keep, share or lend results."""
        self.describe(source)

    def describe(self, source: Source | None) -> None:
        """Take the description of this version."""
        self.source = source
        if source is None:
            self.blocks = [(-1, self.file.number(Block(f"#{self.hash}", Kind.OPAQUE, self.hash, 0)))]
        else:
            self.blocks = [(block.lines, self.file.number(block)) for block in source.blocks]
            self.keeping = 0
            for block in source.blocks:
                self.keeping |= block.keeps | block.shares | block.lends

    def executed(self, lines: int) -> int:
        """The set of the blocks that some lines belong to; a line of none counts as the module's."""
        blocks = owned = 0
        for mine, number in self.blocks:
            if mine & lines:
                blocks |= 1 << number
                owned |= mine
        if self.source is not None and lines & ~owned:
            blocks |= self.file.module_level(self.source)
        return blocks


class Lines:
    """A distinct set of lines of one version, with the blocks that they lie in and the contexts that executed them."""

    __slots__ = ("bits", "blocks", "contexts", "version", "weight")

    def __init__(self, version: Version, bits: int) -> None:
        self.version = version
        self.bits = bits
        self.contexts: set[Context] = set()
        self.find_blocks()

    def find_blocks(self) -> None:
        """Look up the blocks, as the version is described now, and how many they are."""
        self.blocks = self.version.executed(self.bits)
        self.weight = self.blocks.bit_count()


class File:
    """A file that was executed or described. ``blocks`` of all versions have one numbering, sets of them are ints."""

    __slots__ = ("_numbers", "blocks", "current", "lines", "path", "source_readers", "versions")

    def __init__(self, path: str) -> None:
        self.path = path
        self.versions: dict[str, Version] = {}
        self.lines: dict[tuple[str, int], Lines] = {}
        self.blocks: list[Block] = []
        self.current: str | None = None
        """Hash of its present content; None when it is gone."""
        self.source_readers = 0
        """The set of the blocks that may look at source texts."""
        self._numbers: dict[tuple[str, str], int] = {}

    def number(self, block: Block) -> int:
        """The number of a block: the same for the same name and hash, whatever the version."""
        key = (block.qual, block.hash)
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self.blocks)
            self.blocks.append(block)
            self.source_readers |= block.reads_source << number
        return number

    @property
    def recorded(self) -> list[Version]:
        """The versions that contexts executed; of a file that none did, all that are described."""
        return list({lines.version: None for lines in self.lines.values()}) or list(self.versions.values())

    def version(self, content: str, source: Source | None = None) -> Version:
        """The version of that hash; ``source`` describes it if nothing has so far."""
        known = self.versions.get(content)
        if known is None:
            known = self.versions[content] = Version(self, content, source)
        elif known.source is None and source is not None:
            known.describe(source)
            for lines in self.lines.values():
                if lines.version is known:
                    lines.find_blocks()
        return known

    def executed(self, content: str, bits: int) -> Lines:
        """The one object for these lines of that version."""
        lines = self.lines.get((content, bits))
        if lines is None:
            lines = self.lines[content, bits] = Lines(self.version(content), bits)
        return lines

    def module_level(self, source: Source) -> int:
        """The set of the module block of a version."""
        return self.only(block for block in source.blocks if block.kind is Kind.MODULE)

    def only(self, blocks: Iterable[Block]) -> int:
        """The set of these blocks."""
        found = 0
        for block in blocks:
            found |= 1 << self.number(block)
        return found

    def where(self, test: Iterable[bool]) -> int:
        """The set of the blocks for which ``test``, in their order, says so."""
        found = 0
        for number, hit in enumerate(test):
            found |= hit << number
        return found

    @property
    def source(self) -> Source | None:
        """What the present content holds, if that is known."""
        version = self.versions.get(self.current) if self.current else None
        return version.source if version else None

    @property
    def stale(self) -> int:
        """The set of the blocks that the present content has no more; none, where that content is not described."""
        if self.current is None:
            return (1 << len(self.blocks)) - 1
        source = self.source
        return ((1 << len(self.blocks)) - 1) & ~self.only(source.blocks) if source is not None else 0


@dataclass(eq=False, slots=True)
class Context:
    """What was executed and read under one name.

    ``fixtures`` are the keys of the shared fixtures that a test used, ``setup`` the seconds that a fixture's setup
    took. ``whole`` is False when the record says too little: a test was cut off, or lines ran that nobody saw.
    """

    name: Name
    lines: tuple[Lines, ...] = ()
    data: frozenset[str] = frozenset()
    listed: frozenset[str] = frozenset()
    fixtures: tuple[str, ...] = ()
    spawns: bool = False
    setup: float = 0.0
    whole: bool = True
    arcs: tuple[bytes, ...] = ()
    """Packed sets of arcs, one for each of ``lines``; empty where none were recorded."""
    wavers: bool = False
    """Whether the test has been seen to do something else with the same files."""
    key: ItemKey = field(init=False)
    """The item, of a test."""

    def __post_init__(self) -> None:
        self.key = (self.name.text, self.name.number)

    def arcs_of(self, lines: Lines) -> bytes | None:
        """The packed arcs that go with one of its line sets; None where none were recorded."""
        return self.arcs[self.lines.index(lines)] if self.arcs else None

    @property
    def weight(self) -> int:
        """How many blocks it executed."""
        return sum([lines.weight for lines in self.lines])


class Index:
    """The resident record: contexts by name, and everything the other way round."""

    def __init__(self) -> None:
        self.files: dict[str, File] = {}
        self.contexts: dict[Name, Context] = {}
        self.tests: dict[ItemKey, Context] = {}
        """The contexts of items, by their keys."""
        self.doubtful: set[Name] = set()
        """Contexts whose record says too little."""
        self.imports: dict[str, set[str]] = {}
        """Importer to imported, as seen while running."""
        self.wanted: dict[str, set[str]] = {}
        """Importer to the files that would have satisfied an import that found nothing."""
        self.data: dict[str, set[Context]] = {}
        self.listed: dict[str, set[Context]] = {}
        self.gone: set[str] = set()
        """Paths that were there once and are not now, as far as anybody was told."""
        self.users: dict[str, set[ItemKey]] = {}
        """Key of a shared fixture to the items that used it."""
        self.setting: dict[str, Any] = {}
        """What the last recorded run told of itself: folders of its ``sys.path``, options of pytest-cov."""

    def file(self, path: str) -> File:
        """The file of that path; made if it was unknown."""
        file = self.files.get(path)
        if file is None:
            file = self.files[path] = File(path)
        return file

    def put(self, context: Context) -> None:
        """Take a context in the place of the one of the same name."""
        self.drop(context.name)
        self.contexts[context.name] = context
        if context.name.kind == TEST:
            self.tests[context.key] = context
        if not context.whole:
            self.doubtful.add(context.name)
        for lines in context.lines:
            lines.contexts.add(context)
            lines.version.file.lines[lines.version.hash, lines.bits] = lines  # the old one may have been its last user
        for path in context.data:
            self.data.setdefault(path, set()).add(context)
        for path in context.listed:
            self.listed.setdefault(path, set()).add(context)
        for fixture in context.fixtures:
            self.users.setdefault(fixture, set()).add(context.key)

    def drop(self, name: Name) -> None:
        """Forget a context; one that is unknown is none."""
        context = self.contexts.pop(name, None)
        if context is None:
            return
        self.doubtful.discard(name)
        if name.kind == TEST:
            del self.tests[context.key]
        for lines in context.lines:
            lines.contexts.discard(context)
            if not lines.contexts:
                lines.version.file.lines.pop((lines.version.hash, lines.bits), None)
        for path in context.data:
            self.data[path].discard(context)
        for path in context.listed:
            self.listed[path].discard(context)
        for fixture in context.fixtures:
            self.users[fixture].discard(context.key)

    def doubt(self, name: Name) -> bool:
        """Say that the record of a context says too little; whether there is such a context."""
        if name not in self.contexts:
            return False
        self.contexts[name].whole = False
        self.doubtful.add(name)
        return True

    def is_recorded(self, key: ItemKey) -> bool:
        """Whether what an item executes is known, itself and in its shared fixtures."""
        context = self.tests.get(key)
        if context is None:
            return False
        return not self.doubtful or all(part.whole for part in self.parts(context))

    def unrecorded(self, keys: Iterable[ItemKey]) -> list[ItemKey]:
        """Those of the items of which it is not known what they execute."""
        if self.doubtful:
            return [key for key in keys if not self.is_recorded(key)]
        return [key for key in keys if key not in self.tests]

    def parts(self, context: Context) -> Iterator[Context]:
        """The context of a test and those of the shared fixtures that it used."""
        yield context
        for key in context.fixtures:
            fixture = self.contexts.get(Name(FIXTURE, key))
            if fixture is not None:
                yield fixture

    def orphans(self) -> list[Name]:
        """Contexts that nothing leads to any more: fixtures without users, tests and imports of files that are gone."""
        names = [name for name in self.contexts if name.kind == FIXTURE and not self.users.get(name.text)]
        for path, file in self.files.items():
            if file.current is None:
                contexts = {context.name for lines in file.lines.values() for context in lines.contexts}
                names += [name for name in contexts if _is_of(name, path)]
        return names

    def forget_versions(self) -> None:
        """Drop versions that no context refers to, but for the present one of each file, and files with nothing."""
        for path, file in list(self.files.items()):
            used = {content for content, _ in file.lines}
            for content in [content for content in file.versions if content not in used and content != file.current]:
                del file.versions[content]
            if not file.versions:
                del self.files[path]


def _is_of(name: Name, path: str) -> bool:
    """Whether a context is the import of that file, or a test in it."""
    if name.kind == TEST:
        return path.endswith(f"/{name.text.partition('::')[0]}")
    return name.kind == IMPORT and name.text == path
