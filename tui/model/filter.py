"""The filter of the tree: words, ``!word``, ``is:state``, ``-k EXPR`` and ``-m EXPR``; all must match."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tui.model.expression import Expression, ExpressionError
from tui.model.nodes import Branch, Item, Kind
from tui.model.outcome import Status

if TYPE_CHECKING:
    from collections.abc import Callable

SLOW_SECONDS = 1.0
"""An item that took at least this long is slow."""

_STATES: dict[str, Callable[[Item], bool]] = {
    "passed": lambda item: item.status is Status.PASSED,
    "failed": lambda item: item.status in (Status.FAILED, Status.CRASHED),
    "error": lambda item: item.status is Status.ERROR,
    "bad": lambda item: item.status.is_bad,
    "crashed": lambda item: item.status is Status.CRASHED,
    "skipped": lambda item: item.status is Status.SKIPPED,
    "xfailed": lambda item: item.status is Status.XFAILED,
    "xpassed": lambda item: item.status is Status.XPASSED,
    "running": lambda item: item.status is Status.RUNNING,
    "queued": lambda item: item.status is Status.QUEUED,
    "notrun": lambda item: item.status is Status.NOT_RUN,
    "stale": lambda item: item.stale,
    "slow": lambda item: item.seconds >= SLOW_SECONDS,
    "marked": lambda item: item.marked or any(branch.marked for branch in _above(item)),
}
STATES = tuple(_STATES)
"""The words that ``is:`` knows."""

_OPTION = re.compile(r"(?:^|\s)-(?P<option>[km])(?:\s+|=)?(?P<text>'[^']*'|\"[^\"]*\"|.*?)(?=\s+-[km]\b|$)")


class FilterError(ValueError):
    """The text is no filter (yet); the message says why, in words for the person."""


class Filter:
    """A parsed filter. Raises FilterError."""

    def __init__(self, text: str) -> None:
        self.text = text.strip()
        self._tests: list[Callable[[Item], bool]] = []
        rest = _OPTION.sub(self._option, self.text)
        for word in rest.split():
            self._word(word)

    def __bool__(self) -> bool:
        return bool(self._tests)

    def matches(self, item: Item) -> bool:
        """Whether the filter shows the item."""
        return all(test(item) for test in self._tests)

    def _option(self, match: re.Match[str]) -> str:
        text = match["text"].strip("'\"")
        try:
            expression = Expression(text)
        except ExpressionError as error:
            message = f"-{match['option']}: {error}"
            raise FilterError(message) from None
        names = _markers if match["option"] == "m" else _keywords
        self._tests.append(lambda item: expression.evaluate(names(item)))
        return " "

    def _word(self, word: str) -> None:
        inverse = word.startswith("!")
        word = word.removeprefix("!")
        if not word:
            return
        if word.startswith("is:"):
            state = _STATES.get(word[3:])
            if state is None:
                message = f"is: knows {', '.join(STATES)}"
                raise FilterError(message)
            test = state
        else:
            lowered = word.lower()

            def test(item: Item) -> bool:
                return lowered in item.nodeid.lower()

        self._tests.append((lambda item: not test(item)) if inverse else test)


def _markers(item: Item) -> Callable[[str], bool]:
    return lambda name: name in item.markers


def _keywords(item: Item) -> Callable[[str], bool]:
    """Names as pytest's ``-k`` looks at them: of the nodes above and the item, and of its markers; any case."""
    names = [item.label if item.function is None else item.function + item.label, *item.markers]
    names += [branch.name for branch in _above(item) if branch.kind != Kind.ROOT]
    lowered = [name.lower() for name in names]
    return lambda name: any(name.lower() in each for each in lowered)


def _above(item: Item) -> list[Branch]:
    branches = []
    branch: Branch | None = item.parent
    while branch is not None:
        branches.append(branch)
        branch = branch.parent
    return branches
