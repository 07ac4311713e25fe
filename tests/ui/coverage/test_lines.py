"""What is said of lines, which of them are worth a look, and which function they are in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import wcwidth

from tests.ui.coverage.made_up import SOURCE, lines_of_cart
from tui.model.coverage import FileLines, LineState
from tui.ui.coverage.functions import Function, enclosing, functions
from tui.ui.coverage.gutter import AGAINST_GIT, SAVED, SIGNS, change_of, next_place, places, state_of, words_of

STATES = {
    "c": LineState.COVERED,
    "m": LineState.MISSED,
    "p": LineState.PARTIAL,
    ".": LineState.PLAIN,
    "x": LineState.EXCLUDED,
}


def test_every_state_has_a_glyph_and_a_letter_of_its_own() -> None:
    assert set(SIGNS) == set(LineState)
    signs = [*SIGNS.values(), SAVED]
    assert len({sign.glyph for sign in signs}) == len(signs)
    assert len({sign.letter for sign in signs}) == len(signs)
    for sign in (*signs, AGAINST_GIT):
        assert wcwidth(sign.glyph) == 1
        assert sign.letter.isascii()


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ("", []),
        ("ccc", []),
        ("cmmc", [2]),
        ("cm..mc", [2]),
        ("cmcm", [2, 4]),
        ("pp", [1, 2]),
        ("cpmm", [2, 3]),
        ("mxm", [1, 3]),
    ],
)
def test_places_are_lines_that_belong_together(states: str, expected: list[int]) -> None:
    assert places([STATES[state] for state in states]) == expected


@pytest.mark.parametrize(
    ("line", "direction", "expected"), [(1, 1, 9), (9, 1, 10), (11, 1, 13), (13, 1, 9), (9, -1, 13), (12, -1, 10)]
)
def test_next_place_goes_round(line: int, direction: int, expected: int) -> None:
    assert next_place([9, 10, 13], line, direction) == expected


def test_no_place_where_all_is_covered() -> None:
    assert next_place([], 3, 1) is None


def test_words_of_a_line_say_all_that_its_gutter_shows() -> None:
    lines = lines_of_cart()
    assert words_of(lines, 9) == "in part: never jumped to line 10"
    assert words_of(lines, 12) == "in part: the condition was never true, changed since HEAD"
    assert words_of(lines, 13) == "not covered"
    assert words_of(lines, 17) == "excluded"
    assert words_of(lines, 20) == "changed since it was measured, changed by the last save"
    assert words_of(lines, 2) == "no statement"


def test_last_save_outweighs_git() -> None:
    lines = lines_of_cart()
    assert change_of(lines, 20) is SAVED
    assert change_of(lines, 12) is AGAINST_GIT
    assert change_of(lines, 1) is None


def test_lines_without_a_state_are_stale() -> None:
    assert state_of(FileLines("a.py", ("one", "two"), (LineState.COVERED,)), 2) is LineState.STALE


def test_functions_know_their_place() -> None:
    found = functions(SOURCE)
    assert [each.name for each in found] == ["Cart", "Cart.__init__", "Cart.total", "Cart.__repr__", "Cart.new"]
    assert enclosing(found, 13) == Function("Cart.total", 8, 15)
    assert enclosing(found, 7) == Function("Cart", 4, 21)
    assert enclosing(found, 1) is None


def test_functions_inside_of_statements_are_found_with_their_decorators() -> None:
    source = [
        "if 1:",
        "    try:",
        "        @one",
        "        @two",
        "        async def inner(): pass",
        "    finally: pass",
    ]
    assert functions(source) == [Function("inner", 3, 5)]


@pytest.mark.parametrize("source", [["def broken(:"], ["\0"], ["("] * 1000])
def test_source_that_cannot_be_parsed_has_no_functions(source: list[str]) -> None:
    assert functions(source) == []


@given(st.lists(st.sampled_from(list(LineState)), max_size=40))
def test_every_missed_line_belongs_to_a_place(states: list[LineState]) -> None:
    found = places(states)
    assert all(states[place - 1] in (LineState.MISSED, LineState.PARTIAL) for place in found)
    for number, state in enumerate(states, start=1):
        if state is LineState.MISSED:
            start = max(place for place in found if place <= number)
            assert set(states[start - 1 : number]) <= {LineState.MISSED, LineState.PLAIN}
