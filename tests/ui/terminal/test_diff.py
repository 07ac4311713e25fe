"""The picture with the diffing compositor is the picture with Textual's own, cell by cell."""

from collections.abc import AsyncIterator

import pytest
from textual._compositor import Compositor
from textual.app import App
from textual.content import Content
from textual.pilot import Pilot
from textual.screen import ModalScreen, Screen
from textual.widgets import Input, Label, Static

from tests.ui.terminal.recording import (
    Cell,
    RecordingDriver,
    Terminal,
    driver_of,
    picture,
    settle,
    text_of,
)
from tests.ui.terminal.sample import Question, SampleApp
from tui.ui.terminal import internals
from tui.ui.terminal.colour import Look
from tui.ui.terminal.diff import DiffCompositor, DiffModalScreen, DiffScreen

STEPS = [1, 1, 1, 10, 10, 10, -1, -10, *([1] * 20)]


async def walk(app: SampleApp, pilot: Pilot[int]) -> AsyncIterator[str]:
    """Do one thing after the other; yields the name of each."""
    yield "start"
    for number, step in enumerate(STEPS):
        app.rows.action_move(step)
        if number % 7 == 0:
            yield f"step {number}"
    for row in range(0, 60, 7):
        app.rows.touch(row)
    yield "touched"
    app.query_one("#bar", Static).update(" GREEN 漢 840 passed", layout=False)
    yield "bar"
    app.rows.styles.width = 50
    yield "narrow"
    await app.push_screen(Question())
    yield "modal"
    app.rows.touch(2)
    app.screen.query_one("#box", Label).update("ほか")
    yield "modal changed"
    await app.pop_screen()
    yield "modal closed"
    app.query_one(Input).cursor_blink = False  # it would be on in one picture and off in the other
    app.query_one(Input).display = True
    app.query_one(Input).focus()
    await pilot.press("a", "漢", "b", "left", "backspace")
    yield "input"
    driver_of(app).resize(101, 30)
    yield "wider"
    driver_of(app).resize(60, 20)
    yield "narrower"
    await app.push_screen(Screen(name="stock"))
    yield "stock screen"
    await app.pop_screen()
    app.rows.touch(1)
    yield "stock screen closed"


async def record(look: Look) -> tuple[dict[str, list[list[Cell]]], int]:
    app = SampleApp(terminal_look=look, driver_class=RecordingDriver)
    pictures = {}
    terminal = Terminal()
    async with app.run_test(headless=False) as pilot:
        async for name in walk(app, pilot):
            await settle(app)
            terminal.resize(*app.size)
            pictures[name] = terminal.show(driver_of(app).data)
        return pictures, len(driver_of(app).data)


@pytest.mark.parametrize("theme", ["ansi-dark", "textual-dark"])
async def test_same_picture_at_every_checkpoint_for_fewer_bytes(theme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("textual.screen.UPDATE_PERIOD", 1 / 1000)
    diffed, fewer = await record(Look(theme))
    monkeypatch.setenv(internals.STOCK_VARIABLE, "1")
    stock, more = await record(Look(theme))

    assert list(diffed) == list(stock)
    for name, expected in stock.items():
        assert text_of(diffed[name]) == text_of(expected), name
        assert diffed[name] == expected, name
    assert "日本語" in text_of(stock["start"]).replace("\0", "")
    assert fewer < more / 2


def app_with_terminal() -> SampleApp:
    return SampleApp(driver_class=RecordingDriver)


async def picture_after(app: SampleApp, start: int) -> list[list[Cell]]:
    """What a terminal shows that has seen only what was written since `start`."""
    await settle(app)
    return picture(driver_of(app).data[start:], *app.size)


async def test_a_refresh_of_an_unchanged_screen_sends_nothing() -> None:
    app = app_with_terminal()
    async with app.run_test(headless=False):
        await settle(app)
        before = driver_of(app).data
        app.refresh(layout=True)
        await settle(app)
        assert driver_of(app).data == before


@pytest.mark.parametrize("trigger", ["repaint", "resume", "resize"])
async def test_everything_is_sent_again_when_the_terminal_may_have_changed(trigger: str) -> None:
    app = app_with_terminal()
    async with app.run_test(headless=False) as pilot:
        await settle(app)
        driver = driver_of(app)
        expected, start = picture(driver.data), len(driver.data)
        if trigger == "repaint":
            await pilot.press("ctrl+l")
        elif trigger == "resume":
            app.app_resume_signal.publish(app)
        else:
            driver.resize(80, 24)
        await settle(pilot.app)
        assert await picture_after(app, start) == expected


async def test_a_screenshot_neither_writes_nor_swallows_what_is_dirty() -> None:
    app = app_with_terminal()
    async with app.run_test(headless=False):
        await settle(app)
        driver = driver_of(app)
        app.rows.touch(1)
        app.screen._compositor.update_widgets({app.rows})
        before = driver.data
        assert "test_plain" in app.export_screenshot(simplify=False)
        assert "test_plain" in app.export_screenshot(simplify=True)
        assert driver.data == before
        app.screen._compositor_refresh()
        assert "▸" in text_of(picture(driver.data)).splitlines()[2]


async def test_control_characters_in_a_text_never_reach_the_terminal() -> None:
    app = app_with_terminal()
    async with app.run_test(headless=False):
        app.query_one("#foot", Static).update(Content("a\x1b[31mred\x07\x9b5m\u202eb"), layout=False)
        await settle(app)
        (footer,) = [write for write in driver_of(app).writes if "red" in write]
        assert "a[31mred5mb" in footer
        assert not set(footer) & {"\x07", "\x9b", "\u202e"}


async def test_one_switch_brings_back_textuals_own_compositor(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(internals.STOCK_VARIABLE, "1")
    app = app_with_terminal()
    async with app.run_test(headless=False):
        assert not isinstance(app.screen._compositor, DiffCompositor)


async def test_a_missing_private_name_brings_back_textuals_own_compositor(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(internals, "unavailable", lambda: ("Compositor._render_chops",))
    app = app_with_terminal()
    async with app.run_test(headless=False):
        assert not isinstance(app.screen._compositor, DiffCompositor)


async def test_a_diffing_screen_in_any_other_app_is_drawn_by_textual() -> None:
    class Other(App[None]):
        def get_default_screen(self) -> Screen[object]:
            return DiffScreen(id="_default")

    app = Other(driver_class=RecordingDriver)
    async with app.run_test(headless=False) as pilot:
        await app.mount(Static("hello"))
        await pilot.pause(0.05)
        driver = app._driver
        assert isinstance(driver, RecordingDriver)
        assert "hello" in driver.data


def test_a_diffing_modal_keeps_the_styles_of_a_modal() -> None:
    assert [base.__name__ for base in DiffModalScreen._css_bases(DiffModalScreen)][:2] == [
        "DiffModalScreen",
        ModalScreen.__name__,
    ]


def test_textual_has_every_private_name_that_is_used() -> None:
    assert internals.unavailable() == ()


def test_a_private_name_that_is_gone_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(Screen, "_compositor_refresh")
    monkeypatch.delattr(Compositor, "_render_chops")
    assert internals.unavailable.__wrapped__() == (
        "Screen._compositor_refresh",
        "Compositor._render_chops",
    )
