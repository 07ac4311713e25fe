"""Who comes back sees what there was, until this session knows better."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.gate import Gate
from tests.ui.app.driver import Sitting, sit_down, write
from tui.model.nodes import Item

CONFTEST = "open('gate', 'rb', 0).readline()\n"
TESTS = """
    def test_passes():
        pass

    def test_fails():
        left = 1
        assert left == 2
"""
PASSES, FAILS, OTHER = "test_a.py::test_passes", "test_a.py::test_fails", "test_b.py::test_other"


async def first_session(folder: Path) -> None:
    write(folder, {"test_a.py": TESTS, "test_b.py": "def test_other(): pass\n"})
    async with sit_down(folder) as sitting:
        await sitting.run("R")


def restored(sitting: Sitting, count: int = 3) -> Callable[[], bool]:
    """Whether so many items are there, all out of date."""

    def is_there() -> bool:
        items = list(sitting.store.tree.items())
        return len(items) == count and all(item.stale for item in items)

    return is_there


async def test_the_tree_is_there_before_collection_has_begun(folder: Path, gate: Gate) -> None:
    """A failure can be looked into, its message stands on its row; then collection corrects the tree."""
    await first_session(folder)
    write(folder, {"conftest.py": CONFTEST, "test_a.py": TESTS + "\n    def test_new(): pass\n"})
    (folder / "test_b.py").unlink()
    async with sit_down(folder, wait=False) as sitting:
        await sitting.until(restored(sitting), "the last session")
        await sitting.shown()
        assert sitting.bar.startswith("COLLECTING")
        assert sitting.colour == "red"
        (row,) = [line for line in sitting.lines if "test_fails" in line and "✗~" in line]
        assert "assert 1 == 2" in row
        assert sitting.names[0] == "test_a.py"
        await sitting.press("n")
        assert sitting.at == FAILS
        assert "assert left == 2" in sitting.document
        assert "left = 1" in sitting.document
        gate.open(2)
        await sitting.rest()
        assert sitting.outcomes == {PASSES: "passed", FAILS: "failed", "test_a.py::test_new": "not run"}
        assert sitting.at == FAILS
        assert sitting.store.complete
        assert await sitting.run("f") == [FAILS]
        assert [item.nodeid for item in sitting.store.tree.items() if item.stale] == [PASSES]


async def test_failures_run_at_once(folder: Path, gate: Gate) -> None:
    """The collection gives way, and comes afterwards."""
    await first_session(folder)
    write(folder, {"conftest.py": CONFTEST, "test_a.py": TESTS.replace("== 2", "== 1")})
    async with sit_down(folder, wait=False) as sitting:
        await sitting.until(restored(sitting), "the last session")
        gate.open(3)
        await sitting.press("f")
        await sitting.rest()
        assert sitting.outcomes == {PASSES: "passed", FAILS: "passed", OTHER: "passed"}
        assert next(ran for ran in sitting.store.ran.values() if ran) == [FAILS]
        fails = sitting.node(FAILS)
        assert isinstance(fails, Item)
        assert not fails.stale
        assert sitting.bar.startswith("PASSED")
        assert "2 stale" in sitting.bar


async def test_other_arguments_show_nothing(folder: Path, gate: Gate) -> None:
    await first_session(folder)
    write(folder, {"conftest.py": CONFTEST})
    async with sit_down(folder, "test_a.py", wait=False) as sitting:
        gate.open()
        await sitting.rest()
        assert sitting.outcomes == {PASSES: "not run", FAILS: "not run"}


async def test_what_the_line_says_at_rest(folder: Path) -> None:
    await first_session(folder)
    async with sit_down(folder) as sitting:
        await sitting.until(restored(sitting), "the last session")
        await sitting.shown()
        assert sitting.bar == "LAST TIME 1 failed  2 passed, all stale"
        assert sitting.colour == "red"
        await sitting.go(OTHER)
        assert await sitting.run("r") == [OTHER]
        assert sitting.bar.startswith("RED")
    write(folder, {"test_a.py": TESTS.replace("== 2", "== 1")})
    async with sit_down(folder) as sitting:
        await sitting.run("R")
        assert sitting.bar.startswith("GREEN 3 passed")
    write(folder, {"test_b.py": "def test_other(): pass\ndef test_more(): pass\n"})
    async with sit_down(folder) as sitting:
        await sitting.until(lambda: sitting.bar == "LAST TIME 3 passed, all stale, 1 not run", "the words")
        assert sitting.colour == "neutral"
