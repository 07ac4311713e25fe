"""The line of watch mode: where the person is in red, green, refactor, and what the last save led to."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from tui.model.cycle import CyclePhase
from tui.model.values import Value, value
from tui.ui.status import CUT, UNICODE, Sign, Tone
from tui.ui.widgets.visible import clock, fit, took

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tui.model.cycle import Cycle
    from tui.ui.status import Glyphs
    from tui.ui.watching import Save

_STEPS: Final = {
    CyclePhase.RED: Sign("■", "R", Tone.BAD, "red"),
    CyclePhase.GREEN: Sign("■", "G", Tone.GOOD, "green"),
    CyclePhase.REFACTOR: Sign("□", "r", Tone.GOOD, "refactor"),
}
_MINUTE: Final = 60
_LEAST: Final = 12
"""Cells below which a cut piece says nothing."""
_LEAST_SAVE: Final = 24
"""Cells that the words of the save keep beside those of what is not covered."""


@value
class CycleState(Value):
    """What the line says. ``phase`` is empty before the first verdict; ``strip`` are the last phases, oldest first."""

    phase: str = ""
    time: str = ""
    save: str = ""
    uncovered: str = ""
    strip: tuple[CyclePhase, ...] = ()
    cycles: int = 0
    green: str = ""
    notes: tuple[str, ...] = ()


def cycle_state(cycle: Cycle, save: Save | None, notes: tuple[str, ...], now: float) -> CycleState:
    """What the line says at a time of the store's clock, in seconds."""
    green = ""
    if cycle.phase is CyclePhase.RED and cycle.last_green is not None:
        minutes = int(now - cycle.last_green) // _MINUTE
        green = f"last green {minutes} min ago" if minutes else "last green just now"
    return CycleState(
        cycle.phase.value if cycle.phase else "",
        clock(cycle.seconds) if cycle.phase else "",
        _said(save) if save is not None else "waiting for a save",
        _uncovered(save) if save is not None else "",
        tuple(cycle.strip),
        cycle.cycles,
        green,
        notes,
    )


def _said(save: Save) -> str:
    first, *others = save.paths
    name = first.rpartition("/")[2] if len(first) > 2 * _LEAST else first
    more = f" and {len(others)} more" if others else ""
    known = save.chosen + save.skipped
    if not known:
        return f"{name}{more}: saved"
    if save.broken and not save.chosen:
        return f"{name}{more}: cannot be compiled"
    if not save.chosen and save.seconds is not None:
        return f"{name}{more}: nothing to run for {'them' if others else 'it'}"
    if save.stuck:
        return f"{name}{more}: no test could run"
    seconds = f" in {took(save.seconds)}" if save.seconds is not None else ""
    return f"{name}{more}: {save.chosen:,} of {known:,} tests{seconds}"


def _uncovered(save: Save) -> str:
    """What is not covered; of an only file the name stands there already."""
    path, colon, words = save.uncovered.partition(": ")
    is_said = len(save.paths) == 1 and path.rpartition("/")[2] == save.paths[0].rpartition("/")[2]
    return words if colon and is_said else save.uncovered


class CycleLine(Widget):
    """One line that shows a ``CycleState``."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"cycle--red", "cycle--green", "cycle--odd", "cycle--faint"}
    """
    | Class | Description |
    | :- | :- |
    | `cycle--red` | The phase RED, and its steps. |
    | `cycle--green` | The phases GREEN and REFACTOR, and their steps. |
    | `cycle--odd` | What is new and not covered. |
    | `cycle--faint` | What stands beside. |
    """

    DEFAULT_CSS = """
    CycleLine {
        height: 1;
        & > .cycle--red { color: $text-error; text-style: bold; }
        & > .cycle--green { color: $text-success; text-style: bold; }
        & > .cycle--odd { color: $text-warning; }
        & > .cycle--faint { color: $text-muted; }
        &:ansi {
            & > .cycle--red { color: ansi_red; }
            & > .cycle--green { color: ansi_green; }
            & > .cycle--odd { color: ansi_yellow; }
            & > .cycle--faint { color: ansi_default; text-style: dim; }
        }
    }
    """

    def __init__(self, glyphs: Glyphs = UNICODE) -> None:
        super().__init__()
        self._glyphs = glyphs
        self._state = CycleState()

    def show(self, state: CycleState) -> None:
        """Show another state; costs nothing if it is the same."""
        if state != self._state:
            self._state = state
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw the line: phase, save, steps; then what there is room for."""
        width, plain = self.size.width, self.rich_style
        if y:
            return Strip.blank(width, plain)
        segments = [
            Segment(text, plain + self.get_component_rich_style(f"cycle--{tone}", partial=True) if tone else plain)
            for text, tone in self._parts(width)
        ]
        return Strip(segments).adjust_cell_length(width, plain)

    def _parts(self, width: int) -> Iterator[tuple[str, str]]:
        state = self._state
        colour = "red" if state.phase == CyclePhase.RED else "green"
        head = f" {state.phase} {state.time}  " if state.phase else " "
        yield head, colour if state.phase else ""
        left = width - cell_len(head)
        wanted = cell_len(state.uncovered) + 2 if state.uncovered else 0
        save, used = fit(state.save, min(left - 1, max(left - 1 - wanted, _LEAST_SAVE)), self._glyphs.of(CUT))
        yield save, ""
        left -= used
        if state.uncovered and left > _LEAST:
            words, used = fit(state.uncovered, left - 3, self._glyphs.of(CUT))
            yield f"  {words}", "odd"
            left -= used + 2
        cycles = f"  {state.cycles} cycle{'' if state.cycles == 1 else 's'} "
        if state.strip and left > len(cycles) + 2:
            yield cycles, "faint"
            left -= len(cycles)
            for phase in state.strip[-min(left // 2, 20) :]:
                yield self._glyphs.of(_STEPS[phase]), "red" if phase is CyclePhase.RED else "green"
                left -= 1
        for words in (state.green, *state.notes):
            if words and left > len(words) + 2:
                yield f"  {words}", "faint"
                left -= len(words) + 2
