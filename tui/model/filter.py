"""The filter of the tree: words, ``!word``, ``is:state``, ``-k EXPR`` and ``-m EXPR``; all must match."""

from __future__ import annotations

import re
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Protocol

from tui.model.expression import Expression, ExpressionError
from tui.model.nodes import Branch, Item, Kind
from tui.model.outcome import BAD, STALE, Status

if TYPE_CHECKING:
    from collections.abc import Callable

    Predicate = Callable[[Item], bool]

SLOW_SECONDS = 1.0
"""An item that took at least this long is slow."""

_OPTION = re.compile(
    r"(?:^|\s)-(?P<option>[km])(?:\s+|=)?"
    r"(?:(?P<quote>['\"])(?P<quoted>.*?)(?P=quote)(?=\s|$)|(?P<text>.*?)(?=\s+-[km]\b|$))"
)


class FilterError(ValueError):
    """The text is no filter (yet); the message says why, in words for the person."""


class Filter:
    """A parsed filter. ``slow`` are the seconds from which ``is:slow`` holds. Raises FilterError."""

    def __init__(self, text: str, *, slow: float = SLOW_SECONDS) -> None:
        self.text = text.strip()
        self._slow = slow
        self._tests: list[_Test] = []
        rest = _OPTION.sub(self._option, self.text)
        for word in rest.split():
            self._word(word)
        self._counters = [counters for test in self._tests if (counters := test.counters)]

    def __bool__(self) -> bool:
        return bool(self._tests)

    @property
    def follows_results(self) -> bool:
        """Whether what it shows can change while the nodes stay the same."""
        return any(test.follows_results for test in self._tests)

    def matches(self, item: Item) -> bool:
        """Whether the filter shows the item."""
        return bool(self.select([item]))

    def matches_broken(self, branch: Branch) -> bool:
        """Whether the filter shows a branch whose collection failed or was skipped, for its own sake."""
        return all(test.broken(branch) for test in self._tests)

    def select(self, items: list[Item]) -> list[Item]:
        """Those that match. Quickest in order of the tree: what siblings share is worked out once."""
        for test in self._tests:
            items = test.select(items)
        return items

    @property
    def prunes(self) -> bool:
        """Whether counters tell anything, so that asking ``may_match`` can spare work."""
        return bool(self._counters)

    def may_match(self, branch: Branch) -> bool:
        """False if the branch's counters tell that nothing below it matches."""
        return all(any(branch.counts[counter] for counter in counters) for counters in self._counters)

    def _option(self, match: re.Match[str]) -> str:
        text = match["quoted"] if match["quote"] else match["text"].strip("'\"")
        if not text.strip():
            return " "
        try:
            expression = Expression(text)
        except ExpressionError as error:
            message = f"-{match['option']}: {error}"
            raise FilterError(message) from None
        self._tests.append(_Markers(expression) if match["option"] == "m" else _Keywords(expression))
        return " "

    def _word(self, word: str) -> None:
        inverse = word.startswith("!")
        word = word.removeprefix("!")
        if not word:
            return
        test: _Test = _Word(word)
        if word.startswith("is:"):
            if word[3:] not in _STATES:
                message = f"is: knows {', '.join(STATES)}"
                raise FilterError(message)
            slow = self._slow
            test = _State(lambda item: item.seconds >= slow) if word == "is:slow" else _STATES[word[3:]]
        self._tests.append(_Not(test) if inverse else test)


class _Test(Protocol):
    """One part of a filter; what its methods mean is told in Filter.

    ``counters`` are those of a branch that count what it lets through; empty if none does.
    """

    @property
    def follows_results(self) -> bool: ...

    @property
    def counters(self) -> tuple[int, ...]: ...

    def select(self, items: list[Item]) -> list[Item]: ...

    def broken(self, branch: Branch) -> bool: ...


class _Not:
    counters: tuple[int, ...] = ()

    def __init__(self, inner: _Test) -> None:
        self.follows_results = inner.follows_results
        self._inner = inner

    def select(self, items: list[Item]) -> list[Item]:
        selected = set(map(id, self._inner.select(items)))
        return [item for item in items if id(item) not in selected]

    def broken(self, branch: Branch) -> bool:
        return not self._inner.broken(branch)


class _Word:
    follows_results = False
    counters: tuple[int, ...] = ()

    def __init__(self, word: str) -> None:
        self._word = word.lower()

    def select(self, items: list[Item]) -> list[Item]:
        word = self._word
        return [item for item in items if word in item.nodeid.lower()]

    def broken(self, branch: Branch) -> bool:
        return self._word in branch.nodeid.lower()


class _State:
    follows_results = True

    def __init__(self, predicate: Predicate, *counters: int) -> None:
        self._predicate = predicate
        self.counters = counters

    def select(self, items: list[Item]) -> list[Item]:
        return list(filter(self._predicate, items))

    def broken(self, branch: Branch) -> bool:
        return branch.broken in self.counters


class _Marked(_State):
    def __init__(self) -> None:
        super().__init__(lambda item: item.marked)

    def select(self, items: list[Item]) -> list[Item]:
        return [item for item in items if item.marked or self.broken(item.parent)]

    def broken(self, branch: Branch) -> bool:
        return any(each.marked for each in _lineage(branch))


class _Markers:
    follows_results = False
    counters: tuple[int, ...] = ()

    def __init__(self, expression: Expression) -> None:
        self._evaluate = expression.evaluate

    def select(self, items: list[Item]) -> list[Item]:
        return [item for item in items if self._evaluate(item.markers.__contains__)]

    def broken(self, branch: Branch) -> bool:  # noqa: ARG002
        return self._evaluate(lambda _: False)


class _Keywords:
    """Looks at names as pytest's ``-k`` does: of the nodes above and the item, and of its markers; any case.

    Which names of the expression a text contains is kept as a number with a bit for each, and what the expression says
    of such a number is worked out once.
    """

    follows_results = False
    counters: tuple[int, ...] = ()

    def __init__(self, expression: Expression) -> None:
        self._evaluate = expression.evaluate
        self._bits = {name: 1 << place for place, name in enumerate(expression.names)}
        self._small = [(bit, name.lower()) for name, bit in self._bits.items()]
        self._all = (1 << len(self._bits)) - 1
        self._said: dict[int, bool] = {}

    def select(self, items: list[Item]) -> list[Item]:
        selected: list[Item] = []
        above: Branch | None = None
        common = 0
        for parent, siblings in groupby(items, attrgetter("parent")):
            if parent.parent is not above:
                above = parent.parent
                common = self._in_lineage(above)
            # What siblings have in common settles most names, and often all.
            found = common | self._in_name(parent)
            group = list(siblings)
            if found != self._all and self._in_text(_all_names(group)) & ~found:
                selected += [item for item in group if self._holds(found | self._in_text(_all_names([item])))]
            elif self._holds(found):
                selected += group
        return selected

    def broken(self, branch: Branch) -> bool:
        return self._holds(self._in_lineage(branch))

    def _holds(self, found: int) -> bool:
        said = self._said.get(found)
        if said is None:
            said = self._said[found] = self._evaluate(lambda name: bool(self._bits[name] & found))
        return said

    def _in_text(self, text: str) -> int:
        found = 0
        for bit, name in self._small:
            if name in text:
                found |= bit
        return found

    def _in_name(self, branch: Branch) -> int:
        return self._in_text(branch.name.lower()) if branch.kind is not Kind.ROOT else 0

    def _in_lineage(self, branch: Branch | None) -> int:
        found = 0
        for each in _lineage(branch):
            found |= self._in_name(each)
        return found


_STATES: dict[str, _Test] = {
    "passed": _State(lambda item: item.status is Status.PASSED, Status.PASSED),
    "failed": _State(lambda item: item.status in (Status.FAILED, Status.CRASHED), Status.FAILED, Status.CRASHED),
    "error": _State(lambda item: item.status is Status.ERROR, Status.ERROR),
    "bad": _State(lambda item: item.status.is_bad, *BAD),
    "crashed": _State(lambda item: item.status is Status.CRASHED, Status.CRASHED),
    "skipped": _State(lambda item: item.status is Status.SKIPPED, Status.SKIPPED),
    "xfailed": _State(lambda item: item.status is Status.XFAILED, Status.XFAILED),
    "xpassed": _State(lambda item: item.status is Status.XPASSED, Status.XPASSED),
    "running": _State(lambda item: item.status is Status.RUNNING, Status.RUNNING),
    "queued": _State(lambda item: item.status is Status.QUEUED, Status.QUEUED),
    "notrun": _State(lambda item: item.status is Status.NOT_RUN, Status.NOT_RUN),
    "stale": _State(lambda item: item.stale, STALE),
    "frozen": _State(lambda item: item.frozen),
    "slow": _State(lambda item: item.seconds >= SLOW_SECONDS),
    "marked": _Marked(),
}
STATES = tuple(_STATES)
"""The words that ``is:`` knows."""


def _all_names(siblings: list[Item]) -> str:
    """The names of items and of their markers in small letters, without those of the nodes above."""
    between = "\n" + (siblings[0].function or "")
    names = ["", *[item.nodeid[item.label_at :] for item in siblings]]
    markers = [marker for item in siblings for marker in item.markers]
    return "\n".join((between.join(names), *markers)).lower()


def _lineage(branch: Branch | None) -> list[Branch]:
    """The branch and all above it."""
    lineage = []
    each = branch
    while each is not None:
        lineage.append(each)
        each = each.parent
    return lineage
