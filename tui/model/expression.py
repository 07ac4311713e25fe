"""The language of pytest's ``-k`` and ``-m``, for filtering the tree as one types.

Grammar (as in pytest's documentation): ``or`` binds weakest, then ``and``, then ``not``; parentheses; a name is any
run of letters, digits and ``_:+-.[]\\/``. Keyword arguments of markers (``-m "device(name='x')"``) are not understood.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    Matcher = Callable[[str], bool]
    Test = Callable[[Matcher], bool]

_TOKEN = re.compile(r"\s*(?:(?P<open>\()|(?P<close>\))|(?P<name>(?::?\w|:|\+|-|\.|\[|\]|\\|/)+)|(?P<bad>\S))")


class ExpressionError(ValueError):
    """The expression is not complete, or not in the language."""


class Expression:
    """A parsed expression. Raises ExpressionError."""

    def __init__(self, text: str) -> None:
        self._tokens: list[str] = []
        at = 0
        text = text.rstrip()
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None or match["bad"]:
                message = f"unexpected {text[at:].strip()[:1]!r} in {text!r}"
                raise ExpressionError(message)
            self._tokens.append(match[0].strip())
            at = match.end()
        self._at = 0
        self._evaluate = self._or() if self._tokens else (lambda _: True)
        if self._at < len(self._tokens):
            message = f"unexpected {self._tokens[self._at]!r}"
            raise ExpressionError(message)

    def evaluate(self, matcher: Matcher) -> bool:
        """Whether it holds, where ``matcher`` says it of a name."""
        return self._evaluate(matcher)

    def _next(self) -> str | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _accept(self, token: str) -> bool:
        if self._next() == token:
            self._at += 1
            return True
        return False

    def _or(self) -> Test:
        left = self._and()
        while self._accept("or"):
            left = _either(left, self._and())
        return left

    def _and(self) -> Test:
        left = self._not()
        while self._accept("and"):
            left = _both(left, self._not())
        return left

    def _not(self) -> Test:
        if self._accept("not"):
            inner = self._not()
            return lambda matcher: not inner(matcher)
        if self._accept("("):
            grouped = self._or()
            if not self._accept(")"):
                message = "a parenthesis is open"
                raise ExpressionError(message)
            return grouped
        name = self._next()
        if name is None or name in (")", "and", "or"):
            message = f"a name is missing{f' before {name!r}' if name else ' at the end'}"
            raise ExpressionError(message)
        self._at += 1
        return _named(name)


def _named(name: str) -> Test:
    if name in ("True", "False"):
        return lambda _: name == "True"
    return lambda matcher: matcher(name)


def _either(left: Test, right: Test) -> Test:
    return lambda matcher: left(matcher) or right(matcher)


def _both(left: Test, right: Test) -> Test:
    return lambda matcher: left(matcher) and right(matcher)
