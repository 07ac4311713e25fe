"""The line that keys move in the detail pane: there where lines stand in files, and not elsewhere."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual.app import App, ComposeResult
from textual.pilot import Pilot

from tests.ui.terminal.recording import settle
from tests.ui.widgets.scene import screen_segments
from tui.ui.detail.document import Document, Line, Look
from tui.ui.widgets.pane import DocumentPane

CODE = [Line(Look.FAILING if n == 5 else Look.CODE, f"line{n}", f"{n:>6} ", ("a.py", n)) for n in range(1, 41)]
TEXT = [Line(Look.PLAIN, f"text{n}") for n in range(1, 41)]


class Scene(App[None]):
    def compose(self) -> ComposeResult:
        yield DocumentPane()


@asynccontextmanager
async def shown(*lines: Line) -> AsyncIterator[tuple[Pilot[None], DocumentPane]]:
    app = Scene()
    async with app.run_test(size=(40, 10)) as pilot:
        pane = app.query_one(DocumentPane)
        pane.show(Document(lines=[*lines]))
        pane.focus()
        await settle(pilot.app)
        yield pilot, pane


def reversed_lines(pane: DocumentPane) -> list[str]:
    """What is drawn as the cursor."""
    return [
        "".join(text for text, _ in line).split()[1]
        for line in screen_segments(pane.app)
        if line and line[0][1].reverse and len("".join(text for text, _ in line).split()) > 1
    ]


async def test_begins_at_the_line_that_failed() -> None:
    async with shown(*CODE) as (_, pane):
        assert pane.place == ("a.py", 5)
        assert reversed_lines(pane) == ["line5"]


async def test_moves_and_takes_the_view_along() -> None:
    async with shown(*CODE) as (pilot, pane):
        await pilot.press("j", "j", "k")
        assert pane.place == ("a.py", 6)
        assert pane.scroll_offset.y == 0
        await pilot.press(*["down"] * 6)
        assert pane.place == ("a.py", 12)
        assert pane.scroll_offset.y == 2
        assert reversed_lines(pane) == ["line12"]
        await pilot.press(*["up"] * 11)
        assert pane.place == ("a.py", 1)
        assert pane.scroll_offset.y == 0


async def test_goes_along_with_the_view() -> None:
    async with shown(*CODE) as (pilot, pane):
        await pilot.press("pagedown")
        top = pane.scroll_offset.y
        assert top == 9
        assert pane.place == ("a.py", top + 1)
        await pilot.press("G")
        assert pane.place == ("a.py", 40)
        await pilot.press("g")
        assert pane.place == ("a.py", 1)


async def test_is_seen_only_where_the_keys_are() -> None:
    async with shown(*CODE) as (pilot, pane):
        pane.screen.set_focus(None)
        await settle(pilot.app)
        assert reversed_lines(pane) == []
        assert pane.place == ("a.py", 5)


async def test_text_of_no_file_only_scrolls() -> None:
    async with shown(*TEXT) as (pilot, pane):
        await pilot.press("j", "j")
        assert pane.scroll_offset.y == 2
        assert pane.place is None
        assert reversed_lines(pane) == []


async def test_lines_of_no_file_between_have_no_place() -> None:
    async with shown(CODE[4], TEXT[0], CODE[5]) as (pilot, pane):
        places = []
        for _ in range(2):
            await pilot.press("j")
            places.append(pane.place)
        assert places == [None, ("a.py", 6)]


async def test_another_document_begins_anew_and_the_same_does_not() -> None:
    async with shown(*CODE) as (pilot, pane):
        await pilot.press("j", "j")
        places = []
        for lines in ([*CODE, *TEXT], TEXT, CODE):
            pane.show(Document(lines=[*lines]), keep_place=True)
            places.append(pane.place)
        assert places == [("a.py", 7), None, ("a.py", 5)]


async def test_a_click_puts_it_on_a_line() -> None:
    async with shown(*CODE) as (pilot, pane):
        await pilot.click(pane, offset=(3, 7))
        assert pane.place == ("a.py", 8)
