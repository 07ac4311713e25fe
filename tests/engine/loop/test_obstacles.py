"""Runs that do not come to a result: a save is answered all the same, and the loop comes to rest."""

from __future__ import annotations

import os

import pytest

from tests.engine.loop.conftest import Make, linked
from tests.engine.loop.sitting import Sitting, sit_down
from tui.engine import explorer as engine
from tui.model import events as ev

FAR = "test_far.py::test_far"
STUCK = """
    def held():
        open("stuck", "w").close()
        try:
            open("gate", "rb", 0).readline()
        except BaseException:  # as some modules do
            held()
    held()
    def test_stuck(): pass
"""
PROJECT = {"test_far.py": "def test_far(): pass\n", "test_stuck.py": STUCK}


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who stops a run gives it all the time in the world."""
    monkeypatch.setattr(engine, "_KILL_AFTER", 1_000.0)


async def until_stuck(sitting: Sitting) -> None:
    await sitting.until_so((sitting.folder / "stuck").exists, "the import")


async def test_a_save_is_answered_before_a_long_collection(make: Make, gate: int, patient: None) -> None:
    del patient
    async with sit_down(linked(make(PROJECT)), ready=False) as sitting:
        await until_stuck(sitting)
        sitting.memory.touched = {"test_far.py": [(0, FAR)]}
        await sitting.save(test_far="def test_far(): assert 0\n", rest=False)
        await sitting.until(lambda: sitting.verdicts[1:] == [("rest", "red")], "the rest")
        assert sitting.outcomes == {FAR: "failed"}
        assert not sitting.store.complete
        os.write(gate, b"\n")
        await sitting.until(lambda: sitting.store.complete, "the collection, which was put off")
        assert sitting.outcomes == {FAR: "failed", "test_stuck.py::test_stuck": "not run"}


async def test_a_collection_goes_on_after_a_save_that_touches_nothing(make: Make, gate: int, patient: None) -> None:
    del patient
    async with sit_down(linked(make(PROJECT)), ready=False) as sitting:
        await until_stuck(sitting)
        await sitting.save("notes.txt", rest=False)
        await sitting.until(lambda: len(sitting.verdicts) == 2, "the rest")
        os.write(gate, b"\n")
        await sitting.until(lambda: sitting.store.complete, "the collection, which was put off")


async def test_a_run_that_does_not_come_to_its_tests_is_stopped_by_the_next_save(
    make: Make, gate: int, patient: None
) -> None:
    del gate, patient
    async with sit_down(linked(make(PROJECT | {"test_stuck.py": "def test_stuck(): pass\n"}))) as sitting:
        sitting.memory.touched = {"test_stuck.py": [(1, "test_stuck.py::test_stuck")]}
        await sitting.save(test_stuck=STUCK, rest=False)
        await until_stuck(sitting)
        await sitting.save(test_stuck="def test_stuck(): assert 0\n")
        assert sitting.outcomes == {FAR: "passed", "test_stuck.py::test_stuck": "failed"}


@pytest.mark.parametrize("broken", ["def pytest_configure(): raise ValueError\n", "import nowhere\n"])
async def test_where_pytest_cannot_start_the_loop_rests(make: Make, broken: str) -> None:
    async with sit_down(make({"conftest.py": broken, "test_far.py": PROJECT["test_far.py"]}), run=False) as sitting:
        for number in range(2):
            before = len(sitting.memory.taken)
            await sitting.save(test_far=f"def test_far(): assert {number} == 1\n")
            assert len(sitting.memory.taken) == before + 1
            assert sitting.verdicts[-2:] == [("affected", "red"), ("rest", "red")]
        sitting.memory.everything = {"conftest.py": "conftest.py changed"}
        await sitting.save(conftest="")
        assert sitting.outcomes == {FAR: "passed"}


@pytest.mark.parametrize("importing", ["conftest.py", "test_far.py"])
async def test_what_could_not_be_collected_is_tried_again_at_the_next_save(make: Make, importing: str) -> None:
    """Whatever is saved may have mended it, though no record says so."""
    files = {"cart.py": "x = 1\n", "conftest.py": "", "test_far.py": PROJECT["test_far.py"]}
    files[importing] = f"import cart\n{files[importing]}"
    async with sit_down(make(files)) as sitting:
        sitting.memory.touched = {"cart.py": [(1, FAR)]}
        await sitting.save(cart="import nowhere\n")
        assert sitting.outcomes == {FAR: "passed~"}
        sitting.memory.touched = {}
        await sitting.save(cart="x = 1\n")
        assert sitting.outcomes == {FAR: "passed"}
        assert sitting.verdicts[-1] == ("rest", "green")


async def test_a_broken_file_does_not_hide_what_is_saved_elsewhere(make: Make) -> None:
    """pytest runs nothing at all if one of the files that it is given cannot be collected."""
    files = {"test_bad.py": "def test_bad(): pass\n", "test_far.py": PROJECT["test_far.py"]}
    async with sit_down(make(files)) as sitting:
        bad = "test_bad.py::test_bad"
        sitting.memory.touched = {"test_bad.py": [(1, bad)], "test_far.py": [(1, FAR)]}
        await sitting.save(test_bad="import nowhere\n")
        await sitting.save(test_far="def test_far(): assert 0\n")
        assert sitting.outcomes == {FAR: "failed", bad: "passed~"}
        sitting.memory.touched = {}
        await sitting.save("notes.txt", test_bad="def test_bad(): pass\n")
        assert sitting.outcomes == {FAR: "failed", bad: "passed"}


@pytest.mark.parametrize("everything", [False, True])
async def test_a_file_that_is_broken_from_the_start_does_not_hide_what_is_saved_elsewhere(
    make: Make, *, everything: bool
) -> None:
    files = {"test_bad.py": "import nowhere\n", "test_far.py": PROJECT["test_far.py"]}
    async with sit_down(make(files), first_round=True) as sitting:
        assert sitting.outcomes == {FAR: "passed"}
        sitting.memory.touched = {"test_far.py": [(1, FAR)]}
        sitting.memory.everything = {"test_far.py": "more than half is affected"} if everything else {}
        await sitting.save(test_far="def test_far(): assert 0\n")
        assert sitting.outcomes == {FAR: "failed"}
        assert sitting.verdicts[-1] == ("rest", "red")


@pytest.mark.parametrize("whole", [False, True])
async def test_pytest_that_could_not_start_is_tried_again_at_the_next_save(make: Make, *, whole: bool) -> None:
    files = {"cart.py": "import nowhere\n", "conftest.py": "import cart\n", "test_far.py": PROJECT["test_far.py"]}
    async with sit_down(make(files), first_round=whole) as sitting:
        assert sitting.outcomes == {}
        await sitting.save(cart="x = 1\n")
        await sitting.until(lambda: sitting.outcomes == {FAR: "passed" if whole else "not run"}, "the test")


async def test_a_run_of_everything_goes_on_behind_a_test_that_kills_it(make: Make) -> None:
    files = {"test_far.py": "import os\ndef test_a(): pass\ndef test_b(): os.abort()\ndef test_c(): pass\n"}
    async with sit_down(make(files), run=False) as sitting:
        sitting.memory.everything = {"conftest.py": "conftest.py changed"}
        before = len(sitting.memory.taken)
        await sitting.save(conftest="")
        ran = [[nodeid.rpartition("::")[2] for nodeid in nodeids] for nodeids in sitting.memory.taken[before:]]
        assert ran == [["test_a", "test_b"], ["test_c"]]
        assert list(sitting.outcomes.values()) == ["passed", "crashed", "passed"]
        assert sitting.verdicts == [("affected", "red"), ("rest", "red")]


async def test_that_nothing_can_be_learnt_is_told(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    async with sit_down(make({"test_far.py": PROJECT["test_far.py"]})) as sitting:

        async def take(*_: object) -> None:
            raise ValueError("no room")

        monkeypatch.setattr(sitting.memory, "take", take)
        seen: list[ev.Event] = []
        sitting.runs.observers.append(seen.append)
        await sitting.save(test_far="def test_far(): assert 1\n", rest=False)
        await sitting.until(lambda: bool(sitting.store.faults), "words")
        words = sitting.store.faults[-1]
        assert "(ValueError: no room)" in words
        assert words in [event.text for event in seen if isinstance(event, ev.ProtocolError)]


async def test_a_run_that_gets_no_folder(make: Make) -> None:
    async with sit_down(
        make({"cart.py": "", "test_cart.py": "import cart\ndef test_price(): assert not cart.__doc__\n"})
    ) as sitting:
        cache, aside = sitting.folder / ".redbar_cache", sitting.folder / "aside"
        cache.rename(aside)
        cache.touch()  # as if the disk were full
        sitting.memory.touched = {"cart.py": [(1, "test_cart.py::test_price")]}
        await sitting.save(cart="'words'\n")
        assert sitting.verdicts[-1] == ("rest", "red")
        assert sitting.outcomes == {"test_cart.py::test_price": "passed~"}
        assert sitting.bar.startswith("BROKEN No folder for the run")
        cache.unlink()
        aside.rename(cache)
        await sitting.save(notes="")  # what waited runs then
        assert sitting.outcomes == {"test_cart.py::test_price": "failed"}
