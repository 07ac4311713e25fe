"""How long a copy may take to let go of what it shares with the run."""

from __future__ import annotations

import os
import signal
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tui.plugin.freezing import copying

Copy = Callable[[Callable[[], None]], tuple[int, int]]

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="nobody tells what a process does")


def burn(seconds: float) -> None:
    while time.process_time() < seconds:
        pass


@pytest.fixture
def copy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Copy]:
    """Forks what works and then is sealed; the time for that is over at once, as if it had not been on until now."""
    monkeypatch.setattr(copying, "SEAL_SECONDS", 0.0)
    readable, writable = os.pipe()
    pids = []

    def start(work: Callable[[], None]) -> tuple[int, int]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the threads of whoever runs this test: from Python 3.12 on
            pid = os.fork()
        if pid == 0:
            try:
                work()
                os.write(writable, copying._RECORD.pack(copying._SEALED, 0))
            finally:
                os._exit(0)
        pids.append(pid)
        os.close(writable)
        return readable, pid

    yield start
    os.close(readable)
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def test_one_that_waits_for_a_processor_has_its_time(copy: Copy) -> None:
    readable, pid = copy(lambda: burn(0.3))
    assert copying._sealed(readable, pid, knows_pid=True) == pid


@pytest.mark.parametrize("work", [lambda: burn(600), lambda: time.sleep(600)], ids=["works", "waits"])
def test_one_that_works_for_too_long_or_waits_for_something_else_is_ended(
    copy: Copy, monkeypatch: pytest.MonkeyPatch, work: Callable[[], None]
) -> None:
    monkeypatch.setattr(copying, "_PROCESSOR", 0.2)
    readable, pid = copy(work)
    with pytest.raises(copying.NotFrozenError, match="in time"):
        copying._sealed(readable, pid, knows_pid=True)
    assert os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT) is not None
