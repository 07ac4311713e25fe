"""Pictures of the screen in its main states, at both sizes. Times are made even; all else is real."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.ui.app.driver import Sitting, sit_down, write
from tests.ui.app.picture import EvenStore, picture
from tui.demo import copy_project

SMALL, LARGE, NARROW = (80, 24), (160, 45), (40, 12)
_FOLDER = "/tmp/shop-"  # its length is a part of the picture


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder whose path always has the same length."""
    path = Path(tempfile.mkdtemp(prefix="shop-", dir="/tmp"))
    yield path
    shutil.rmtree(path)


def _has_size(sitting: Sitting, size: tuple[int, int]) -> bool:
    return sitting.app.size == size


async def pictures(
    sitting: Sitting, snapshot: SnapshotAssertion, place: Path, name: str, *sizes: tuple[int, int]
) -> None:
    """Compare the screen at these sizes."""
    for size in sizes:
        await sitting.pilot.resize_terminal(*size)
        await sitting.until(partial(_has_size, sitting, size), "the size")
        await sitting.shown()
        seen = picture(sitting.app, (str(place), _FOLDER + "01234567"))
        assert seen == snapshot(name=f"{name}-{size[0]}x{size[1]}")


async def run_and_go(sitting: Sitting, nodeid: str) -> None:
    """Run everything and go to an item; which failures have opened meanwhile is a matter of time, so all are closed."""
    await sitting.run("R")
    await sitting.press("z", "z", "g")
    await sitting.go(nodeid)


async def test_sample_project(place: Path, snapshot: SnapshotAssertion) -> None:
    project = copy_project(place)
    async with sit_down(project, make_store=EvenStore) as sitting:
        await run_and_go(sitting, "tests/test_cart.py::test_discount[ten per cent]")
        await pictures(sitting, snapshot, place, "red", SMALL, LARGE, NARROW)
        await sitting.type("/is:bad !stock", "enter")
        await pictures(sitting, snapshot, place, "filter", SMALL, LARGE)
        await sitting.press("question_mark")
        await pictures(sitting, snapshot, place, "help", SMALL, LARGE)


async def test_sample_project_in_ascii(place: Path, snapshot: SnapshotAssertion) -> None:
    project = copy_project(place)
    async with sit_down(project, make_store=EvenStore, ascii=True) as sitting:
        await run_and_go(sitting, "tests/test_cart.py::test_discount[ten per cent]")
        await pictures(sitting, snapshot, place, "ascii", SMALL, LARGE)
        assert "".join(sitting.lines).isascii()


async def test_all_passed(place: Path, snapshot: SnapshotAssertion) -> None:
    write(place, {"test_till.py": "def test_open(): pass\ndef test_close(): pass\n", "pytest.ini": "[pytest]\n"})
    async with sit_down(place, make_store=EvenStore) as sitting:
        await sitting.run("R")
        await sitting.press("l", "j")
        await pictures(sitting, snapshot, place, "green", SMALL, LARGE)


async def test_conftest_that_cannot_be_imported(place: Path, snapshot: SnapshotAssertion) -> None:
    files = {"conftest.py": "import till\n", "till.py": "raise ImportError('no drawer')\n", "pytest.ini": "[pytest]\n"}
    write(place, files)
    async with sit_down(place, make_store=EvenStore) as sitting:
        await pictures(sitting, snapshot, place, "broken", SMALL, LARGE)
