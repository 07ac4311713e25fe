"""The view on what real runs have recorded."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.ui.app.driver import Sitting, sit_down, write
from tests.ui.coverage.test_file_screen import listed, source_of
from tests.ui.coverage.test_report_screen import run, said

pytest.importorskip("coverage")

FILES = {
    "shop/__init__.py": "",
    "shop/cart.py": """
        def price(currency):
            if currency == "eur":
                return 1
            return 2


        def refund():
            return -1
    """,
    "test_cart.py": """
        from shop.cart import price

        def test_eur(): assert price("eur") == 1
        def test_other(): assert price("usd") == 2
        def test_nothing(): pass
    """,
    "pyproject.toml": """
        [tool.coverage.run]
        source = ["shop"]
        branch = true
        [tool.coverage.report]
        fail_under = 90
    """,
}


async def _to_cart(sitting: Sitting) -> None:
    """From the table to the cart's lines."""
    await sitting.type("/cart.py", "enter")
    await sitting.press("down", "enter")
    await sitting.until(lambda: "def price" in sitting.screen, "the lines")


async def test_from_nothing_recorded_to_the_tests_of_a_line(folder: Path) -> None:
    write(folder, FILES)
    async with sit_down(folder, coverage="full") as sitting:
        await sitting.press("c")
        await sitting.until(lambda: "R runs all tests" in sitting.screen, "the advice")
        await run(sitting, "R")
        await sitting.until(lambda: "cart.py" in sitting.screen, "the files")
        await sitting.until(lambda: "below 90%" in sitting.bar and "branches" in sitting.bar, "the total")
        assert sitting.bar.startswith("87.5%")
        await _to_cart(sitting)
        assert sitting.bar == "87.5% shop/cart.py  1 of 6 missing"
        assert source_of(sitting).line == 9
        assert sitting.lines[9] == "█    9      return -1"
        await sitting.press("home", "down", "down", "down")
        await listed(sitting, 1)
        assert "1 test, covered: test_eur" in sitting.lines[-2]
        assert await run(sitting, "r") == ["test_cart.py::test_eur"]
        await sitting.press("up")
        await listed(sitting, 2)
        await sitting.press("t", "enter")
        await sitting.until(lambda: sitting.app.screen is sitting.main, "the tree")
        assert sitting.at.startswith("test_cart.py::")


async def test_what_a_test_covers(folder: Path) -> None:
    write(folder, FILES)
    async with sit_down(folder) as sitting:
        await sitting.press("c")
        await run(sitting, "R")
        await sitting.press("escape")
        await sitting.go("test_cart.py::test_eur")
        await sitting.press("C")
        await sitting.until(lambda: "shop/cart.py" in sitting.screen, "the files")
        row = next(line for line in sitting.lines if "shop/cart.py" in line)
        assert " ".join(row.split()) == "shop/cart.py 2 lines only here: 4 of 3-4"


async def test_report_is_written(folder: Path) -> None:
    write(folder, FILES)
    async with sit_down(folder, size=(300, 24)) as sitting:
        await sitting.press("c")
        await run(sitting, "R")
        await sitting.until(lambda: "cart.py" in sitting.screen, "the files")
        await sitting.press("x", "down", "down", "down", "enter", "enter")
        await sitting.until(lambda: "coverage.json" in said(sitting), "the words")
        report = json.loads((folder / "coverage.json").read_text())
        assert report["files"]["shop/cart.py"]["missing_lines"] == [9]


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "cannot be read"), (b"\xff\xfe = 1\n", "SyntaxError"), (b"def price(:\n", "")],
    ids=["gone", "undecodable", "broken"],
)
async def test_file_that_is_no_longer_what_it_was(folder: Path, content: bytes | None, words: str) -> None:
    write(folder, FILES)
    async with sit_down(folder) as sitting:
        await sitting.press("c")
        await run(sitting, "R")
        await sitting.until(lambda: "cart.py" in sitting.screen, "the files")
        await sitting.type("/cart.py", "enter")
        await sitting.press("down")
        path = folder / "shop/cart.py"
        path.unlink()
        if content is not None:
            path.write_bytes(content)
        await sitting.press("enter")
        await sitting.until(lambda: "being counted" not in sitting.screen, "the answer")
        assert words in sitting.screen
        assert "│" not in sitting.screen  # nobody knows what these lines did
        assert "█" not in sitting.screen


async def test_turned_off(folder: Path) -> None:
    write(folder, FILES)
    async with sit_down(folder, coverage="off") as sitting:
        await sitting.press("c")
        await sitting.until(lambda: "the setting coverage is off" in sitting.screen, "the words")
        assert sitting.screen.count("the setting coverage is off") == 1
        assert "R runs all" not in sitting.screen
        assert 'coverage = "selection" in [tool.redbar] records lines' in sitting.screen
