"""Runs that wait at the desk for somebody to debug them."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest

from tests.engine.debugging.sitting import KEY, Child, Join, Tty, until
from tui.engine.debugging.desk import Desk

PAUSED = {
    "paused": "1-main-1",
    "why": "breakpoint",
    "path": "/p/a.py",
    "line": 4,
    "function": "a",
    "nodeid": "a.py::a",
    "number": 0,
    "debugger": "pudb",
}
RUN = {"role": "run", "run": 1}


@pytest.fixture
def process() -> Any:
    """Stands for a run."""
    sleeping = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    yield sleeping
    sleeping.kill()
    sleeping.wait()


async def pause(desk: Desk, join: Join, pid: int) -> Child:
    child = join(RUN)
    child.say({**PAUSED, "pid": pid})
    await until(lambda: desk.paused)
    return child


async def test_a_pause_from_its_beginning_to_the_end(desk: Desk, join: Join, tty: Tty, process: Any) -> None:
    child = await pause(desk, join, process.pid)
    (waiting,) = desk.paused
    assert (waiting.key, waiting.why, waiting.line) == (KEY, "breakpoint", 4)
    task = asyncio.create_task(desk.attend(waiting, tty))
    asked = await child.hears(do="go", pause="1-main-1")
    assert asked["environ"]["TERM"] == "made-up"
    pty = child.pty()
    os.write(pty, b"(Pdb) ")
    await tty.sees(b"(Pdb) ")
    assert "already" in await desk.attend(waiting, tty)
    os.close(pty)
    child.say({"resumed": "1-main-1"})
    assert await task == ""
    assert desk.paused == ()
    assert (tty.is_lent, tty.is_as_before) == (False, True)
    assert "not wait" in await desk.attend(waiting, tty)
    assert process.poll() is None


@pytest.mark.parametrize("end", ["connection", "run"])
async def test_a_run_that_dies_while_it_is_attended(desk: Desk, join: Join, tty: Tty, process: Any, end: str) -> None:
    child = await pause(desk, join, process.pid)
    task = asyncio.create_task(desk.attend(desk.paused[0], tty))
    await child.hears(do="go")
    if end == "connection":
        child.close()
    else:
        desk.run_ended(1)
    await task
    assert desk.paused == ()
    assert tty.is_as_before


async def test_force_ends_the_process_that_is_attended(desk: Desk, join: Join, tty: Tty, process: Any) -> None:
    child = await pause(desk, join, process.pid)
    desk.kill_session()  # nobody attends: nothing is killed
    assert process.poll() is None
    task = asyncio.create_task(desk.attend(desk.paused[0], tty))
    await child.hears(do="go")
    await until(lambda: tty.is_lent)
    desk.kill_session()
    await until(lambda: process.poll() == -signal.SIGKILL)
    child.close()
    await task
    assert tty.is_as_before


async def test_nobody_waits_where_nobody_attends(desk: Desk, join: Join) -> None:
    desk.policy.attended = False
    child = join(RUN)
    child.say({**PAUSED, "pid": os.getpid()})
    await child.hears(do="refuse", pause="1-main-1")
    assert desk.paused == ()


def test_breakpoints_are_set_and_taken_away(desk: Desk) -> None:
    told: list[Mapping[str, object]] = []
    desk.on_breakpoints = told.append
    assert desk.toggle_breakpoint("/p/a.py", 4)
    assert desk.policy.breakpoints == [("/p/a.py", 4)]
    assert not desk.toggle_breakpoint("/p/a.py", 4)
    assert told == [{"breakpoints": [["/p/a.py", 4]]}, {"breakpoints": []}]
