"""What a person can ask to be run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.engine import request

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.model.nodes import Item, Node


@dataclass(frozen=True, slots=True)
class Wish:
    """A run that the person asked for. ``extra`` are ``-k`` and ``-m`` with their expressions."""

    selection: request.Selection = request.EVERYTHING
    extra: tuple[str, ...] = ()
    collect_only: bool = False
    words: str = "everything"

    @property
    def whole(self) -> bool:
        """Whether nothing is left out."""
        return self.selection.everything and not self.extra


EVERYTHING = Wish()
COLLECT = Wish(collect_only=True, words="collecting")


def of_nodes(nodes: Sequence[Node], words: str) -> Wish:
    """These nodes and all below them."""
    return Wish(request.select(nodes), words=words)


def of_items(items: Sequence[Item], which: str) -> Wish | None:
    """These items; None where there are none (an empty selection would mean everything)."""
    return of_nodes(items, f"{len(items):,} {which}") if items else None


def of_expression(text: str) -> Wish:
    """What pytest's ``-k`` or ``-m`` selects; without either it is ``-k``."""
    option, _, expression = text.partition(" ") if text.startswith(("-k", "-m")) else ("-k", "", text)
    if len(option) > len("-k"):  # -kEXPRESSION
        option, expression = option[:2], f"{option[2:]} {expression}"
    expression = expression.strip().strip("'\"")
    return Wish(extra=(option, expression), words=f"{option} {expression}")
