"""The events of watch mode: what a save leads to. Paths are absolute; ``run`` is the number of the latest run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model.values import Value, value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.model.events import ItemKey
    from tui.model.outcome import Status
    from tui.model.verdict import Colour


@value
class WatchReady(Value):
    """From now on a save is seen, and what answers it is ready."""

    run: int


@value
class FilesChanged(Value):
    """Files have another content than before."""

    run: int
    paths: tuple[str, ...]


@value
class SelectionMade(Value):
    """What is going to run for these changes, in its order, with the reason of each; ``skipped`` were not touched.

    ``unreadable`` are the files that cannot be compiled now, also those of earlier saves, with the error in words.
    """

    run: int
    items: tuple[tuple[ItemKey, str], ...]
    skipped: int
    unreadable: tuple[tuple[str, str], ...] = ()


@value
class VerdictReached(Value):
    """``stage`` affected: all that the changes surely touch has run; rest: the loop rests.

    ``colour`` is red when anything known has failed, green when everything passed and nothing is out of date.
    ``uncovered`` says with rest which lines of the last save are new and not covered; "" if none is known to be.
    """

    run: int
    stage: str
    colour: Colour
    counts: Mapping[Status, int]
    stale: int
    uncovered: str = ""


WatchEvent = WatchReady | FilesChanged | SelectionMade | VerdictReached
