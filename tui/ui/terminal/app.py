"""`TerminalApp`: an app at home in a real terminal. What it shows is its subclass's business."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.drivers.linux_driver import LinuxDriver

from tui.ui.terminal import clipboard, internals
from tui.ui.terminal.ascii import AsciiFilter
from tui.ui.terminal.colour import Look, look
from tui.ui.terminal.colourless import Colourless
from tui.ui.terminal.diff import DiffScreen, DiffUpdate, FrontBuffer
from tui.ui.terminal.driver import FramedDriver, SafeDriver
from tui.ui.terminal.lend import lend_terminal
from tui.ui.terminal.notice import notice
from tui.ui.terminal.pacing import REQUEST, Pacer
from tui.ui.terminal.signals import FatalSignals

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

    from rich.console import RenderableType
    from textual import events
    from textual.driver import Driver
    from textual.filter import LineFilter
    from textual.screen import Screen

_ANSWERS = 0.5
"""Seconds that a terminal has for answers which nobody else should get; lines that are slower are few."""
_LOOK = 0.005


class TerminalApp(App[int]):
    """Base of the explorer: colours, frames, flow control, signals, job control, lending.

    Args:
        terminal_look: Theme and colours; by default from the environment.
        ascii_only: Show nothing beyond ASCII (see `ascii.wants_ascii`).
        pacer: Flow control; a test may bring its own.
        grace: Seconds that an orderly end may take after a fatal signal.
        driver_class: Replaces the driver, for tests.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+l", "repaint", "Repaint", show=False, id="repaint"),
        Binding("ctrl+z", "suspend_process", "Suspend", show=False, priority=True, id="suspend"),
    ]

    def __init__(
        self,
        *,
        terminal_look: Look | None = None,
        ascii_only: bool = False,
        pacer: Pacer | None = None,
        grace: float = 3.0,
        driver_class: type[Driver] | None = None,
    ) -> None:
        super().__init__(driver_class=driver_class)
        chosen = terminal_look or look(os.environ)
        self._begin_with(chosen.theme)
        self.animation_level = "none"
        self.front = FrontBuffer()
        self._pacer = pacer or Pacer()
        self._grace = grace
        self._first_filters: list[LineFilter] = []
        self._last_filters: list[LineFilter] = []
        if ascii_only:
            self._last_filters.append(AsciiFilter())
        if chosen.colourless:
            self._last_filters.append(Colourless())
        self._fatal: FatalSignals | None = None

    def _begin_with(self, theme: str) -> None:
        """Have a theme from the start: to change to it would read all styles a second time before the first frame."""
        self.set_reactive(App.theme, theme)
        dark = self.current_theme.dark
        for name, is_so in ((f"-theme-{theme}", True), ("-dark-mode", dark), ("-light-mode", not dark)):
            self.set_class(is_so, name, update=False)
        self._refresh_truecolor_filter(self.ansi_theme)
        self.stylesheet.set_variables(self.get_css_variables())

    @property
    def terminal_driver(self) -> Driver | None:
        """The driver, None before the app runs."""
        return self._driver

    def get_driver_class(self) -> type[Driver]:
        """`SafeDriver` where Textual would take its own for Unix."""
        chosen = super().get_driver_class()
        return SafeDriver if chosen is LinuxDriver and not internals.unavailable() else chosen

    def get_default_screen(self) -> Screen[Any]:
        """A screen that sends only what changed."""
        return DiffScreen(id="_default")

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual's filters, then ASCII, NO_COLOR and contrast, which have the last word."""
        return [*self._first_filters, *super().get_line_filters(), *self._last_filters]

    def keep_readable(self, *, high: bool) -> None:
        """Give all text enough contrast, whatever its colour: for a theme of RGB colours."""
        from tui.ui.terminal.contrast import AA, AAA, Readable, Undimmed

        if high:
            self._first_filters.append(Undimmed())
        self._last_filters.append(Readable(AAA if high else AA))

    def run_in_terminal(self, *, mouse: bool = True) -> int:
        """Run until the person leaves.

        Args:
            mouse: Whether to ask the terminal for mouse events.

        Returns:
            The process's exit code: what `exit` was given (its `return_code`, else its `result`),
            1 after an unhandled exception, 128 + signal after a fatal signal.
        """
        _never_fail_to_encode()
        result = self.run(mouse=mouse)
        return self.return_code or result or 0

    async def run_async(self, *, headless: bool = False, **options: Any) -> int | None:  # noqa: ANN401 - Textual's
        """Run, with fatal signals handled unless `headless`."""
        if headless:
            return await super().run_async(headless=True, **options)
        with FatalSignals(
            lambda code: self.exit(return_code=code),
            owns_terminal=self.owns_terminal,
            grace=self._grace,
        ):
            return await super().run_async(**options)

    async def hear_answers(self, seconds: float = _ANSWERS) -> None:
        """Paint nothing until the terminal has answered what it was asked; not for ever, if it does not.

        To be awaited before the terminal is given to somebody who would take the answers for keys.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        with self.batch_update():
            while self._pacer.awaits_answers and loop.time() < end:  # noqa: ASYNC110 - somebody waits a few times a day
                await asyncio.sleep(_LOOK)

    def lend_terminal(self) -> AbstractContextManager[None]:
        """Give the terminal to another program inside a `with` block; see `lend.lend_terminal`."""
        return lend_terminal(self)

    async def copy_text(self, text: str) -> str:
        """Copy to the clipboard; returns words that say where it went."""
        driver = self._driver
        return await clipboard.copy(text, write=driver.write if driver is not None else lambda _: None, env=os.environ)

    def notify_desktop(self, words: str) -> None:
        """Ask the terminal to show a notification."""
        if self._driver is not None:
            self._driver.write(notice(words, os.environ))

    def repaint(self) -> None:
        """Paint everything anew: something else may have written to the terminal."""
        self.front.forget()
        self._pacer.reset()
        self.refresh(layout=True)

    def action_repaint(self) -> None:
        """Paint everything anew."""
        self.repaint()

    def may_paint(self) -> bool:
        """Whether the terminal can take a frame now."""
        driver = self._driver
        return not isinstance(driver, FramedDriver) or self._pacer.may_send(driver.queued)

    def on_mount(self) -> None:
        """Repaint after `fg`: Textual ignores a terminal that comes back in its old size."""
        self.app_resume_signal.subscribe(self, lambda _: self.repaint())
        if isinstance(self._driver, SafeDriver):
            self._driver.on_continued = self.repaint

    def on_resize(self, event: events.Resize) -> None:
        """Forget the picture: terminals rearrange lines when they are resized."""
        self.front.forget()
        if event.size == self.size:
            self.refresh()

    def on_cursor_position(self) -> None:
        """The terminal has taken what was sent before the question."""
        self._pacer.acknowledged()

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        driver = self._driver
        if renderable is not None and not isinstance(renderable, DiffUpdate):
            self.front.forget()
        if not isinstance(driver, FramedDriver):
            super()._display(screen, renderable)
            return
        cursor = self._previous_cursor_position
        with driver.frame() as frame:
            super()._display(screen, renderable)
            moved = cursor != self._previous_cursor_position
            if isinstance(renderable, DiffUpdate) and renderable.empty and not moved:
                frame.drop()
            if (size := frame.size) and self._pacer.sent(size):
                frame.add(REQUEST)

    def owns_terminal(self) -> bool:
        """Whether the terminal is in our modes, and not lent to anybody."""
        driver = self._driver
        return driver is not None and not (isinstance(driver, SafeDriver) and driver.lent)


def _never_fail_to_encode() -> None:
    """A character that the locale lacks becomes `?`; by default it would become six characters."""
    output = sys.__stderr__
    if output is not None and "utf" not in (output.encoding or "").lower():
        output.reconfigure(errors="replace")
