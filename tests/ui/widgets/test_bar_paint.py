"""The first line as it is painted: its colour, and when it is painted at all."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rich.cells import cell_len
from textual.app import App, ComposeResult

from tests.ui.terminal.recording import settle
from tests.ui.widgets.scene import screen_lines, screen_segments
from tui.model.verdict import Colour
from tui.ui.terminal.colourless import without_colour
from tui.ui.widgets.bar import Bar, BarState


class BarApp(App[None]):
    ENABLE_COMMAND_PALETTE = False

    def __init__(self) -> None:
        super().__init__(ansi_color=True)
        self.theme = "ansi-dark"
        self.bar = Bar()

    def compose(self) -> ComposeResult:
        yield self.bar


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
@pytest.mark.parametrize(
    ("colour", "number"), [(Colour.RED, 1), (Colour.GREEN, 2), (Colour.YELLOW, 3), (Colour.MAGENTA, 5)]
)
async def test_colour_fills_the_line(colour: Colour, number: int, size: tuple[int, int]) -> None:
    app = BarApp()
    async with app.run_test(size=size) as pilot:
        app.bar.show(BarState(colour, "WORD", counts=((1, "passed"),)))
        await settle(pilot.app)
        line = screen_segments(app)[0]
        assert screen_lines(app)[0] == " WORD 1 passed"
        assert sum(cell_len(text) for text, _ in line) == size[0]
        assert {style.color.number if style.color else None for _, style in line} == {number}
        assert all(style.reverse for _, style in line)
        assert all(without_colour(style).reverse for _, style in line)


async def test_good_news_on_a_neutral_line() -> None:
    app = BarApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.bar.show(BarState(Colour.NEUTRAL, "PASSED 6", "12 stale", good=True, closing=True))
        await settle(pilot.app)
        word, rest = screen_segments(app)[0][:2]
        assert (word[0], rest[0].rstrip()) == (" PASSED 6", " 12 stale")
        assert word[1].color is not None
        assert (word[1].color.number, word[1].bold, word[1].reverse) == (2, True, None)
        assert rest[1].color is None or rest[1].color.is_default


async def test_same_state_is_not_painted_again(monkeypatch: pytest.MonkeyPatch) -> None:
    app = BarApp()
    async with app.run_test(size=(80, 24)) as pilot:
        shown = BarState(Colour.RED, "RED", counts=((3, "failed"),), done=71, elapsed="0:07")
        app.bar.show(shown)
        await settle(pilot.app)
        refreshed: list[bool] = []
        monkeypatch.setattr(app.bar, "refresh", lambda *_, **__: refreshed.append(True))
        app.bar.show(replace(shown))
        assert refreshed == []
        app.bar.show(BarState())
        assert refreshed == [True]
