"""Text that is looked for in the lines of a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.app.driver import Sitting
from tests.ui.coverage.made_up import CART, SOURCE, MadeUp, look
from tests.ui.coverage.test_file_screen import TO_CART, source_of
from tests.ui.coverage.test_report_screen import said
from tests.ui.widgets.scene import screen_segments
from tui.model.coverage import FileLines, LineState
from tui.ui.coverage.report_screen import ReportScreen
from tui.ui.coverage.search import Search
from tui.ui.screens.help import Help
from tui.ui.widgets.footer import Footer


def searched(text: str, source: tuple[str, ...] = SOURCE) -> Search:
    search = Search()
    search.look_in(source)
    search.use(text)
    return search


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("currency", [8, 9, 10, 11]),
        ("cart", [4, 18]),
        ("Cart", [4, 18]),
        ("CART", []),
        ("total = ", [11, 13]),
        ("(self)", [17, 20]),
        (".*", []),
        ("", []),
    ],
)
def test_lines_with_a_text(text: str, lines: list[int]) -> None:
    assert searched(text).lines == lines


def test_which_of_the_lines() -> None:
    search = searched("currency")
    assert search.words(9) == "2 of 4 lines"
    assert search.words(12) == "4 lines"
    assert searched("nowhere").words(1) == "no match"
    assert searched("Cart:").words(4) == "1 of 1 line"


def test_places_in_a_line() -> None:
    assert list(searched("a").spans("aBA")) == [(0, 1), (2, 3)]
    assert list(searched("B").spans("abB")) == [(2, 3)]
    assert list(searched("").spans("abB")) == []


def test_other_lines_are_looked_through_again() -> None:
    search = searched("one", ("one", "two"))
    search.look_in(("two", "ONE"))
    assert search.lines == [2]


def reversed_texts(sitting: Sitting) -> list[str]:
    """What stands in reverse in the lines."""
    rows = screen_segments(sitting.app)[1:-2]
    return [
        text
        for row in rows
        for text, style in row[1:]
        if style.reverse and text.strip() and not text.strip().isdecimal()
    ]


async def test_found_while_it_is_typed(folder: Path) -> None:
    async with look(folder, None, *TO_CART) as (sitting, _):
        source = source_of(sitting)
        assert source.line == 9
        await sitting.type("/tot")
        assert source.line == 11
        assert "2 of 6 lines" in sitting.lines[-1]
        assert sitting.lines[0].endswith("/tot (6)")
        assert reversed_texts(sitting) == ["tot"] * 6
        await sitting.type("al <")
        assert (source.line, "1 of 1 line" in sitting.lines[-1]) == (12, True)
        await sitting.type("x")
        assert (source.line, "no match" in sitting.lines[-1]) == (9, True)
        await sitting.press("escape")
        assert source.has_focus
        assert source.line == 9
        assert reversed_texts(sitting) == []
        assert "/" not in sitting.lines[0].replace(CART.path, "")


async def test_from_line_to_line(folder: Path) -> None:
    async with look(folder, None, *TO_CART) as (sitting, _):
        source = source_of(sitting)
        await sitting.press("semicolon")
        assert said(sitting) == "nothing is looked for: / asks for a text"
        await sitting.type("/currency", "enter")
        assert source.has_focus
        assert said(sitting) == "2 of 4 lines   ; next   , previous   esc ends it"
        at = []
        for key in ("semicolon", "semicolon", "semicolon", "comma", "comma"):
            await sitting.press(key)
            at.append(source.line)
        assert at == [10, 11, 8, 11, 10]
        assert said(sitting).startswith("3 of 4 lines")
        await sitting.press("n")  # goes where it always goes
        assert source.line == 12
        await sitting.press("escape")
        assert (reversed_texts(sitting), source.line) == ([], 12)
        await sitting.press("slash", "enter")  # what was looked for last is proposed, and gone on with
        assert (source.line, said(sitting)[:12]) == (8, "1 of 4 lines")
        await sitting.press("slash", "M", "a", "enter", "comma")
        assert said(sitting) == "no match"
        await sitting.press("escape", "escape")
        assert isinstance(sitting.app.screen, ReportScreen)


async def test_another_file_is_asked_for_the_same(folder: Path) -> None:
    front = MadeUp()
    front.files["till.py"] = FileLines("till.py", ("one", "two", "one"), (LineState.COVERED,) * 3)
    async with look(folder, front, *TO_CART) as (sitting, _):
        await sitting.type("/one", "enter", "escape", "escape")
        await sitting.press("escape", "end", "enter")
        await sitting.until(lambda: "two" in sitting.screen, "the other file")
        await sitting.press("slash", "enter")
        assert source_of(sitting).line == 3
        await sitting.press("slash", "up", "enter")
        assert source_of(sitting).line == 1  # round


async def test_letters_are_no_keys_while_it_is_typed(folder: Path) -> None:
    async with look(folder, None, *TO_CART) as (sitting, _):
        await sitting.type("/c?:xq/;,")
        assert sitting.entry.value == "c?:xq/;,"
        await sitting.press("enter", "question_mark")
        assert isinstance(sitting.app.screen, Help)
        await sitting.type("next line with that")
        assert "Go to the next line with that text" in sitting.screen


async def test_what_is_found_stays_found_when_the_file_is_saved(folder: Path) -> None:
    async with look(folder, None, *TO_CART) as (sitting, front):
        await sitting.type("/refund")
        assert (sitting.lines[0][-11:], sitting.lines[-1][-13:].strip()) == ("/refund (1)", "1 of 1 line")
        front.files[CART.path] = FileLines(CART.path, ("# refund", *SOURCE), (LineState.PLAIN,) * (len(SOURCE) + 1))
        front.outdated.add(CART.path)
        await sitting.until(lambda: sitting.lines[0].endswith("/refund (2)"), "the other lines")
        await sitting.until(lambda: sitting.lines[-1].endswith("2 lines"), "how many there are now")


async def test_a_long_file_is_looked_through_without_a_pause(folder: Path) -> None:
    """Only lines on screen are painted, each is made small once; what is far to the right is brought into view."""
    front = MadeUp()
    lines = (*(f"value_{number} = {number}" for number in range(50_000)), f"{'y' * 300} = needle", "needle = 2")
    front.files[CART.path] = FileLines(CART.path, lines, (LineState.COVERED,) * len(lines))
    async with look(folder, front, *TO_CART) as (sitting, _):
        source = source_of(sitting)
        await sitting.type("/49999", "enter")
        assert source.line == 50_000
        small = source.search._small
        await sitting.type("/value_4", "enter")
        assert "11,111 lines" in said(sitting)
        assert source.search._small is small
        assert sitting.app.screen.query_one(Footer).display
        await sitting.type("/needle", "enter")
        assert sitting.lines[-4].endswith("needle")
        await sitting.press("semicolon")
        assert sitting.lines[-3].endswith("needle = 2")
