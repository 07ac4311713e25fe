"""Text of strangers: no character of it moves the cursor, and it fits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.ui.widgets.visible import clock, first_line, fit, fit_middle, running, seconds, took, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("test_plain[a b]", "test_plain[a b]"),
        ("a\nb\tc\rd", r"a\nb\tc\rd"),
        ("\x1b[31mred", r"\e[31mred"),
        ("\x00\x7f\x9b", r"\x00\x7f\x9b"),
        ("\ud800", r"\ud800"),
        ("right\u202eleft", r"right\u202eleft"),
        ("zero\u200bwidth\u200djoiner", r"zero\u200bwidth\u200djoiner"),
        ("line\u2028end", r"line\u2028end"),
        ("heart\u2764\ufe0f", "heart\u2764\\ufe0f"),
        ("\u0301first", "\\u0301first"),
        ("e\u0301", "e\u0301"),
        ("日本", "日本"),
        ("", ""),
    ],
)
def test_what_is_no_visible_character_is_escaped(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize(
    ("text", "cells", "fitted"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdef", 5, "abcd…"),
        ("abcdef", 1, "…"),
        ("abcdef", 0, ""),
        ("日本語", 6, "日本語"),
        ("日本語", 5, "日本…"),
        ("日本語", 4, "日…"),
        ("e\u0301e\u0301e\u0301", 3, "e\u0301e\u0301e\u0301"),
        ("e\u0301e\u0301e\u0301", 2, "e\u0301…"),
        ("x" * 10_000, 4, "xxx…"),
        ("\n" * 10_000, 5, r"\n\n…"),
    ],
)
def test_text_is_cut_by_cells(text: str, cells: int, fitted: str) -> None:
    assert fit(text, cells, "…") == (fitted, cell_len(fitted))


@given(st.text(st.characters(codec=None)), st.integers(min_value=0, max_value=40))
def test_any_text_fits_and_is_printable(text: str, cells: int) -> None:
    fitted, taken = fit(text, cells, "~")
    assert taken == cell_len(fitted) <= cells
    assert fitted.isprintable()


def test_marks_without_end_are_cut() -> None:
    fitted, taken = fit("a" + "\u0301" * 100_000, 10, "…")
    assert taken <= 10
    assert len(fitted) < 100


@pytest.mark.parametrize(
    ("text", "cells", "shown"),
    [
        ("test_one", 8, "test_one"),
        ("test_one[x]", 8, "test…[x]"),
        ("test_one[x]", 7, "tes…[x]"),
        ("test_one", 1, "…"),
        ("test_one", 0, ""),
        ("ab\ncd\nef", 7, "ab\\…\\nef"[:4] + "nef"),
        ("日本語の名前", 7, "日…前"),
        ("日本語の名前", 12, "日本語の名前"),
        ("x" * 9 + "日", 5, "xx…日"),
    ],
)
def test_both_ends_stay(text: str, cells: int, shown: str) -> None:
    assert fit_middle(text, cells, "…") == shown


@pytest.mark.parametrize("cells", range(60))
@pytest.mark.parametrize("text", ["e\u0301" * 40, "👩‍👩‍👧" * 20, "a\x1b[31m日" * 30, "a" * 1_000_000])
def test_middle_takes_no_more_than_its_room(text: str, cells: int) -> None:
    assert cell_len(fit_middle(text, cells, "…")) <= cells


@pytest.mark.parametrize(
    ("message", "line"),
    [
        ("AssertionError: assert 1 == 2\n +  where 1 = f()", "assert 1 == 2"),
        ("assert 1 == 2", "assert 1 == 2"),
        ("\n\n  KeyError: 'usd'\n", "KeyError: 'usd'"),
        ("E   ValueError: no", "ValueError: no"),
        ("AssertionError\nsecond", "second"),
        ("AssertionError", "AssertionError"),
        ("", ""),
    ],
)
def test_first_line_says_most(message: str, line: str) -> None:
    assert first_line(message) == line


@pytest.mark.parametrize(
    ("duration", "shown"),
    [
        (0, "0ms"),
        (0.0021, "2ms"),
        (0.0994, "99ms"),
        (0.0996, "0.1s"),
        (0.4, "0.4s"),
        (59.94, "59.9s"),
        (59.96, "1:00"),
        (62, "1:02"),
        (3599.6, "1:00:00"),
        (3723, "1:02:03"),
    ],
)
def test_seconds(duration: float, shown: str) -> None:
    assert seconds(duration) == shown


@pytest.mark.parametrize(("duration", "shown"), [(0.9, ""), (1, "1s"), (2.9, "2s"), (59.9, "59s"), (62, "1:02")])
def test_running(duration: float, shown: str) -> None:
    assert running(duration) == shown


@pytest.mark.parametrize(
    ("duration", "shown"),
    [(0.09, "0.09 s"), (6.24, "6.2 s"), (9.96, "10 s"), (42.4, "42 s"), (59.6, "1:00"), (62, "1:02")],
)
def test_took(duration: float, shown: str) -> None:
    assert took(duration) == shown


@pytest.mark.parametrize(("duration", "shown"), [(7.9, "0:07"), (600, "10:00"), (3661, "1:01:01")])
def test_clock(duration: float, shown: str) -> None:
    assert clock(duration) == shown
