"""A compositor that compares each frame with what the terminal shows and sends the difference.

Textual's own compositor sends every region that was refreshed, blanks included. Over SSH that is
two to four times the bytes. `DiffCompositor` replaces only the last step: layout, styles and
widgets know nothing of it.

What the terminal shows is kept in a `FrontBuffer`, one per app and shared by its screens. It must
be told to `forget` whenever something else may have written to the terminal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar, runtime_checkable

from rich.color import ColorSystem
from rich.segment import Segment
from textual._compositor import Compositor, CompositorUpdate
from textual.geometry import Region
from textual.screen import ModalScreen, Screen
from textual.strip import Strip

from tui.ui.terminal import internals
from tui.ui.terminal.cells import Line
from tui.ui.terminal.frame import FrameWriter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult

ResultT = TypeVar("ResultT")

_COLOUR_SYSTEMS = {
    "standard": ColorSystem.STANDARD,
    "256": ColorSystem.EIGHT_BIT,
    "windows": ColorSystem.WINDOWS,
}


class FrontBuffer:
    """What the terminal shows, line by line, as far as it is known."""

    def __init__(self) -> None:
        self._lines: dict[int, Line] = {}

    def forget(self) -> None:
        """Assume nothing: the next frame sends every line that it covers."""
        self._lines.clear()

    def line(self, y: int) -> Line | None:
        """The line in row `y` (0-based), None when it is not known."""
        return self._lines.get(y)

    def replace(self, y: int, line: Line) -> None:
        """Note that row `y` now shows `line`."""
        self._lines[y] = line


@runtime_checkable
class Terminal(Protocol):
    """What a screen asks of its app; `TerminalApp` is one."""

    @property
    def front(self) -> FrontBuffer:
        """What the terminal shows."""

    def may_paint(self) -> bool:
        """Whether the terminal can take a frame now."""


class DiffUpdate(CompositorUpdate):
    """One frame: the lines that may have changed, compared with the terminal when it is written.

    Attributes:
        empty: After rendering: nothing had changed, so there is nothing to write.
    """

    def __init__(self, lines: Mapping[int, Sequence[Segment]], front: FrontBuffer) -> None:
        self._lines = lines
        self._front = front
        self.empty = False

    def render_segments(self, console: Console) -> str:
        """The sequences that turn what the terminal shows into this frame.

        Args:
            console: The app's console; it knows how many colours there are.
        """
        color_system = _COLOUR_SYSTEMS.get(console.color_system or "", ColorSystem.TRUECOLOR)
        writer = FrameWriter()
        for y, segments in self._lines.items():
            old = self._front.line(y)
            if old is not None and old.segments == segments:
                continue
            line = Line(segments, color_system)
            writer.write_line(y, line, old)
            self._front.replace(y, line)
        sequences = writer.finish()
        self.empty = not sequences
        return sequences

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The frame as text, for a screenshot; the terminal is not concerned."""
        for segments in self._lines.values():
            yield from segments
            yield Segment.line()


class DiffCompositor(Compositor):
    """Textual's compositor with another last step; stock behaviour outside a `Terminal` app."""

    def __init__(self, screen: Screen[Any]) -> None:
        super().__init__()
        self._owner = screen

    def render_update(
        self,
        full: bool = False,  # noqa: FBT002 - Textual's signature
        screen_stack: list[Screen[Any]] | None = None,
        simplify: bool = False,  # noqa: FBT002
    ) -> RenderableType | None:
        """Render what is dirty, or everything for a screenshot (`full`)."""
        dirty = set(self._dirty_regions) if full else set()
        update = super().render_update(full=full, screen_stack=screen_stack, simplify=simplify)
        # A screenshot does not go to the terminal: what was dirty still is.
        self._dirty_regions |= dirty
        return update

    def render_full_update(self, simplify: bool = False) -> Any:  # noqa: FBT002, ANN401 - an update of either kind
        """Render all lines."""
        app = self._owner.app
        if simplify or not isinstance(app, Terminal):
            return super().render_full_update(simplify)
        self._dirty_regions.clear()
        return self._update(app.front, range(self.size.height))

    def render_partial_update(self) -> Any:  # noqa: ANN401 - the same
        """Render the lines that hold a dirty region; None when there are none."""
        app = self._owner.app
        if not isinstance(app, Terminal):
            return super().render_partial_update()
        rows: set[int] = set()
        for region in self._dirty_regions:
            rows.update(range(max(0, region.y), min(self.size.height, region.bottom)))
        self._dirty_regions.clear()
        return self._update(app.front, sorted(rows)) if rows else None

    def _update(self, front: FrontBuffer, rows: Sequence[int]) -> DiffUpdate:
        crop = Region(0, rows[0], self.size.width, rows[-1] + 1 - rows[0]) if rows else Region()
        chops = self._render_chops(crop, frozenset(rows).__contains__)
        cuts = self.cuts
        return DiffUpdate({y: self._join(chops[y], cuts[y]) for y in rows}, front)

    @staticmethod
    def _join(chops: Mapping[int, Strip | None], cuts: Sequence[int]) -> list[Segment]:
        """One line from its parts, each brought to the width that it has on the screen."""
        segments: list[Segment] = []
        for (start, strip), end in zip(chops.items(), cuts[1:], strict=False):
            part = Strip.blank(end - start) if strip is None else strip
            if part.cell_length != end - start:
                part = part.adjust_cell_length(end - start)
            segments.extend(part)
        return segments


if TYPE_CHECKING:
    _ScreenBase = Screen[Any]
else:
    _ScreenBase = object


class DiffMixin(_ScreenBase):
    """Makes any screen class send only what changed, and only when the terminal can take it.

    Put it first among the bases: `class Palette(DiffMixin, CommandPalette)`. It is no `Screen`
    itself, because Textual takes styles from the first base that is one.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - passed on
        super().__init__(*args, **kwargs)
        if internals.diffing_wanted():
            self._compositor = DiffCompositor(self)

    def _compositor_refresh(self) -> None:
        # Every path to the terminal leads through here. What is not painted stays dirty, and goes
        # out later as one newer frame; layout and callbacks go on meanwhile.
        app = self.app
        if isinstance(app, Terminal) and self is app.screen and not app.may_paint():
            self._dirty_widgets.add(self)
            self._update_timer.resume()
            return
        super()._compositor_refresh()


class DiffScreen(DiffMixin, Screen[ResultT]):
    """A screen that sends only what changed."""


class DiffModalScreen(DiffMixin, ModalScreen[ResultT]):
    """A modal screen that sends only what changed."""
