"""`TerminalApp` by itself: what Textual is told, and what its own defaults are replaced by."""

import io
import sys

import pytest
from textual.binding import Binding
from textual.drivers.linux_driver import LinuxDriver

from tests.ui.terminal.recording import RecordingDriver, driver_of
from tests.ui.terminal.sample import SampleApp
from tui.ui.terminal import internals
from tui.ui.terminal.app import TerminalApp
from tui.ui.terminal.diff import DiffScreen
from tui.ui.terminal.driver import SafeDriver
from tui.ui.terminal.lend import AlreadyLentError


def test_the_driver_is_ours_unless_textual_lost_what_it_needs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert TerminalApp().get_driver_class() is SafeDriver
    monkeypatch.setattr(internals, "unavailable", lambda: ("LinuxDriver._auto_restart",))
    assert TerminalApp().get_driver_class() is LinuxDriver


async def test_nothing_is_animated_and_the_first_screen_sends_differences() -> None:
    app = TerminalApp(driver_class=RecordingDriver)
    async with app.run_test(headless=False):
        assert app.animation_level == "none"
        assert isinstance(app.screen, DiffScreen)
        assert app.theme == "ansi-dark"


def test_every_binding_can_be_bound_anew() -> None:
    assert all(isinstance(binding, Binding) and binding.id for binding in TerminalApp.BINDINGS)


async def test_lending_without_a_terminal_is_no_error() -> None:
    app = SampleApp()
    async with app.run_test():
        with app.lend_terminal():
            pass


class LendableDriver(RecordingDriver):
    """Can be suspended; says so."""

    @property
    def can_suspend(self) -> bool:
        return True

    def stop_application_mode(self) -> None:
        self.writes.append("<stopped>")

    def start_application_mode(self) -> None:
        self.writes.append("<started>")
        super().start_application_mode()


async def test_a_lent_terminal_is_neither_written_to_nor_lent_again() -> None:
    app = SampleApp(driver_class=LendableDriver)
    async with app.run_test(headless=False) as pilot:
        with app.lend_terminal():
            writes = len(driver_of(app).writes)
            with pytest.raises(AlreadyLentError), app.lend_terminal():
                pass
            app.rows.touch(0)
            await pilot.pause(0.1)
            assert len(driver_of(app).writes) == writes
        assert "<started>" in driver_of(app).writes[writes:]
        with app.lend_terminal():
            pass


async def test_the_terminal_is_taken_back_after_an_exception() -> None:
    app = SampleApp(driver_class=LendableDriver)
    async with app.run_test(headless=False):
        with pytest.raises(ZeroDivisionError), app.lend_terminal():
            raise ZeroDivisionError
        assert driver_of(app).writes[-1] == "<started>"
        assert not app._batch_count


@pytest.mark.parametrize(("result", "return_code", "expected"), [(None, 0, 0), (3, 0, 3), (None, 143, 143)])
def test_the_exit_code_is_what_the_app_was_left_with(
    monkeypatch: pytest.MonkeyPatch, result: int | None, return_code: int, expected: int
) -> None:
    app = TerminalApp()
    monkeypatch.setattr(app, "run", lambda **_: result)
    app._return_code = return_code
    assert app.run_in_terminal() == expected


def test_what_the_locale_cannot_show_becomes_one_character(monkeypatch: pytest.MonkeyPatch) -> None:
    output = io.TextIOWrapper(io.BytesIO(), encoding="latin-1", errors="backslashreplace")
    monkeypatch.setattr(sys, "__stderr__", output)
    app = TerminalApp()
    monkeypatch.setattr(app, "run", lambda **_: None)
    app.run_in_terminal()
    assert output.errors == "replace"


async def test_copying_goes_to_the_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TMUX", raising=False)
    app = SampleApp(driver_class=RecordingDriver)
    async with app.run_test(headless=False):
        assert await app.copy_text("nodeid") == "copied to the terminal's clipboard"
        assert driver_of(app).writes[-1] == "\x1b]52;c;bm9kZWlk\x07"
