from __future__ import annotations

from tui.model.cycle import Cycle, CyclePhase

RED, GREEN, REFACTOR = CyclePhase


class Clock:
    now = 10.0

    def __call__(self) -> float:
        return self.now


def test_phases() -> None:
    clock = Clock()
    cycle = Cycle(clock)
    assert cycle.phase is None
    expected = [(True, REFACTOR), (True, REFACTOR), (False, RED), (False, RED), (True, GREEN), (True, REFACTOR)]
    for passing, phase in expected:
        cycle.verdict(passing=passing)
        assert cycle.phase is phase
    assert cycle.cycles == 1
    assert list(cycle.strip) == [phase for _, phase in expected]


def test_time_in_a_phase_begins_when_it_does() -> None:
    clock = Clock()
    cycle = Cycle(clock)
    cycle.verdict(passing=False)
    clock.now = 14.0
    cycle.verdict(passing=False)
    assert cycle.seconds == 4
    assert cycle.last_green is None
    clock.now = 15.0
    cycle.verdict(passing=True)
    assert cycle.seconds == 0
    clock.now = 20.0
    assert cycle.seconds == 5
    assert str(cycle.last_green) == "15.0"


def test_a_change_of_colour_is_told() -> None:
    cycle = Cycle(Clock())
    told = [cycle.verdict(passing=passing) for passing in (True, False, False, True, True)]
    assert told == [False, True, False, True, False]
    assert not Cycle(Clock()).verdict(passing=False)  # the first one changes nothing
