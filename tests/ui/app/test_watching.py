"""Watch mode on the screen: real saves, real runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.gate import Gate
from tests.ui.app.driver import Sitting, sit_down, write
from tui.ui.screens import refresh
from tui.ui.widgets.cycle_line import CycleLine

FILES = {
    "cart.py": "def price(): return 1\n",
    "test_cart.py": """
        import cart
        def test_other(): pass
        def test_price(): assert cart.price() == 1
    """,
    "test_far.py": "def test_far(): pass\n",
}
PRICE = "test_cart.py::test_price"


async def watching(sitting: Sitting) -> None:
    """Run everything with the loop on."""
    await sitting.press("w")
    await sitting.run("R")


def line(sitting: Sitting) -> str:
    """The line of the cycle; empty where it is not shown."""
    widget = sitting.main.query_one(CycleLine)
    return widget.render_line(0).text.strip() if widget.display else ""


async def answered(sitting: Sitting, phase: str) -> None:
    loop = sitting.app.watching.loop
    assert loop is not None
    await sitting.until(lambda: line(sitting).startswith(phase) and loop.resting, phase)
    await sitting.rest()


async def test_red_and_green(folder: Path) -> None:
    write(folder, FILES)
    async with sit_down(folder) as sitting:
        await watching(sitting)
        assert sitting.bar.startswith("GREEN")
        assert sitting.bar.rstrip().endswith("W")
        write(folder, {"cart.py": "def price(): return 2\n"})
        await answered(sitting, "RED")
        assert sitting.bar.startswith("RED")
        assert sitting.outcomes[PRICE] == "failed"
        assert "cart.py: " in line(sitting)
        write(folder, {"cart.py": "def price(): return 1 + 0\n"})
        await answered(sitting, "GREEN")
        assert sitting.bar.startswith("GREEN")
        assert "1 cycle" in line(sitting)


async def test_the_cursor_goes_to_the_first_new_failure(folder: Path) -> None:
    write(folder, FILES)
    async with sit_down(folder) as sitting:
        await watching(sitting)
        write(folder, {"cart.py": "def price(): return 2\n"})
        await answered(sitting, "RED")
        assert sitting.main.tree_view.cursor_node is sitting.node(PRICE)
        await sitting.press("4")
        assert "why" in sitting.screen
        assert "cart.py" in next(row for row in sitting.lines if row.lstrip().startswith("why"))


async def test_the_cursor_stays_where_the_person_put_it(folder: Path) -> None:
    write(folder, FILES)
    async with sit_down(folder, follow=False) as sitting:
        await watching(sitting)
        await sitting.go("test_far.py::test_far")
        write(folder, {"cart.py": "def price(): return 2\n"})
        await answered(sitting, "RED")
        assert sitting.main.tree_view.cursor_node is sitting.node("test_far.py::test_far")


async def test_off_again(folder: Path) -> None:
    write(folder, FILES)
    async with sit_down(folder) as sitting:
        await watching(sitting)
        await sitting.press("w")
        await sitting.shown()
        assert not sitting.app.watching.is_on
        assert " W" not in sitting.bar
        assert line(sitting) == ""
        write(folder, {"test_far.py": "def test_far(): assert 0\n"})
        await sitting.press("R")
        await sitting.rest()
        assert sitting.outcomes["test_far.py::test_far"] == "failed"


async def test_from_the_start(folder: Path) -> None:
    write(folder, FILES)
    async with sit_down(folder, wait=False, watch=True) as sitting:
        await answered(sitting, "")
        assert sitting.bar.startswith("GREEN 3 passed")
        write(folder, {"test_far.py": "def test_new(): pass\n"})
        await sitting.until(lambda: sitting.outcomes.get("test_far.py::test_new") == "passed", "the new test")
        assert "test_far.py::test_far" not in sitting.outcomes


@pytest.mark.parametrize(("notify", "sequence"), [("bell", "\x07"), ("desktop", "\x1b]9;"), ("off", "")])
async def test_a_change_of_colour_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch, notify: str, sequence: str
) -> None:
    monkeypatch.delenv("TMUX", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    write(folder, FILES)
    async with sit_down(folder, notify=notify) as sitting:
        written: list[str] = []
        driver = sitting.app._driver
        assert driver is not None
        await watching(sitting)
        write(folder, {"cart.py": "def price(): return abs(1)\n"})
        await answered(sitting, "REFACTOR")
        monkeypatch.setattr(driver, "write", written.append)
        monkeypatch.setattr(sitting.app, "bell", lambda: written.append("\x07"))  # nothing sounds in a headless app
        write(folder, {"cart.py": "def price(): return 2\n"})
        await answered(sitting, "RED")
        told = "".join(written)
        assert (sequence in told) if sequence else ("\x07" not in told)


async def test_conftest_that_raises_and_is_mended(folder: Path) -> None:
    write(folder, {**FILES, "conftest.py": ""})
    async with sit_down(folder) as sitting:
        await watching(sitting)
        write(folder, {"conftest.py": "raise RuntimeError('not today')\n"})
        await sitting.until(lambda: "conftest.py: no test could run" in line(sitting), "the words")
        await sitting.until(lambda: sitting.bar.startswith("BROKEN RuntimeError: not today"), "the verdict")
        write(folder, {"conftest.py": "mended = True\n"})
        await sitting.until(lambda: sitting.bar.startswith("GREEN 3 passed"), "green")


async def test_test_that_hangs_is_brought_into_view(folder: Path, gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refresh, "_LONG", 0.0)
    write(folder, {**FILES, "test_far.py": "def test_far(): open('gate', 'rb', 0).readline()\n"})
    async with sit_down(folder) as sitting:
        assert "test_far" not in sitting.names
        await sitting.press("R")
        await sitting.until(lambda: "test_far" in sitting.names, "the test that hangs")
        await sitting.press("h")
        gate.open()
        await sitting.rest()
