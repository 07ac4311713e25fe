"""A parked session begins the next run at the save, and runs what is likely until it is known what the save touches."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.engine.loop.conftest import Make
from tests.engine.loop.sitting import SECONDS, Sitting, sit_down
from tui.engine.explorer import Explorer
from tui.engine.loop import stopping
from tui.engine.server import Connection
from tui.engine.warmth.early import Early
from tui.model.impact import FILLED_UP, Choice, Facts

PROJECT = {
    "cart.py": "def price(): return 1\n",
    "test_cart.py": """
        import cart
        def test_price(): assert cart.price() == 1
        def test_other(): pass
    """,
    "test_far.py": "def test_far(): pass\n",
}
PRICE, OTHER, FAR = "test_cart.py::test_price", "test_cart.py::test_other", "test_far.py::test_far"


async def happens(condition: Callable[[], object]) -> None:
    """Wait for something that other processes do."""
    async with asyncio.timeout(SECONDS):
        while not condition():  # noqa: ASYNC110 - the same
            await asyncio.sleep(0.01)


async def parked(sitting: Sitting, name: str = "cart", text: str = "def price(): return 1\n") -> None:
    """Until a session waits before NAME.py."""
    explorer = sitting.runs.explorer
    for number in range(2):
        sitting.write(f"{name}.py", f"{text}x = {number}\n")
        await sitting.save(f"{name}.py")
        await happens(lambda: explorer.ready)


def hold(sitting: Sitting, monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Let the answer what a save touches wait for this event."""
    answered = asyncio.Event()
    choose = sitting.memory.choose

    async def slow(changes: Mapping[str, str | None], describe: object, facts: Callable[[], Facts]) -> Choice:
        await answered.wait()
        return await choose(changes, describe, facts)

    monkeypatch.setattr(sitting.memory, "choose", slow)
    return answered


def runs_of(explorer: Explorer) -> list[Path]:
    """The folders of all runs, the oldest first."""
    return sorted((explorer.cache.folder / "runs").iterdir(), key=lambda folder: int(folder.name))


async def test_the_likely_ones_run_before_it_is_known_what_is_touched(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with sit_down(make(PROJECT)) as sitting:
        sitting.memory.touched = {"cart.py": [(1, PRICE), (2, OTHER), (3, FAR)]}
        await parked(sitting)
        sitting.memory.likely = {"cart.py": [PRICE]}
        answered = hold(sitting, monkeypatch)
        before, told = len(sitting.memory.taken), len(sitting.verdicts)
        await sitting.save(cart="def price(): return 2\n", rest=False)
        await sitting.until(lambda: sitting.outcomes[PRICE] == "failed", "the likely one")
        await sitting.idle()
        assert sitting.verdicts[told:] == []  # as long as it is not known what else there is
        answered.set()
        await sitting.until(lambda: len(sitting.verdicts) == told + 2, "the rest")
        await sitting.idle()
        assert sitting.memory.taken[before:] == [[PRICE], [OTHER, FAR]]  # and nothing twice
        assert sitting.verdicts[told:] == [("affected", "red"), ("rest", "red")]
        assert sitting.outcomes == {PRICE: "failed", OTHER: "passed", FAR: "passed"}
        assert sitting.loop.reason_of((PRICE, 0)) == "cart.py changed"


async def _ran_after_a_save(sitting: Sitting, monkeypatch: pytest.MonkeyPatch, cart: str) -> list[list[str]]:
    """What runs after a save of cart.py with this text, while it is known what that touches only once a run is on."""
    sitting.memory.likely = {"cart.py": [PRICE]}
    answered = hold(sitting, monkeypatch)
    before, told = len(sitting.memory.taken), len(sitting.verdicts)
    await sitting.save(cart=cart, rest=False)
    await sitting.until(lambda: sitting.runs.busy, "a run")
    answered.set()
    await sitting.until(lambda: len(sitting.verdicts) == told + 2, "the rest")
    await sitting.idle()
    return sitting.memory.taken[before:]


async def test_the_likely_ones_run_once_where_most_are_touched(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    async with sit_down(make(PROJECT)) as sitting:
        sitting.memory.touched = {"cart.py": [(1, PRICE), (2, OTHER), (3, FAR)]}
        await parked(sitting)
        sitting.memory.everything, sitting.memory.same_items = {"cart.py": FILLED_UP}, True
        ran = await _ran_after_a_save(sitting, monkeypatch, "def price(): return 2\n")
        assert ran == [[PRICE], [OTHER, FAR]]


async def test_what_was_likely_and_is_all_there_is_to_run(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    async with sit_down(make(PROJECT)) as sitting:
        sitting.memory.touched = {"cart.py": [(1, PRICE)]}
        await parked(sitting)
        ran = await _ran_after_a_save(sitting, monkeypatch, "def price(): return 1 + 0\n")
        assert ran == [[PRICE]]
        assert sitting.verdicts[-2:] == [("affected", "green"), ("rest", "green")]


@pytest.mark.parametrize("text", ["def price(): return 2\n", "def price(:\n"])
async def test_where_no_session_waits_the_likely_ones_run_if_the_answer_takes_long(
    make: Make, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setattr("tui.engine.loop.vanguard._PATIENCE", 0)
    async with sit_down(make(PROJECT)) as sitting:
        sitting.memory.likely = {"cart.py": [PRICE]}
        sitting.memory.touched = {"cart.py": [(1, PRICE), (2, OTHER)]}
        answered = hold(sitting, monkeypatch)
        before = len(sitting.memory.taken)
        await sitting.save(cart=text, rest=False)
        is_well = "(:" not in text
        if is_well:
            await sitting.until(lambda: sitting.outcomes[PRICE] == "failed", "the likely one")
            await sitting.idle()
            assert sitting.verdicts == []
        answered.set()
        await sitting.until(lambda: len(sitting.verdicts) == 2, "the rest")
        await sitting.idle()
        ran = [nodeids for nodeids in sitting.memory.taken[before:] if nodeids]
        assert ran == ([[PRICE], [OTHER]] if is_well else [])


@pytest.mark.parametrize(
    ("name", "text"), [("cart", "def price(): return 1\n"), ("test_cart", "def test_price(): pass\n")]
)
async def test_nothing_runs_ahead_of_what_cannot_be_compiled(
    make: Make, monkeypatch: pytest.MonkeyPatch, name: str, text: str
) -> None:
    said: list[bool] = []
    take = Early.take

    def listen(early: Early, connection: Connection, message: dict[str, Any], descriptors: list[int]) -> None:
        take(early, connection, message, descriptors)
        if "waits" in message:
            said.append(message["broken"])

    monkeypatch.setattr(Early, "take", listen)
    async with sit_down(make(PROJECT)) as sitting:
        sitting.memory.touched = {f"{name}.py": [(1, PRICE)]}
        await parked(sitting, name, text)
        sitting.memory.likely = {f"{name}.py": [PRICE]}
        sitting.memory.touched = {}
        answered = hold(sitting, monkeypatch)
        before, told = len(sitting.memory.taken), len(sitting.verdicts)
        await sitting.save(**{name: "def price(:\n"}, rest=False)
        await happens(lambda: said[-1:] == [True])
        answered.set()
        await sitting.until(lambda: len(sitting.verdicts) == told + 2, "the rest")
        await sitting.idle()
        assert [nodeids for nodeids in sitting.memory.taken[before:] if nodeids] == []


async def test_a_run_that_nobody_wants_leaves_nothing(make: Make) -> None:
    explorer = make(PROJECT)
    async with sit_down(explorer) as sitting:
        sitting.memory.touched = {"cart.py": [(1, PRICE)]}
        await parked(sitting)
        runs = runs_of(explorer)
        sitting.memory.touched = {}
        await sitting.save(cart="def price(): return 1  # one\n")
        assert sitting.verdicts[-2:] == [("affected", "green"), ("rest", "green")]
        await happens(lambda: runs_of(explorer) == runs)  # its process has ended
        sitting.memory.touched = {"cart.py": [(1, PRICE)]}
        await sitting.save(cart="def price(): return 3\n")
        assert sitting.outcomes[PRICE] == "failed"


async def test_an_edit_during_the_run_of_a_parked_session_does_not_kill_it(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stopping, "_PATIENCE", SECONDS)
    files = PROJECT | {
        "shop.py": "import cart\n",
        "test_cart.py": PROJECT["test_cart.py"].replace("cart\n", "shop, cart\n"),
    }
    explorer = make(files)
    async with sit_down(explorer) as sitting:
        sitting.memory.touched = {"shop.py": [(1, PRICE)]}
        for number in range(2):
            await sitting.save(shop=f"import cart\nx = {number}\n")
            await happens(lambda: explorer.ready)
        await sitting.save(shop="import cart, time\ntime.sleep(1)\n", rest=False)
        await sitting.until(lambda: sitting.runs.busy, "a run")
        assert explorer.warmth == "parked before shop.py"
        journal = runs_of(explorer)[-1] / "journal-main.jsonl"
        await happens(lambda: journal.exists() and "CollectorStarted" in journal.read_text())
        sitting.memory.touched = {"cart.py": [(1, OTHER)], "shop.py": [(1, PRICE)]}
        await sitting.save(cart="def price(): return 1 + 0\n")  # which the session has loaded
        assert sitting.outcomes == dict.fromkeys((PRICE, OTHER, FAR), "passed")
        assert "SessionFinished" in journal.read_text()


async def test_a_session_that_has_read_an_earlier_save_makes_the_run(make: Make) -> None:
    async with sit_down(make(PROJECT)) as sitting:
        sitting.memory.touched = {"test_cart.py": [(1, PRICE), (1, OTHER)], "cart.py": []}
        text = "import cart\ndef test_price(): assert cart.price() == 1\ndef test_other(): assert "
        await parked(sitting, "test_cart", f"{text}True\n")
        explorer = sitting.runs.explorer
        before = explorer._layers.parks._count
        await sitting.save(cart="def price(): return 1  # as before\n")
        await happens(lambda: explorer.ready and explorer._layers.parks._count > before)
        await sitting.save(test_cart=f"{text}False\n")
        assert explorer.warmth == "parked before test_cart.py"
        assert not sitting.store.faults
        assert sitting.outcomes == {PRICE: "passed", OTHER: "failed", FAR: "passed"}
