"""Finding: the filter, failed only, failures one after the other, folding, and what Esc takes back."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.app.driver import sit_down, write
from tui.ui.widgets.filter_line import FilterLine

FILES = {
    "test_a.py": "def test_red(): assert 0\ndef test_green(): pass\n",
    "test_b.py": """
        import pytest

        class TestB:
            @pytest.mark.parametrize("n", range(3))
            def test_n(self, n): assert n != 1
    """,
    "test_c.py": "import nothing_of_that_name\n",
}
RED, B1 = "test_a.py::test_red", "test_b.py::TestB::test_n[1]"


@pytest.fixture
def suite(folder: Path) -> Path:
    write(folder, FILES)
    return folder


async def test_filter_that_is_typed_in_a_burst(suite: Path) -> None:
    async with sit_down(suite) as sitting:
        await sitting.type("/test_n")
        await sitting.shown()
        assert sitting.main.query_one(FilterLine).text == "test_n"
        assert sitting.names == ["test_b.py", "TestB", "test_n", "[0]", "[1]", "[2]"]
        assert sitting.lines[-1].startswith("/ test_n")
        assert sitting.lines[-1].endswith("3 matches")
        await sitting.type("red")
        assert sitting.names == []
        await sitting.press(*["backspace"] * 3)
        await sitting.type("[2]")
        assert sitting.names == ["test_b.py", "TestB", "test_n", "[2]"]
        assert sitting.lines[-1].endswith("1 match")


async def test_filter_with_corrections_in_one_burst(suite: Path) -> None:
    """Backspace and Enter act in their place among the letters; what follows Enter goes to the tree."""
    async with sit_down(suite) as sitting:
        await sitting.type("/grxx", "backspace", "backspace", "e", "e", "n", "enter", "G", "space")
        await sitting.shown()
        assert sitting.names == ["test_a.py", "test_green"]
        assert sitting.at == "test_a.py::test_green"
        assert "1 marked" in sitting.bar


async def test_filter_stays_after_enter_and_is_in_the_bar(suite: Path) -> None:
    async with sit_down(suite) as sitting:
        await sitting.type("/!b.py is:notrun")
        await sitting.press("enter")
        await sitting.shown()
        assert not sitting.main.query(FilterLine)
        assert sitting.names == ["test_a.py", "test_red", "test_green"]
        assert sitting.main.tree_view.has_focus
        assert sitting.bar.endswith("/!b.py is:notrun (2)")
        assert "? help" in sitting.lines[-1]


async def test_filter_that_is_dropped(suite: Path) -> None:
    async with sit_down(suite) as sitting:
        before = sitting.names
        await sitting.type("/red")
        assert sitting.names != before
        await sitting.press("escape")
        await sitting.shown()
        assert sitting.names == before
        assert "/red" not in sitting.screen
        assert "? help" in sitting.lines[-1]
        assert sitting.main.tree_view.has_focus


async def test_filter_is_opened_with_what_it_was(suite: Path) -> None:
    async with sit_down(suite) as sitting:
        await sitting.type("/re")
        await sitting.press("enter")
        await sitting.type("/d")
        assert sitting.main.query_one(FilterLine).text == "red"
        await sitting.press("enter")
        await sitting.press("escape")
        await sitting.press("slash", "up", "up")
        assert sitting.main.query_one(FilterLine).text == "re"


async def test_wrong_filter_says_why_and_the_one_before_stays(suite: Path) -> None:
    async with sit_down(suite) as sitting:
        await sitting.type("/re")
        assert sitting.names == ["test_a.py", "test_red", "test_green"]
        await sitting.type(" -k '(d")
        assert "is: knows" not in sitting.lines[-1]
        await sitting.press(*["backspace"] * 7)
        await sitting.type(" is:n")
        assert "is: knows passed, failed" in sitting.lines[-1]
        await sitting.type("otrun -k red")
        assert sitting.lines[-1].endswith("1 match")
        await sitting.type(" and")
        assert "-k: " in sitting.lines[-1]
        assert sitting.names == ["test_a.py", "test_red"]


async def test_keys_that_are_letters_go_into_the_filter(suite: Path) -> None:
    async with sit_down(suite) as sitting:
        await sitting.type("/Rq?:/z")
        assert sitting.main.query_one(FilterLine).text == "Rq?:/z"
        assert sitting.lines[-1].endswith("no match")
        assert sitting.store.ran == {}
        assert sitting.app.is_running


async def test_tab_out_of_the_filter_and_back(suite: Path) -> None:
    """The line stays open while the tree has the keys; the same key goes back to it, and Esc closes it."""
    async with sit_down(suite) as sitting:
        await sitting.type("/red")
        await sitting.press("tab")
        assert not sitting.main.query_one(FilterLine).has_focus_within
        await sitting.press("slash")
        assert sitting.main.query_one(FilterLine).has_focus_within
        await sitting.press("tab", "escape", "escape")
        await sitting.shown()
        assert not sitting.main.query(FilterLine)
        assert "test_b.py" in sitting.names
        assert "? help" in sitting.lines[-1]


async def test_failed_only(suite: Path) -> None:
    async with sit_down(suite, "--continue-on-collection-errors") as sitting:
        await sitting.run("R")
        before = sitting.names
        await sitting.press("F")
        await sitting.shown()
        assert sitting.names == ["test_a.py", "test_red", "test_b.py", "TestB", "test_n", "[1]", "test_c.py"]
        assert "/is:bad (3)" in sitting.bar
        await sitting.press("F")
        await sitting.shown()
        assert sitting.names == before


async def test_failed_only_follows_the_results(suite: Path) -> None:
    async with sit_down(suite, "--continue-on-collection-errors") as sitting:
        await sitting.run("R")
        await sitting.press("F")
        write(suite, {"test_a.py": "def test_red(): pass\ndef test_green(): pass\n"})
        await sitting.go(RED)
        await sitting.run("r")
        await sitting.until(lambda: "test_a.py" not in sitting.names, "the filter")
        assert sitting.names == ["test_b.py", "TestB", "test_n", "[1]", "test_c.py"]


async def test_from_failure_to_failure(suite: Path) -> None:
    async with sit_down(suite, "--continue-on-collection-errors") as sitting:
        await sitting.run("R")
        await sitting.press("g")
        visited = []
        for key in ("n", "n", "n", "n", "N", "N"):
            await sitting.press(key)
            visited.append(sitting.at)
        assert visited == [RED, B1, "test_c.py", RED, "test_c.py", B1]
        assert "assert 1 != 1" in sitting.document
        assert "[1]" in sitting.names


async def test_nothing_failed_nowhere_to_go(folder: Path) -> None:
    write(folder, {"test_a.py": "def test_green(): pass\n"})
    async with sit_down(folder) as sitting:
        await sitting.run("R")
        await sitting.press("n", "N")
        assert sitting.at == "test_a.py"
        assert "n next failure" not in sitting.screen


async def test_failures_that_the_filter_hides(suite: Path) -> None:
    async with sit_down(suite, "--continue-on-collection-errors") as sitting:
        await sitting.run("R")
        await sitting.type("/green")
        await sitting.press("enter")
        await sitting.press("n")
        await sitting.said("nothing has failed")
        assert sitting.names == ["test_a.py", "test_green"]


async def test_fold_all(suite: Path) -> None:
    async with sit_down(suite) as sitting:
        closed = ["test_a.py", "test_b.py", "test_c.py"]
        assert sitting.names == closed
        await sitting.press("z")
        assert len(sitting.names) == 10
        await sitting.press("z")
        assert sitting.names == closed


async def test_esc_takes_back_one_thing_after_the_other(suite: Path) -> None:
    async with sit_down(suite) as sitting:
        await sitting.press("space", "j", "space")
        await sitting.type("/red")
        await sitting.press("enter")
        await sitting.press("enter")
        await sitting.shown()
        assert sitting.main.has_class("-detail-full")
        assert "2 marked" in sitting.bar
        await sitting.press("escape")
        assert not sitting.main.has_class("-detail-full")
        assert sitting.names == ["test_a.py", "test_red"]
        await sitting.press("escape")
        assert sitting.names == ["test_a.py", "test_b.py", "test_c.py"]
        await sitting.shown()
        assert "2 marked" in sitting.bar
        await sitting.press("escape")
        await sitting.shown()
        assert "marked" not in sitting.bar
        await sitting.press("escape")
        await sitting.shown()
        assert sitting.app.is_running
        assert sitting.main.tree_view.has_focus


async def test_the_cursor_stays_on_its_node_while_others_come(suite: Path) -> None:
    async with sit_down(suite, "--continue-on-collection-errors") as sitting:
        await sitting.go("test_b.py")
        write(suite, {"test_0.py": "def test_new(): pass\n"})
        await sitting.press("u")
        await sitting.rest()
        assert set(sitting.names) == {"test_0.py", "test_a.py", "test_b.py", "test_c.py"}
        assert sitting.at == "test_b.py"
