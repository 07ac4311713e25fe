"""Reports as files: what kind, where to, and what became of it."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import OptionList, Static

from tui.ui.screens.dialogs import Prompt, Question
from tui.ui.screens.overlay import ClosesOnce
from tui.ui.terminal.diff import DiffModalScreen

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from tui.ui.coverage.view import View


class Kind(NamedTuple):
    """A kind of report: the engine's name for it, words, and where it goes if nobody says otherwise."""

    name: str
    words: str
    path: str


KINDS: Final = (
    Kind("html", "HTML, a folder of pages", "htmlcov"),
    Kind("xml", "XML, as Cobertura has it", "coverage.xml"),
    Kind("lcov", "LCOV, for editors and services", "coverage.lcov"),
    Kind("json", "JSON", "coverage.json"),
    Kind("data", "data file of coverage.py", ".coverage"),
)


class Kinds(ClosesOnce, DiffModalScreen[Kind | None]):
    """Asks for a kind of report; the result is None when the person thinks better of it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,x", "close", "Close", id="kinds-close")]

    def compose(self) -> ComposeResult:
        """The kinds."""
        with Vertical(classes="dialog"):
            yield Static("Write a report", markup=False, classes="question")
            options = OptionList(*(kind.words for kind in KINDS), markup=False, compact=True)
            options.styles.height = len(KINDS)
            yield options
            yield Static("Enter chooses   Esc closes", markup=False, classes="hint")

    def on_mount(self) -> None:
        """The list has the keys."""
        self.query_one(OptionList).focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter, or a click."""
        self.dismiss(KINDS[event.option_index])

    def action_close(self) -> None:
        """Never mind."""
        self.dismiss(None)


async def export(view: View) -> None:
    """Ask for kind and path, write the report, and say where it went. It has to run in a worker."""
    app, room = view.app, view.room
    kind = await app.push_screen_wait(Kinds())
    if kind is None:
        return
    folder = room.runs.explorer.project.cwd
    text = await app.push_screen_wait(Prompt(f"Write {kind.words} to", kind.path, f"from {folder}"))
    if not text:
        return
    target = _placed(folder, text)
    there = await asyncio.to_thread(target.exists)
    if there and not await app.push_screen_wait(Question(f"{text} is there already. Write over it?", "y")):
        return
    view.say("writing the report")
    view.say(await room.front.export(kind.name, target))


def _placed(folder: Path, text: str) -> Path:
    """What a person means by a path."""
    return Path(folder, os.path.expanduser(text))  # noqa: PTH111 - never raises
