"""Stage directions for a project that is to be photographed: it becomes the project's outermost conftest.py.

pytest's clock moves only as the plan says, and a test or a collector that the plan holds waits until its process is
stopped, so that a picture of it is the same every time.
"""

from __future__ import annotations

import json
import signal
import time
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from _pytest import timing

if TYPE_CHECKING:
    from collections.abc import Generator

_PLAN: dict[str, Any] = json.loads(Path(__file__).with_name(".plan.json").read_text("utf-8"))
_now = 1_000_000.0


def _sleep(seconds: float) -> None:
    """Pass the time without waiting."""
    global _now  # noqa: PLW0603 - there is but one time
    _now += seconds


def _hold() -> None:
    """Wait until a signal ends this."""
    while True:
        signal.pause()


for _name in ("time", "perf_counter"):
    setattr(timing, _name, lambda: _now)
time.sleep = _sleep  # type: ignore[assignment]


@pytest.hookimpl(tryfirst=True)
def pytest_make_collect_report(collector: pytest.Collector) -> None:
    if collector.nodeid and collector.nodeid == _PLAN["hold_collecting"]:
        _hold()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    out = [item for item in items if any(part in item.nodeid for part in _PLAN["without"])]
    if out:
        config.hook.pytest_deselected(items=out)
        items[:] = [item for item in items if item not in out]


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    _sleep((1 + zlib.crc32(item.nodeid.encode()) % 6) / 1000 * _PLAN["scale"])
    if any(item.nodeid.endswith(end) for end in _PLAN["hold"]):
        _hold()
    return (yield)


def pytest_sessionfinish() -> None:
    if _PLAN["hold_end"]:
        _hold()


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
