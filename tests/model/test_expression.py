"""The language of -k and -m, against pytest's own."""

from __future__ import annotations

from typing import Any

import pytest
from _pytest.mark.expression import Expression as PytestExpression
from hypothesis import example, given
from hypothesis import strategies as st

from tui.model.expression import Expression, ExpressionError

NAMES = ["slow", "db", "True", "None", "a.b", "x[1]", "::y", "a-b", "c+d", "e\\f", "g/h", "ü", "notslow", "or_", ":"]
names = st.sampled_from(NAMES)
sets_of_names = st.frozensets(names)
spaces = st.sampled_from([" ", "  ", "\t"])
sensible = st.recursive(
    names,
    lambda inner: st.one_of(
        st.builds("{}{}and{}{}".format, inner, spaces, spaces, inner),
        st.builds("{}{}or{}{}".format, inner, spaces, spaces, inner),
        st.builds("not{}{}".format, spaces, inner),
        st.builds("({})".format, inner),
        st.builds("( {} )".format, inner),
    ),
    max_leaves=12,
)
# Any order of words, most of them wrong; a name in front of a parenthesis would be a marker with arguments.
rubbish = st.lists(
    st.sampled_from([*NAMES, "and", "or", "not", "not (", ")", "and (", "", "!", "@", "\n", "'", "\x00", "#"]),
    max_size=8,
).map(" ".join)


def pytests_answer(text: str, true: frozenset[str]) -> bool | None:
    def matcher(name: str, /, **_: Any) -> bool:
        return name in true

    try:
        return PytestExpression.compile(text).evaluate(matcher)
    except SyntaxError:
        return None


def our_answer(text: str, true: frozenset[str]) -> bool | None:
    try:
        return Expression(text).evaluate(true.__contains__)
    except ExpressionError:
        return None


@given(text=sensible, true=sets_of_names)
@example(text="slow or db and not slow", true=frozenset({"db"}))
@example(text="not slow and db", true=frozenset())
@example(text="True", true=frozenset())
def test_truth_is_pytests(text: str, true: frozenset[str]) -> None:
    answer = our_answer(text, true)
    assert answer is not None
    assert answer is pytests_answer(text, true)


@given(text=rubbish, true=sets_of_names)
@example(text="", true=frozenset())
@example(text=" \t", true=frozenset())
@example(text="slow\n", true=frozenset())
@example(text="slow\xa0db", true=frozenset())
def test_accepts_what_pytest_accepts(text: str, true: frozenset[str]) -> None:
    assert our_answer(text, true) is pytests_answer(text, true)


@given(text=st.text(st.characters(exclude_characters="="), max_size=12), true=sets_of_names)
def test_any_text(text: str, true: frozenset[str]) -> None:
    assert our_answer(text, true) is pytests_answer(text, true)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("(slow", "a parenthesis is open"),
        ("slow and", "a name is missing at the end"),
        ("slow and or db", "a name is missing before 'or'"),
        ("slow db", "unexpected 'db'"),
        ("slow)", r"unexpected '\)'"),
        ("slow ! db", "unexpected '!' in 'slow ! db'"),
        ("slow(x=1)", r"unexpected '='"),
    ],
)
def test_words_for_what_is_wrong(text: str, words: str) -> None:
    with pytest.raises(ExpressionError, match=words):
        Expression(text)


@pytest.mark.parametrize("text", ["(" * 5000, "(" * 5000 + "a" + ")" * 5000])
def test_deep_parentheses_are_an_error_of_the_text(text: str) -> None:
    with pytest.raises(ExpressionError, match="too many parentheses"):
        Expression(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [(" or ".join(["a"] * 5000), False), (" and ".join(["b"] * 5000), True), ("not " * 5001 + "b", False)],
    ids=["or", "and", "not"],
)
def test_long_expressions(text: str, expected: bool) -> None:
    assert Expression(text).evaluate(lambda name: name == "b") is expected
