"""The footer: live keys, or a few words."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widget import Widget

from tests.ui.terminal.recording import settle
from tests.ui.widgets.scene import screen_lines, screen_segments
from tui.ui.status import ASCII, UNICODE, Glyphs
from tui.ui.widgets.footer import Footer


class Pane(Widget, can_focus=True):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "app.do('debug')", "debug", id="debug"),
        Binding("j", "app.do('down')", "Down", show=False, id="down"),
    ]


class FooterApp(App[None]):
    ENABLE_COMMAND_PALETTE = False
    CSS = "Pane { height: 1fr; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "do('quit')", "quit", id="quit"),
        Binding("r,f5", "do('run')", "Run", id="run"),
        Binding("n", "do('next')", "next failure", show=False, id="next"),
        Binding("h", "do('hidden')", "hidden", show=False, id="hidden"),
        Binding("s", "stop", "stop", id="stop"),
        Binding("left_square_bracket", "do('ampersand')", "-k [expr]", id="expression"),
        Binding("ctrl+p", "do('palette')", "palette", show=False, id="palette"),
    ]

    def __init__(self, glyphs: Glyphs = UNICODE) -> None:
        super().__init__()
        self.footer = Footer(("run", "debug", "next"), glyphs)
        self.running = False
        self.done: list[str] = []

    def compose(self) -> ComposeResult:
        yield Pane()
        yield self.footer

    def action_do(self, what: str) -> None:
        self.done.append(what)

    def action_stop(self) -> None:
        self.done.append("stop")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action != "stop" or self.running


class UnfocusedApp(FooterApp):
    AUTO_FOCUS = ""


def keys(app: FooterApp) -> str:
    return screen_lines(app)[-1]


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_most_useful_first_then_what_asks_to_be_shown(size: tuple[int, int]) -> None:
    app = FooterApp()
    async with app.run_test(size=size) as pilot:
        app.query_one(Pane).focus()
        await settle(pilot.app)
        assert app.footer.region.height == 1
        assert keys(app).strip() == "r run  d debug  n next failure  q quit  [ -k [expr]"


async def test_keys_follow_the_focus() -> None:
    app = FooterApp()
    async with app.run_test(size=(80, 3)) as pilot:
        app.query_one(Pane).focus()
        await settle(pilot.app)
        assert "d debug" in keys(app)
        app.query_one(Pane).blur()
        await settle(pilot.app)
        assert "d debug" not in keys(app)


async def test_keys_follow_what_can_be_done() -> None:
    app = FooterApp()
    async with app.run_test(size=(80, 3)) as pilot:
        await settle(pilot.app)
        assert "s stop" not in keys(app)
        app.running = True
        app.refresh_bindings()
        await settle(pilot.app)
        assert "s stop" in keys(app)


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (80, "r run  n next failure  q quit  [ -k [expr]"),
        (30, "r run  n next failure  q quit"),
        (29, "r run  n next failure"),
        (22, "r run  n next failure"),
        (21, "r run"),
        (6, "r run"),
        (5, ""),
    ],
)
async def test_only_whole_keys_are_shown(width: int, shown: str) -> None:
    app = UnfocusedApp()
    async with app.run_test(size=(width, 3)) as pilot:
        await settle(pilot.app)
        assert keys(app).strip() == shown


async def test_keys_stand_out() -> None:
    app = UnfocusedApp()
    async with app.run_test(size=(80, 3)) as pilot:
        await settle(pilot.app)
        bold = "".join(text for text, style in screen_segments(app)[-1] if style.bold)
        assert bold.split() == ["r", "n", "q", "["]


async def test_click_does_it() -> None:
    app = FooterApp()
    async with app.run_test(size=(80, 3)) as pilot:
        app.query_one(Pane).focus()
        await settle(pilot.app)
        line = keys(app)
        for words in ("r run", "d debug", "q quit"):
            await pilot.click(app.footer, offset=(line.index(words) + 2, 0))
        await pilot.click(app.footer, offset=(70, 0))
        assert app.done == ["run", "debug", "quit"]


async def test_words_take_the_place_of_the_keys() -> None:
    app = FooterApp()
    async with app.run_test(size=(30, 3)) as pilot:
        app.footer.say("copied test_\x1b[31m" + "x" * 50)
        await settle(pilot.app)
        assert keys(app) == " copied test_\\e[31mxxxxxxxxxx…"
        assert app.footer.said.startswith("copied")
        app.footer.clear()
        await settle(pilot.app)
        assert "r run" in keys(app)
        assert app.footer.said == ""


async def test_bad_words_stand_out() -> None:
    app = FooterApp()
    async with app.run_test(size=(30, 3)) as pilot:
        app.footer.say("no editor", bad=True)
        await settle(pilot.app)
        assert all(style.bold for text, style in screen_segments(app)[-1] if text.strip())


async def test_click_on_words_shows_the_keys_and_does_nothing_else() -> None:
    app = FooterApp()
    async with app.run_test(size=(80, 3)) as pilot:
        app.footer.say("copied")
        await pilot.click(app.footer, offset=(2, 0))
        await settle(pilot.app)
        assert "r run" in keys(app)
        assert app.done == []


async def test_ascii() -> None:
    app = FooterApp(ASCII)
    app.footer = Footer(("palette",), ASCII)
    async with app.run_test(size=(80, 3)) as pilot:
        await settle(pilot.app)
        assert keys(app).isascii()


async def test_bindings_are_looked_at_only_when_they_change(monkeypatch: pytest.MonkeyPatch) -> None:
    app = FooterApp()
    async with app.run_test(size=(80, 3)) as pilot:
        await settle(pilot.app)
        looked: list[bool] = []
        find = app.footer._find_keys

        def spy(screen: Screen[object]) -> list[Any]:
            looked.append(True)
            return list(find(screen))

        monkeypatch.setattr(app.footer, "_find_keys", spy)
        app.footer.refresh()
        await settle(pilot.app)
        assert looked == []
        app.refresh_bindings()
        await settle(pilot.app)
        assert looked == [True]
