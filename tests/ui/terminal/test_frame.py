"""Cells, ranges and sequences: whatever stood on a line, the frame turns it into the new one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style

from tests.ui.terminal.recording import picture, text_of
from tui.ui.terminal.cells import PLAIN, Ink, Line, ink_of, on_blank
from tui.ui.terminal.frame import FrameWriter, changed_ranges

WIDTH = 24
STYLES = [
    Style(),
    Style(color="default", bgcolor="default"),
    Style(color="red", bold=True),
    Style(bgcolor="blue"),
    Style(reverse=True),
    Style(color="green", underline=True),
    Style(color="#102030", bgcolor="color(39)"),
]
PIECES = ["a", "b", "word", " ", "   ", "漢", "日本", "e\u0301", "✓", "é", "🚀"]


def line(*segments: tuple[str, Style], width: int = WIDTH) -> Line:
    """A line of this width, cut or filled with blanks."""
    return Line(
        Segment.adjust_line_length([Segment(*segment) for segment in segments], width),
        ColorSystem.TRUECOLOR,
    )


lines = st.lists(
    st.tuples(
        st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("".join),
        st.sampled_from(STYLES),
    ),
    max_size=6,
).map(lambda segments: line(*segments))


def frame(*rows: tuple[Line, Line | None]) -> str:
    writer = FrameWriter()
    for y, (new, old) in enumerate(rows):
        writer.write_line(y, new, old)
    return writer.finish()


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(st.tuples(lines, lines), min_size=1, max_size=3))
def test_the_difference_turns_the_old_picture_into_the_new_one(
    rows: list[tuple[Line, Line]],
) -> None:
    before = frame(*((old, None) for old, _ in rows))
    change = frame(*((new, old) for old, new in rows))
    afresh = frame(*((new, None) for _, new in rows))
    assert picture(before + change, WIDTH, 3) == picture(afresh, WIDTH, 3)
    assert len(change) <= len(afresh) + 8 * sum(len(list(changed_ranges(*row))) for row in rows)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(lines)
def test_a_whole_line_shows_what_the_segments_say(drawn: Line) -> None:
    plain = "".join((style or Style()).render(text) for text, style, _ in drawn.segments)
    assert picture(frame((drawn, None)), WIDTH, 1) == picture(plain, WIDTH, 1)


def test_an_unchanged_line_costs_nothing() -> None:
    assert frame((line(("same", Style(bold=True))), line(("same", Style(bold=True))))) == ""


def test_only_the_changed_cell_is_sent() -> None:
    old = line(("  ✓ name", Style()))
    new = line(("  ✗ name", Style()))
    assert frame((new, old)) == "\x1b[1;3H✗"


def test_a_line_of_another_width_is_sent_whole() -> None:
    narrow, wide = line(("same", Style()), width=10), line(("same", Style()), width=12)
    assert frame((wide, narrow)) == frame((wide, None))


def test_a_style_alone_is_a_change() -> None:
    old, new = line(("name", Style())), line(("name", Style(bold=True)))
    assert frame((new, old)) == "\x1b[1H\x1b[1mname\x1b[m"


def test_colours_that_a_blank_does_not_show_are_no_change() -> None:
    old, new = line(("  x", Style())), line(("  ", Style(color="red", bold=True)), ("x", Style()))
    assert frame((new, old)) == ""


def test_a_blank_tail_is_erased_rather_than_written() -> None:
    old, new = line(("a long old text", Style())), line(("a", Style()))
    assert frame((new, old)) == "\x1b[1;3H\x1b[K"


def test_a_coloured_tail_is_written() -> None:
    new = line(("a" + " " * (WIDTH - 1), Style(bgcolor="red")))
    assert frame((new, None)) == f"\x1b[1H\x1b[41ma{' ' * (WIDTH - 1)}\x1b[m"


def test_neighbouring_runs_change_the_ink_without_going_through_plain_twice() -> None:
    new = line(("ab", Style(color="red")), ("cd", Style(color="green")), width=4)
    assert frame((new, None)) == "\x1b[1H\x1b[31mab\x1b[0;32mcd\x1b[m"


@pytest.mark.parametrize(
    ("old", "new", "ranges"),
    [
        ("ab漢d", "abxyd", [(2, 4)]),
        ("abxyd", "ab漢d", [(2, 4)]),
        ("漢字", "漢子", [(2, 4)]),
        ("a漢b", "漢ab", [(0, 3)]),
        ("e\u0301x", "e\u0300x", [(0, 1)]),
        ("a.....b", "x.....y", [(0, 1), (6, 7)]),
        ("a..b", "x..y", [(0, 4)]),
    ],
)
def test_ranges_never_cut_a_wide_character(old: str, new: str, ranges: list[tuple[int, int]]) -> None:
    before, after = line((old, Style()), width=WIDTH), line((new, Style()), width=WIDTH)
    assert list(changed_ranges(before, after)) == ranges


@pytest.mark.parametrize("text", ["👩\u200d👩", "❤\ufe0f", "🇨🇭", "👍🏽"])
def test_a_line_whose_width_terminals_disagree_about_is_sent_whole(text: str) -> None:
    old, new = line((f"{text} one", Style())), line((f"{text} two", Style()))
    assert new.fragile
    assert frame((new, old)) == frame((new, None))
    followed = frame((new, old), (line(("x", Style())), None))
    assert "\x1b[2Hx" in followed


@pytest.mark.parametrize("text", ["漢字", "e\u0301", "✓ ok", "🚀"])
def test_what_all_terminals_agree_about_is_not_fragile(text: str) -> None:
    assert not line((text, Style())).fragile


def test_a_mark_at_the_start_of_a_segment_belongs_to_the_character_before() -> None:
    drawn = Line([Segment("漢"), Segment("\u0301x")], ColorSystem.STANDARD)
    assert drawn.texts == ["漢\u0301", "", "x"]
    assert len(drawn.inks) == len(drawn.texts)


@pytest.mark.parametrize(
    ("style", "sgr"),
    [
        (Style(color="default", bgcolor="default"), ""),
        (Style(color="red", bgcolor="default", bold=True), "1;31"),
        (Style(color="color(39)"), "38;5;39"),
        (Style(bgcolor="color(49)"), "48;5;49"),
        (Style(color="#272727", bgcolor="#273149"), "38;2;39;39;39;48;2;39;49;73"),
    ],
)
def test_default_colours_cost_nothing_and_others_stay(style: Style, sgr: str) -> None:
    assert ink_of(style, ColorSystem.TRUECOLOR) == Ink(sgr)


@pytest.mark.parametrize(
    ("sgr", "seen"),
    [
        ("1;31", ""),
        ("1;31;44", "44"),
        ("38;5;44;48;5;31", "48;5;31"),
        ("7;31", "7;31"),
        ("4;2", "4;2"),
        ("38;2;7;4;9", ""),
    ],
)
def test_what_is_seen_of_an_ink_on_a_blank(sgr: str, seen: str) -> None:
    assert on_blank(Ink(sgr)) == Ink(seen)


def test_a_link_is_opened_and_closed() -> None:
    drawn = line(("go", Style(link="https://example.org")), width=2)
    assert frame((drawn, None)) == "\x1b[1H\x1b]8;;https://example.org\x1b\\go\x1b]8;;\x1b\\"
    assert PLAIN not in drawn.inks


def test_the_picture_is_readable() -> None:
    assert text_of(picture(frame((line(("hello", Style())), None)), WIDTH, 1)) == "hello"
