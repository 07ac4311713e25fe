"""What depends on a file that cannot be compiled is out of date, and not run; when it is mended, nothing stays so."""

from __future__ import annotations

import os

import pytest

from tests.engine.loop.conftest import Make, linked
from tests.engine.loop.sitting import SelectionMade, Sitting, sit_down
from tui.engine.loop.partners import Policy
from tui.engine.wishes import EVERYTHING, of_nodes

WHOLE = "def price(): return 1\n"
FILES = {
    "cart.py": WHOLE,
    "more.py": "def more(): return 1\n",
    "test_cart.py": """
        def test_price():
            import cart
            assert cart.price() == 1
        def test_more():
            import cart, more
        def test_other():
            pass
    """,
}
PRICE, MORE, OTHER = (f"test_cart.py::test_{name}" for name in ("price", "more", "other"))
ALL_PASS = dict.fromkeys((PRICE, MORE, OTHER), "passed")
HELD, AFTER = "test_held.py::test_held", "test_held.py::test_after"
ERROR = "line 1: invalid syntax"


async def break_file(sitting: Sitting, name: str, *nodeids: str) -> None:
    """Save a file that cannot be compiled, on which these tests depend."""
    sitting.memory.errors[f"{name}.py"] = ERROR
    sitting.memory.outdated[f"{name}.py"] = list(nodeids)
    sitting.write(f"{name}.py", "def broken(:\n")
    await sitting.save(f"{name}.py")


async def mend(sitting: Sitting, name: str, text: str) -> None:
    del sitting.memory.errors[f"{name}.py"]
    sitting.write(f"{name}.py", text)
    await sitting.save(f"{name}.py")


async def test_what_depends_on_it_is_out_of_date_until_it_is_as_before(make: Make) -> None:
    async with sit_down(make(FILES)) as sitting:
        before = len(sitting.memory.taken)
        await break_file(sitting, "cart", PRICE, MORE)
        assert sitting.outcomes == {PRICE: "passed~", MORE: "passed~", OTHER: "passed"}
        made = sitting.of(SelectionMade)[-1]
        assert (made.items, made.unreadable) == ((), ((str(sitting.folder / "cart.py"), ERROR),))
        assert sitting.loop.reason_of((PRICE, 0)) == f"not run: cart.py, {ERROR}"
        sitting.memory.touched = {"notes.py": [(1, OTHER)]}
        await sitting.save(notes="")
        assert sitting.of(SelectionMade)[-1].unreadable
        assert sitting.memory.taken[before:] == [[OTHER]]
        assert sitting.outcomes == {PRICE: "passed~", MORE: "passed~", OTHER: "passed"}
        await mend(sitting, "cart", WHOLE)
        assert sitting.memory.taken[before:] == [[OTHER]]
        assert sitting.outcomes == ALL_PASS
        assert not sitting.of(SelectionMade)[-1].unreadable
        assert sitting.verdicts[-1] == ("rest", "green")


async def test_what_the_mended_file_touches_runs(make: Make) -> None:
    async with sit_down(make(FILES)) as sitting:
        await break_file(sitting, "cart", PRICE, MORE)
        before = len(sitting.memory.taken)
        sitting.memory.touched = {"cart.py": [(1, PRICE)]}
        await mend(sitting, "cart", "def price(): return 2\n")
        assert sitting.memory.taken[before:] == [[PRICE]]
        assert sitting.outcomes == {PRICE: "failed", MORE: "passed", OTHER: "passed"}


async def test_what_ran_meanwhile_runs_again(make: Make) -> None:
    async with sit_down(make(FILES)) as sitting:
        await break_file(sitting, "cart", PRICE, MORE, OTHER)
        sitting.runs.ask(EVERYTHING)
        await sitting.idle()
        assert sitting.outcomes == {PRICE: "failed", MORE: "failed", OTHER: "passed"}
        await break_file(sitting, "cart", PRICE, MORE, OTHER)  # as broken, in another way
        assert sitting.outcomes == {PRICE: "failed~", MORE: "failed~", OTHER: "passed~"}
        before = len(sitting.memory.taken)
        await mend(sitting, "cart", WHOLE)
        assert {*sitting.memory.taken[before]} == {PRICE, MORE, OTHER}
        assert sitting.outcomes == ALL_PASS
        assert sitting.loop.reason_of((OTHER, 0)) == "ran while cart.py could not be compiled"


async def test_one_of_two_broken_files_is_mended(make: Make) -> None:
    async with sit_down(make(FILES)) as sitting:
        await break_file(sitting, "cart", PRICE, MORE)
        await break_file(sitting, "more", MORE)
        await mend(sitting, "cart", WHOLE)
        assert sitting.outcomes == {PRICE: "passed", MORE: "passed~", OTHER: "passed"}
        await mend(sitting, "more", FILES["more.py"])
        assert sitting.outcomes == ALL_PASS
        await break_file(sitting, "more", MORE)
        await break_file(sitting, "cart", PRICE, MORE)
        (sitting.folder / "more.py").write_text(FILES["more.py"])
        sitting.memory.errors = {}
        await sitting.save("more.py", cart=WHOLE)
        assert sitting.outcomes == ALL_PASS


async def test_what_was_out_of_date_before_runs(make: Make) -> None:
    async with sit_down(make(FILES)) as sitting:
        item = sitting.store.tree.item(PRICE)
        assert item is not None
        sitting.store.mark_stale([item])
        await break_file(sitting, "cart", PRICE, MORE)
        before = len(sitting.memory.taken)
        await mend(sitting, "cart", WHOLE)
        assert sitting.memory.taken[before:] == [[PRICE]]
        assert sitting.outcomes == ALL_PASS


async def test_a_run_that_is_on_while_a_file_breaks(make: Make, gate: int) -> None:
    held = 'def test_held(): open("gate", "rb", 0).readline()\ndef test_after(): pass\n'
    os.write(gate, b"\n")
    async with sit_down(linked(make({"cart.py": WHOLE, "test_held.py": held}))) as sitting:
        sitting.runs.ask(EVERYTHING)
        await sitting.until(lambda: sitting.outcomes[HELD] == "running", "the test that is held")
        sitting.memory.errors, sitting.memory.outdated = {"cart.py": ERROR}, {"cart.py": [HELD, AFTER]}
        await sitting.save(cart="def broken(:\n", rest=False)
        await sitting.until(lambda: bool(sitting.of(SelectionMade)), "the choice")
        assert sitting.outcomes == {HELD: "running", AFTER: "queued~"}
        os.write(gate, b"\n")
        await sitting.idle()
        assert sitting.outcomes == {HELD: "passed~", AFTER: "passed~"}
        os.write(gate, b"\n")
        await mend(sitting, "cart", WHOLE)  # nobody knows which of the two contents these saw
        assert sitting.memory.taken[-1] == [HELD, AFTER]
        assert sitting.outcomes == {HELD: "passed", AFTER: "passed"}


@pytest.mark.parametrize("breaks", [True, False])
async def test_what_a_stopped_run_gives_back_is_out_of_date(make: Make, gate: int, *, breaks: bool) -> None:
    held = 'def test_held(): open("gate", "rb", 0).readline()\ndef test_after(): pass\n'
    os.write(gate, b"\n")
    explorer = linked(make({"cart.py": WHOLE, "test_held.py": held}))
    async with sit_down(explorer, Policy(on_change="queue", record="off")) as sitting:
        sitting.runs.ask(EVERYTHING)
        await sitting.until(lambda: sitting.outcomes[HELD] == "running", "the test that is held")
        if breaks:
            sitting.memory.errors, sitting.memory.outdated = {"cart.py": ERROR}, {"cart.py": [HELD, AFTER]}
        else:
            sitting.memory.touched = {"cart.py": [(1, HELD), (1, AFTER)]}
        await sitting.save(cart="def broken(:\n" if breaks else "def price(): return 2\n", rest=False)
        await sitting.until(lambda: bool(sitting.of(SelectionMade)), "the choice")
        sitting.runs.stop()
        await sitting.idle()
        assert sitting.outcomes == {HELD: "passed~", AFTER: "passed~"}


@pytest.mark.parametrize("away", [True, False])
async def test_who_watches_no_longer_and_then_again(make: Make, *, away: bool) -> None:
    """``away``: the file is mended meanwhile."""
    async with sit_down(make(FILES)) as sitting:
        await break_file(sitting, "cart", PRICE, MORE)
        await sitting.leave()
        sitting.store.unreadable = {}
        more = sitting.store.tree.item(MORE)
        assert more is not None
        sitting.runs.ask(of_nodes([more], "one"))
        await sitting.idle()
        assert sitting.outcomes == {PRICE: "passed~", MORE: "failed", OTHER: "passed"}
        if away:
            del sitting.memory.errors["cart.py"]
            sitting.write("cart.py", WHOLE)
        await sitting.come_back()
        if not away:
            assert [*sitting.store.unreadable] == [str(sitting.folder / "cart.py")]
            assert sitting.outcomes == {PRICE: "passed~", MORE: "failed~", OTHER: "passed"}
            await mend(sitting, "cart", WHOLE)
        assert sitting.memory.taken[-1] == [MORE]
        assert sitting.outcomes == ALL_PASS
        assert not sitting.store.unreadable


async def test_what_was_to_run_when_watching_ended_runs_when_it_begins_again(make: Make, gate: int) -> None:
    held = 'def test_held(): open("gate", "rb", 0).readline()\ndef test_after(): pass\n'
    os.write(gate, b"\n")
    async with sit_down(linked(make({"cart.py": WHOLE, "test_held.py": held}))) as sitting:
        sitting.memory.touched = {"cart.py": [(1, HELD), (1, AFTER)]}
        await sitting.save(cart="def price(): return 2\n", rest=False)
        await sitting.until(lambda: sitting.outcomes[HELD] == "running", "the test that is held")
        await sitting.leave()
        sitting.runs.stop()
        await sitting.idle()
        assert sitting.outcomes == {HELD: "passed~", AFTER: "passed~"}
        os.write(gate, b"\n")
        await sitting.come_back()
        assert sitting.outcomes == {HELD: "passed", AFTER: "passed"}
        assert sitting.verdicts[-1] == ("rest", "green")
