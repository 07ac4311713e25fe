"""A small app with the things that matter to a terminal; also run by itself in a pseudo-terminal.

Usage: `python sample.py LOG [MODE …]`; what happens is appended to LOG, a line each.
"""

import asyncio
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.geometry import Region, Size
from textual.screen import Screen
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widgets import Input, Label, Static

from tui.ui.terminal import placeholder
from tui.ui.terminal.app import TerminalApp
from tui.ui.terminal.diff import DiffModalScreen

NAMES = (
    "test_plain",
    "test_wide[日本語-テスト]",
    "test_combining[e\u0301a\u0308n\u0303]",
    "test_emoji[🚀-🎉]",
    "test_long[" + "x" * 90 + "]",
    "test_mixed[漢x字y-naïve]",
)
STATES = (
    (" ", Style()),
    ("▸", Style(color="cyan")),
    ("✓", Style(color="green")),
    ("✗", Style(color="red", bold=True)),
)


class Rows(ScrollView, can_focus=True):
    """Lines as the test tree has them: indent, glyph, name, duration."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("j,down", "move(1)"),
        ("k,up", "move(-1)"),
        ("pagedown", "move(10)"),
        ("pageup", "move(-10)"),
    ]

    def __init__(self, count: int = 200) -> None:
        super().__init__()
        self.states = [0] * count
        self.cursor = 0

    def on_mount(self) -> None:
        self.virtual_size = Size(self.size.width, len(self.states))

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        row = y + self.scroll_offset.y
        if row >= len(self.states):
            return Strip.blank(width)
        glyph, style = STATES[self.states[row] % len(STATES)]
        name = f"{row:3} {NAMES[row % len(NAMES)]}"
        under = Style(reverse=row == self.cursor)
        strip = Strip(
            [
                Segment("  " * (row % 3), under),
                Segment(glyph, style + under),
                Segment(f" {name} ", under),
                Segment(f"{row}ms", Style(dim=True) + under),
            ]
        )
        return strip.adjust_cell_length(width, under)

    def touch(self, row: int) -> None:
        """Change the state of a row."""
        self.states[row] += 1
        self.refresh(Region(0, row - self.scroll_offset.y, self.size.width, 1))

    def action_move(self, step: int) -> None:
        """Move the cursor."""
        self.cursor = max(0, min(len(self.states) - 1, self.cursor + step))
        if not 0 <= self.cursor - self.scroll_offset.y < self.size.height:
            self.scroll_to(y=self.cursor - self.size.height // 2, animate=False, force=True)
        self.refresh()


class Question(DiffModalScreen[None]):
    """A modal with wide characters over the tree."""

    CSS = "Question { align: center middle; } #box { width: 41; height: 5; border: round red; }"

    def compose(self) -> ComposeResult:
        yield Label("続けますか? really\nsecond line é", id="box")


class SampleApp(TerminalApp):
    """Bar, rows and a footer."""

    CSS = """
    #bar { height: 1; background: ansi_red; color: ansi_white; }
    #foot { height: 1; }
    Input { display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        ("q", "quit"),
        ("e", "borrow"),
        ("b", "burst"),
        ("x", "crash"),
        ("h", "hang"),
    ]

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.borrowers = 0

    def compose(self) -> ComposeResult:
        yield Static(" RED  1 failed", id="bar")
        yield Rows()
        yield Input()
        yield Static("q quit  漢字 footer", id="foot")

    def on_mount(self) -> None:
        self.query_one(Rows).focus()

    @property
    def rows(self) -> Rows:
        return self.query_one(Rows)


class LoggingApp(SampleApp):
    """Runs in a pseudo-terminal and tells what happens to it."""

    def __init__(self, log: Path, modes: list[str]) -> None:
        super().__init__(grace=0.2 if "impatient" in modes else 3.0)
        self.log_path = log
        self.modes = modes
        self.ticks = 0

    def tell(self, line: str) -> None:
        """Append a line to the log."""
        with self.log_path.open("a") as file:
            file.write(line + "\n")

    def on_mount(self) -> None:
        if "live" in self.modes:
            self.set_interval(1 / 100, self.tick)
        self.call_after_refresh(self.tell, "ready")

    def tick(self) -> None:
        """Change what is on the screen."""
        self.ticks += 1
        for row in range(20):
            self.rows.touch(row)
        self.query_one("#bar", Static).update(f" RUNNING tick {self.ticks}", layout=False)
        if self.ticks % 10 == 0:
            self.tell(f"tick {self.ticks}")

    def get_default_screen(self) -> Screen[Any]:
        self.app_resume_signal.subscribe  # noqa: B018 - exists before the app runs
        return super().get_default_screen()

    def action_burst(self) -> None:
        """Change everything, once."""
        for row in range(20):
            self.rows.touch(row)
        self.tell("burst")

    def action_crash(self) -> None:
        """Fail as a bug would."""
        raise RuntimeError("boom")

    def action_hang(self) -> None:
        """Hold the event loop."""
        self.tell("hanging")
        time.sleep(30)

    def action_borrow(self) -> None:
        """Lend the terminal to a program."""
        self.run_worker(self.borrow())

    async def borrow(self) -> None:
        """Run a program that needs the terminal; it ends when it gets a line."""
        try:
            with self.lend_terminal():
                self.tell("lent")
                process = await asyncio.create_subprocess_exec(
                    sys.executable, "-c", "print('BORROWED', flush=True); input()"
                )
                if "flood" in self.modes:
                    for _ in range(100):
                        self.bell()
                if "stuck" in self.modes:
                    self.action_hang()
                code = await process.wait()
                if "fail" in self.modes:
                    (self.log_path / "editor").stat()
            self.tell(f"back {code}")
        except OSError as error:
            self.tell(f"back {error}")


def lines(path: Path) -> Iterator[str]:
    """The lines of a log that may not exist yet."""
    if path.exists():
        yield from path.read_text().splitlines()


if __name__ == "__main__":
    with placeholder.shown():
        app = LoggingApp(Path(sys.argv[1]), sys.argv[2:])
        code = app.run_in_terminal()
    sys.exit(code)
