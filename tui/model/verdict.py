"""What the first line of the screen says: colour and word, from counters and the state of the run alone."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from tui.model.outcome import BAD, STALE, Status
from tui.model.values import Value, value

if TYPE_CHECKING:
    from tui.model.run import RunState
    from tui.model.store import Store


class Colour(StrEnum):
    """Colour of the whole line."""

    NEUTRAL = "neutral"
    RED = "red"
    GREEN = "green"
    YELLOW = "yellow"
    MAGENTA = "magenta"


@value
class Verdict(Value):
    """``word`` stands first, in capitals; ``text`` follows where the counters do not say it all.

    ``good`` asks for a green word on a neutral line: what ran passed, but not all has run. ``closing`` says that
    ``text`` is about what is left, and so belongs behind the counts.
    """

    colour: Colour
    word: str
    text: str = ""
    good: bool = False
    closing: bool = False


def verdict(store: Store) -> Verdict:  # noqa: PLR0911 - a table of states, one line each, in their order
    """The verdict on what the store knows now. Nothing that is stale or was never run counts as green."""
    run = store.run
    if run is None:
        return Verdict(Colour.NEUTRAL, "")
    if run.active:
        return _of_active(store, run)
    if run.problem:
        return Verdict(Colour.RED, "BROKEN", run.problem)
    if store.unreadable:
        path, reason = next(iter(store.unreadable.items()))
        return Verdict(Colour.RED, "BROKEN", f"{path.rpartition('/')[2]}, {reason}")
    if _is_last_time(store):
        return _of_last_time(store)
    if _bad(store):
        return _of_failures(store, run)
    last = store.verdict_run
    if last is not None and last.stopped:
        words = [*_left(last), *([last.reason] if last.reason else [])]
        return Verdict(Colour.YELLOW, "STOPPED", ", ".join(words) or "nothing has run", closing=True)
    if run.stopped and not store.complete:
        return Verdict(Colour.YELLOW, "STOPPED", "collection is not complete")
    if not len(store.tree):
        return Verdict(Colour.NEUTRAL, "NO TESTS", f"in {store.session.invocation_dir}" if store.session else "")
    return _of_passes(store, last)


def standing(store: Store) -> tuple[Colour, dict[Status, int], int]:
    """Where all known tests stand now: colour, how many of each outcome, how many results are out of date.

    Green only when there are tests, all have run and passed, and nothing is out of date.
    """
    counts = store.tree.root.counts
    outcomes = {status: counts[status] for status in Status if status.is_outcome and counts[status]}
    for item in store.unfinished():
        if item.was.is_outcome:
            outcomes[item.was] = outcomes.get(item.was, 0) + 1
    broken = any(branch.broken.is_bad for branch in store.tree.broken.values())
    if (
        any(status.is_bad for status in outcomes)
        or broken
        or store.unreadable
        or (store.run is not None and store.run.problem)
    ):
        return Colour.RED, outcomes, counts[STALE]
    never = len(store.tree) - sum(outcomes.values())
    green = store.complete and outcomes and not (never or counts[STALE])
    return Colour.GREEN if green else Colour.NEUTRAL, outcomes, counts[STALE]


def _bad(store: Store) -> int:
    return sum(store.tree.root.counts[status] for status in BAD)


def _of_active(store: Store, run: RunState) -> Verdict:
    if store.paused:
        first = next(iter(store.paused.values()))
        return Verdict(Colour.MAGENTA, "PAUSED", f"at {first.path.rpartition('/')[2]}:{first.line}")
    if run.stopping:
        return Verdict(Colour.YELLOW, "STOPPING", next(iter(run.running), ("", 0))[0].rpartition("/")[2])
    if run.collecting:
        folder = run.latest_file.rpartition("/")[0]
        text = f"{run.collected:,} in {folder}" if folder else f"{run.collected:,}"
        return Verdict(Colour.RED if _bad(store) else Colour.NEUTRAL, "COLLECTING", text)
    text = f"collecting {run.collected:,}" if run.collected and not run.collection_finished else ""
    if not _bad(store):
        return Verdict(Colour.NEUTRAL, "RUNNING", text)
    return _of_last_time(store) if _is_last_time(store) else Verdict(Colour.RED, "RED", text, closing=True)


def _is_last_time(store: Store) -> bool:
    """Whether nothing has run in this session, and all results are those of the last one."""
    broken = any(branch.broken.is_bad for branch in store.tree.broken.values())
    last = store.verdict_run
    begins = last is not None and last.active and last.first_item is None and not store.complete
    return (last is None or begins) and store.tree.root.counts[STALE] > 0 and not broken


def _of_last_time(store: Store) -> Verdict:
    """Red if anything failed then: it stays so until it is run. Nothing of it is a word for what is now."""
    never = store.tree.root.counts[Status.NOT_RUN]
    words = ["all stale", *([f"{never:,} not run"] if never else [])]
    if not store.complete and not (store.run and store.run.active):
        words.append("not all collected")
    return Verdict(Colour.RED if _bad(store) else Colour.NEUTRAL, "LAST TIME", ", ".join(words), closing=True)


def _of_failures(store: Store, run: RunState) -> Verdict:
    nothing_found = run.whole and run.collection_finished and not run.collected and not run.stopped
    if store.tree.broken and (nothing_found or not len(store.tree)):
        broken = (branch for branch in store.tree.broken.values() if branch.broken is Status.ERROR)
        return Verdict(Colour.RED, "BROKEN", next((branch.note.message for branch in broken if branch.note), ""))
    last = store.verdict_run
    words = []
    if last is not None and last.left:
        words = ["stopped"] if last.stopped and not last.reason else []
        words += [*_left(last), *_missing(last), *([last.reason] if last.reason else [])]
    words = words or _missing(last)
    if run.crashed and not store.complete:
        words.append("not all collected")
    return Verdict(Colour.RED, "RED", ", ".join(words), closing=True)


def _left(last: RunState) -> list[str]:
    """What the run did not come to: tests that were never run, and those that were, but not this time."""
    never = last.left - last.kept
    words = [f"{never:,} not run"] if never else []
    return [*words, f"{last.kept:,} not run again"] if last.kept else words


def _missing(last: RunState | None) -> list[str]:
    return [f"{last.missing:,} asked for not found"] if last is not None and last.missing else []


def _of_passes(store: Store, last: RunState | None) -> Verdict:
    counts = store.tree.root.counts
    never = counts[Status.NOT_RUN] + counts[Status.QUEUED]
    if last is None or never == len(store.tree):
        return Verdict(Colour.NEUTRAL, "READY", f"{len(store.tree):,} tests")
    open_ = []
    if counts[STALE]:
        open_.append(f"{counts[STALE]:,} stale")
    if lacking := max(never, last.left - last.kept):
        open_.append(f"{lacking:,} not run")
    if last.kept:
        open_.append(f"{last.kept:,} not run again")
    if not store.complete:
        open_.append("not all collected")
    open_ += _missing(last)
    if open_:
        word = f"PASSED {counts[Status.PASSED]:,}"
        return Verdict(Colour.NEUTRAL, word, ", ".join(open_), good=True, closing=True)
    return Verdict(Colour.GREEN, "GREEN")
