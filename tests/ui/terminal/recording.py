"""A driver that keeps what the app writes, and the picture that a terminal makes of it."""

import asyncio
from typing import Any, NamedTuple

from textual import events
from textual.app import App
from textual.geometry import Size

from tests.ui.terminal.emulator import Screen
from tui.ui.terminal.driver import FramedDriver
from tui.ui.terminal.pacing import REQUEST


class Cell(NamedTuple):
    """What is seen in a cell."""

    text: str
    fg: str
    bg: str
    bold: bool
    italics: bool
    underscore: bool
    strikethrough: bool
    reverse: bool


class RecordingDriver(FramedDriver):
    """No terminal behind it: everything is kept, and cursor requests are answered if wanted."""

    answers = True
    waiting = 0

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.writes: list[str] = []

    @property
    def queued(self) -> int:
        return self.waiting

    @property
    def data(self) -> str:
        return "".join(self.writes)

    def send(self, data: str) -> None:
        self.writes.append(data)
        if self.answers:
            for _ in range(data.count(REQUEST)):
                self.answer()

    def answer(self) -> None:
        self.process_message(events.CursorPosition(0, 0))

    def start_application_mode(self) -> None:
        size = Size(*(self._size or (80, 24)))
        self.process_message(events.Resize(size, size))

    def resize(self, width: int, height: int) -> None:
        self._size = (width, height)
        size = Size(width, height)
        self.process_message(events.Resize(size, size))

    def disable_input(self) -> None:
        pass

    def stop_application_mode(self) -> None:
        pass


class SilentDriver(RecordingDriver):
    """A terminal that never answers."""

    answers = False


def driver_of(app: App[Any]) -> RecordingDriver:
    """The app's recording driver."""
    driver = app._driver
    assert isinstance(driver, RecordingDriver)
    return driver


async def settle(app: App[Any]) -> None:
    """Wait until every message is handled and all that changed is painted."""
    quiet = 0
    for _ in range(2000):
        quiet = 0 if _busy(app) else quiet + 1
        if quiet > 3:
            return
        await asyncio.sleep(0.002)
    raise AssertionError("the screen does not come to rest")


def _busy(app: App[Any]) -> bool:
    screen = app.screen
    return any(
        (
            screen._dirty_widgets,
            screen._layout_required,
            screen._repaint_required,
            screen._scroll_required,
            screen._callbacks,
            screen._compositor._dirty_regions,
            app.size != screen.outer_size,
            not app._message_queue.empty(),
            *(not node._message_queue.empty() for node in screen.walk_children(with_self=True)),
        )
    )


class Terminal:
    """A terminal that is fed in pieces."""

    def __init__(self, width: int = 80, height: int = 24) -> None:
        self._screen = Screen(width, height)
        self._fed = 0

    def resize(self, width: int, height: int) -> None:
        self._screen.resize(height, width)

    def show(self, data: str) -> list[list[Cell]]:
        """Feed what is new in `data`; returns the picture."""
        self._screen.feed(data[self._fed :].encode())
        self._fed = len(data)
        buffer = self._screen.buffer
        return [[_seen(buffer[y][x]) for x in range(self._screen.columns)] for y in range(self._screen.lines)]


def picture(data: str, width: int = 80, height: int = 24) -> list[list[Cell]]:
    """What a terminal shows after `data`, cell by cell."""
    return Terminal(width, height).show(data)


def text_of(rows: list[list[Cell]]) -> str:
    """The picture's text."""
    return "\n".join("".join(cell.text for cell in row).rstrip() for row in rows)


def _seen(char: Any) -> Cell:
    cell = Cell(
        char.data,
        char.fg,
        char.bg,
        char.bold,
        char.italics,
        char.underscore,
        char.strikethrough,
        char.reverse,
    )
    if cell.text == " " and not (cell.underscore or cell.strikethrough or cell.reverse):
        return cell._replace(fg="", bold=False, italics=False)
    return cell
