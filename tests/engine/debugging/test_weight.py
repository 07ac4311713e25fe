"""What kept processes are said to take of memory, and when somebody looks."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.engine.debugging.sitting import until
from tui.engine.debugging.weight import Scales, weigh, weigh_all

needs_proc = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="looks into /proc")


def gone() -> int:
    """The number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


@needs_proc
def test_a_process_and_one_that_is_gone() -> None:
    weight = weigh(os.getpid())
    assert weight is not None
    assert 1 << 20 < weight < 1 << 40
    dead = gone()
    assert weigh(dead) is None
    assert list(weigh_all([dead, os.getpid()])) == [os.getpid()]


@pytest.fixture
def weighed(monkeypatch: pytest.MonkeyPatch) -> list[Mapping[int, int]]:
    monkeypatch.setattr("tui.engine.debugging.weight._SOON", 0.01)
    monkeypatch.setattr("tui.engine.debugging.weight._BETWEEN", 0.01)
    monkeypatch.setattr("tui.engine.debugging.weight.weigh", lambda pid: 7 * pid)
    return []


async def test_a_burst_is_weighed_once(weighed: list[Mapping[int, int]]) -> None:
    scales = Scales(weighed.append)
    scales.pids = [1, 2]
    for _ in range(3):
        scales.weigh_soon()
    await until(lambda: weighed)
    assert weighed == [{1: 7, 2: 14}]
    assert scales._timer is None


async def test_again_and_again_during_a_run_and_once_after_it(weighed: list[Mapping[int, int]]) -> None:
    scales = Scales(weighed.append)
    scales.keep_weighing()
    scales.pids = [1]
    scales.weigh_soon()
    await until(lambda: len(weighed) > 2)
    scales.rest()
    await until(lambda: scales._timer is None and scales._task is not None and scales._task.done())
    count = len(weighed)
    await asyncio.gather(*(task for task in asyncio.all_tasks() if task is scales._task))
    assert len(weighed) == count


async def test_nothing_is_looked_at_where_nothing_is_kept(weighed: list[Mapping[int, int]]) -> None:
    scales = Scales(weighed.append)
    scales.rest()
    assert scales._timer is None
    scales.weigh_soon()
    await until(lambda: scales._timer is None)
    assert weighed == []
