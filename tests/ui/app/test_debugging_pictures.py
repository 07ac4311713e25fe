"""Pictures of what can be debugged: a run that waits, and the variables of a failure as it was."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.ui.app.driver import Sitting, sit_down, write
from tests.ui.app.picture import EvenStore
from tests.ui.app.seat import Seat, policy, seated
from tests.ui.app.test_pictures import LARGE, SMALL, pictures, place

__all__ = ["place"]

FILES = {
    "pytest.ini": "[pytest]\n",
    "till.py": """
        class Coin:
            def __init__(self, value):
                self.value = value

            def __repr__(self):
                return f"<coin of {self.value}>"

        class Odd:
            def __repr__(self):
                raise RuntimeError("no words")

        def count(coins):
            odd = Odd()
            total = 0
            for coin in coins:
                total += coin.value
            return total

        def close(coins):
            try:
                return count(coins)
            except TypeError as error:
                raise ValueError("the till cannot be closed") from error
    """,
    "test_till.py": """
        import till

        def test_close():
            coins = [till.Coin(1), till.Coin("2")]
            assert till.close(coins) == 3

        def test_stops():
            coins = 3
            breakpoint()
    """,
}


@pytest.fixture
def seat(monkeypatch: pytest.MonkeyPatch) -> Iterator[Seat]:
    with seated(monkeypatch) as made:
        yield made


async def look_into(sitting: Sitting) -> None:
    """The tab of the locals, in the frame that failed, with a value opened and something evaluated."""
    await sitting.go("test_till.py::test_close")
    await sitting.run("r")
    await sitting.until(lambda: sitting.explorer.desk.frozen, "a frozen failure")
    await sitting.press("7")
    if not sitting.main.detail.has_focus_within:
        await sitting.press("tab")
    await sitting.press("j", "j", "j", "enter")
    await sitting.until(lambda: "<coin of 2>" in sitting.screen, "the variables")
    await sitting.press("l")
    await sitting.until(lambda: "[1] = <coin" in sitting.screen, "what is in the list")
    await sitting.press("tab")
    await sitting.type("sum(each.value for each in coins)", "enter")
    await sitting.until(lambda: "unsupported operand" in sitting.screen, "the answer")
    await sitting.press("escape")


@pytest.mark.parametrize("ascii_only", [False, True], ids=["unicode", "ascii"])
async def test_variables(place: Path, snapshot: SnapshotAssertion, ascii_only: bool) -> None:
    write(place, FILES)
    async with sit_down(place, make_store=EvenStore, policy=policy(), ascii=ascii_only) as sitting:
        await look_into(sitting)
        await pictures(sitting, snapshot, place, "locals", SMALL, LARGE)
        assert not ascii_only or "".join(sitting.lines).isascii()


async def test_run_that_waits(place: Path, seat: Seat, snapshot: SnapshotAssertion) -> None:
    write(place, FILES)
    async with sit_down(place, make_store=EvenStore, policy=policy()) as sitting:
        await sitting.go("test_till.py::test_stops")
        sitting.app.visits._acted = sitting.store.clock() + 1  # as if a key were pressed all the time
        await sitting.press("r")
        sitting.app.visits._acted = sitting.store.clock() + 1
        await sitting.until(lambda: sitting.bar.startswith("PAUSED"), "the pause")
        await sitting.until(lambda: "it stands still" in sitting.document, "the detail pane")
        await pictures(sitting, snapshot, place, "paused", SMALL, LARGE)
        await sitting.press("d")
        await seat.prompt(sitting)
        seat.type("c")
        await sitting.rest()
