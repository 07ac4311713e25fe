"""The desk, with made-up processes: who is kept, who waits, and who gets the terminal."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from typing import Any

import pytest

from tests.engine.debugging.sitting import KEY, Child, Join, freeze, hello, kept, until
from tui.engine.debugging.contact import GONE
from tui.engine.debugging.desk import Desk


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
