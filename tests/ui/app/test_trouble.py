"""Projects with something wrong: the screen says what, keeps what is known, and goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.gate import Gate
from tests.ui.app.driver import sit_down, write

SIZES = [(80, 24), (160, 45)]


@pytest.mark.parametrize("size", SIZES)
async def test_conftest_that_cannot_be_imported(folder: Path, size: tuple[int, int]) -> None:
    write(folder, {"conftest.py": "import nothing_of_that_name\n", "test_a.py": "def test_one(): pass\n"})
    async with sit_down(folder, size=size) as sitting:
        assert sitting.bar.startswith("BROKEN ")
        assert "nothing_of_that_name" in sitting.bar
        assert sitting.colour == "red"
        assert sitting.document.startswith("pytest could not do its work\n")
        assert "ModuleNotFoundError: No module named 'nothing_of_that_name'" in sitting.document
        assert "conftest.py:1" in sitting.document
        assert sitting.names == []
        write(folder, {"conftest.py": ""})
        await sitting.press("u")
        await sitting.rest()
        assert sitting.bar == "READY 1 tests"
        assert "could not" not in sitting.document


async def test_conftest_that_breaks_later_keeps_what_is_known(folder: Path) -> None:
    write(folder, {"test_a.py": "def test_one(): pass\n"})
    async with sit_down(folder) as sitting:
        await sitting.run("R")
        write(folder, {"conftest.py": "1 / 0\n"})
        await sitting.run("R")
        assert sitting.bar.startswith("BROKEN ")
        assert "ZeroDivisionError" in sitting.document
        assert sitting.outcomes == {"test_a.py::test_one": "passed"}
        assert sitting.names == ["test_a.py"]
        write(folder, {"conftest.py": ""})
        assert await sitting.run("R") == ["test_a.py::test_one"]
        assert sitting.bar.startswith("GREEN")


@pytest.mark.parametrize("size", SIZES)
async def test_no_tests(folder: Path, size: tuple[int, int]) -> None:
    async with sit_down(folder, size=size) as sitting:
        assert sitting.bar.startswith("NO TESTS in ")
        assert sitting.colour == "neutral"
        for key in ("r", "R", "f", "n", "N", "z", "space", "enter", "e", "y", "F", "v", "1", "2", "3", "4", "5", "6"):
            await sitting.press(key)
        await sitting.rest()
        assert sitting.bar.startswith("NO TESTS in ")
        write(folder, {"test_a.py": "def test_one(): pass\n"})
        await sitting.press("escape", "escape", "u")
        await sitting.rest()
        assert sitting.names == ["test_a.py"]


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("nowhere",), "file or directory not found: nowhere"),
        (("--no-such-option",), "unrecognized arguments: --no-such-option"),
    ],
)
async def test_usage_that_pytest_refuses(folder: Path, args: tuple[str, ...], words: str) -> None:
    async with sit_down(folder, *args) as sitting:
        assert sitting.bar.startswith("BROKEN ")
        assert words in sitting.document


async def test_file_that_cannot_be_imported(folder: Path) -> None:
    write(folder, {"test_a.py": "def test_one(): pass\n", "test_b.py": "import nothing_of_that_name\n"})
    async with sit_down(folder) as sitting:
        assert sitting.bar.startswith("RED 1 error")
        await sitting.press("n")
        assert sitting.at == "test_b.py"
        assert sitting.document.startswith("test_b.py  could not be collected\n")
        assert "No module named 'nothing_of_that_name'" in sitting.document
        assert "nothing_of_that_name" in sitting.lines[2]
        write(folder, {"test_b.py": "def test_two(): pass\n"})
        assert await sitting.run("f") == ["test_b.py::test_two"]
        assert sitting.bar.startswith("PASSED 1")
        assert sitting.bar.endswith(", 1 not run")


@pytest.mark.parametrize(("death", "words"), [("os._exit(3)", "(exit 3)"), ("os.kill(os.getpid(), 9)", "SIGKILL")])
async def test_test_that_takes_the_process_with_it(folder: Path, death: str, words: str) -> None:
    text = f"""
        import os

        def test_before(): pass

        def test_dies():
            print("last words", flush=True)
            {death}

        def test_after(): pass
    """
    write(folder, {"test_a.py": text})
    async with sit_down(folder) as sitting:
        await sitting.run("R")
        assert sitting.outcomes == {
            "test_a.py::test_before": "passed",
            "test_a.py::test_dies": "crashed",
            "test_a.py::test_after": "not run",
        }
        await sitting.press("n")
        assert sitting.at == "test_a.py::test_dies"
        assert sitting.document.startswith("test_dies  died\n")
        assert words in sitting.document
        assert "last words" in sitting.document
        assert sitting.colour == "red"
        await sitting.go("test_a.py::test_after")
        assert await sitting.run("r") == ["test_a.py::test_after"]


CLOCK = """
    import pytest, time

    @pytest.mark.parametrize("at", [time.time_ns()])
    def test_now(at): pass

    def test_fixed(): pass
"""


async def test_ids_made_from_the_clock(folder: Path) -> None:
    """Such an id is another one in every run: what was asked for is not there, its successor is."""
    write(folder, {"test_a.py": CLOCK})
    async with sit_down(folder) as sitting:
        first = next(iter(sitting.outcomes))
        await sitting.go(first)
        await sitting.press("r")
        await sitting.rest()
        assert first not in sitting.outcomes
        assert sitting.outcomes["test_a.py::test_fixed"] == "not run"
        ran = await sitting.run("R")
        assert len(ran) == 2
        assert set(sitting.outcomes) == set(ran)
        assert set(sitting.outcomes.values()) == {"passed"}
        assert sitting.bar.startswith("GREEN")
        await sitting.go("test_now")
        (successor,) = await sitting.run("r")
        assert successor != ran[0]
        assert set(sitting.outcomes) == {successor, "test_a.py::test_fixed"}


async def test_file_that_is_gone_at_the_next_run(folder: Path) -> None:
    write(folder, {"test_a.py": "def test_one(): pass\n", "test_b.py": "def test_two(): pass\n"})
    async with sit_down(folder) as sitting:
        await sitting.run("R")
        await sitting.go("test_b.py::test_two")
        (folder / "test_b.py").unlink()
        await sitting.press("r")
        await sitting.rest()
        assert "test_b.py" not in sitting.names
        assert sitting.at.startswith("test_a.py")
        assert await sitting.run("R") == ["test_a.py::test_one"]
        assert sitting.outcomes == {"test_a.py::test_one": "passed"}


async def test_source_that_is_gone_is_told(folder: Path) -> None:
    write(folder, {"test_a.py": "def test_one(): pass\n"})
    async with sit_down(folder) as sitting:
        await sitting.press("l", "j")
        (folder / "test_a.py").unlink()
        await sitting.press("3")
        assert "No such file" in sitting.screen


async def test_workers(folder: Path) -> None:
    tests = {f"test_{name}.py": f"def test_{name}(): assert '{name}' != 'c'\n" for name in "abcd"}
    write(folder, tests)
    async with sit_down(folder, "-p", "xdist", "-n", "2") as sitting:
        started = await sitting.run("R")
        assert sorted(started) == [f"test_{name}.py::test_{name}" for name in "abcd"]
        assert sitting.outcomes["test_c.py::test_c"] == "failed"
        assert sitting.bar.startswith("RED 1 failed  3 passed")
        await sitting.press("n", "4")
        assert "worker    gw" in sitting.document
        await sitting.press("1")
        assert "call failed in test_c.py:1" in sitting.document


async def test_row_tells_which_worker_runs_a_test(folder: Path, gate: Gate) -> None:
    held = "def test_{}(): open('gate', 'rb', 0).readline()\n"
    write(folder, {f"test_{name}.py": held.format(name) for name in "ab"})
    async with sit_down(folder, "-p", "xdist", "-n", "2", "--dist", "loadfile") as sitting:
        await sitting.press("z", "R")
        await sitting.until(lambda: list(sitting.outcomes.values()) == ["running", "running"])
        await sitting.until(lambda: "gw0" in sitting.screen and "gw1" in sitting.screen)
        gate.open(2)
        await sitting.rest()
        assert set(sitting.outcomes.values()) == {"passed"}


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_file_whose_import_takes_the_process_with_it(folder: Path, size: tuple[int, int]) -> None:
    write(
        folder,
        {
            "test_a.py": "def test_one(): pass\n",
            "test_b.py": "import os\nprint('while importing')\nos.kill(os.getpid(), 9)\n",
            "test_c.py": "def test_two(): pass\n",
        },
    )
    async with sit_down(folder, size=size) as sitting:
        assert sitting.bar == "RED 1 error, not all collected"
        await sitting.go("test_b.py")
        assert "E test_b.py  The process ended (SIGKILL) while test_b.py" in sitting.screen
        assert "Captured stdout until then\nwhile importing\n" in sitting.document
        write(folder, {"test_b.py": "def test_three(): pass\n"})
        await sitting.run("R")
        assert sitting.bar.startswith("GREEN 3 passed")
