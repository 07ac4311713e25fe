"""Code of what is imported after an edited file is made while the session waits for the edit."""

from __future__ import annotations

import asyncio
import os
from typing import Any

from tests.engine.warm.conftest import Sit
from tests.engine.warm.desk import SECONDS, Desk
from tests.engine.warm.test_parity import recorded
from tui.plugin import wire

SEES = f"""
    import sys, cart, later
    def is_from_stock(function, path, **which):
        stock = sys.modules[{wire.PACKAGE + ".warm.stock"!r}].stock
        code = stock and stock.code(path, **which)
        return bool(code) and any(each is function.__code__ for each in code.co_consts)
    def test_total(): assert cart.total() == {{}}
    def test_other(): assert later.number() == 3
    def test_later(): assert is_from_stock(later.number, later.__file__)
    def test_itself(): assert is_from_stock(test_total, __file__, rewritten=True)
"""
FILES = {
    "conftest.py": "import cart\n",
    "cart.py": "import prices, later\ndef total(): return 2 * prices.PRICE\n",
    "later.py": "def number():\n    return 3\n",
    "test_cart.py": SEES.format(2),
}
RECORD: dict[str, Any] = {"record": "selection"}


async def save_until(desk: Desk, *names: str) -> None:
    """Save the source until its run finds its code ready: when that is, depends on the processor."""
    async with asyncio.timeout(SECONDS):
        while True:
            await desk.rest()
            result = await desk.run("prices.py", **RECORD)
            if all(result.outcomes[name] == "passed" for name in names):
                return


async def test_code_is_there_when_it_is_wanted(sit: Sit) -> None:
    """Also that of a test file which is edited while a session waits for the source, and the record is the same."""
    desk = sit(FILES)
    await desk.run(**RECORD)
    await desk.parked("prices.py")
    for total in (3, 2):
        result = await desk.save("test_cart.py", SEES.format(total), **RECORD)
        assert result.outcomes["test_total"] == ("passed" if total == 2 else "failed")
        await save_until(desk, "test_later", "test_itself")
    await save_until(desk, "test_later")
    words, parked = await recorded(desk, desk.run("prices.py", **RECORD))
    assert words == "parked before prices.py"
    words, cold = await recorded(desk, desk.run("prices.py", cold=True, **RECORD))
    assert words.startswith("cold")
    for name in ("test_later", "test_itself"):  # they do not pass from nothing
        assert cold.pop(f"t test_cart.py::{name}")
        assert parked.pop(f"t test_cart.py::{name}")
    assert parked == cold


async def test_code_that_was_made_is_never_old(sit: Sit) -> None:
    """Files of one size and one time of modification, edited in turns, while sessions wait and while they do not."""
    texts = {
        "test_cart.py": "import cart, later\ndef test_total(): assert cart.total() * later.number() == {}\n",
        "prices.py": "PRICE = {}\n",
        "later.py": "def number():\n    return {}\n",
    }
    values = {"test_cart.py": 2, "prices.py": 1, "later.py": 1}
    desk = sit({**FILES, **{name: text.format(values[name]) for name, text in texts.items()}})
    await desk.run(**RECORD)
    for name in texts:
        await desk.parked(name)
    wrong = []
    for number in range(9):
        name = list(texts)[number % 3]
        values[name] = number % 2 + (4 if name == "test_cart.py" else 1)
        path = desk.write(name, texts[name].format(values[name]))
        os.utime(path, (1_700_000_000, 1_700_000_000))
        result = await desk.run(name, **RECORD)
        passes = 2 * values["prices.py"] * values["later.py"] == values["test_cart.py"]
        if (result.outcomes["test_total"] == "passed") is not passes:
            wrong.append((number, dict(values)))
        if number % 2:
            await desk.rest()
    assert wrong == []
