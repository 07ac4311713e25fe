"""What the first line of the screen says: colour and word, from counters and the state of the run alone."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tui.model.outcome import BAD, STALE, Status

if TYPE_CHECKING:
    from tui.model.store import Store


class Colour(StrEnum):
    """Colour of the whole line."""

    NEUTRAL = "neutral"
    RED = "red"
    GREEN = "green"
    YELLOW = "yellow"
    MAGENTA = "magenta"


@dataclass(frozen=True, slots=True)
class Verdict:
    """``word`` stands first, in capitals; ``text`` follows where the counters do not say it all.

    ``good`` asks for a green word on a neutral line: what ran passed, but not all has run.
    """

    colour: Colour
    word: str
    text: str = ""
    good: bool = False


def verdict(store: Store) -> Verdict:  # noqa: PLR0911 - a table of states, one line each, in their order
    """The verdict on what the store knows now. Nothing that is stale or was never run counts as green."""
    run = store.run
    counts = store.tree.root.counts
    bad = sum(counts[status] for status in BAD)
    passed = counts[Status.PASSED]
    ran = passed + bad + sum(counts[status] for status in (Status.SKIPPED, Status.XFAILED, Status.XPASSED))
    if run is not None and run.active:
        if run.stopping:
            return Verdict(Colour.YELLOW, "STOPPING", _running(store))
        if run.collecting:
            return Verdict(Colour.NEUTRAL, "COLLECTING", f"{run.collected:,} {run.latest_file.rpartition('/')[0]}")
        return Verdict(Colour.RED, "RED") if bad else Verdict(Colour.NEUTRAL, "RUNNING")
    if run is not None and run.problem:
        return Verdict(Colour.RED, "BROKEN", run.problem)
    if run is not None and run.stopped and not run.collecting:
        return Verdict(Colour.YELLOW, "STOPPED", f"{run.left:,} not run")
    if bad:
        return Verdict(Colour.RED, "RED")
    total = store.tree.root.total
    if not total:
        return Verdict(Colour.NEUTRAL, "NO TESTS" if run is not None else "")
    open_ = counts[STALE] + counts[Status.NOT_RUN] + counts[Status.QUEUED]
    if not ran or not store.verdict_run:
        return Verdict(Colour.NEUTRAL, "READY", f"{total:,} tests")
    if open_:
        return Verdict(Colour.NEUTRAL, f"PASSED {passed:,},", _open_words(counts), good=True)
    return Verdict(Colour.GREEN, "GREEN")


def _running(store: Store) -> str:
    run = store.run
    return next(iter(run.running), ("", 0))[0] if run is not None else ""


def _open_words(counts: list[int]) -> str:
    words = []
    if counts[STALE]:
        words.append(f"{counts[STALE]:,} stale")
    if counts[Status.NOT_RUN] + counts[Status.QUEUED]:
        words.append(f"{counts[Status.NOT_RUN] + counts[Status.QUEUED]:,} not run")
    return ", ".join(words)
