"""What a person can ask to be run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tui.engine import request
from tui.model.expression import Expression, ExpressionError
from tui.model.nodes import label_of
from tui.model.values import Value, value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.model.nodes import Item, Node

_OPTION = re.compile(r"\s*(?P<option>-[km])\s*=?(?P<rest>.*)", re.DOTALL)


@value
class Wish(Value):
    """A run that the person asked for. ``extra`` are ``-k`` and ``-m`` with their expressions."""

    selection: request.Selection = request.EVERYTHING
    extra: tuple[str, ...] = ()
    collect_only: bool = False
    words: str = "everything"
    by_loop: bool = False
    """Whether no person asked for it, but a save."""
    finds_all: bool = False
    """Whether everything there is will be found, although items are named: they only come first."""
    debug: str = ""
    """How it is debugged: ``trace``, ``hold`` or ``breakpoints``, as in ``wire.Debug``; empty for an ordinary run."""

    @property
    def whole(self) -> bool:
        """Whether nothing is left out."""
        return (self.selection.everything or self.finds_all) and not self.extra


EVERYTHING = Wish()
EVERYTHING_BY_LOOP = Wish(by_loop=True)
COLLECT = Wish(collect_only=True, words="collecting")


def of_nodes(nodes: Sequence[Node], words: str) -> Wish:
    """These nodes and all below them."""
    return Wish(request.select(nodes), words=words)


def debugging(node: Node, mode: str) -> Wish:
    """This node and all below it, in a debugger.

    ``mode``: ``trace`` stops at the first line of each test, ``hold`` at each failure, ``breakpoints`` at those alone.
    """
    how = {"trace": "from its first line", "hold": "up to its failure", "breakpoints": "up to a breakpoint"}
    return Wish(request.select([node]), words=f"debugging {label_of(node)} {how[mode]}", debug=mode)


def of_items(items: Sequence[Item], which: str) -> Wish | None:
    """These items; None where there are none (an empty selection would mean everything)."""
    return of_nodes(items, f"{len(items):,} {which}") if items else None


def of_expression(text: str) -> Wish | None:
    """What pytest's ``-k`` or ``-m`` selects; without either it is ``-k``. None where there is no expression."""
    option, expression = _parts(text)
    return Wish(extra=(option, expression), words=f"{option} {expression}") if expression else None


def problem_of(text: str) -> str:
    """Why a text is no expression, in words; empty if it is one, or may be one to pytest."""
    option, expression = _parts(text)
    if option == "-m" and "(" in expression:
        return ""  # markers with arguments are pytest's alone
    try:
        Expression(expression)
    except ExpressionError as error:
        return str(error)
    return ""


def _parts(text: str) -> tuple[str, str]:
    match = _OPTION.match(text)
    option, expression = (match["option"], match["rest"]) if match else ("-k", text)
    return option, expression.strip().strip("'\"")
