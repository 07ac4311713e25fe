"""The language of pytest's ``-k`` and ``-m``, for filtering the tree as one types.

Grammar (as in pytest's documentation): ``or`` binds weakest, then ``and``, then ``not``; parentheses; a name is any
run of letters, digits, ``_:+-.[]/`` and backslashes. Keyword arguments of markers (``-m "device(name='x')"``) are not
understood.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    Matcher = Callable[[str], bool]
    Test = Callable[[Matcher], bool]

_TOKEN = re.compile(
    r"[ \t]*(?:(?P<open>\()|(?P<close>\))|(?P<name>(?::?\w|:|\+|-|\.|\[|\]|\\|/)+)|(?P<bad>.))", re.DOTALL
)
_DEEPEST = 100
"""Parentheses inside each other; the parser calls itself for each."""


class ExpressionError(ValueError):
    """The expression is not complete, or not in the language."""


class Expression:
    """A parsed expression; an empty one holds of nothing. Raises ExpressionError."""

    def __init__(self, text: str) -> None:
        self._tokens: list[str] = []
        at = 0
        text = text.rstrip(" \t")
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None or match["bad"]:
                message = f"unexpected {match['bad'] if match else text[at:]!r} in {text!r}"
                raise ExpressionError(message)
            self._tokens.append(match[0].strip())
            at = match.end()
        self.names: set[str] = set()
        """The names in it."""
        self._at = 0
        self._depth = 0
        self._evaluate = self._or() if self._tokens else _never
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
        tests = [self._and()]
        while self._accept("or"):
            tests.append(self._and())
        return tests[0] if len(tests) == 1 else lambda matcher: any(test(matcher) for test in tests)

    def _and(self) -> Test:
        tests = [self._not()]
        while self._accept("and"):
            tests.append(self._not())
        return tests[0] if len(tests) == 1 else lambda matcher: all(test(matcher) for test in tests)

    def _not(self) -> Test:
        inverse = False
        while self._accept("not"):
            inverse = not inverse
        test = self._group() if self._accept("(") else self._name()
        return (lambda matcher: not test(matcher)) if inverse else test

    def _group(self) -> Test:
        self._depth += 1
        if self._depth > _DEEPEST:
            message = "too many parentheses"
            raise ExpressionError(message)
        test = self._or()
        if not self._accept(")"):
            message = "a parenthesis is open"
            raise ExpressionError(message)
        self._depth -= 1
        return test

    def _name(self) -> Test:
        name = self._next()
        if name is None or name in {")", "and", "or"}:
            message = f"a name is missing{f' before {name!r}' if name else ' at the end'}"
            raise ExpressionError(message)
        self._at += 1
        self.names.add(name)
        return lambda matcher: matcher(name)


def _never(_: Matcher) -> bool:
    return False
