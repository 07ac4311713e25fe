"""The desk, with made-up processes: who is kept, who waits, and who gets the terminal."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest

from tests.engine.debugging.conftest import Join
from tests.engine.debugging.sitting import Child, Tty, hello, until
from tui.engine.debugging.contact import GONE
from tui.engine.debugging.desk import Desk
from tui.engine.debugging.values import FrozenFailure

KEY = ("a.py::a", 0)


@pytest.fixture(autouse=True)
def nothing_to_lend(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.engine.debugging.lending.lent", dict)


async def freeze(desk: Desk, join: Join, name: str = "1-main-1", **said: Any) -> tuple[Child, FrozenFailure]:
    """A frozen failure that has said hello."""
    child = join(hello(name, **said))
    await until(lambda: name in kept(desk), "a frozen failure")
    return child, kept(desk)[name]


def kept(desk: Desk) -> dict[str, FrozenFailure]:
    return {failure.id: failure for failures in desk.frozen.values() for failure in failures}


# What is kept


async def test_what_is_known_of_a_failure(desk: Desk, join: Join) -> None:
    _, failure = await freeze(desk, join, pid=1234)
    (raised,) = failure.exceptions
    assert (failure.key, failure.when, failure.default, failure.pid) == (KEY, "call", (0, 0), 1234)
    assert [(frame.function, frame.own) for frame in raised.frames] == [("a", True), ("loads", False)]
    assert (raised.type, raised.message, raised.parent) == ("ValueError", "no", None)
    assert (failure.state, failure.is_gone) == ("frozen", False)


async def test_newest_first_and_no_more_than_the_limit(desk: Desk, join: Join) -> None:
    thawed: list[str] = []
    desk.on_thawed = lambda failure: thawed.append(failure.id)
    first, oldest = await freeze(desk, join, "1-main-1")
    for number in (2, 3, 4):
        await freeze(desk, join, f"1-main-{number}")
    assert [failure.id for failure in desk.frozen[KEY]] == ["1-main-4", "1-main-3", "1-main-2"]
    assert thawed == ["1-main-1"]
    assert oldest.is_gone
    await first.hears(do="leave")


async def test_the_oldest_goes_when_they_take_too_much(desk: Desk, join: Join) -> None:
    """All are this very process: together they take thrice what it takes."""
    children = [(await freeze(desk, join, f"1-main-{number}"))[0] for number in (1, 2, 3)]
    weight = 50 << 20
    desk.policy.memory = 2 * weight
    desk._weighed({os.getpid(): weight})
    assert list(kept(desk)) == ["1-main-3", "1-main-2"]
    assert {failure.bytes for failure in kept(desk).values()} == {weight}
    await children[0].hears(do="leave")
    assert desk._scales._timer is not None  # those that stay weigh more than before


async def test_what_is_frozen_of_an_item_goes_when_it_runs_again(desk: Desk, join: Join) -> None:
    await freeze(desk, join, "1-main-1", run=1)
    await freeze(desk, join, "2-main-1", run=2)
    other, _ = await freeze(desk, join, "1-main-2", nodeid="a.py::b")
    desk.started(2, KEY)  # told late: what was frozen in that very run stays
    assert list(kept(desk)) == ["2-main-1", "1-main-2"]
    desk.started(2, ("a.py::b", 0))
    assert list(kept(desk)) == ["2-main-1"]
    await other.hears(do="leave")


async def test_one_that_dies_is_gone_at_once(desk: Desk, join: Join) -> None:
    changes: list[int] = []
    child, failure = await freeze(desk, join)
    desk.on_change = lambda: changes.append(len(desk.frozen))
    child.close()
    await until(lambda: not desk.frozen)
    assert failure.is_gone
    assert changes[-1] == 0
    assert (await desk.locals(failure, 0, 0)).words == GONE


async def test_one_that_does_not_leave_is_killed(desk: Desk, join: Join, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.engine.debugging.contact._LEAVE_SECONDS", 0.01)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "import time; time.sleep(600)", start_new_session=True
    )
    _, failure = await freeze(desk, join, pid=process.pid)
    desk.started(failure.run + 1, KEY)
    assert await process.wait() == -signal.SIGKILL


async def test_odd_words_are_sent_away(desk: Desk, join: Join) -> None:
    child = join({**hello(), "exceptions": [{"label": ""}]})
    await child.hears(do="leave")
    assert not desk.frozen


# Sessions


async def receives(descriptor: int, data: bytes) -> None:
    """Wait until that comes in."""

    def received() -> bytes:
        try:
            return os.read(descriptor, 100)
        except BlockingIOError:
            return b""

    os.set_blocking(descriptor, False)
    await until(lambda: received() == data)


async def sit(desk: Desk, failure: FrozenFailure, tty: Tty, child: Child, **place: int) -> tuple[Any, dict[str, Any]]:
    """Somebody who debugs, and what the frozen failure was asked."""
    task = asyncio.create_task(desk.debug(failure, tty, **place))
    return task, await child.hears(do="debug")


async def test_a_session_from_the_key_to_the_end(desk: Desk, join: Join, tty: Tty) -> None:
    child, failure = await freeze(desk, join)
    for number in (1, 2):
        task, asked = await sit(desk, failure, tty, child)
        assert (asked["exception"], asked["frame"], asked["pristine"]) == (0, 0, False)
        assert (asked["debugger"], asked["environ"]["TERM"]) == ("pudb", "made-up")
        pty = child.pty()
        child.say({"began": asked["session"], "pid": os.getpid()})
        await until(lambda: tty.is_lent)
        assert failure.state == "debugged"
        os.write(pty, b"prompt %d" % number)
        await tty.sees(b"prompt %d" % number)
        tty.press(b"q\n")
        await receives(pty, b"q\n")
        os.close(pty)
        child.say({"ended": asked["session"], "status": 0, "words": ""})
        assert await task == ""
        if number == 1:
            await child.hears(do="preload")  # for the next time
        assert (failure.state, tty.is_lent, tty.is_as_before) == ("frozen", False, True)


async def test_another_frame_and_words_at_the_end(desk: Desk, join: Join, tty: Tty) -> None:
    child, failure = await freeze(desk, join)
    task, asked = await sit(desk, failure, tty, child, frame=1)
    assert (asked["exception"], asked["frame"]) == (0, 1)
    child.say({"ended": asked["session"], "status": 1, "words": "pudb is not there: this was pdb."})
    assert await task == "pudb is not there: this was pdb."


async def test_a_session_that_cannot_start_is_begun_again_without_what_the_test_patched(
    desk: Desk, join: Join, tty: Tty
) -> None:
    child, failure = await freeze(desk, join)
    task, asked = await sit(desk, failure, tty, child)
    os.close(child.pty())
    child.say({"ended": asked["session"], "status": 70, "words": "odd"})
    again = await child.hears(do="debug", pristine=True)
    assert again["session"] != asked["session"]
    os.write(child.pty(), b"second")
    await tty.sees(b"second")
    child.say({"ended": again["session"], "status": 70, "words": "It cannot start."})
    assert await task == "It cannot start."
    assert tty.is_as_before


async def test_a_frozen_failure_that_dies_meanwhile_gives_the_terminal_back(desk: Desk, join: Join, tty: Tty) -> None:
    child, failure = await freeze(desk, join)
    task, _ = await sit(desk, failure, tty, child)
    child.close()
    assert "ended" in await task
    assert (tty.is_lent, tty.is_as_before) == (False, True)
    assert await desk.debug(failure, tty) == GONE


async def test_a_terminal_that_hangs_up_ends_the_session(desk: Desk, join: Join, tty: Tty) -> None:
    child, failure = await freeze(desk, join)
    task, asked = await sit(desk, failure, tty, child)
    await until(lambda: tty.is_lent)
    tty.hang_up()
    await child.hears(do="kill", session=asked["session"])
    await task


async def test_a_terminal_that_cannot_be_lent_ends_the_session(desk: Desk, join: Join, tty: Tty) -> None:
    class Refusing(Tty):
        def lent(self) -> Any:
            raise RuntimeError("lent already")

    child, failure = await freeze(desk, join)
    refusing = Refusing()
    with pytest.raises(RuntimeError):
        await desk.debug(failure, refusing)
    refusing.close()
    asked = await child.hears(do="debug")
    await child.hears(do="kill", session=asked["session"])
    assert failure.state == "frozen"


async def test_cancelled_it_ends_the_session(desk: Desk, join: Join, tty: Tty) -> None:
    child, failure = await freeze(desk, join)
    task, asked = await sit(desk, failure, tty, child)
    await until(lambda: tty.is_lent)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await child.hears(do="kill", session=asked["session"])
    assert (tty.is_lent, tty.is_as_before) == (False, True)


async def test_one_session_at_a_time_and_no_end_for_what_is_debugged(desk: Desk, join: Join, tty: Tty) -> None:
    child, failure = await freeze(desk, join)
    task, asked = await sit(desk, failure, tty, child)
    assert "already" in await desk.debug(failure, tty)
    desk.started(failure.run + 1, KEY)
    assert failure.state == "debugged"
    desk.kill_session()
    await child.hears(do="kill", session=asked["session"])
    child.say({"ended": asked["session"], "status": -9, "words": ""})
    await task
    assert not desk.frozen
    await child.hears(do="leave")


async def test_a_look_that_lasts_loads_the_debugger_once(
    desk: Desk, join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.engine.debugging.desk._HIGHLIGHTED", 0.01)
    child, failure = await freeze(desk, join)
    other, another = await freeze(desk, join, "1-main-2", nodeid="a.py::b")
    desk.highlight(failure)
    desk.highlight(another)
    await other.hears(do="preload", debugger="pudb")
    desk.highlight(None)
    desk.highlight(another)
    desk.highlight(failure)
    await child.hears(do="preload")
    desk.started(2, another.key)
    await other.hears(do="leave")


# The inspector


async def reply(child: Child, what: str, answer: Mapping[str, object]) -> dict[str, Any]:
    asked = await child.hears(do=what)
    child.say({"answer": asked["id"], **answer})
    return asked


async def test_answers_become_values(desk: Desk, join: Join) -> None:
    child, failure = await freeze(desk, join)
    value = {"name": "x", "type": "list", "text": "[1]", "more": True, "step": 0, "why": ""}
    answers = asyncio.gather(
        desk.locals(failure, 0, 1),
        desk.expand(failure, 0, 1, (0, "key")),
        desk.evaluate(failure, 0, 1, "1/0"),
        desk.complete(failure, 0, 1, "x.ap"),
    )
    asked = await reply(child, "locals", {"values": [value], "cut": 7})
    assert (asked["exception"], asked["frame"]) == (0, 1)
    asked = await reply(child, "expand", {"values": [], "cut": 0})
    assert asked["path"] == [0, "key"]
    await reply(child, "evaluate", {"text": "", "printed": "out", "error": "ZeroDivisionError"})
    await reply(child, "complete", {"words": ["append"]})
    variables, inside, evaluated, completed = await answers
    assert [(each.name, each.type, each.text, each.more, each.step) for each in variables.values] == [
        ("x", "list", "[1]", True, 0)
    ]
    assert (variables.cut, inside.values, inside.words) == (7, (), "")
    assert (evaluated.printed, evaluated.error) == ("out", "ZeroDivisionError")
    assert completed.names == ("append",)


async def test_words_in_place_of_an_answer(desk: Desk, join: Join, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.engine.debugging.contact._ANSWER_SECONDS", 0.01)
    child, failure = await freeze(desk, join)
    assert "in time" in (await desk.locals(failure, 0, 0)).words
    await child.hears(do="locals")
    monkeypatch.setattr("tui.engine.debugging.contact._ANSWER_SECONDS", 30)
    odd = asyncio.create_task(desk.locals(failure, 0, 0))
    await reply(child, "locals", {"values": [{"name": "x"}]})
    assert "cannot be read" in (await odd).words
    late = asyncio.create_task(desk.evaluate(failure, 0, 0, "x"))
    await child.hears(do="evaluate")
    child.close()
    assert (await late).words == GONE


# Runs that wait

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
