"""What is drawn when the terminal cannot show more: ASCII only, no colours."""

import re

import pytest
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from tests.ui.terminal.recording import RecordingDriver, driver_of, settle
from tests.ui.terminal.sample import Question, SampleApp
from tui.ui.terminal.ascii import AsciiFilter, to_ascii, wants_ascii
from tui.ui.terminal.colour import DARK, LIGHT, Look, look, refusal
from tui.ui.terminal.colourless import Colourless, without_colour

BACKGROUND = Color(0, 0, 0)


@pytest.mark.parametrize(
    ("env", "wanted"),
    [
        ({"LANG": "en_US.UTF-8"}, False),
        ({"LANG": "C.utf8"}, False),
        ({"LC_ALL": "C", "LANG": "en_US.UTF-8"}, True),
        ({"LC_CTYPE": "de_CH.UTF-8", "LANG": "C"}, False),
        ({"LANG": "de_CH.ISO-8859-1"}, True),
        ({}, True),
        ({"LANG": "C.UTF-8", "TERM": "vt100"}, True),
        ({"LANG": "C.UTF-8", "REDBAR_ASCII": "1"}, True),
        ({"LANG": "C", "REDBAR_ASCII": "0"}, False),
    ],
)
def test_ascii_is_wanted_where_the_locale_is_not_utf8(env: dict[str, str], wanted: bool) -> None:
    assert wants_ascii(env) is wanted


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("plain", "plain"),
        ("┌─┐│╭", "+-+|+"),
        ("▸▾▰▱█", ">v#-#"),
        ("✓✗·≈❄", ".F,%*"),
        ("naïve é", "naive e"),
        ("漢字", "????"),
        ("🚀 x", "?? x"),
        ("e\u0301!", "e!"),
        ("→ …", "> ~"),
    ],
)
def test_every_glyph_becomes_ascii_of_its_width(text: str, drawn: str) -> None:
    assert to_ascii(text) == drawn
    assert cell_len(text) == len(drawn)


def test_the_ascii_filter_keeps_styles_and_leaves_control_segments() -> None:
    bold = Style(bold=True)
    segments = [Segment("│x", bold), Segment("ascii", None)]
    assert AsciiFilter().apply(segments, BACKGROUND) == [Segment("|x", bold), Segment("ascii")]


async def test_nothing_beyond_ascii_is_written_for_a_whole_app() -> None:
    app = SampleApp(driver_class=RecordingDriver, ascii_only=True)
    async with app.run_test(headless=False):
        await app.push_screen(Question())
        await settle(app)
        assert driver_of(app).data.isascii()
        assert "really" in driver_of(app).data


@pytest.mark.parametrize("theme", [DARK, "textual-dark"])
async def test_without_colour_only_attributes_are_written(theme: str) -> None:
    app = SampleApp(driver_class=RecordingDriver, terminal_look=Look(theme, colourless=True))
    async with app.run_test(headless=False):
        for row in (1, 2, 2, 3, 3, 3):
            app.rows.touch(row)
        await app.push_screen(Question())
        await settle(app)
        codes = re.findall(r"\x1b\[([0-9;]*)m", driver_of(app).data)
        written = {code for sequence in codes for code in sequence.split(";")}
        assert written <= {"", "0", "1", "2", "3", "4", "7"}
        assert {"1", "7"} <= written or theme != DARK


async def test_the_ansi_theme_is_drawn_with_the_palette_alone() -> None:
    app = SampleApp(driver_class=RecordingDriver, terminal_look=Look(DARK))
    async with app.run_test(headless=False):
        app.rows.touch(1)
        await settle(app)
        assert not re.search(r"\x1b\[[0-9;]*[34]8;", driver_of(app).data)
        assert re.search(r"\x1b\[[0-9;]*41m", driver_of(app).data)


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        (Style(color="red", bold=True), Style(bold=True)),
        (Style(color="white", bgcolor="red"), Style(reverse=True)),
        (Style(bgcolor="default"), Style()),
        (Style(bgcolor="black", dim=True), Style(dim=True)),
        (Style(bgcolor="#334455"), Style()),
        (Style(reverse=True, bgcolor="blue"), Style(reverse=True)),
    ],
)
def test_a_background_of_its_own_becomes_reverse(style: Style, expected: Style) -> None:
    plain = without_colour(style)
    assert plain.render("x") == expected.render("x")
    assert Colourless().apply([Segment("x", style)], BACKGROUND)[0].style == plain


@pytest.mark.parametrize(
    ("env", "expected"),
    [
        ({}, Look(DARK)),
        ({"COLORFGBG": "15;0"}, Look(DARK)),
        ({"COLORFGBG": "0;15"}, Look(LIGHT)),
        ({"COLORFGBG": "0;default;7"}, Look(LIGHT)),
        ({"NO_COLOR": "1"}, Look(DARK, colourless=True)),
        ({"NO_COLOR": ""}, Look(DARK)),
    ],
)
def test_the_look_comes_from_the_environment(env: dict[str, str], expected: Look) -> None:
    assert look(env) == expected


@pytest.mark.parametrize(
    ("env", "terminals", "words"),
    [
        ({"TERM": "xterm"}, (True, True), None),
        ({}, (True, True), None),
        ({"TERM": "dumb"}, (True, True), "TERM=dumb"),
        ({"TERM": "xterm"}, (False, True), "Standard input"),
        ({"TERM": "xterm"}, (True, False), "Standard error"),
    ],
)
def test_a_start_that_cannot_succeed_is_refused_in_words(
    env: dict[str, str], terminals: tuple[bool, bool], words: str | None
) -> None:
    reason = refusal(env, input_is_terminal=terminals[0], output_is_terminal=terminals[1])
    assert (words is None) == (reason is None)
    assert words is None or words in (reason or "")


def test_windows_is_pointed_at_wsl(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "win32")
    assert "WSL" in (refusal({}, input_is_terminal=True, output_is_terminal=True) or "")
