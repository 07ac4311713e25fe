from __future__ import annotations

import pytest
from rich.cells import cell_len

from tui.model.cycle import Cycle, CyclePhase
from tui.ui.status import ASCII, UNICODE, Glyphs
from tui.ui.watching import Save
from tui.ui.widgets.cycle_line import CycleLine, CycleState, cycle_state


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def text(state: CycleState, width: int, glyphs: Glyphs = UNICODE) -> str:
    line = CycleLine(glyphs)
    line.show(state)
    return "".join(part for part, _ in line._parts(width)).rstrip()


def after(*passing: bool) -> tuple[Cycle, Clock]:
    clock = Clock()
    cycle = Cycle(clock)
    for each in passing:
        cycle.verdict(passing=each)
    return cycle, clock


def test_before_the_first_save() -> None:
    cycle, clock = after()
    assert text(cycle_state(cycle, None, (), clock()), 80) == " waiting for a save"


def test_a_save_from_its_beginning_to_the_verdict() -> None:
    cycle, clock = after(True, False)
    clock.now += 42
    save = Save(("src/cart.py",), clock())
    assert text(cycle_state(cycle, save, ("recording",), clock()), 90) == (
        " RED 0:42  src/cart.py: saved  0 cycles ■■  last green just now  recording"
    ).replace("■■", "□■")
    save.chosen, save.skipped = 6, 834
    assert "src/cart.py: 6 of 840 tests  " in text(cycle_state(cycle, save, (), clock()), 80)
    save.seconds = 0.09
    assert "src/cart.py: 6 of 840 tests in 0.09 s" in text(cycle_state(cycle, save, (), clock()), 80)


def test_nothing_touched() -> None:
    cycle, clock = after(True)
    save = Save(("README.md", "b.py"), clock(), chosen=0, skipped=9, seconds=0.1)
    assert "README.md and 1 more: nothing to run for them" in text(cycle_state(cycle, save, (), clock()), 80)
    save.paths = ("cart.py",)
    assert "cart.py: nothing to run for it" in text(cycle_state(cycle, save, (), clock()), 80)


def test_where_no_test_could_run_none_is_said_to_have() -> None:
    cycle, clock = after(True)
    save = Save(("conftest.py",), clock(), chosen=3, skipped=0, seconds=0.1, stuck=True)
    assert text(cycle_state(cycle, save, (), clock()), 80).startswith(
        " REFACTOR 0:00  conftest.py: no test could run  "
    )


def test_cycles_are_counted_and_letters_stand_for_colours() -> None:
    cycle, clock = after(True, False, True, True)
    state = cycle_state(cycle, None, (), clock())
    assert (state.phase, state.cycles, state.green) == ("REFACTOR", 1, "")
    assert text(state, 80, ASCII).endswith("1 cycle rRGr")
    assert "last green 3 min ago" in text(_red_for(190), 80)


def _red_for(seconds: float) -> CycleState:
    cycle, clock = after(True, False)
    clock.now += seconds
    return cycle_state(cycle, None, (), clock())


@pytest.mark.parametrize("width", [0, 1, 5, 12, 20, 40, 79, 80, 160])
def test_it_fits(width: int) -> None:
    cycle, clock = after(*[True, False] * 30)
    save = Save(("src/very/long/path/to/a/module/名前.py", "b"), clock(), 12_345, 67_890, 1.5)
    line = CycleLine()
    line.show(cycle_state(cycle, save, ("recording", "polling: nfs gives no events"), clock()))
    shown = "".join(part for part, _ in line._parts(width))
    assert cell_len(shown) <= max(width, cell_len(" RED 0:00  "))


def test_only_the_last_phases_have_room() -> None:
    cycle, clock = after(*[True] * 40)
    assert len(cycle.strip) == 40
    assert text(cycle_state(cycle, None, (), clock()), 160).count("□") == 20
    assert CyclePhase.REFACTOR in cycle.strip
