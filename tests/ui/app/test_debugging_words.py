"""Why no debugger came, where the person sees it until it is read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ui.app.driver import sit_down, write
from tests.ui.app.seat import Seat, policy, seated
from tests.ui.app.test_debugging import FILES, fail, left
from tui.ui.screens.dialogs import Words


@pytest.fixture
def seat(monkeypatch: pytest.MonkeyPatch) -> Iterator[Seat]:
    with seated(monkeypatch) as made:
        yield made


MINE = """
    class Mine:
        get_stack = interaction = None

        def reset(self):
            raise OSError("no terminal that I like")
"""


async def test_a_debugger_that_breaks_when_it_starts(folder: Path, seat: Seat) -> None:
    write(folder, {**FILES, "mine.py": MINE})
    async with sit_down(folder, policy=policy(debugger="mine:Mine")) as sitting:
        await fail(sitting)
        await sitting.press("d")
        await sitting.until(lambda: isinstance(sitting.app.screen, Words), "the words")
        why = "The debugger could not be started: OSError: no terminal that I like"
        assert sitting.dialog.startswith(why)
        assert "Traceback (most recent call last):" in sitting.dialog
        assert "mine.py" in sitting.dialog
        await sitting.press("escape")
        await left(sitting)
        assert seat.times == 1
        await fail(sitting)  # all goes on


async def test_a_debugger_that_cannot_be_imported(folder: Path, seat: Seat) -> None:
    write(folder, {**FILES, "mine.py": "raise LookupError('no settings')\n"})
    async with sit_down(folder, policy=policy(debugger="mine:Mine")) as sitting:
        await fail(sitting)
        await sitting.press("d")
        await seat.prompt(sitting, "mine.py", "mine:Mine cannot be loaded (LookupError: no settings): this is pdb.")
        seat.type("q")
        await left(sitting)
