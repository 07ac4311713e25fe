"""Stopping, and asking for a run while another one goes on."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from tests.gate import Gate
from tests.ui.app.driver import SECONDS, Sitting, sit_down, write

HELD = {
    "test_held.py": """
        import pytest
        from pathlib import Path

        def test_before(): pass

        @pytest.fixture
        def resource():
            yield
            Path("torn").touch()

        def test_held(resource):
            open("gate", "rb", 0).readline()

        def test_after(): pass
    """,
    "test_other.py": "def test_other(): pass\n",
}
BEFORE, HOLDS, AFTER = (f"test_held.py::test_{name}" for name in ("before", "held", "after"))
OTHER = "test_other.py::test_other"


def is_running(sitting: Sitting, nodeid: str) -> bool:
    return sitting.outcomes.get(nodeid) == "running"


async def hold(sitting: Sitting) -> None:
    """Run everything up to the test that the gate holds."""
    await sitting.press("R")
    await sitting.until(lambda: is_running(sitting, HOLDS), "the test that is held")
    await sitting.shown()


async def test_first_time_teardowns_run(folder: Path, gate: Gate) -> None:
    write(folder, HELD)
    async with sit_down(folder) as sitting:
        await hold(sitting)
        assert "s stop" in sitting.screen
        assert sitting.bar.startswith("RUNNING 1 passed")
        await sitting.press("s")
        await sitting.rest()
        assert (folder / "torn").exists()
        assert sitting.outcomes == {BEFORE: "passed", HOLDS: "not run", AFTER: "not run", OTHER: "not run"}
        assert sitting.bar.startswith("STOPPED")
        assert sitting.bar.endswith(", 3 not run")
        assert sitting.colour == "yellow"
        assert "s stop" not in sitting.screen
        await sitting.go(OTHER)
        assert await sitting.run("r") == [OTHER]
        assert sitting.bar.startswith("PASSED 2")
        assert sitting.bar.endswith(", 2 not run")


async def test_stop_is_offered_no_longer_than_it_works(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The results are kept after the last event has come; the screen learns of the end of that, too."""
    write(folder, {"test_a.py": "def test_one(): pass\n"})
    async with sit_down(folder) as sitting:
        kept = threading.Event()
        monkeypatch.setattr(sitting.app.controller.history, "record", lambda _: kept.wait(SECONDS))
        await sitting.press("R")
        await sitting.until(lambda: sitting.store.ran and not sitting.run_state.active, "the last event")
        await sitting.shown()
        assert "s stop" in sitting.screen
        kept.set()
        await sitting.until(lambda: "s stop" not in sitting.screen, "a footer without it")


async def test_it_says_what_the_key_does(folder: Path, gate: Gate) -> None:
    write(
        folder,
        {
            "test_deaf.py": """
                from pathlib import Path

                def test_deaf():
                    while True:
                        try:
                            open("gate", "rb", 0).readline()
                            break
                        except KeyboardInterrupt:
                            Path("heard").touch()
            """
        },
    )
    async with sit_down(folder) as sitting:
        await sitting.press("R")
        await sitting.until(lambda: is_running(sitting, "test_deaf.py::test_deaf"))
        await sitting.press("s")
        await sitting.said("stopping: teardowns run; s again kills")
        await sitting.until((folder / "heard").exists)
        await sitting.shown()
        assert sitting.bar.startswith("STOPPING test_deaf.py::test_deaf")
        assert sitting.app.controller.busy
        await sitting.press("s")
        await sitting.rest()
        assert sitting.outcomes == {"test_deaf.py::test_deaf": "not run"}
        assert sitting.bar == "STOPPED 1 not run"
        gate.open()
        assert await sitting.run("R") == ["test_deaf.py::test_deaf"]
        assert sitting.bar.startswith("GREEN")


async def test_at_rest_there_is_nothing_to_stop(folder: Path) -> None:
    write(folder, HELD)
    async with sit_down(folder) as sitting:
        await sitting.press("s", "s")
        await sitting.rest()
        assert sitting.bar == "READY 4 tests"
        assert sitting.footer.said == "nothing runs"


async def test_a_run_that_is_asked_for_meanwhile_comes_next(folder: Path, gate: Gate) -> None:
    write(folder, HELD)
    async with sit_down(folder) as sitting:
        await hold(sitting)
        await sitting.go(OTHER)
        await sitting.press("r")
        await sitting.said("test_other comes next; the same key again stops the present run")
        assert len(sitting.store.ran) == 1
        gate.open()
        await sitting.rest()
        assert list(sitting.store.ran.values()) == [[BEFORE, HOLDS, AFTER, OTHER], [OTHER]]
        assert set(sitting.outcomes.values()) == {"passed"}
        assert sitting.bar.startswith("GREEN")


async def test_the_same_key_again_stops_the_present_run(folder: Path, gate: Gate) -> None:
    write(folder, HELD)
    async with sit_down(folder) as sitting:
        await hold(sitting)
        await sitting.go(OTHER)
        await sitting.press("r", "r")
        await sitting.rest()
        assert list(sitting.store.ran.values()) == [[BEFORE, HOLDS], [OTHER]]
        assert (folder / "torn").exists()
        assert sitting.outcomes == {BEFORE: "passed", HOLDS: "not run", AFTER: "not run", OTHER: "passed"}


async def test_of_two_that_wait_the_last_one_comes(folder: Path, gate: Gate) -> None:
    write(folder, HELD)
    async with sit_down(folder) as sitting:
        await hold(sitting)
        await sitting.go(OTHER)
        await sitting.press("r")
        await sitting.go(AFTER)
        await sitting.press("r")
        await sitting.said("test_after comes next")
        gate.open()
        await sitting.rest()
        assert list(sitting.store.ran.values())[1:] == [[AFTER]]


async def test_a_stop_takes_the_waiting_run_at_once(folder: Path, gate: Gate) -> None:
    write(folder, HELD)
    async with sit_down(folder) as sitting:
        await hold(sitting)
        await sitting.go(OTHER)
        await sitting.press("s", "r")
        await sitting.rest()
        assert list(sitting.store.ran.values()) == [[BEFORE, HOLDS], [OTHER]]


SLOW_TO_COLLECT = {
    "test_a.py": "def test_one(): pass\n",
    "test_b.py": "open('gate', 'rb', 0).readline()\ndef test_two(): pass\n",
}


async def collecting(sitting: Sitting) -> None:
    """Wait until the first file is read and the gate holds the second."""
    await sitting.until(lambda: "test_a.py::test_one" in sitting.outcomes, "the first test")
    await sitting.shown()


async def test_the_tree_grows_while_it_collects(folder: Path, gate: Gate) -> None:
    write(folder, SLOW_TO_COLLECT)
    async with sit_down(folder, wait=False) as sitting:
        await collecting(sitting)
        assert sitting.names == ["test_a.py"]
        assert sitting.bar.startswith("COLLECTING 1")
        gate.open()
        await sitting.rest()
        assert sitting.names == ["test_a.py", "test_b.py"]
        assert sitting.bar == "READY 2 tests"


async def test_a_run_does_not_wait_for_the_collection(folder: Path, gate: Gate) -> None:
    write(folder, SLOW_TO_COLLECT)
    async with sit_down(folder, wait=False) as sitting:
        await collecting(sitting)
        await sitting.press("R")
        await sitting.until(lambda: len(sitting.store.ran) == 1, "the run")
        gate.open()
        await sitting.rest()
        assert list(sitting.store.ran.values()) == [["test_a.py::test_one", "test_b.py::test_two"]]
        assert sitting.bar.startswith("GREEN")


async def test_after_a_part_has_run_the_collection_is_made_up_for(folder: Path, gate: Gate) -> None:
    write(folder, SLOW_TO_COLLECT)
    async with sit_down(folder, wait=False) as sitting:
        await collecting(sitting)
        await sitting.go("test_a.py")
        await sitting.press("r")
        await sitting.until(lambda: len(sitting.store.collections) == 2, "the second collection")
        gate.open()
        await sitting.rest()
        assert list(sitting.store.ran.values()) == [["test_a.py::test_one"]]
        assert sitting.outcomes == {"test_a.py::test_one": "passed", "test_b.py::test_two": "not run"}
        assert sitting.bar.startswith("PASSED 1")
        assert sitting.bar.endswith(", 1 not run")


async def test_a_collection_can_be_stopped(folder: Path, gate: Gate) -> None:
    write(folder, SLOW_TO_COLLECT)
    async with sit_down(folder, wait=False) as sitting:
        await collecting(sitting)
        await sitting.press("s")
        await sitting.rest()
        assert sitting.bar == "STOPPED collection is not complete"
        assert sitting.names == ["test_a.py"]
        gate.open()
        await sitting.press("u")
        await sitting.rest()
        assert sitting.bar == "READY 2 tests"


FAILING = {
    "test_f.py": """
        import pytest

        def test_wait(): open("gate", "rb", 0).readline()

        @pytest.mark.parametrize("n", range(6))
        def test_fail(n): assert 0
    """
}


def failures(sitting: Sitting) -> int:
    return sum(word == "failed" for word in sitting.outcomes.values())


async def test_stop_at_the_first_failure(folder: Path, gate: Gate) -> None:
    write(folder, FAILING)
    gate.open(5)
    async with sit_down(folder) as sitting:
        await sitting.press("x")
        await sitting.shown()
        assert sitting.bar.endswith("-x")
        await sitting.run("R")
        assert failures(sitting) == 1
        assert "5 not run" in sitting.bar
        await sitting.press("x")
        await sitting.shown()
        assert not sitting.bar.endswith("-x")
        await sitting.run("R")
        assert failures(sitting) == 6


async def test_stop_after_a_number_of_failures(folder: Path, gate: Gate) -> None:
    write(folder, FAILING)
    gate.open(5)
    async with sit_down(folder) as sitting:
        await sitting.press("X", "3", "enter")
        await sitting.shown()
        assert sitting.bar.endswith("maxfail=3")
        await sitting.run("R")
        assert failures(sitting) == 3
        await sitting.press("X", "m", "enter")
        assert "a whole number, 0 or nothing for never" in sitting.dialog
        assert sitting.app.controller.stop_after == 3
        await sitting.press("escape")
        await sitting.until(lambda: sitting.app.screen is sitting.main)
        assert sitting.app.controller.stop_after == 3
        await sitting.press("X", "enter")
        await sitting.until(lambda: sitting.app.controller.stop_after == 0)


@pytest.mark.parametrize(("keys", "expected"), [(("x",), 1), (("X", "4", "enter"), 4)])
async def test_both_hold_for_the_present_run(folder: Path, gate: Gate, keys: tuple[str, ...], expected: int) -> None:
    write(folder, FAILING)
    async with sit_down(folder) as sitting:
        await sitting.press("R")
        await sitting.until(lambda: is_running(sitting, "test_f.py::test_wait"))
        await sitting.press(*keys)
        await sitting.until(lambda: sitting.app.controller.stop_after == expected)
        gate.open()
        await sitting.rest()
        assert failures(sitting) == expected


async def test_settings_say_when_to_stop_at_the_start(folder: Path, gate: Gate) -> None:
    write(folder, FAILING)
    gate.open()
    async with sit_down(folder, stop_after=2) as sitting:
        assert sitting.bar.endswith("maxfail=2")
        await sitting.run("R")
        assert failures(sitting) == 2


async def test_a_row_tells_how_long_its_test_has_been_running(folder: Path, gate: Gate) -> None:
    write(folder, HELD)
    now = [100.0]
    async with sit_down(folder, clock=lambda: now[0]) as sitting:
        await hold(sitting)
        await sitting.go(HOLDS)
        now[0] += 42
        await sitting.until(lambda: any("test_held" in line and line.endswith("42s") for line in sitting.lines))
        await sitting.until(lambda: "running for 42 s" in sitting.screen)
        gate.open()
        await sitting.rest()
