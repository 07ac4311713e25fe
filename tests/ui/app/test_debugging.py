"""Debuggers from the screen: on failures as they were, on runs that wait, from the first line, to breakpoints."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gate import Gate
from tests.ui.app.driver import Sitting, sit_down, write
from tests.ui.app.seat import Seat, policy, seated
from tui.ui.detail.document import Look
from tui.ui.screens.dialogs import Question
from tui.ui.terminal.lend import AlreadyLentError
from tui.ui.widgets.bar import Bar

FILES = {
    "cart.py": """
        def price(currency):
            base = {"eur": 10}
            return base[currency]

        def total(currency):
            return price(currency) + 1
    """,
    "test_cart.py": """
        import cart

        def test_euros():
            first = 1
            assert cart.total("eur") == 11

        def test_dollars():
            wanted = "usd"
            assert cart.total(wanted) == 11

        def test_stops():
            breakpoint()
            after = 2
    """,
}
EUROS, DOLLARS, STOPS = (f"test_cart.py::test_{name}" for name in ("euros", "dollars", "stops"))
AT = 13 if sys.version_info >= (3, 13) else 14
"""Where pdb stops for ``breakpoint()``: at the line itself since Python 3.13, before it at the next one."""


@pytest.fixture
def suite(folder: Path) -> Path:
    write(folder, FILES)
    return folder


@pytest.fixture
def seat(monkeypatch: pytest.MonkeyPatch) -> Iterator[Seat]:
    with seated(monkeypatch) as made:
        yield made


async def fail(sitting: Sitting) -> None:
    """Run the test that fails; the cursor is on it, and its process is kept."""
    await sitting.go(DOLLARS)
    await sitting.run("r")
    await sitting.until(lambda: sitting.explorer.desk.frozen, "a frozen failure")
    await sitting.shown()


async def left(sitting: Sitting) -> None:
    """Wait until no debugger is open."""
    await sitting.until(lambda: not sitting.app.visits.is_open, "the end of the debugger")
    await sitting.rest()


def is_at(row: str, sitting: Sitting) -> bool:
    return any(row in line for line in sitting.lines)


async def test_d_stands_in_the_failure_as_often_as_one_likes(suite: Path, seat: Seat) -> None:
    async with sit_down(suite, policy=policy()) as sitting:
        await fail(sitting)
        ran = dict(sitting.store.ran)
        for _ in range(2):
            await sitting.press("d")
            await seat.prompt(sitting, "cart.py(4)price()")
            seat.type("p currency, base")
            await seat.prompt(sitting, "('usd', {'eur': 10})")
            seat.type("q")
            await left(sitting)
        assert seat.times == 2
        assert sitting.at == DOLLARS
        assert sitting.store.ran == ran
        assert sitting.footer.said == ""


async def test_failures_that_are_kept_are_marked(suite: Path, seat: Seat) -> None:
    async with sit_down(suite, policy=policy()) as sitting:
        await fail(sitting)
        assert is_at("✗ test_dollars ❄  KeyError: 'usd'", sitting)
        await sitting.type("/is:frozen", "enter")
        assert [name for name in sitting.names if name.startswith("test_") and "." not in name] == ["test_dollars"]


async def test_marks_in_ascii(suite: Path, seat: Seat) -> None:
    async with sit_down(suite, policy=policy(), ascii=True) as sitting:
        await fail(sitting)
        assert is_at("F test_dollars *  KeyError: 'usd'", sitting)
        await sitting.press("b")
        assert is_at(">    4o    return base[currency]", sitting)


async def test_what_is_not_kept_runs_again_under_the_debugger(suite: Path, seat: Seat) -> None:
    async with sit_down(suite, policy=policy(limit=0)) as sitting:
        await sitting.go(DOLLARS)
        await sitting.run("r")
        await sitting.press("d")
        await sitting.said("nothing is kept of this failure: it runs again under the debugger")
        await seat.prompt(sitting, "cart.py(4)price()")
        seat.type("q")
        await left(sitting)
        assert [run for run in sitting.store.ran.values() if run] == [[DOLLARS], [DOLLARS]]
        assert sitting.at == DOLLARS


async def test_a_test_that_passes_under_the_debugger_says_so(suite: Path, seat: Seat) -> None:
    async with sit_down(suite, policy=policy()) as sitting:
        await sitting.go(EUROS)
        await sitting.press("d")
        await sitting.said("it ran without stopping: nothing failed, and no breakpoint was reached")
        assert seat.times == 0
        await sitting.rest()
        assert sitting.outcomes[EUROS] == "passed"


async def test_keys_typed_ahead(suite: Path, seat: Seat) -> None:
    async with sit_down(suite, policy=policy()) as sitting:
        await fail(sitting)
        await sitting.press("g")
        await sitting.type("nd")
        await seat.prompt(sitting, "cart.py(4)price()")
        assert sitting.footer.said == ""
        seat.type("q")
        await left(sitting)


async def test_from_the_first_line(suite: Path, seat: Seat) -> None:
    async with sit_down(suite, policy=policy()) as sitting:
        await sitting.go(EUROS)
        await sitting.press("D")
        await seat.prompt(sitting, "test_cart.py(5)test_euros()")
        seat.type("c")
        await left(sitting)
        assert sitting.outcomes[EUROS] == "passed"
        assert sitting.footer.said == ""


async def test_a_run_that_stops_gets_the_terminal_by_itself(suite: Path, seat: Seat) -> None:
    async with sit_down(suite, policy=policy()) as sitting:
        await sitting.go(STOPS)
        await sitting.press("r")
        await seat.prompt(sitting, f"test_cart.py({AT})test_stops()")
        await sitting.until(lambda: sitting.bar.startswith("PAUSED"), "the pause in the first line")
        assert sitting.bar.startswith(f"PAUSED at test_cart.py:{AT}: its debugger is open")
        seat.type("c")
        await left(sitting)
        assert sitting.outcomes[STOPS] == "passed"
        assert not sitting.bar.startswith("PAUSED")


async def test_a_run_that_stops_while_the_person_is_busy_waits(suite: Path, seat: Seat) -> None:
    write(suite, {"gated.py": "open('gate', 'rb', 0).readline()\n"})
    write(suite, {"test_cart.py": FILES["test_cart.py"].replace("breakpoint()", "import gated; breakpoint()")})

    gate = Gate(suite)
    async with sit_down(suite, policy=policy()) as sitting:
        await sitting.go(STOPS)
        await sitting.press("r")
        await sitting.until(lambda: sitting.outcomes[STOPS] == "running")
        await sitting.press("backspace", "h")
        assert "test_stops" not in sitting.names
        gate.open()
        await sitting.until(lambda: sitting.bar.startswith("PAUSED"), "the pause in the first line")
        assert sitting.bar.startswith(f"PAUSED at test_cart.py:{AT}: d opens the debugger")
        assert str(sitting.main.query_one(Bar).state.colour) == "magenta"
        await sitting.until(lambda: is_at(f"paused at test_cart.py:{AT}", sitting), "the pause in the tree")
        assert seat.times == 0
        assert sitting.at != STOPS
        await sitting.press("d")
        await seat.prompt(sitting, f"test_cart.py({AT})test_stops()")
        seat.type("c")
        await left(sitting)
        assert sitting.outcomes[STOPS] == "passed"
    gate.close()


async def test_the_next_stop_of_a_run_is_gone_to_as_well(suite: Path, seat: Seat) -> None:
    twice = FILES["test_cart.py"].replace("after = 2", "after = 2\n            breakpoint()\n            last = 3")
    write(suite, {"test_cart.py": twice})
    async with sit_down(suite, policy=policy()) as sitting:
        await sitting.go(STOPS)
        await sitting.press("r")
        await seat.prompt(sitting, f"test_cart.py({AT})test_stops()")
        seat.type("c")
        await seat.prompt(sitting, f"test_cart.py({AT + 2})test_stops()")
        seat.type("c")
        await left(sitting)
        assert seat.times == 2
        assert sitting.outcomes[STOPS] == "passed"


async def test_a_breakpoint_at_the_line_that_failed(suite: Path, seat: Seat) -> None:
    async with sit_down(suite, policy=policy()) as sitting:
        await fail(sitting)
        await sitting.press("b")
        assert sitting.footer.said == "cart.py:4: the next run under the debugger stops here"
        assert is_at(">    4●    return base[currency]", sitting)
        assert sitting.explorer.policy.breakpoints == [(str(suite / "cart.py"), 4)]
        await sitting.press("b")
        assert sitting.footer.said == "cart.py:4: no breakpoint any more"
        assert is_at(">    4     return base[currency]", sitting)
        assert sitting.explorer.policy.breakpoints == []


async def test_a_breakpoint_at_a_line_of_the_source_is_reached(suite: Path, seat: Seat) -> None:
    async with sit_down(suite, policy=policy()) as sitting:
        await sitting.go(EUROS)
        await sitting.press("3", "tab", "j", "j", "b")
        assert is_at("     6●    assert cart.total", sitting)
        await sitting.press("d")
        await seat.prompt(sitting, "test_cart.py(6)test_euros()")
        seat.type("c")
        await left(sitting)
        assert sitting.outcomes[EUROS] == "passed"


async def test_a_breakpoint_in_the_traceback(suite: Path, seat: Seat) -> None:
    async with sit_down(suite, policy=policy(), size=(160, 45)) as sitting:
        await fail(sitting)
        pane = sitting.main.detail.pane
        lines = [line.text for line in pane.document.lines]
        wanted = next(number for number, text in enumerate(lines) if "cart.total(wanted)" in text)
        failing = next(number for number, line in enumerate(pane.document.lines) if line.look is Look.FAILING)
        await sitting.press("tab", *["j"] * (wanted - failing), "b")
        assert sitting.explorer.policy.breakpoints == [(str(suite / "test_cart.py"), 10)]


async def test_p_needs_tmux(suite: Path, seat: Seat) -> None:
    async with sit_down(suite, policy=policy()) as sitting:
        await fail(sitting)
        await sitting.press("p")
        assert sitting.footer.said == "not inside tmux, so there is no other pane: d debugs here"
        assert seat.times == 0


async def test_q_asks_while_a_debugger_is_open(suite: Path, seat: Seat) -> None:
    async with sit_down(suite, policy=policy()) as sitting:
        await fail(sitting)
        await sitting.press("d")
        await seat.prompt(sitting)
        await sitting.press("q")
        assert isinstance(sitting.app.screen, Question)
        assert "A debugger is open. Leave all the same?" in sitting.screen
        await sitting.press("escape")
        await sitting.until(lambda: sitting.app.screen is sitting.main)
        seat.type("q")
        await left(sitting)
        await sitting.press("q")
        assert sitting.app._exit


async def test_a_debugger_that_hangs_is_killed(suite: Path, seat: Seat) -> None:
    async with sit_down(suite, policy=policy()) as sitting:
        await fail(sitting)
        await sitting.press("d")
        await seat.prompt(sitting)
        seat.type("while True: pass")
        await sitting.press("ctrl+backslash")
        await left(sitting)
        assert is_at("test_dollars ❄", sitting)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (AlreadyLentError("The terminal is lent already."), "The terminal is lent already."),
        (OSError(5, "Input/output error"), "the debugger could not be opened: Input/output error"),
    ],
)
async def test_what_goes_wrong_is_said_until_a_key(suite: Path, seat: Seat, error: Exception, words: str) -> None:
    async with sit_down(suite, policy=policy()) as sitting:
        await fail(sitting)
        seat.refusal = error
        await sitting.press("d")
        await sitting.said(words)
        await left(sitting)
        assert sitting.footer.said == words
        await sitting.press("k")
        assert sitting.footer.said == ""


async def test_a_run_that_waits_while_there_is_no_terminal_goes_on_waiting(
    suite: Path, seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with sit_down(suite, policy=policy()) as sitting:
        with monkeypatch.context() as patch:
            patch.setattr(sitting.app, "owns_terminal", lambda: False)
            await sitting.go(STOPS)
            await sitting.press("r")
            await sitting.until(lambda: "d opens the debugger" in sitting.bar, "the pause")
            assert seat.times == 0
            await sitting.press("d")
            await sitting.said("The terminal is lent already.")
        assert "d opens the debugger" in sitting.bar
        await sitting.press("d")
        await seat.prompt(sitting, "test_stops()")
        seat.type("c")
        await left(sitting)
        assert seat.times == 1
        assert sitting.outcomes[STOPS] == "passed"


async def test_a_failure_that_runs_again_is_kept_no_longer(suite: Path, seat: Seat) -> None:
    async with sit_down(suite, policy=policy()) as sitting:
        await fail(sitting)
        write(suite, {"cart.py": "def total(currency): return 11\n"})
        await sitting.run("r")
        await sitting.until(lambda: not is_at("❄", sitting), "a row without a sign")
        assert sitting.outcomes[DOLLARS] == "passed"
