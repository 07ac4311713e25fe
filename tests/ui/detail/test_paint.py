"""Painting lines: colours are kept, and nothing else of foreign text can reach the terminal."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from tui.ui.detail.document import Line, Look
from tui.ui.detail.paint import clean, paint

BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
CONSOLE = Console(width=10_000, color_system="truecolor", force_terminal=True, legacy_windows=False, _environ={})

pieces = st.one_of(
    st.text(),
    st.sampled_from(
        ["\x1b", "\x1b[", "\x1b]", "\x1b]8;;http://a.b\x1b\\", "\x1bP", "\x07", "\x1b\\", "\x9b", "\x9d", "\r"]
    ),
    st.sampled_from(
        [
            "\x1b[2J",
            "\x1b[31m",
            "\x1b[0m",
            "\x1b[?1049h",
            "\x1b[1;1H",
            "\x1b[6n",
            "\x1bc",
            "\x1b[5;7m",
            "\x1b[6m",
            "\x1b[>4;2m",
            "\b",
            "\t",
            "\n",
            "日本",
        ]
    ),
    st.sampled_from([*BIDI, "\ud800", "\u2028", "\u2029", "\x85", "\x7f", "8;;x", "31m", "[", "]", ";", "m"]),
)
texts = st.lists(pieces, max_size=12).map("".join)


def is_harmful(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} or character in BIDI


def spans(text: Text) -> list[tuple[str, str]]:
    """The parts of a text that have a style, and that style."""
    return [(text.plain[span.start : span.end], str(span.style)) for span in text.spans]


@given(texts, st.sampled_from(Look), st.booleans())
@example("\x1b\x1b[K]8;;http://evil\x1b\\text", Look.ANSI, True)
@example("\x1b\x1b[K[2J", Look.ANSI, True)
@example("a\x1b[\x1b[0m2J", Look.ANSI, True)
@example("two\nlines", Look.ANSI, True)
@example("two\nlines", Look.DIM, True)
@example("\x1b[31m\u061c", Look.ANSI, True)
def test_nothing_but_colour_can_get_out(text: str, look: Look, dark: bool) -> None:
    painted = paint(Line(look, text), dark=dark)
    assert [character for character in painted.plain if is_harmful(character)] == []
    for segment in painted.render(CONSOLE):
        assert segment.control is None
        assert [character for character in segment.text if is_harmful(character)] == []
        if segment.style is not None:
            assert segment.style.link is None
            written = segment.style.render(segment.text, color_system=CONSOLE._color_system)
            assert re.sub(r"\x1b\[[0-9;]*m", "", written) == segment.text
            assert not segment.style.blink
            assert not segment.style.blink2


@given(texts)
def test_cleaning_is_done_after_once(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert not any(is_harmful(character) for character in once)


@given(st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Mn", "Zs"])), st.sampled_from(Look))
def test_text_of_letters_stays_as_it_is(text: str, look: Look) -> None:
    plain = paint(Line(look, text), dark=True).plain
    assert plain.rstrip() == text.rstrip()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", []),
        ("\x1b[4:3mcurly", []),
        ("\x1b[31mred\x1b[0m not", [("red", "color(1)")]),
        ("\x1b[1;32mboth\x1b[m", [("both", "bold color(2)")]),
        ("a\x1b[38;5;208mb\x1b[0mc", [("b", "color(208)")]),
        ("\x1b[38;2;1;2;3mrgb", [("rgb", "#010203")]),
        ("\x1b[31m日本\x1b[0m語", [("日本", "color(1)")]),
    ],
)
def test_colours_of_output_are_kept(text: str, expected: list[tuple[str, str]]) -> None:
    assert spans(paint(Line(Look.ANSI, text), dark=True)) == expected


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2Jcleared", "cleared"),
        ("\x1b]0;title\x07words", "words"),
        ("\x1b]0;title\x1b\\words", "words"),
        ("\x1b]8;;http://a.b\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1bPq#0\x1b\\sixel", "sixel"),
        ("\x1b[?1049hscreen\x1b[?1049l", "screen"),
        ("\x1b(Bset", "set"),
        ("\x1b7saved\x1b8", "saved"),
        ("\x1bcreset", "reset"),
        ("\x1b[>4;2mkeys", "·[>4;2mkeys"),
        ("cut off\x1b[", "cut off"),
        ("cut off\x1b[31", "cut off"),
        ("\x9b31mC1", "·31mC1"),
        ("bell\x07", "bell·"),
        ("nul\x00", "nul·"),
        ("turned \u202egpj.exe", "turned ·gpj.exe"),
        ("lone \ud83d half", "lone · half"),
        ("a\tb", "a       b"),
        ("日本語\x1b[5n", "日本語"),
    ],
)
@pytest.mark.parametrize("look", [Look.ANSI, Look.PLAIN, Look.ERROR])
def test_all_else_is_taken_out_or_shown(text: str, shown: str, look: Look) -> None:
    assert paint(Line(look, text), dark=True).plain == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("10%\r50%\r100%", "100%"),
        ("done\r", "done"),
        ("done\r\r", "done"),
        ("abc\b\bX", "aX"),
        ("\b\bX", "X"),
        ("_\bb_\bo", "bo"),
        ("\x1b[31m10%\r\x1b[32m99%", "99%"),
        ("50\x1b[31m%\b\b\b60%", "60%"),
    ],
)
def test_output_that_goes_back(text: str, shown: str) -> None:
    assert paint(Line(Look.ANSI, text), dark=True).plain == shown


def test_many_backspaces_take_no_time_of_their_own() -> None:
    """They are worked off in few passes, however many there are side by side."""
    assert paint(Line(Look.ANSI, "x" * 1000 + "\b" * 1000 + "end"), dark=True).plain == "end"


@pytest.mark.parametrize(
    ("text", "style"),
    [
        ("- old", "red"),
        ("+ new", "green"),
        ("? ^^^", "dim"),
        ("E         - old", "red"),
        ("E         + new", "green"),
        ("E         ?  ++", "dim"),
        ("E       -", "red"),
        ("E       assert 1 == 2", "bold red"),
        ("E        +  where 1 = f()", "bold red"),
        ("E        +  and   2 = g()", "bold red"),
        ("E       -1 is not what was wanted", "bold red"),
        ("KeyError: 'usd'", "bold red"),
    ],
)
def test_diffs_have_the_colours_of_diffs(text: str, style: str) -> None:
    assert spans(paint(Line(Look.ERROR, text), dark=True)) == [(text, style)]


@pytest.mark.parametrize(
    ("look", "style"),
    [
        (Look.DIM, "dim"),
        (Look.HEADING, "bold"),
        (Look.PLACE, "cyan"),
        (Look.GOOD, "green"),
        (Look.BAD, "red"),
        (Look.WARN, "yellow"),
    ],
)
def test_each_look_has_its_style(look: Look, style: str) -> None:
    assert spans(paint(Line(look, "words"), dark=True)) == [("words", style)]


@pytest.mark.parametrize("dark", [True, False])
def test_code_is_coloured_and_the_line_that_failed_is_bold(dark: bool) -> None:
    plain = paint(Line(Look.CODE, "    return 'text'  # why"), dark=dark)
    assert plain.plain == "    return 'text'  # why"
    styles = {part.strip(): style for part, style in spans(plain)}
    assert len({styles["return"], styles["text"], styles["# why"]}) == 3
    failing = paint(Line(Look.FAILING, "    return 'text'  # why"), dark=dark)
    assert (failing.plain, "bold") in spans(failing)


def test_code_keeps_its_blanks_and_the_width_of_wide_characters() -> None:
    text = "        x = '日本語'\t# ok"
    painted = paint(Line(Look.CODE, text), dark=True)
    assert painted.plain.startswith("        x = '日本語'")
    assert cell_len(painted.plain) == sum(cell_len(segment.text) for segment in painted.render(CONSOLE))


def test_half_a_string_is_code_all_the_same() -> None:
    """A traceback is coloured line by line: a line may begin inside a string."""
    assert paint(Line(Look.CODE, "  end of a text''' + b"), dark=True).plain == "  end of a text''' + b"
