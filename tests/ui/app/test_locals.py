"""The tab of the locals: frames and variables of a failure as it was, and a line that evaluates there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.app.driver import Sitting, sit_down, write
from tests.ui.app.seat import policy
from tui.ui.locals.pane import LocalsPane

FILES = {
    "cart.py": """
        import json

        class Odd:
            def __repr__(self):
                raise RuntimeError("no words")

        class Item:
            def __init__(self):
                self.prices = {"eur": [10, 20]}

            def __repr__(self):
                return "<item>"

        def price(currency):
            item, odd = Item(), Odd()
            return item.prices[currency]

        def total(currency):
            try:
                return price(currency)
            except KeyError as error:
                raise ValueError(f"no price in {currency}") from error

        def read(text):
            return json.loads(text)
    """,
    "test_cart.py": """
        import cart

        def test_total():
            wanted = "usd"
            assert cart.total(wanted) == 10

        def test_read():
            cart.read("{")

        def test_passes():
            pass
    """,
}
TOTAL, READ, PASSES = (f"test_cart.py::test_{name}" for name in ("total", "read", "passes"))
SIZES = [(80, 24), (160, 45)]


@pytest.fixture
def suite(folder: Path) -> Path:
    write(folder, FILES)
    return folder


def inspector(sitting: Sitting) -> LocalsPane:
    return sitting.main.query_one(LocalsPane)


async def look_into(sitting: Sitting, nodeid: str) -> None:
    """Run a test that fails and open the tab; the frames have the keys."""
    await sitting.go(nodeid)
    await sitting.run("r")
    await sitting.until(lambda: sitting.explorer.desk.frozen, "a frozen failure")
    await sitting.press("7")
    if sitting.app.size.width > 80:
        await sitting.press("tab")
    await sees(sitting, " = ")


async def sees(sitting: Sitting, words: str) -> None:
    await sitting.until(lambda: words in sitting.screen, f"{words!r} on the screen")


def frames(sitting: Sitting) -> list[str]:
    """The rows of the frames."""
    listed = inspector(sitting).frames
    return ["".join(part.text for part in listed.parts_of(row, 0, 70)).rstrip() for row in range(listed.count)]


def variables(sitting: Sitting) -> dict[str, str]:
    """Names and values that are shown, with their indents."""
    listed = inspector(sitting).variables
    rows = ["".join(part.text for part in listed.parts_of(row, 0, 70)) for row in range(listed.count)]
    return {name.rstrip(): text.strip() for name, _, text in (row.partition(" = ") for row in rows)}


@pytest.mark.parametrize("size", SIZES)
async def test_frames_of_all_exceptions(suite: Path, size: tuple[int, int]) -> None:
    async with sit_down(suite, policy=policy(), size=size) as sitting:
        await look_into(sitting, TOTAL)
        assert frames(sitting) == [
            " ValueError: no price in usd",
            "   total  cart.py:23",
            "   test_total  test_cart.py:6",
            " caused by KeyError: 'usd'",
            "   price  cart.py:17",
            "   total  cart.py:21",
        ]
        assert inspector(sitting).frames.cursor_row == 1
        assert {name: text.split() for name, text in variables(sitting).items()} == {"   currency": ["'usd'", "str"]}
        beside = inspector(sitting).frames.region.y == inspector(sitting).variables.region.y - 1
        assert beside is (size[0] > 80)


async def test_the_person_s_own_frames_come_first(suite: Path) -> None:
    async with sit_down(suite, policy=policy()) as sitting:
        await look_into(sitting, READ)
        rows = frames(sitting)
        assert rows[1:3] == ["   read  cart.py:26", "   test_read  test_cart.py:9"]
        assert rows[3].endswith(tuple("0123456789"))
        assert "json/" in rows[3]


@pytest.mark.parametrize("size", SIZES)
async def test_another_frame_and_what_is_in_its_values(suite: Path, size: tuple[int, int]) -> None:
    async with sit_down(suite, policy=policy(), size=size) as sitting:
        await look_into(sitting, TOTAL)
        await sitting.press("j", "j", "j")
        await sees(sitting, "<item>")
        found = variables(sitting)
        assert found["   currency"].startswith("'usd'")
        assert found[" ▸ item"].startswith("<item>")
        assert "RuntimeError" in found["   odd"] or "RuntimeError" in found[" ▸ odd"]
        await sitting.press("enter")
        await sitting.press(*["j"] * list(found).index(" ▸ item"), "l")
        await sees(sitting, "prices = ")
        await sitting.press("l", "l")
        await sees(sitting, "'eur' = [10, 20]")
        await sitting.press("h", "h", "h")
        assert "prices = " not in sitting.screen


@pytest.mark.parametrize("size", SIZES)
async def test_a_line_that_evaluates_in_the_frame(suite: Path, size: tuple[int, int]) -> None:
    async with sit_down(suite, policy=policy(), size=size) as sitting:
        await look_into(sitting, TOTAL)
        await sitting.press("tab", "tab")
        await sitting.type("currency.upper()", "enter")
        await sees(sitting, "'USD'")
        await sitting.type("print('said')", "enter")
        await sees(sitting, " said")
        await sitting.type("1/0", "enter")
        await sees(sitting, "ZeroDivisionError: division by zero")
        assert ">>> 1/0" in sitting.screen


async def test_what_was_typed_comes_back(suite: Path) -> None:
    async with sit_down(suite, policy=policy()) as sitting:
        await look_into(sitting, TOTAL)
        await sitting.press("tab", "tab")
        line = inspector(sitting).line
        await sitting.type("1 + 1", "enter")
        await sitting.type("2 + 2", "enter")
        await sitting.type("begun", "up")
        assert line.value == "2 + 2"
        await sitting.press("up", "up")
        assert line.value == "1 + 1"
        await sitting.press("down", "down")
        assert line.value == "begun"


async def test_names_are_completed(suite: Path) -> None:
    async with sit_down(suite, policy=policy()) as sitting:
        await look_into(sitting, TOTAL)
        await sitting.press("tab", "tab")
        line = inspector(sitting).line
        await sitting.type("len(curr", "tab")
        await sitting.until(lambda: line.value == "len(currency", "the name")
        await sitting.type(".is", "tab")
        await sees(sitting, "isalnum  isalpha")
        assert line.value == "len(currency.is"


async def test_tab_goes_on_from_an_empty_line_and_esc_goes_back(suite: Path) -> None:
    async with sit_down(suite, policy=policy()) as sitting:
        await look_into(sitting, TOTAL)
        await sitting.press("tab", "tab", "escape")
        assert inspector(sitting).variables.has_focus
        await sitting.press("tab", "tab")
        assert inspector(sitting).frames.has_focus
        await sitting.press("escape")
        assert sitting.main.tree_view.has_focus
        assert sitting.at == TOTAL


async def test_the_whole_of_a_long_answer_is_for_the_pager(suite: Path) -> None:
    async with sit_down(suite, policy=policy()) as sitting:
        await look_into(sitting, TOTAL)
        await sitting.press("tab", "tab")
        await sitting.type("'x' * 2000", "enter")
        await sees(sitting, "1,402 more characters: esc, then o shows the whole")
        assert "x" * 2000 in sitting.main.detail.text
        assert "currency = 'usd'" in sitting.main.detail.text


async def test_an_expression_that_takes_its_time_holds_nothing_up(suite: Path) -> None:
    async with sit_down(suite, policy=policy()) as sitting:
        await look_into(sitting, TOTAL)
        await sitting.press("tab", "tab")
        await sitting.type("__import__('time').sleep(600)", "enter")
        await sitting.press("escape", "shift+tab", "j")
        assert inspector(sitting).frames.cursor_row == 2
        await sees(sitting, "stopped after")


async def test_where_one_stood_is_where_one_comes_back_to(suite: Path) -> None:
    async with sit_down(suite, policy=policy()) as sitting:
        await look_into(sitting, TOTAL)
        await sitting.press("j", "escape")
        await sitting.go(PASSES)
        assert "this test has not failed: there is nothing to look into" in sitting.screen
        await sitting.go(TOTAL)
        await sees(sitting, "wanted = 'usd'")
        assert inspector(sitting).frames.cursor_row == 2


@pytest.mark.parametrize("size", SIZES)
async def test_nothing_kept_says_what_to_do(suite: Path, size: tuple[int, int]) -> None:
    async with sit_down(suite, policy=policy(limit=0), size=size) as sitting:
        await sitting.go(TOTAL)
        await sitting.run("r")
        assert "Locals" not in sitting.screen
        await sitting.press("7")
        assert "nothing is kept of this failure" in sitting.screen
        assert "d runs it again under the debugger, D from its first line" in sitting.screen
        assert "Locals" in sitting.screen


async def test_the_tab_is_offered_where_something_is_kept(suite: Path) -> None:
    async with sit_down(suite, policy=policy(), size=(160, 45)) as sitting:
        await sitting.go(TOTAL)
        assert "7 Locals" not in sitting.screen
        await sitting.run("r")
        await sees(sitting, "7 Locals")


async def test_the_editor_and_a_breakpoint_go_by_the_frame(suite: Path) -> None:
    async with sit_down(suite, policy=policy()) as sitting:
        await look_into(sitting, TOTAL)
        await sitting.press("j", "b")
        assert sitting.explorer.policy.breakpoints == [(str(suite / "test_cart.py"), 6)]
        assert frames(sitting)[2] == " ● test_total  test_cart.py:6"
