"""When a burst is over."""

from __future__ import annotations

import pytest

from tui.engine.watching.burst import Burst


@pytest.mark.parametrize("size", [0, 1, 2, 3])
def test_a_save_does_not_wait(size: int) -> None:
    burst = Burst(10.0)
    burst.add(10.001, size=size)
    assert burst.due == 10.001


def test_a_file_gone_or_empty_waits_for_its_content() -> None:
    burst = Burst(10.0)
    burst.add(10.0, size=1, doubtful=True)
    assert burst.due > 10.02
    burst.add(10.01, size=1)
    assert burst.due == 10.01


def test_a_file_that_stays_gone_does_not_wait_long() -> None:
    burst = Burst(10.0)
    for step in range(100):
        burst.add(10.0 + step * 0.02, size=1, doubtful=True)
    assert burst.due <= 10.3


def test_many_files_wait_for_quiet_the_longer_the_more_they_are() -> None:
    waits = []
    for size in (4, 10, 30, 2000):
        burst = Burst(10.0)
        burst.add(10.0, size=size)
        waits.append(burst.due - 10.0)
    assert 0 < waits[0] < waits[1] < waits[2] == waits[3] <= 0.2


def test_a_burst_that_never_ends_is_cut() -> None:
    burst = Burst(10.0)
    now = 10.0
    burst.add(now, size=2000)
    while burst.due > now:
        now += 0.01
        burst.add(now, size=2000)
        assert now < 20
    assert now > 12


def test_while_git_is_at_work_everything_waits() -> None:
    burst = Burst(10.0)
    burst.add(10.0, size=1, locked=True)
    assert burst.due >= 10.2
    burst.add(10.1, size=2)
    assert burst.due == 10.1  # the lock is gone


def test_gits_lock_alone_holds_nothing_up() -> None:
    burst = Burst(10.0)
    burst.add(10.0, size=0, locked=True)
    assert burst.due == 10.0
