"""The first line of the screen: red or green over its whole width, and what matters most in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from tui.model.outcome import STALE, Status
from tui.model.values import Value, value
from tui.model.verdict import Colour, verdict
from tui.ui.status import UNICODE
from tui.ui.widgets.bar_line import bar_line
from tui.ui.widgets.visible import clock, took

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tui.model.run import RunState
    from tui.model.store import Store
    from tui.ui.status import Glyphs

_COUNTED: Final = (
    (Status.CRASHED, "crashed"),
    (Status.FAILED, "failed"),
    (Status.ERROR, "errors"),
    (Status.PASSED, "passed"),
    (Status.SKIPPED, "skipped"),
    (Status.XFAILED, "xfailed"),
    (Status.XPASSED, "xpassed"),
)
_WITHOUT_COUNTS: Final = frozenset({"", "COLLECTING", "BROKEN", "NO TESTS", "READY"})


@value
class BarState(Value):
    """What the bar says. Two equal states look the same, so that nothing is repainted between them.

    Attributes:
        colour: Colour of the whole line.
        word: The verdict, in capitals.
        text: What follows the word where counts do not say it all.
        good: Whether the word is green although the line is neutral.
        closing: Whether the text says what is left, and so stands behind the counts.
        counts: Numbers and their words, in order.
        done: Progress in percent, None where there is none to show.
        elapsed: How long the run has been running.
        estimate: How long it will take in all, where that is known.
        took: How long the finished run took, and of how many tests where it was not all of those counted.
        filter_text: The filter, empty without one.
        matches: How many nodes it shows.
        toggles: Options that are on, such as ``-x``.
    """

    colour: Colour = Colour.NEUTRAL
    word: str = ""
    text: str = ""
    good: bool = False
    closing: bool = False
    counts: tuple[tuple[int, str], ...] = ()
    done: int | None = None
    elapsed: str = ""
    estimate: str = ""
    took: str = ""
    filter_text: str = ""
    matches: int = 0
    toggles: tuple[str, ...] = ()


def bar_state(
    store: Store,
    *,
    now: float,
    filter_text: str = "",
    matches: int = 0,
    toggles: Sequence[str] = (),
    ask: str = "",
) -> BarState:
    """What the bar says of a store. ``now`` is a time of the store's clock, in seconds.

    ``ask`` is what a person can do about a run that waits.
    """
    said = verdict(store)
    run = store.run if store.run is not None and store.run.active else None
    tells_stale = said.colour is Colour.RED and "stale" not in said.text
    counts = () if said.word in _WITHOUT_COUNTS else tuple(_counts(store, red=tells_stale))
    return BarState(
        colour=said.colour,
        word=said.word or "STARTING",
        text=f"{said.text}: {ask}" if ask and said.colour is Colour.MAGENTA else said.text,
        good=said.good,
        closing=said.closing,
        counts=tuple(count for count in counts if count[1] != "passed") if said.good else counts,
        done=None if run is None or said.colour is Colour.MAGENTA else _percent(run),
        elapsed="" if run is None else clock(now - run.started),
        estimate="" if run is None or said.colour is Colour.MAGENTA else _estimate(run, now),
        took=_took(store) if run is None and said.word not in _WITHOUT_COUNTS else "",
        filter_text=filter_text,
        matches=matches,
        toggles=tuple(toggles),
    )


def _counts(store: Store, *, red: bool) -> Iterator[tuple[int, str]]:
    """Red tells what else is open at the end; otherwise the verdict itself does."""
    counts = store.tree.root.counts
    for status, word in _COUNTED:
        if number := counts[status]:
            yield number, "error" if word == "errors" and number == 1 else word
    at_rest = store.run is not None and not store.run.active
    if red and at_rest and counts[STALE]:
        yield counts[STALE], "stale"


def _percent(run: RunState) -> int | None:
    return None if run.collecting or not run.planned else min(run.done * 100 // run.planned, 100)


def _estimate(run: RunState, now: float) -> str:
    """Until the first item starts nothing is known of the time before it, and once it is over nothing at all."""
    if run.estimate is None:
        return ""
    total = run.estimate + ((run.first_item or run.started) - run.started)
    return clock(total + 0.5) if total >= now - run.started else ""


def _took(store: Store) -> str:
    run = store.verdict_run
    if run is None or run.ended is None:
        return ""
    duration = f"in {took(run.ended - run.started)}"
    counts = store.tree.root.counts
    have_results = len(store.tree) - counts[Status.NOT_RUN]
    if not run.done:
        return ""  # it died or was stopped before any test was over
    return f"last {run.done:,} {duration}" if run.done < have_results else duration


class Bar(Widget):
    """One line that shows a ``BarState``."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {*(f"bar--{colour}" for colour in Colour), "bar--word", "bar--good"}
    """
    | Class | Description |
    | :- | :- |
    | `bar--red`, and so on for every colour | The whole line. |
    | `bar--word` | The first word. |
    | `bar--good` | The first word where a neutral line has good news. |
    """

    DEFAULT_CSS = """
    Bar {
        height: 1;
        & > .bar--word { text-style: bold; }
        & > .bar--good { color: $success; text-style: bold; }
        & > .bar--neutral { background: $panel; }
        & > .bar--red { background: $error; color: auto; }
        & > .bar--green { background: $success; color: auto; }
        & > .bar--yellow { background: $warning; color: auto; }
        & > .bar--magenta { background: $secondary; color: auto; }
        &:ansi {
            & > .bar--good { color: ansi_green; }
            & > .bar--neutral { background: ansi_default; color: ansi_default; }
            & > .bar--red { background: ansi_default; color: ansi_red; text-style: reverse; }
            & > .bar--green { background: ansi_default; color: ansi_green; text-style: reverse; }
            & > .bar--yellow { background: ansi_default; color: ansi_yellow; text-style: reverse; }
            & > .bar--magenta { background: ansi_default; color: ansi_magenta; text-style: reverse; }
        }
    }
    """

    def __init__(self, glyphs: Glyphs = UNICODE) -> None:
        super().__init__()
        self._glyphs = glyphs
        self._state = BarState()

    @property
    def state(self) -> BarState:
        """What it shows."""
        return self._state

    def show(self, state: BarState) -> None:
        """Show another state; costs nothing if it is the same."""
        if state != self._state:
            self._state = state
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw the line."""
        width, state = self.size.width, self._state
        if y:
            return Strip.blank(width, self.rich_style)
        word, rest = bar_line(state, width, self._glyphs)
        line = self.rich_style + self.get_component_rich_style(f"bar--{state.colour}", partial=True)
        strong = line + self.get_component_rich_style("bar--good" if state.good else "bar--word", partial=True)
        return Strip([Segment(word, strong), Segment(rest, line)]).adjust_cell_length(width, line)
