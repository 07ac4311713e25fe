"""From a save to a verdict."""

from __future__ import annotations

import os
import textwrap

import pytest

from tests.engine.loop.conftest import Make, linked
from tests.engine.loop.sitting import FilesChanged, SelectionMade, VerdictReached, sit_down
from tui.engine.loop.partners import Policy
from tui.engine.wishes import EVERYTHING

PROJECT = {
    "cart.py": "def price(): return 1\n",
    "test_cart.py": """
        import cart
        def test_price(): assert cart.price() == 1
        def test_other(): pass
    """,
    "test_far.py": """
        def test_far(): pass
    """,
}
PRICE, OTHER, FAR = "test_cart.py::test_price", "test_cart.py::test_other", "test_far.py::test_far"
BY_HAND = Policy(record="off", on_change="queue")


async def test_red_green_refactor(make: Make) -> None:
    async with sit_down(make(PROJECT)) as sitting:
        sitting.memory.touched = {"cart.py": [(1, PRICE)]}
        assert sitting.bar == "GREEN"
        await sitting.save(cart="def price(): return 2\n")
        assert sitting.outcomes == {PRICE: "failed", OTHER: "passed", FAR: "passed"}
        assert sitting.memory.taken[-1] == [PRICE]
        assert sitting.verdicts == [("affected", "red"), ("rest", "red")]
        assert sitting.phase == "RED"
        await sitting.save(cart="def price(): return 0 + 1\n")
        assert sitting.verdicts[2:] == [("affected", "green"), ("rest", "green")]
        assert sitting.phase == "GREEN"
        assert sitting.loop.cycle.cycles == 1
        await sitting.save(cart="def price(): return 1 + 0\n")
        assert sitting.phase == "REFACTOR"
        made = sitting.of(SelectionMade)[-1]
        assert made.items == (((PRICE, 0), "cart.py changed"),)
        assert made.skipped == 2
        assert [event.paths for event in sitting.of(FilesChanged)] == [(str(sitting.folder / "cart.py"),)] * 3


async def test_a_save_is_answered_in_two_stages(make: Make) -> None:
    async with sit_down(make(PROJECT)) as sitting:
        sitting.memory.touched = {"cart.py": [(1, PRICE), (3, FAR)]}
        await sitting.save(cart="def price(): return 2\n")
        first, rest = sitting.of(VerdictReached)
        assert (first.stage, first.stale, rest.stage, rest.stale) == ("affected", 1, "rest", 0)
        assert sitting.memory.taken[-1] == [PRICE, FAR]
        sitting.memory.touched = {"cart.py": [(3, FAR)]}  # nothing is surely touched
        await sitting.save(cart="def price(): return 1\n")
        assert [event.stage for event in sitting.of(VerdictReached)[2:]] == ["affected", "rest"]


async def test_a_save_that_touches_nothing_is_answered(make: Make) -> None:
    async with sit_down(make(PROJECT)) as sitting:
        await sitting.save(notes="# nothing\n")
        assert sitting.verdicts == [("affected", "green"), ("rest", "green")]
        assert sitting.of(SelectionMade)[-1].items == ()
        assert sitting.phase == "None"  # no step of the cycle


@pytest.mark.parametrize(("policy", "ran"), [("failed", [[PRICE], [FAR]]), ("nothing", [[PRICE]])])
async def test_after_green_what_is_red_elsewhere_runs(make: Make, policy: str, ran: list[list[str]]) -> None:
    files = PROJECT | {"test_far.py": "def test_far(): assert 0\n"}
    async with sit_down(make(files), Policy(record="off", after_green=policy)) as sitting:
        sitting.memory.touched = {"cart.py": [(1, PRICE)]}
        before = len(sitting.memory.taken)
        await sitting.save(cart="def price(): return 0 + 1\n")
        assert sitting.memory.taken[before:] == ran
        assert sitting.verdicts == [("affected", "red"), ("rest", "red")]
        assert sitting.phase == "REFACTOR"  # what the edit touched passes


async def test_after_green_everything_that_is_not_known_to_pass(make: Make) -> None:
    async with sit_down(make(PROJECT), Policy(record="off", after_green="all"), run=False) as sitting:
        sitting.memory.touched = {"cart.py": [(1, PRICE)]}
        before = len(sitting.memory.taken)
        await sitting.save(cart="def price(): return 0 + 1\n")
        assert sitting.memory.taken[before:] == [[PRICE], [OTHER, FAR]]
        assert sitting.verdicts == [("affected", "neutral"), ("rest", "green")]


async def test_new_tests_run_and_old_ones_go(make: Make) -> None:
    async with sit_down(make(PROJECT)) as sitting:
        before = len(sitting.memory.taken)
        await sitting.save(test_far="def test_new(): assert 0\ndef test_newer(): pass\n")
        assert sitting.outcomes == {
            PRICE: "passed",
            OTHER: "passed",
            "test_far.py::test_new": "failed",
            "test_far.py::test_newer": "passed",
        }
        assert sitting.memory.taken[before:] == [["test_far.py::test_new", "test_far.py::test_newer"]]
        assert sitting.phase == "RED"
        await sitting.save(test_other="def test_more(): pass\n")
        assert sitting.memory.taken[-2:] == [["test_other.py::test_more"], ["test_far.py::test_new"]]
        (sitting.folder / "test_far.py").unlink()
        await sitting.save("test_far.py")
        assert [*sitting.outcomes] == [PRICE, OTHER, "test_other.py::test_more"]


async def test_an_edit_that_may_touch_anything(make: Make) -> None:
    async with sit_down(make(PROJECT)) as sitting:
        sitting.memory.everything = {"conftest.py": "conftest.py changed: all"}
        sitting.memory.touched = {"conftest.py": [(0, FAR)]}
        await sitting.save(conftest="collect_ignore = ['test_gone.py']\n")
        assert sitting.memory.taken[-1] == [FAR, PRICE, OTHER]
        assert sitting.verdicts == [("affected", "green"), ("rest", "green")]
        await sitting.save(conftest="raise ValueError('broken')\n")
        assert sitting.verdicts[-1] == ("rest", "red")
        assert sitting.bar.startswith("BROKEN")
        assert set(sitting.outcomes.values()) == {"passed~"}
        await sitting.save(conftest="")
        assert sitting.bar == "GREEN"


@pytest.mark.parametrize(("option", "left"), [("-k nothing", []), ("--deselect test_far.py", [PRICE, OTHER])])
async def test_what_the_settings_take_out_is_there_no_longer(make: Make, option: str, left: list[str]) -> None:
    async with sit_down(make(PROJECT | {"pytest.ini": "[pytest]\n"})) as sitting:
        sitting.memory.everything = {"pytest.ini": "pytest.ini changed: all"}
        sitting.memory.touched = {"pytest.ini": [(2, FAR)]}
        sitting.write("pytest.ini", f"[pytest]\naddopts = {option}\n")
        await sitting.save("pytest.ini")
        assert sitting.outcomes == dict.fromkeys(left, "passed")
        assert sitting.verdicts[-1] == ("rest", "green" if left else "neutral")
        sitting.write("pytest.ini", "[pytest]\n")
        await sitting.save("pytest.ini")
        assert [*sitting.outcomes.items()] == [(each, "passed") for each in (PRICE, OTHER, FAR)]
        assert sitting.verdicts[-1] == ("rest", "green")


async def test_a_file_that_cannot_be_compiled(make: Make) -> None:
    async with sit_down(make(PROJECT)) as sitting:
        sitting.memory.errors = {"cart.py": "line 1: invalid syntax"}
        await sitting.save(cart="def price( return 1\n")
        assert sitting.bar == "BROKEN cart.py, line 1: invalid syntax"
        assert sitting.verdicts == [("affected", "red"), ("rest", "red")]
        sitting.memory.errors = {}
        await sitting.save(test_far="def test_far(): assert True\n")
        assert sitting.bar.startswith("BROKEN cart.py")  # that another file is well mends nothing
        await sitting.save(cart="def price(): return 1\n")
        assert sitting.bar == "GREEN"
        await sitting.save(test_cart="import cart\ndef test_price( assert 1\n")
        assert sitting.verdicts[-1] == ("rest", "red")
        assert sitting.outcomes[PRICE] == "passed~"
        await sitting.save(test_cart="def test_price(): pass\n")
        assert sitting.outcomes == {PRICE: "passed", FAR: "passed"}
        assert sitting.bar == "GREEN"


HELD = {
    "test_held.py": """
        from pathlib import Path
        def test_before(): pass
        def test_held(): open("gate", "rb", 0).readline()
        def test_after(): pass
    """,
    "test_far.py": "def test_far(): pass\n",
}
BEFORE, HOLDS, AFTER = (f"test_held.py::test_{name}" for name in ("before", "held", "after"))


async def test_a_save_during_a_run_restarts_it(make: Make, gate: int) -> None:
    explorer = linked(make(HELD))
    os.write(gate, b"\n")
    async with sit_down(explorer) as sitting:
        sitting.memory.touched = {"test_far.py": [(1, FAR)]}
        sitting.runs.ask(EVERYTHING)
        await sitting.until(lambda: sitting.outcomes[HOLDS] == "running", "the test that is held")
        before = len(sitting.memory.taken)
        await sitting.save(test_far="def test_far(): assert 0\n", rest=False)
        await sitting.until(lambda: len(sitting.memory.taken) > before, "the end of the run")
        assert sitting.memory.taken[before:] == [[FAR, BEFORE]]
        await sitting.until(lambda: sitting.outcomes[HOLDS] == "running", "the held test again")
        assert sitting.verdicts == [("affected", "red")]
        os.write(gate, b"\n")
        await sitting.until(lambda: sitting.verdicts[1:] == [("rest", "red")], "the rest")
        await sitting.idle()
        assert sitting.outcomes == {FAR: "failed", BEFORE: "passed", HOLDS: "passed", AFTER: "passed"}
        assert sitting.memory.taken[-1] == [FAR, HOLDS, AFTER]


async def test_a_save_that_touches_nothing_lets_a_run_go_on(make: Make, gate: int) -> None:
    explorer = linked(make(HELD | {"test_far.py": "def test_far(): assert 0\n"}))
    os.write(gate, b"\n")
    async with sit_down(explorer) as sitting:
        sitting.memory.touched = {"conf.py": [(1, FAR), (1, HOLDS), (1, AFTER)]}
        before = len(sitting.memory.taken)
        await sitting.save(conf="x = 1\n", rest=False)
        await sitting.until(lambda: sitting.outcomes[HOLDS] == "running", "the test that is held")
        sitting.memory.touched = {}
        await sitting.save("notes.txt", rest=False)
        await sitting.until(lambda: len(sitting.of(SelectionMade)) == 2, "the choice")
        os.write(gate, b"\n")
        await sitting.until(lambda: len(sitting.verdicts) == 2, "the rest")
        await sitting.idle()
        assert sitting.memory.taken[before:] == [[FAR, HOLDS, AFTER]]
        assert sitting.verdicts == [("affected", "red"), ("rest", "red")]
        assert sitting.phase == "RED"


async def test_a_save_during_a_run_can_wait(make: Make, gate: int) -> None:
    explorer = linked(make(HELD))
    os.write(gate, b"\n")
    async with sit_down(explorer, BY_HAND) as sitting:
        sitting.memory.touched = {"test_far.py": [(1, FAR), (1, BEFORE)]}
        sitting.runs.ask(EVERYTHING)
        await sitting.until(lambda: sitting.outcomes[HOLDS] == "running", "the test that is held")
        await sitting.save(test_far="def test_far(): assert 0\n", rest=False)
        await sitting.until(lambda: bool(sitting.of(SelectionMade)), "the choice")
        assert sitting.outcomes[BEFORE] == "passed~"
        os.write(gate, b"\n")
        await sitting.until(lambda: sitting.verdicts == [("affected", "red"), ("rest", "red")], "the rest")
        await sitting.idle()
        assert sitting.memory.taken[-1] == [FAR, BEFORE]
        assert sitting.outcomes == {FAR: "failed", BEFORE: "passed", HOLDS: "passed", AFTER: "passed"}


async def test_what_the_person_stops_stays_stopped(make: Make, gate: int) -> None:
    explorer = linked(make(HELD))
    os.write(gate, b"\n")
    async with sit_down(explorer) as sitting:
        sitting.memory.touched = {"test_held.py": [(1, HOLDS), (1, AFTER)]}
        await sitting.save("test_held.py", rest=False)
        await sitting.until(lambda: sitting.outcomes[HOLDS] == "running", "the test that is held")
        runs = len(sitting.memory.taken)
        sitting.runs.stop()
        await sitting.idle()
        assert len(sitting.memory.taken) == runs + 1
        assert sitting.outcomes[HOLDS] == sitting.outcomes[AFTER] == "passed~"
        os.write(gate, b"\n")
        await sitting.save("test_far.py")
        assert set(sitting.outcomes.values()) == {"passed"}


async def test_runs_are_told_to_those_who_watch_the_files(make: Make) -> None:
    async with sit_down(make(PROJECT)) as sitting:
        runs = sitting.folder / ".redbar_cache" / "runs"
        assert sitting.saves.needed == ["prices.json"]
        assert "node_modules" in (sitting.saves.left_out or ())
        assert sitting.saves.told == ["began", "started", (str(runs / "1"),), "began", (str(runs / "2"),)]
        assert sitting.saves.since > 0


async def test_a_save_is_answered_again_when_it_is_known_who_reads_the_file(make: Make, gate: int) -> None:
    """As long as the run goes on that is the first to read it, nobody knows."""
    explorer = linked(make(HELD))
    os.write(gate, b"\n")
    async with sit_down(explorer) as sitting:
        memory = sitting.memory
        memory.touched = {"test_held.py": [(1, HOLDS)]}
        await sitting.save("test_held.py", rest=False)
        await sitting.until(lambda: sitting.outcomes[HOLDS] == "running", "the test that is held")
        sitting.write("data.txt", "new")
        await sitting.save("data.txt", rest=False)
        await sitting.until(lambda: len(sitting.of(SelectionMade)) == 2, "the answer to the save")
        memory.read = (*memory.read, str(sitting.folder / "data.txt"))
        memory.touched["data.txt"] = [(1, BEFORE)]
        os.write(gate, b"\n")
        await sitting.until(lambda: len(sitting.of(SelectionMade)) == 3, "the other answer")
        await sitting.until(lambda: sitting.loop.resting, "the rest")
        assert BEFORE in str(sitting.of(SelectionMade)[-1].items)
        assert set(sitting.outcomes.values()) == {"passed"}


TWENTY = """
    import pytest
    @pytest.mark.parametrize("n", range(20))
    def test_it(n): pass
"""


async def test_the_most_urgent_run_ahead_of_many(make: Make) -> None:
    files = {f"test_{n}.py": TWENTY for n in "abc"}
    every = [f"test_{n}.py::test_it[{m}]" for m in range(20) for n in "cab"]
    async with sit_down(make(files)) as sitting:
        sitting.memory.touched = {"core.py": [(1, nodeid) for nodeid in every[:-1]] + [(3, every[-1])]}
        before = len(sitting.memory.taken)
        await sitting.save(core="changed = True\n")
        first, rest = sitting.memory.taken[before:]
        assert first == [f"test_c.py::test_it[{m}]" for m in range(4)]  # as far as the ten go
        assert sorted(rest) == sorted(set(every) - set(first))
        assert sitting.verdicts == [("affected", "neutral"), ("rest", "green")]
        assert sitting.of(VerdictReached)[0].stale == 1


async def test_the_memory_is_there_before_the_first_save(make: Make) -> None:
    async with sit_down(make(PROJECT), run=False) as sitting:
        assert sitting.memory.loaded


async def test_an_edited_file_runs_what_was_found_in_it_and_never_run(make: Make) -> None:
    """Somebody else may have looked into it since the edit, and have run other tests."""
    async with sit_down(make(PROJECT), run=False) as sitting:
        await sitting.save(
            test_cart="import cart\ndef test_price(): assert cart.price() == 1 + 0\ndef test_other(): pass\n"
        )
        assert sitting.outcomes == {PRICE: "passed", OTHER: "passed", FAR: "not run"}


async def test_items_that_an_edit_elsewhere_brings(make: Make) -> None:
    files = {
        "numbers_of_it.py": "NUMBERS = [1]\n",
        "test_it.py": """
            import pytest, numbers_of_it
            @pytest.mark.parametrize("n", numbers_of_it.NUMBERS)
            def test_it(n): assert n < 3
        """,
    }
    async with sit_down(make(files)) as sitting:
        sitting.memory.touched = {"numbers_of_it.py": [(2, "test_it.py::test_it[1]")]}
        await sitting.save(numbers_of_it="NUMBERS = [2, 3]\n")
        assert sitting.outcomes == {"test_it.py::test_it[2]": "passed", "test_it.py::test_it[3]": "failed"}
        assert sitting.verdicts == [("affected", "red"), ("rest", "red")]


async def test_the_verdict_does_not_wait_for_what_only_might_be_touched(make: Make) -> None:
    files = {f"test_{n}.py": TWENTY for n in "abcd"}
    surely = [f"test_a.py::test_it[{m}]" for m in range(6)]
    perhaps = [f"test_{n}.py::test_it[{m}]" for n in "bcd" for m in range(20)]
    async with sit_down(make({name: textwrap.dedent(text) for name, text in files.items()})) as sitting:
        sitting.memory.touched = {"core.py": [(1, key) for key in surely] + [(3, key) for key in perhaps]}
        before = len(sitting.memory.taken)
        await sitting.save(core="changed = True\n")
        assert sitting.memory.taken[before:] == [surely, perhaps]
        assert sitting.verdicts == [("affected", "neutral"), ("rest", "green")]
        assert sitting.of(VerdictReached)[0].stale == len(perhaps)


async def test_what_only_might_be_touched_in_the_edited_file_does_not_hold_the_verdict_up(make: Make) -> None:
    async with sit_down(make(PROJECT)) as sitting:
        sitting.memory.touched = {"test_cart.py": [(1, PRICE), (3, OTHER)]}
        await sitting.save("test_cart.py")
        first, rest = sitting.of(VerdictReached)
        assert (first.stale, rest.stale) == (1, 0)
        assert sitting.memory.taken[-1] == [PRICE, OTHER]
