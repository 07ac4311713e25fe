"""Stage directions for a project that is to be photographed: it becomes the project's outermost conftest.py.

pytest's clock moves only as the plan says, and a test or a collector that the plan holds waits until its process is
stopped, so that a picture of it is the same every time.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
import zlib
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from _pytest import timing

if TYPE_CHECKING:
    from collections.abc import Generator

_PLAN: dict[str, Any] = json.loads(Path(__file__).with_name(".plan.json").read_text("utf-8"))
_WORKER = os.environ.get("PYTEST_XDIST_WORKER")
_TURN = Path(__file__).with_name(".turn")
"""A FIFO: the second worker begins when the first is held, so that things always happen in the same order."""


class _Clock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self._now = 1_000_000.0

    def time(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        self._now += seconds


_clock = _Clock()


def _hold() -> None:
    """Wait until a signal ends this."""
    if _WORKER == "gw0":
        _TURN.open("wb").close()  # blocks until the other worker reads
    while True:
        signal.pause()


_standing = SimpleNamespace(time=_clock.time, perf_counter=_clock.time)
vars(timing).update(vars(_standing))
if "_pytest.subtests" in sys.modules:  # since pytest 9; it does not ask pytest's clock
    vars(sys.modules["_pytest.subtests"])["time"] = _standing
time.sleep = _clock.sleep  # type: ignore[assignment]


@pytest.hookimpl(tryfirst=True)
def pytest_make_collect_report(collector: pytest.Collector) -> None:
    if collector.nodeid and collector.nodeid == _PLAN["hold_collecting"]:
        _hold()


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop() -> None:
    if _WORKER == "gw1":
        _TURN.open("rb").close()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    _clock.sleep((1 + zlib.crc32(item.nodeid.encode()) % 6) / 1000 * _PLAN["scale"])
    if any(item.nodeid.endswith(end) for end in _PLAN["hold"]):
        _hold()
    return (yield)


def pytest_sessionfinish() -> None:
    if _PLAN["hold_end"]:
        _hold()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:  # noqa: ANN401 - types of a plugin that may not be there
    """Give the first tests to the first worker, not to the one that happened to be ready first."""
    from xdist.scheduler import LoadScheduling  # type: ignore[import-untyped]

    class InOrder(LoadScheduling):  # type: ignore[misc]
        def schedule(self) -> None:
            in_order = sorted(self.node2pending.items(), key=lambda entry: entry[0].gateway.id)
            self.node2pending.clear()
            self.node2pending.update(in_order)
            super().schedule()

    return InOrder(config, log)
