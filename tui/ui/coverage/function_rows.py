"""The rows of the table of functions: methods below their classes, arranged as files are. No Textual."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model.coverage import FileRegions, RegionKind, total_of
from tui.ui.coverage.files import Entry, Files, Order, matches, placed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.model.coverage import Region, Report

_OUTSIDE = "outside of functions"


class Functions(Files):
    """The functions of one file. A class is the sum of what is in it."""

    noun = "function"
    first_order = Order.PLACE

    def __init__(self, path: str) -> None:
        super().__init__()
        self._found = FileRegions(path)

    @property
    def orders(self) -> list[Order]:
        """What the rows can be sorted by."""
        return [Order.PLACE, Order.MISSING, Order.COVER, Order.TESTS]

    def take(self, found: FileRegions, report: Report, room: int) -> None:
        """Take over what a file consists of, and the report that it is of."""
        self._found = found
        self.show(report, room)

    def path_at(self, line: int) -> str:
        """The innermost function around a line, by the path of its row."""
        around = [each for each in _all(self._top) if each.line <= line <= each.last and not each.is_folder]
        return max(around, key=lambda entry: entry.line).path if around else ""

    def _grow(self) -> None:
        regions = [each for each in self._found.regions if each.kind is not RegionKind.CLASS]
        shown = [each for each in regions if matches(each.numbers, self.filter)]
        self.matches = len(shown)
        self._top = grown(shown, [each for each in self._found.regions if each.kind is RegionKind.CLASS])

    def _in_first_order(self, entries: tuple[Entry, ...]) -> list[Entry]:
        return sorted(entries, key=lambda entry: entry.line)


def grown(functions: Sequence[Region], classes: Sequence[Region]) -> tuple[Entry, ...]:
    """Functions as a tree below their classes; of several of one name each has its own row."""
    names = {each.numbers.path: each for each in classes}
    below: dict[str, list[Entry]] = {"": []}
    paths: set[str] = set()
    for each in functions:
        home = _home(each.numbers.path, names)
        name = each.numbers.path.removeprefix(f"{home}.") or _OUTSIDE
        path = _path(home, name)
        if path in paths:
            path = f"{path}:{each.first}"
        paths.add(path)
        below.setdefault(home, []).append(
            Entry(path, name, each.numbers, line=each.first, last=each.last, tests=each.tests)
        )
    for name in sorted(names, key=lambda each: -each.count(".")):
        if children := below.get(name):
            home = _home(name, names)
            below.setdefault(home, []).append(_class(names[name], _path(home, name.removeprefix(f"{home}.")), children))
    return tuple(placed(entry, 0) for entry in below[""])


def _class(region: Region, path: str, children: list[Entry]) -> Entry:
    numbers = total_of(tuple(child.numbers for child in children), region.numbers.path)
    name = f"class {region.numbers.path.rpartition('.')[2]}"
    return Entry(path, name, numbers, children=tuple(children), line=region.first, last=region.last, tests=region.tests)


def _home(name: str, classes: dict[str, Region]) -> str:
    """The innermost class around a dotted name; "" for none."""
    while name:
        name = name.rpartition(".")[0]
        if name in classes:
            return name
    return ""


def _path(home: str, name: str) -> str:
    return f"{home.replace('.', '/')}/{name}".lstrip("/")


def _all(entries: tuple[Entry, ...]) -> list[Entry]:
    return [each for entry in entries for each in (entry, *_all(entry.children))]
