"""The events of watch mode: what a save leads to. Paths are absolute; ``run`` is the number of the latest run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.model.events import Value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.model.events import ItemKey
    from tui.model.outcome import Status
    from tui.model.verdict import Colour


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class WatchReady(Value):
    """From now on a save is seen."""

    run: int


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FilesChanged(Value):
    """Files have another content than before."""

    run: int
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SelectionMade(Value):
    """What is going to run for these changes, in its order, with the reason of each; ``skipped`` were not touched."""

    run: int
    items: tuple[tuple[ItemKey, str], ...]
    skipped: int


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class VerdictReached(Value):
    """``stage`` affected: all that the changes surely touch has run; rest: the loop rests.

    ``colour`` is red when anything known has failed, green when everything passed and nothing is out of date.
    """

    run: int
    stage: str
    colour: Colour
    counts: Mapping[Status, int]
    stale: int


WatchEvent = WatchReady | FilesChanged | SelectionMade | VerdictReached
