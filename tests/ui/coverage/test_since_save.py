"""What a save brought that no test covers stands beside the verdict."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.ui.app.driver import write
from tests.ui.app.test_watching import FILES, answered, line, watching
from tests.ui.coverage.made_up import MadeUp, look
from tui.model.cycle import Cycle
from tui.ui.watching import Save
from tui.ui.widgets.cycle_line import CycleLine, cycle_state


def text(save: Save, width: int) -> str:
    cycle = Cycle(lambda: 100.0)
    for passing in (True, False, True):
        cycle.verdict(passing=passing)
    shown = CycleLine()
    shown.show(cycle_state(cycle, save, ("recording",), 100.0))
    return "".join(part for part, _ in shown._parts(width))


NEW = "cart.py: lines 41-44 are new and not covered"


def test_name_of_an_only_file_is_not_said_twice() -> None:
    save = Save(("shop/cart.py",), 100.0, 6, 834, 0.09, uncovered=NEW)
    shown = text(save, 120)
    assert shown.startswith(" GREEN 0:00  shop/cart.py: 6 of 840 tests in 0.09 s  lines 41-44 are new and not covered")
    save = Save(("shop/cart.py", "till.py"), 100.0, 6, 834, 0.09, uncovered=NEW)
    assert NEW in text(save, 120)


def test_words_about_the_save_give_way() -> None:
    save = Save(("shop/cart.py",), 100.0, 6, 834, 0.09, uncovered=NEW)
    assert "lines 41-44 are new and not covered" in text(save, 80)


@pytest.mark.parametrize("width", [0, 1, 5, 12, 20, 30, 40, 79, 80, 160])
def test_it_fits(width: int) -> None:
    save = Save(("shop/cart.py",), 100.0, 6, 834, 0.09, uncovered=NEW)
    assert cell_len(text(save, width)) <= max(width, len(" GREEN 0:00  "))


async def test_asked_for_after_a_save(folder: Path) -> None:
    front = MadeUp()
    async with look(folder, front, files=FILES) as (sitting, _):
        await watching(sitting)
        front.new = NEW
        write(folder, {"cart.py": "def price(): return int(1)\n"})
        await answered(sitting, "REFACTOR")
        await sitting.until(lambda: "lines 41-44 are new and not covered" in line(sitting), "the words")
        assert front.saved[-1] == [str(folder / "cart.py")]
        front.new = ""
        write(folder, {"cart.py": "def price(): return abs(1)\n"})
        await sitting.until(lambda: len(front.saved) > 1 and "not covered" not in line(sitting), "no words")
