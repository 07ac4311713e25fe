"""A front that knows what a test tells it, and the app with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.ui.app.driver import Sitting, sit_down, write
from tui.model.coverage import (
    DiffCoverage,
    FileCoverage,
    FileLines,
    FileRegions,
    LineState,
    Region,
    RegionKind,
    Report,
    Share,
    total_of,
)
from tui.model.events import ItemKey
from tui.ui.coverage.room import Room
from tui.ui.coverage.screens import CoverageScreens

SOURCE = (
    "import math",
    "",
    "",
    "class Cart:",
    "    def __init__(self, prices):",
    "        self.prices = prices",
    "",
    "    def total(self, currency):",
    "        if currency not in self.prices:",
    "            raise KeyError(currency)",
    "        total = self.prices[currency]",
    "        if total < 0:  # a refund",
    "            total = 0",
    "            total += 1",
    "        return math.floor(total)",
    "",
    "    def __repr__(self):  # pragma: no cover",
    "        return f'Cart({self.prices})'",
    "",
    "    def new(self):",
    "        return None",
)
_STATES = {
    1: LineState.COVERED,
    4: LineState.COVERED,
    5: LineState.COVERED,
    6: LineState.COVERED,
    8: LineState.COVERED,
    9: LineState.PARTIAL,
    10: LineState.MISSED,
    11: LineState.COVERED,
    12: LineState.PARTIAL,
    13: LineState.MISSED,
    14: LineState.MISSED,
    15: LineState.COVERED,
    17: LineState.EXCLUDED,
    18: LineState.EXCLUDED,
    20: LineState.STALE,
    21: LineState.STALE,
}
CART = FileCoverage("shop/cart.py", 14, 3, 2, 4, 2, (10, 13, 14), 2)
STOCK = FileCoverage("shop/store/stock.py", 200, 10, 0, 60, 6, (7,), 4)
EMPTY = FileCoverage("shop/__init__.py", 0, 0)
TILL = FileCoverage("till.py", 40, 0)
FILES = (EMPTY, CART, STOCK, TILL)
TESTS = {
    "test_a.py": """
        import pytest

        @pytest.mark.parametrize("currency", ["eur", "usd"])
        def test_total(currency): pass
        def test_one(): pass
        def test_two(): assert 0
    """
}


def region(kind: RegionKind, name: str, first: int, last: int, *numbers: int, tests: int = 0) -> Region:
    """A part of a file; ``numbers``: statements, missing, excluded, branches, of these not taken, and half."""
    statements, missing, excluded, branches, partial, half = (*numbers, *[0] * (6 - len(numbers)))
    return Region(
        kind, first, last, FileCoverage(name, statements, missing, excluded, branches, partial, (), half), tests
    )


REGIONS = (
    region(RegionKind.MODULE, "", 1, 1, 6, 0, 1),
    region(RegionKind.CLASS, "Cart", 4, 21, 8, 3, 1, 4, 2, 2, tests=2),
    region(RegionKind.FUNCTION, "Cart.__init__", 5, 6, 1, tests=2),
    region(RegionKind.FUNCTION, "Cart.total", 8, 15, 6, 3, 0, 4, 2, 2, tests=2),
    region(RegionKind.FUNCTION, "Cart.__repr__", 17, 18, 0, 0, 1),
    region(RegionKind.FUNCTION, "Cart.new", 20, 21, 1),
)
"""The parts of the cart; with what is outside of functions they are all of it."""


def lines_of_cart() -> FileLines:
    """The cart line by line."""
    states = tuple(_STATES.get(number, LineState.PLAIN) for number in range(1, len(SOURCE) + 1))
    why = {9: "line 9 never jumped to line 10", 12: "the condition on line 12 was never true"}
    return FileLines(CART.path, SOURCE, states, why, frozenset({20, 21}), frozenset({12, 20, 21}), numbers=CART)


def report_of(*files: FileCoverage, **more: Any) -> Report:
    """A report of files."""
    return Report(files, total_of(files), branches_measured=True, **more)


class MadeUp:
    """The front. Each answer waits for ``hold``, where a test sets it."""

    def __init__(self) -> None:
        self.on_change: Callable[[], None] = lambda: None
        self.answer = report_of(
            *FILES, fail_under=80.0, before={STOCK.path: FileCoverage(STOCK.path, 190, 30, 0, 60, 9)}
        )
        self.files = {CART.path: lines_of_cart()}
        self.regions = {CART.path: FileRegions(CART.path, REGIONS)}
        self.covering: dict[int, list[ItemKey]] = {
            line: [("test_a.py::test_one", 0), ("test_a.py::test_total[usd]", 0)] for line in (5, 6, 9, 11)
        }
        self.shares = [Share(CART.path, (4, 5, 6, 8), (6,)), Share("till.py", (1, 2), ())]
        code = {CART.path: dict(enumerate(SOURCE, start=1))}
        self.difference = DiffCoverage("HEAD", 10, 7, {CART.path: (13, 14, 10)}, code=code)
        self.bases: list[str] = []
        self.exported: list[tuple[str, Path]] = []
        self.version = 0
        self.looked_up: list[ItemKey] = []
        self.new = ""
        self.outdated: set[str] = set()
        self.saved: list[list[str]] = []
        self.asked = 0
        self.hold: asyncio.Event | None = None

    def begin(self) -> str:
        return ""

    async def _wait(self) -> None:
        if self.hold is not None:
            await self.hold.wait()

    async def report(self) -> Report:
        self.asked += 1
        await self._wait()
        return self.answer

    async def lines(self, path: str) -> FileLines:
        await self._wait()
        self.outdated.discard(path)
        return self.files.get(path) or FileLines(path, words=f"{path} is not there any more.")

    async def functions(self, path: str) -> FileRegions:
        await self._wait()
        self.outdated.discard(path)
        return self.regions.get(path) or FileRegions(path, words=f"{path} is not there any more.")

    def is_outdated(self, path: str) -> bool:
        return path in self.outdated

    def tests_of(self, path: str, first: int, last: int) -> list[ItemKey]:
        found = [key for line in range(first, last + 1) for key in self.covering.get(line, ())]
        return list(dict.fromkeys(found))

    async def numbers(self, path: str) -> dict[int, int]:
        return {line: len(keys) for line, keys in self.covering.items()} if path == CART.path else {}

    async def of_test(self, key: ItemKey) -> list[Share]:
        self.looked_up.append(key)
        await self._wait()
        return self.shares

    async def diff(self, base: str = "HEAD") -> DiffCoverage:
        self.bases.append(base)
        await self._wait()
        return self.difference

    async def since_save(self, paths: Iterable[str]) -> str:
        self.saved.append(list(paths))
        return self.new

    async def export(self, kind: str, target: Path) -> str:
        self.exported.append((kind, target))
        return f"written to {target}"


@asynccontextmanager
async def look(
    folder: Path, front: MadeUp | None = None, *keys: str, files: dict[str, str] | None = None, **how: Any
) -> AsyncIterator[tuple[Sitting, MadeUp]]:
    """The app on a project, usually with four tests; its coverage is what the front says. Keys are pressed at once."""
    front = front or MadeUp()
    write(folder, TESTS if files is None else files)
    async with sit_down(folder, **how) as sitting:
        app = sitting.app
        app.coverage = Room(front, app.controller, app._outside, app._glyphs, app._go, CoverageScreens(), app.keys)
        for key in keys:
            await sitting.press(key)
            await sitting.quiet()
        yield sitting, front
