"""The rows of the table: files below their folders, sorted, filtered and folded. No Textual."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from tui.model.coverage import FileCoverage, Report, total_of
from tui.model.values import state
from tui.ui.coverage.figures import difference

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


_LEAST_SHARE = 3
"""The part of the room, as a divisor, below which rows are too few to leave it at that."""


class Order(Enum):
    """What the table is sorted by; the value is the word for it."""

    NAME = "name"
    MISSING = "missing"
    COVER = "cover"
    SINCE_RUN = "since the last run"
    SINCE_HEAD = "since HEAD"
    PLACE = "place"
    TESTS = "tests"


@state
class Entry:
    """A file or a folder; or a function or a class, which have the ``line`` that they begin at.

    ``before`` and ``head`` are its numbers of another time, None where they do not differ. ``name`` is what its row
    shows: of folders that hold nothing but one folder, the names together.
    """

    path: str
    name: str
    numbers: FileCoverage
    before: FileCoverage | None = None
    head: FileCoverage | None = None
    children: tuple[Entry, ...] = ()
    depth: int = 0
    line: int = 0
    last: int = 0
    tests: int | None = None
    """How many tests executed any of it, where that is known."""

    @property
    def title(self) -> str:
        """Its name as it is shown."""
        return f"{self.name}/" if self.is_folder and not self.line else self.name

    @property
    def is_folder(self) -> bool:
        """Whether there is something below it."""
        return bool(self.children)

    @property
    def paths(self) -> list[str]:
        """Its own path if it is a file, else those of all files below it."""
        return [path for child in self.children for path in child.paths] if self.children else [self.path]


class Files:
    """The table's rows. What is folded, the order and the filter are the person's, whatever is measured meanwhile."""

    noun = "file"
    """What a row without others below it is."""
    first_order = Order.NAME
    """The one that it begins with, and that its first column stands for."""

    def __init__(self) -> None:
        self.report = Report()
        self.rows: list[Entry] = []
        self.order = self.first_order
        self.reverse = False
        self.filter = ""
        self.matches = 0
        """How many files the filter shows."""
        self.total_before: FileCoverage | None = None
        """The sum of all files before the last run, None where nothing differs."""
        self._top: tuple[Entry, ...] = ()
        self._folded: set[str] = set()
        self._seen: set[str] = set()
        """Folders that have been open or folded before."""

    def show(self, report: Report, room: int) -> None:
        """Take over a report. Folders that are new are open as far as all rows fit into ``room``."""
        self.report = report
        before = report.before
        self.total_before = total_of(tuple(before.get(file.path, file) for file in report.files)) if before else None
        self._grow()
        if not self._seen:
            self._fold_to(room)
        self._list()
        self._fold_new(room)

    @property
    def orders(self) -> list[Order]:
        """What the rows can be sorted by."""
        since_head = [Order.SINCE_HEAD] if self.report.committed else []
        return [Order.NAME, Order.MISSING, Order.COVER, Order.SINCE_RUN, *since_head]

    def sort_by(self, order: Order, *, reverse: bool) -> None:
        """Another order; the worst comes first where it is about numbers."""
        self.order, self.reverse = order, reverse
        self._list()

    def filter_by(self, text: str) -> None:
        """Show only files whose path has all words of a text (``!word``: has it not; ``<80``: less is covered)."""
        self.filter = text.strip()
        self._grow()
        self._list()

    def is_open(self, entry: Entry) -> bool:
        """Whether the rows below a folder are shown. While a filter lasts, all that it shows is open."""
        return bool(self.filter) or entry.path not in self._folded

    def set_open(self, entry: Entry, *, opened: bool) -> bool:
        """Open or fold a folder; whether that changed anything."""
        if not entry.is_folder or self.filter or opened is self.is_open(entry):
            return False
        (self._folded.discard if opened else self._folded.add)(entry.path)
        self._list()
        return True

    def toggle_all(self) -> None:
        """Open every folder, or fold all if there is none to open."""
        folders = {entry.path for entry in _below(self._top) if entry.is_folder}
        self._folded = folders if not self._folded & folders else set()
        self._list()

    def row_of(self, path: str) -> int | None:
        """The row of a path, or of the lowest folder above it that has one."""
        rows = {entry.path: row for row, entry in enumerate(self.rows)}
        while path:
            if path in rows:
                return rows[path]
            path = path.rpartition("/")[0]
        return None

    def beside(self, path: str, direction: int) -> str | None:
        """The file after (1) or before (-1) another one in the order of the table, folded or not; round at the ends.

        None where the filter shows no other file.
        """
        paths: list[str] = []
        stack = self._sorted(self._top)[::-1]
        while stack:
            entry = stack.pop()
            stack += self._sorted(entry.children)[::-1]
            if not entry.is_folder:
                paths.append(entry.path)
        if path not in paths:
            return paths[0 if direction > 0 else -1] if paths else None
        other = paths[(paths.index(path) + direction) % len(paths)]
        return None if other == path else other

    def _grow(self) -> None:
        shown = [file for file in self.report.files if matches(file, self.filter)]
        self.matches = len(shown)
        self._top = grown(shown, self.report.before, self.report.head)

    def _fold_to(self, room: int) -> None:
        """Fold all folders, then open them level by level as long as there is room, or as most of it is empty."""
        self._folded = {entry.path for entry in _below(self._top) if entry.is_folder}
        self._seen = set(self._folded)
        level, used = self._top, len(self._top)
        while level:
            opened = [entry for entry in level if entry.is_folder]
            rows = used + sum(len(entry.children) for entry in opened)
            if rows > room and used >= room // _LEAST_SHARE:
                break
            used = rows
            self._folded -= {entry.path for entry in opened}
            level = tuple(child for entry in opened for child in entry.children)

    def _fold_new(self, room: int) -> None:
        """Fold folders that were not there before, where there is no room for what is in them."""
        new = {entry.path for entry in _below(self._top) if entry.is_folder} - self._seen
        self._seen |= new
        if new and len(self.rows) > room:
            self._folded |= new
            self._list()

    def _list(self) -> None:
        rows: list[Entry] = []
        stack = self._sorted(self._top)[::-1]
        while stack:
            entry = stack.pop()
            rows.append(entry)
            if entry.is_folder and self.is_open(entry):
                stack += self._sorted(entry.children)[::-1]
        self.rows = rows

    def _sorted(self, entries: tuple[Entry, ...]) -> list[Entry]:
        first = self._in_first_order(entries)
        if self.order is self.first_order:
            return first[::-1] if self.reverse else first
        return sorted(first, key=_KEYS[self.order], reverse=self.reverse)

    def _in_first_order(self, entries: tuple[Entry, ...]) -> list[Entry]:
        return sorted(entries, key=lambda entry: (not entry.is_folder, entry.name))


def matches(file: FileCoverage, text: str) -> bool:
    """Whether a filter lets a file be seen."""
    for word in text.split():
        if word.startswith("<") and word[1:].rstrip("%").isdecimal():
            if file.percent is None or file.percent >= int(word[1:].rstrip("%")):
                return False
        elif (word.lower().lstrip("!") in file.path.lower()) is word.startswith("!"):
            return False
    return True


def grown(
    files: list[FileCoverage], before: Mapping[str, FileCoverage], head: Mapping[str, FileCoverage]
) -> tuple[Entry, ...]:
    """Files as a tree of folders whose numbers are the sums of what is below them."""
    folders: dict[str, list[Entry]] = {"": []}
    for file in files:
        folder, _, name = file.path.rpartition("/")
        folders.setdefault(folder, []).append(Entry(file.path, name, file, before.get(file.path), head.get(file.path)))
        while (folder := folder.rpartition("/")[0]) not in folders:
            folders[folder] = []
    for path in sorted(folders, key=lambda each: -each.count("/")):
        if path:
            above = path.rpartition("/")[0]
            folders[above].append(_folder(path, path[len(above) :].lstrip("/") if above else path, folders[path]))
    return tuple(placed(entry, 0) for entry in folders[""])


def _folder(path: str, name: str, children: list[Entry]) -> Entry:
    if len(children) == 1 and children[0].is_folder:
        only = children[0]
        return Entry(only.path, f"{name}/{only.name}", only.numbers, only.before, only.head, only.children)
    return Entry(
        path,
        name,
        total_of(tuple(child.numbers for child in children), path),
        _sum([child.before for child in children], children),
        _sum([child.head for child in children], children),
        tuple(children),
    )


def _sum(others: list[FileCoverage | None], children: list[Entry]) -> FileCoverage | None:
    """The numbers of another time: those of today where nothing is known to differ."""
    if not any(others):
        return None
    return total_of(tuple(other or child.numbers for other, child in zip(others, children, strict=True)))


def placed(entry: Entry, depth: int) -> Entry:
    """The entry, and all below it, told how deep they are."""
    entry.depth = depth
    for child in entry.children:
        placed(child, depth + 1)
    return entry


def _below(entries: tuple[Entry, ...]) -> Iterator[Entry]:
    for entry in entries:
        yield entry
        yield from _below(entry.children)


_KEYS: dict[Order, Callable[[Entry], float]] = {
    Order.MISSING: lambda entry: -entry.numbers.missing,
    Order.COVER: lambda entry: 101.0 if entry.numbers.percent is None else entry.numbers.percent,
    Order.SINCE_RUN: lambda entry: difference(entry.numbers, entry.before),
    Order.SINCE_HEAD: lambda entry: difference(entry.numbers, entry.head),
    Order.TESTS: lambda entry: entry.tests or 0,
}
