"""Running: everything, what is under the cursor, what is marked, what failed, the last again, by expression."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.app.driver import sit_down, write
from tui.ui.screens.dialogs import Prompt

FILES = {
    "unit/test_a.py": """
        import pytest

        class TestIn:
            def test_first(self): pass
            def test_second(self): assert 0

        @pytest.mark.parametrize("n", [1, 2])
        def test_n(n): assert n == 1

        def test_alone(): pass
    """,
    "unit/deep/test_b.py": """
        import pytest

        @pytest.fixture
        def broken(): raise OSError("no disk")

        def test_error(broken): pass
        @pytest.mark.odd
        def test_odd(): pass
    """,
    "test_c.py": "def test_last(): pass\n",
    "pytest.ini": "[pytest]\nmarkers = odd: an odd test\n",
}
A, B, C = "unit/test_a.py", "unit/deep/test_b.py", "test_c.py"
ALL = [
    f"{C}::test_last",
    f"{B}::test_error",
    f"{B}::test_odd",
    f"{A}::TestIn::test_first",
    f"{A}::TestIn::test_second",
    f"{A}::test_n[1]",
    f"{A}::test_n[2]",
    f"{A}::test_alone",
]


@pytest.fixture
def suite(folder: Path) -> Path:
    write(folder, FILES)
    return folder


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_everything(suite: Path, size: tuple[int, int]) -> None:
    async with sit_down(suite, size=size) as sitting:
        assert sitting.bar == "READY 8 tests"
        assert sitting.names == ["test_c.py", "unit", "deep", "test_b.py", "test_a.py"]
        assert sitting.store.ran == {}
        assert await sitting.run("R") == ALL
        assert sitting.outcomes == {
            **dict.fromkeys(ALL, "passed"),
            f"{B}::test_error": "error",
            f"{A}::TestIn::test_second": "failed",
            f"{A}::test_n[2]": "failed",
        }
        assert sitting.bar.startswith("RED 2 failed  1 error  5 passed in ")
        assert sitting.colour == "red"


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (f"{A}::test_n[2]", [f"{A}::test_n[2]"]),
        (f"{A}::test_alone", [f"{A}::test_alone"]),
        ("test_n", [f"{A}::test_n[1]", f"{A}::test_n[2]"]),
        ("TestIn", [f"{A}::TestIn::test_first", f"{A}::TestIn::test_second"]),
        ("test_b.py", [f"{B}::test_error", f"{B}::test_odd"]),
        ("unit", ALL[1:]),
    ],
)
async def test_what_is_under_the_cursor(suite: Path, node: str, expected: list[str]) -> None:
    async with sit_down(suite) as sitting:
        await sitting.go(node)
        at = sitting.at
        assert await sitting.run("r") == expected
        assert sitting.at == at
        ran = {nodeid for nodeid, word in sitting.outcomes.items() if word != "not run"}
        assert ran == set(expected)


async def test_a_part_that_passed_is_not_green(suite: Path) -> None:
    async with sit_down(suite) as sitting:
        await sitting.go("test_alone")
        await sitting.run("r")
        assert sitting.bar.startswith("PASSED 1 in ")
        assert sitting.colour == "neutral"


async def test_all_passed_is_green(folder: Path) -> None:
    write(folder, {"test_c.py": FILES["test_c.py"]})
    async with sit_down(folder) as sitting:
        await sitting.run("R")
        assert sitting.bar.startswith("GREEN 1 passed in ") or sitting.bar.startswith("GREEN in ")
        assert sitting.colour == "green"


async def test_marked(suite: Path) -> None:
    async with sit_down(suite) as sitting:
        for node in ("test_c.py", f"{A}::test_n[1]", "deep"):
            await sitting.go(node)
            await sitting.press("space")
        await sitting.shown()
        assert "3 marked" in sitting.bar
        await sitting.go("test_alone")
        assert await sitting.run("r") == [*ALL[:3], f"{A}::test_n[1]"]
        await sitting.go("deep")
        await sitting.press("space")
        await sitting.shown()
        assert "2 marked" in sitting.bar
        await sitting.go("test_alone")
        assert await sitting.run("r") == [ALL[0], f"{A}::test_n[1]"]


async def test_failed_errors_included_and_the_last_again(suite: Path) -> None:
    async with sit_down(suite) as sitting:
        await sitting.press("f", "full_stop")
        assert sitting.store.ran == {}
        await sitting.run("R")
        bad = [f"{B}::test_error", f"{A}::TestIn::test_second", f"{A}::test_n[2]"]
        assert await sitting.run("f") == bad
        path = suite / A
        path.write_text(path.read_text().replace("assert 0", "pass"))
        assert await sitting.run("full_stop") == bad
        assert sitting.outcomes[f"{A}::TestIn::test_second"] == "passed"
        assert await sitting.run("f") == [bad[0], bad[2]]
        assert await sitting.run("full_stop") == [bad[0], bad[2]]


async def test_last_again_is_not_a_collection(suite: Path) -> None:
    async with sit_down(suite) as sitting:
        await sitting.go("test_alone")
        await sitting.run("r")
        await sitting.press("u")
        await sitting.rest()
        assert len(sitting.store.collections) == 2
        assert await sitting.run("full_stop") == [f"{A}::test_alone"]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("first or last", [f"{C}::test_last", f"{A}::TestIn::test_first"]),
        ("'test_n and not alone'", [f"{A}::test_n[1]", f"{A}::test_n[2]"]),
    ],
)
async def test_by_k_expression(suite: Path, expression: str, expected: list[str]) -> None:
    async with sit_down(suite) as sitting:
        await sitting.press("K")
        assert isinstance(sitting.app.screen, Prompt)
        await sitting.type(expression)
        assert await sitting.run("enter") == expected
        assert await sitting.run("full_stop") == expected


async def test_by_m_expression(suite: Path) -> None:
    async with sit_down(suite) as sitting:
        await sitting.press("K")
        await sitting.type("-m odd")
        assert await sitting.run("enter") == [f"{B}::test_odd"]
        assert len(sitting.outcomes) == len(ALL)


@pytest.mark.parametrize("keys", [("escape",), ("enter",), ("a", "escape")])
async def test_no_expression_no_run(suite: Path, keys: tuple[str, ...]) -> None:
    async with sit_down(suite) as sitting:
        await sitting.press("K", *keys)
        await sitting.until(lambda: sitting.app.screen is sitting.main)
        await sitting.rest()
        assert sitting.store.ran == {}
        assert len(sitting.store.collections) == 1


async def test_a_wrong_expression_is_told_where_it_is_typed(suite: Path) -> None:
    async with sit_down(suite) as sitting:
        await sitting.press("K")
        await sitting.type("first or")
        before = sitting.dialog
        await sitting.press("enter")
        assert isinstance(sitting.app.screen, Prompt)
        assert sitting.dialog != before
        assert sitting.store.ran == {}
        await sitting.type(" last")
        assert await sitting.run("enter") == [f"{C}::test_last", f"{A}::TestIn::test_first"]


async def test_an_expression_that_is_typed_in_a_burst(suite: Path) -> None:
    async with sit_down(suite) as sitting:
        await sitting.type("Kfirsts", "backspace", "enter")
        await sitting.rest()
        assert list(sitting.store.ran.values()) == [[f"{A}::TestIn::test_first"]]


async def test_a_wrong_expression_of_the_command_line_breaks_the_run(suite: Path) -> None:
    async with sit_down(suite, "-k", "first or or") as sitting:
        assert sitting.bar.startswith("BROKEN ")
        assert "Wrong expression passed to '-k'" in sitting.bar
        assert "first or or" in sitting.document


async def test_what_the_filter_shows(suite: Path) -> None:
    async with sit_down(suite) as sitting:
        await sitting.press("ctrl+r")
        assert sitting.store.ran == {}
        await sitting.press("slash")
        await sitting.type("test_n")
        await sitting.press("enter")
        shown = [f"{A}::test_n[1]", f"{A}::test_n[2]"]
        assert await sitting.run("ctrl+r") == shown
        await sitting.press("g")
        assert sitting.at == "unit"
        assert await sitting.run("r") == shown


async def test_a_filter_that_shows_nothing_runs_nothing(suite: Path) -> None:
    async with sit_down(suite) as sitting:
        await sitting.press("slash")
        await sitting.type("nothing")
        await sitting.press("enter")
        await sitting.until(lambda: not sitting.names)
        await sitting.press("ctrl+r")
        await sitting.said("there is nothing to run")
        await sitting.press("r")
        await sitting.rest()
        assert sitting.store.ran == {}


async def test_arguments_of_the_command_line_hold_for_every_run(suite: Path) -> None:
    async with sit_down(suite, "unit", "-k", "not alone") as sitting:
        assert list(sitting.outcomes) == ALL[1:-1]
        assert await sitting.run("R") == ALL[1:-1]
