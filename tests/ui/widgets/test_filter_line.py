"""The line in which one types a filter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual import events, on
from textual.app import App, ComposeResult

from tests.ui.terminal.recording import settle
from tests.ui.widgets.scene import screen_lines, screen_segments
from tui.ui.widgets.filter_line import FilterLine

if TYPE_CHECKING:
    from collections.abc import Callable


class FilterApp(App[None]):
    ENABLE_COMMAND_PALETTE = False

    def __init__(
        self, text: str = "", history: tuple[str, ...] = (), check: Callable[[str], str] = lambda _: ""
    ) -> None:
        super().__init__(ansi_color=True)
        self.theme = "ansi-dark"
        self._text, self._history, self._check = text, history, check
        self.heard: list[str] = []

    @property
    def line(self) -> FilterLine:
        return self.query_one(FilterLine)

    def compose(self) -> ComposeResult:
        yield FilterLine(self._text, history=self._history, check=self._check)

    @on(FilterLine.Changed)
    def _changed(self, message: FilterLine.Changed) -> None:
        self.heard.append(message.text)

    @on(FilterLine.Accepted)
    def _accepted(self, message: FilterLine.Accepted) -> None:
        self.heard.append(f"accepted {message.text}")

    @on(FilterLine.Dropped)
    def _dropped(self) -> None:
        self.heard.append("dropped")


async def test_every_key_is_told() -> None:
    app = FilterApp()
    async with app.run_test(size=(80, 3)) as pilot:
        await pilot.press("c", "a", "r", "backspace")
        await settle(pilot.app)
        assert app.heard == ["c", "ca", "car", "ca"]
        assert screen_lines(app)[0].rstrip() == "/ ca"
        assert app.line.text == "ca"


async def test_enter_accepts() -> None:
    app = FilterApp()
    async with app.run_test(size=(80, 3)) as pilot:
        await pilot.press("x", "enter")
        await settle(pilot.app)
        assert app.heard == ["x", "accepted x"]


async def test_escape_drops() -> None:
    app = FilterApp()
    async with app.run_test(size=(80, 3)) as pilot:
        await pilot.press("x", "escape")
        await settle(pilot.app)
        assert app.heard == ["x", "dropped"]


async def test_what_is_typed_after_enter_goes_to_what_has_the_focus_then() -> None:
    app = FilterApp()
    async with app.run_test(size=(80, 3)) as pilot:
        for key in ("x", "enter", "y", "backspace"):
            app.line.entry.post_message(events.Key(key, key if len(key) == 1 else None))
        await settle(pilot.app)
        assert app.line.text == "x"


async def test_keys_that_come_together_act_in_their_order() -> None:
    app = FilterApp()
    async with app.run_test(size=(80, 3)) as pilot:
        for key in ("f", "o", "x", "backspace", "r"):
            app.line.entry.post_message(events.Key(key, key if len(key) == 1 else None))
        await settle(pilot.app)
        assert app.line.text == "for"


async def test_enter_takes_only_what_is_a_filter() -> None:
    app = FilterApp(check=lambda text: "" if text == "is:failed" else "no such state")
    async with app.run_test(size=(80, 3)) as pilot:
        await pilot.press(*"is:fail", "enter")
        await settle(pilot.app)
        assert app.heard[-1] == "is:fail"
        assert "no such state" in screen_lines(app)[0]
        await pilot.press(*"ed", "enter")
        await settle(pilot.app)
        assert app.heard[-1] == "accepted is:failed"


async def test_it_goes_on_with_the_filter_there_is() -> None:
    app = FilterApp("is:failed")
    async with app.run_test(size=(80, 3)) as pilot:
        await pilot.press("space", "a")
        await settle(pilot.app)
        assert app.heard[-1] == "is:failed a"


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("up", "second"),
        ("up up", "first"),
        ("up up up", "first"),
        ("n e w up", "second"),
        ("n e w up down", "new"),
        ("n e w down", "new"),
        ("up x down up", "secondx"),
    ],
)
async def test_filters_of_before(keys: str, text: str) -> None:
    app = FilterApp(history=("first", "second"))
    async with app.run_test(size=(80, 3)) as pilot:
        await pilot.press(*keys.split())
        await settle(pilot.app)
        assert app.line.text == text
        assert app.heard[-1:] == [text]


@pytest.mark.parametrize(("matches", "words"), [(0, "no match"), (1, "1 match"), (1204, "1,204 matches")])
@pytest.mark.parametrize("width", [80, 160])
async def test_number_of_matches_stands_at_the_right(matches: int, words: str, width: int) -> None:
    app = FilterApp("cart")
    async with app.run_test(size=(width, 3)) as pilot:
        app.line.show_matches(matches)
        await settle(pilot.app)
        line = screen_lines(app)[0]
        assert line.startswith("/ cart ")
        assert line.endswith(f" {words}")
        assert len(line) == width - 1


async def test_problem_stands_there_until_there_is_none() -> None:
    app = FilterApp("is:bod")
    async with app.run_test(size=(80, 3)) as pilot:
        app.line.show_problem("is: knows [passed], failed\x1b[0m")
        await settle(pilot.app)
        assert screen_lines(app)[0].endswith(" is: knows [passed], failed\\e[0m")
        problem = [style for text, style in screen_segments(app)[0] if "knows" in text]
        assert all(style.bold and style.color is not None and style.color.number == 1 for style in problem)
        app.line.show_matches(3)
        await settle(pilot.app)
        assert screen_lines(app)[0].endswith(" 3 matches")
        good = [style for text, style in screen_segments(app)[0] if "matches" in text]
        assert not any(style.bold for style in good)


async def test_long_problem_leaves_room_to_type() -> None:
    app = FilterApp("is:x")
    async with app.run_test(size=(40, 3)) as pilot:
        app.line.show_problem("is: knows " + "passed, " * 30)
        await settle(pilot.app)
        lines = screen_lines(app)
        assert lines[0].startswith("/ is:x ")
        assert lines[0].endswith("…")
        assert not any(lines[1:])
