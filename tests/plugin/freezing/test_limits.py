"""How long code of the user's may take, on a machine that is busy with others."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator

import pytest

from tui.plugin.freezing import limits
from tui.plugin.freezing.values import Looking


class Others:
    """They have the processor all the time, as far as anybody knows, while they are ``there``."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.there = True
        monkeypatch.setattr(limits, "kept_waiting", lambda _pid="self": time.monotonic() if self.there else 0.0)


@pytest.fixture
def others(monkeypatch: pytest.MonkeyPatch) -> Iterator[Others]:
    before = signal.getsignal(signal.SIGALRM)
    limits.listen()
    yield Others(monkeypatch)
    signal.signal(signal.SIGALRM, before)


class Slow:
    def __repr__(self) -> str:
        time.sleep(0.15)
        return "slow"


def test_what_waits_for_a_processor_has_its_time(others: Others) -> None:
    assert limits.within(0.05, repr, Slow()) == "slow"
    others.there = False
    with pytest.raises(limits.TooLongError):
        limits.within(0.05, time.sleep, 600)


def test_so_has_a_value_that_is_shown(others: Others, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.plugin.freezing.values._ALL_SECONDS", 0.05)
    looking = Looking(safe=False)
    assert [looking._value(name, Slow(), [])["text"] for name in ("a", "b")] == ["slow", "slow"]


def test_nobody_tells_of_no_process() -> None:
    assert limits.kept_waiting(-1) == 0.0
    assert limits.kept_waiting() >= 0.0
