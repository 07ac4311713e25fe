"""The bar: what it says by state, in which colour, and what goes first when there is little room."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from tests.model.making import Player
from tui.model import events as ev
from tui.model.verdict import Colour
from tui.ui.status import ASCII, UNICODE
from tui.ui.widgets.bar import BarState, bar_state
from tui.ui.widgets.bar_line import bar_line

A, B, C, D = (f"tests/test_{name}.py::test_x" for name in "abcd")
LONG = "ImportError: cannot import name 'price' from 'shop' (/home/ada/projects/shop/src/shop/__init__.py)"


def said(player: Player, *, now: float = 0.0, width: int = 80) -> tuple[str, str]:
    state = bar_state(player.store, now=now)
    return state.colour.value, "".join(bar_line(state, width, UNICODE))


def timed(player: Player, seconds: float) -> Player:
    player.state.started = 0.0
    player.state.ended = seconds
    return player


def running(*, planned: int = 4, started: float = 0.0) -> Player:
    player = Player()
    player.collect(A, B, C, D)
    player.begin(items=player.store.tree.items())
    player.find(A, B, C, D)
    player.finish_collection(A, B, C, D)
    player.state.started = started
    player.state.planned = planned
    return player


def test_before_anything() -> None:
    assert said(Player()) == ("neutral", " STARTING")


def test_collecting() -> None:
    player = Player()
    player.begin(collecting=True)
    player.find(A)
    player.state.collected = 1204
    player.state.latest_file = "tests/unit/test_a.py"
    player.state.started = 0.0
    assert said(player, now=3.5) == ("neutral", " COLLECTING 1,204 in tests/unit  0:03")


def test_collected() -> None:
    player = Player()
    player.collect(A, B)
    assert said(player) == ("neutral", " READY 2 tests")


def test_running() -> None:
    player = running()
    player.play(A)
    player.state.first_item = 1.0
    player.state.estimate = 9.0
    assert said(player, now=7.2) == ("neutral", " RUNNING 1 passed  ▰▰▱▱▱▱▱▱▱▱ 25%  0:07 of 0:10")


def test_estimate_that_proved_wrong_is_not_shown() -> None:
    player = running()
    player.state.first_item = 1.0
    player.state.estimate = 9.0
    assert said(player, now=10.5) == ("neutral", " RUNNING ▱▱▱▱▱▱▱▱▱▱ 0%  0:10")


def test_running_and_something_failed() -> None:
    player = running()
    player.play(A, B, test_x="failed")
    assert said(player, now=61) == ("red", " RED 2 failed  ▰▰▰▰▰▱▱▱▱▱ 50%  1:01")


def test_not_all_done_is_never_a_hundred_percent() -> None:
    player = running()
    player.state.planned, player.state.done = 1000, 999
    assert bar_state(player.store, now=0).done == 99


def test_stopping() -> None:
    player = running()
    player.start(A)
    player.state.stopping = True
    assert said(player, now=2) == ("yellow", f" STOPPING {A.rpartition('/')[2]}  ▱▱▱▱▱▱▱▱▱▱ 0%  0:02")


def test_which_teardown_holds_a_stop_up_is_said_in_full() -> None:
    state = BarState(
        Colour.YELLOW, "STOPPING", text="test_cart.py::test_discount[ten]", counts=((3, "failed"), (200, "passed"))
    )
    assert "".join(bar_line(state, 50, UNICODE)) == " STOPPING test_cart.py::test_discount[ten]"


def paused() -> Player:
    player = running()
    player.start(A)
    number = player.state.number
    player.store.apply(ev.Paused(number, A, 0, "1-main-1", "breakpoint", "tests/test_a.py", 7, "test_x", "pudb"))
    return player


def test_paused() -> None:
    player = paused()
    assert said(player, now=2, width=50) == ("magenta", " PAUSED at test_a.py:7  0:02")
    state = bar_state(player.store, now=2, ask="d opens the debugger")
    assert "".join(bar_line(state, 60, UNICODE)) == " PAUSED at test_a.py:7: d opens the debugger  0:02"
    assert "".join(bar_line(state, 45, UNICODE)) == " PAUSED at test_a.py:7: d opens the debugger"


def test_what_can_be_done_about_a_pause_is_not_said_of_other_runs() -> None:
    assert bar_state(running().store, now=2, ask="d opens the debugger").text == ""


def test_all_passed() -> None:
    player = Player()
    player.run(A, B)
    assert said(timed(player, 0.09)) == ("green", " GREEN 2 passed in 0.09 s")


def test_passed_and_skipped() -> None:
    player = Player()
    player.run(A, "tests/test_b.py::test_skip", test_skip="skipped")
    assert said(timed(player, 6.24)) == ("green", " GREEN 1 passed  1 skipped in 6.2 s")


def test_passed_but_not_everything_has_run() -> None:
    player = Player()
    player.collect(A, B, C)
    player.run(A, whole=False)
    colour, line = said(timed(player, 0.2))
    assert (colour, line) == ("neutral", " PASSED 1 in 0.20 s, 2 not run")
    assert bar_state(player.store, now=0).good


def test_failed() -> None:
    player = Player()
    player.run(A, "tests/test_b.py::test_bad", "tests/test_b.py::test_worse", test_bad="failed", test_worse="error")
    assert said(timed(player, 42.3)) == ("red", " RED 1 failed  1 error  1 passed in 42 s")


def test_numbers_of_all_outcomes() -> None:
    player = Player()
    names = ("passed", "failed", "error", "crashed", "skipped", "xfailed", "xpassed")
    ids = [f"test_a.py::{name}{number}" for name in names for number in range(2)]
    outcomes = {f"{name}{number}": name for name in names for number in range(2)}
    player.run(*ids, whole=True, **outcomes)
    line = " RED 2 crashed  2 failed  2 errors  2 passed  2 skipped  2 xfailed  2 xpassed in 1.0 s"
    assert said(timed(player, 1), width=100) == ("red", line)


def test_broken() -> None:
    player = Player()
    player.begin(collecting=True)
    player.store.apply(ev.NotStarted(player.number, LONG))
    player.end(4)
    assert said(player, width=200) == ("red", f" BROKEN {LONG}")
    assert said(player, width=40) == ("red", f" BROKEN {LONG}"[:39] + "…")


def test_stopped() -> None:
    player = running()
    player.play(A)
    player.interrupt()
    player.end(2)
    assert said(timed(player, 3)) == ("yellow", " STOPPED 1 passed in 3.0 s, 3 not run")


def test_stopped_in_a_second_run() -> None:
    player = Player()
    player.run(A, B, C, D)
    player.begin(items=player.store.tree.items())
    player.find(A, B, C, D)
    player.finish_collection(A, B, C, D)
    player.play(A, test_x="failed")
    player.interrupt()
    player.end(2)
    line = " RED 1 failed  3 passed  last 1 in 3.0 s, stopped, 3 not run again"
    assert said(timed(player, 3)) == ("red", line)


def test_time_is_of_the_tests_that_took_it() -> None:
    player = Player()
    player.run(A, B, C)
    player.run(A, whole=False)
    assert said(timed(player, 3)) == ("green", " GREEN 3 passed  last 1 in 3.0 s")


def test_run_that_ended_before_any_test_was_over_took_no_time_of_tests() -> None:
    player = Player()
    player.run(A, B, C)
    player.begin(whole=False, items=list(player.store.tree.items())[:1])
    player.find(A)
    player.finish_collection(A)
    player.start(A)
    player.interrupt()
    player.end(2)
    assert said(timed(player, 3)) == ("yellow", " STOPPED 3 passed, 1 not run again")


def test_broken_file_is_no_test_that_took_time() -> None:
    player = Player()
    player.collect(A, B, broken=["tests/test_c.py"])
    player.run(A, B, whole=False)
    assert said(timed(player, 3)) == ("red", " RED 1 error  2 passed in 3.0 s")


def test_what_is_left_stands_between_the_counts_and_the_filter() -> None:
    state = BarState(Colour.YELLOW, "STOPPED", "3 not run", closing=True, counts=((1, "passed"),), filter_text="cart")
    assert "".join(bar_line(state, 80, UNICODE)) == " STOPPED 1 passed, 3 not run  /cart (none)"


def test_what_is_left_is_whole_before_anything_else_is() -> None:
    left = "stopped, 13 not run again"
    state = BarState(Colour.RED, "RED", left, closing=True, counts=((3, "failed"), (811, "passed"), (24, "skipped")))
    assert "".join(bar_line(state, 60, UNICODE)) == " RED 3 failed  811 passed, stopped, 13 not run again"


def test_no_tests() -> None:
    player = Player()
    player.collect()
    assert said(player) == ("neutral", " NO TESTS in /project")


def test_stale_results_are_told_beside_failures() -> None:
    player = Player()
    player.run(A, B, test_x="failed")
    player.store.tree.set_status(player.item(A), player.item(A).status, stale=True)
    assert said(timed(player, 1)) == ("red", " RED 2 failed  1 stale in 1.0 s")


FULL = BarState(
    Colour.RED,
    "RED",
    counts=((3, "failed"), (1, "error"), (811, "passed"), (24, "skipped")),
    done=71,
    elapsed="0:07",
    estimate="0:10",
    toggles=("-x",),
    filter_text="cart",
    matches=12,
)


@pytest.mark.parametrize(
    ("width", "line"),
    [
        (120, " RED 3 failed  1 error  811 passed  24 skipped  ▰▰▰▰▰▰▰▱▱▱ 71%  0:07 of 0:10  -x  /cart (12)"),
        (80, " RED 3 failed  1 error  811 passed  24 skipped  71%  0:07  -x  /cart (12)"),
        (60, " RED 3 failed  1 error  811 passed  71%  0:07  /cart (12)"),
        (40, " RED 3 failed  1 error  811 passed  71%"),
        (25, " RED 3 failed  1 error"),
        (15, " RED 3 failed"),
        (6, " RED"),
        (3, " R…"),
    ],
)
def test_what_matters_least_goes_first(width: int, line: str) -> None:
    assert "".join(bar_line(FULL, width, UNICODE)) == line


@pytest.mark.parametrize("width", range(1, 130))
@pytest.mark.parametrize(
    "state",
    [
        FULL,
        BarState(Colour.YELLOW, "STOPPING", text=LONG, counts=((3, "failed"),), elapsed="1:02"),
        BarState(word="COLLECTING", text="12 日本語の長い名前\n\x1b[31m", filter_text="x" * 500),
    ],
    ids=["full", "text", "odd"],
)
def test_line_never_leaves_its_width(state: BarState, width: int) -> None:
    line = "".join(bar_line(state, width, UNICODE))
    assert cell_len(line) <= width
    assert line.isprintable()


def test_text_keeps_some_room_beside_counts() -> None:
    state = BarState(word="STOPPING", text=LONG, counts=((3, "failed"), (200, "passed")), done=10, elapsed="1:02")
    assert "".join(bar_line(state, 50, UNICODE)) == " STOPPING ImportError: cannot impo…  3 failed  10%"


def test_ascii() -> None:
    assert "".join(bar_line(FULL, 120, ASCII)).isascii()
    assert "#######--- 71%" in "".join(bar_line(FULL, 120, ASCII))


def test_filter_without_a_match_says_so() -> None:
    state = BarState(word="READY", text="2 tests", filter_text="cart")
    assert "".join(bar_line(state, 80, UNICODE)) == " READY 2 tests  /cart (none)"
