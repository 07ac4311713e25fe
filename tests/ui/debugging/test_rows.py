"""The rows of the inspector, without a screen."""

from __future__ import annotations

import pytest

from tui.engine.debugging.values import Answer, FrozenException, FrozenFailure, FrozenFrame, LocalValue
from tui.ui.locals.rows import (
    NoteRow,
    ValueRow,
    first_frame,
    frame_rows,
    heading_of,
    place_of,
    text_of,
    value_rows,
)

ROOT = "/home/ada/shop"
TEST = FrozenFrame(f"{ROOT}/tests/test_cart.py", 7, "test_total")
OWN = FrozenFrame(f"{ROOT}/shop/cart.py", 31, "price")
HELPER = FrozenFrame(f"{ROOT}/tests/helper.py", 3, "check", hidden=True)
LIBRARY = FrozenFrame("/usr/lib/python3.11/json/decoder.py", 355, "raw_decode", own=False)


def failure(*exceptions: FrozenException, when: str = "call", default: tuple[int, int] = (0, 0)) -> FrozenFailure:
    return FrozenFailure("1-main-1", ("a.py::a", 0), when, exceptions, default, 1, "", 7)


def raised(
    *frames: FrozenFrame, label: str = "raised", kind: str = "KeyError", message: str = "'usd'"
) -> FrozenException:
    return FrozenException(label, kind, message, None if label == "raised" else 0, frames)


def test_the_person_s_own_frames_before_others_the_deepest_first() -> None:
    rows = frame_rows([failure(raised(TEST, HELPER, OWN, LIBRARY))])
    assert [row.shown for row in rows] == [None, OWN, TEST, LIBRARY, HELPER]


def test_begins_where_the_failure_has_its_place() -> None:
    rows = frame_rows([failure(raised(TEST), raised(TEST, OWN, label="cause"), default=(1, 1))])
    assert rows[first_frame(rows)].shown is OWN
    assert first_frame([]) == 0


def test_exception_without_frames() -> None:
    rows = frame_rows([failure(raised())])
    assert (len(rows), first_frame(rows)) == (1, 0)


@pytest.mark.parametrize(
    ("label", "when", "words"),
    [
        ("raised", "call", "KeyError: 'usd'"),
        ("raised", "setup", "setup: KeyError: 'usd'"),
        ("cause", "setup", "caused by KeyError: 'usd'"),
        ("context", "call", "while handling KeyError: 'usd'"),
        ("member 2", "call", "member 2: KeyError: 'usd'"),
    ],
)
def test_how_an_exception_came(label: str, when: str, words: str) -> None:
    chain = [raised(TEST, label="raised")] + ([raised(TEST, label=label)] if label != "raised" else [])
    rows = [row for row in frame_rows([failure(*chain, when=when)]) if row.shown is None]
    assert heading_of(rows[-1]) == words


def test_exception_without_words() -> None:
    (row, *_) = frame_rows([failure(raised(TEST, message=""))])
    assert heading_of(row) == "KeyError"


@pytest.mark.parametrize(
    ("frame", "place"),
    [(TEST, "tests/test_cart.py:7"), (LIBRARY, "json/decoder.py:355"), (FrozenFrame("<string>", 1, "f"), "<string>:1")],
)
def test_places(frame: FrozenFrame, place: str) -> None:
    assert place_of(frame, ROOT) == place


def test_values_know_the_way_to_them() -> None:
    (row,) = value_rows(Answer(values=(LocalValue("cart", "Cart", "<cart>", more=True, step="cart"),)))
    assert isinstance(row, ValueRow)
    inside = value_rows(Answer(values=(LocalValue(".items", "list", "[1]", more=True, step="items"),), cut=12), row)
    assert [(each.path, each.depth) for each in inside if isinstance(each, ValueRow)] == [(("cart", "items"), 1)]
    assert [text_of(each) for each in inside] == ["  .items = [1]", "  12 more"]


@pytest.mark.parametrize(
    ("answer", "words", "bad"),
    [(Answer(), "no variables", False), (Answer("No answer came in time."), "No answer came in time.", True)],
)
def test_words_where_there_are_no_values(answer: Answer, words: str, bad: bool) -> None:
    assert [(row.text, row.is_bad) for row in value_rows(answer) if isinstance(row, NoteRow)] == [(words, bad)]


def test_a_value_without_a_repr_says_why() -> None:
    (row,) = value_rows(Answer(values=(LocalValue("odd", "Odd", "", more=False, step="odd", why="its repr raises"),)))
    assert text_of(row) == "odd = its repr raises"
