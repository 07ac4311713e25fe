"""The inspector of a kept failure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Container
from textual.widgets import Static

from tui.ui.debugging.visits import Spot
from tui.ui.detail.document import Document, Look
from tui.ui.locals.line import EvaluateLine
from tui.ui.locals.lists import Frames, Variables
from tui.ui.locals.rows import NoteRow, ValueRow, first_frame, frame_rows, place_of, text_of, value_rows
from tui.ui.status import CUT, Tone
from tui.ui.widgets.instead import InsteadPane
from tui.ui.widgets.pane import DocumentPane
from tui.ui.widgets.row import Part
from tui.ui.widgets.visible import fit
from tui.ui.widgets.words_line import WordsLine

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult
    from textual.widget import Widget

    from tui.engine.debugging.desk import Desk
    from tui.engine.debugging.values import Answer, FrozenFailure
    from tui.ui.detail.document import Place
    from tui.ui.keymap import Keys
    from tui.ui.locals.rows import FrameRow
    from tui.ui.status import Glyphs

_RESULTS = 400
"""Lines of results that are kept."""
_SHOWN = 600
"""Characters of a result that are shown at once."""
_NAMES = 40
"""Names that are shown where several are possible."""


class LocalsPane(InsteadPane):
    """Frames, variables and a line to evaluate in. All answers come from ``desk`` when they come: nothing waits."""

    DEFAULT_CSS = """
    LocalsPane {
        & > #locals-lists { height: 1fr; layout: vertical; }
        & #frames { height: auto; max-height: 40%; }
        & #locals-values { height: 1fr; layout: vertical; }
        & #variables { height: 1fr; }
        & > #results { display: none; height: auto; max-height: 30%; }
        & > #locals-line { height: 1; layout: horizontal; }
        & #locals-prompt { width: 5; text-style: bold; }
        & #evaluate { width: 1fr; height: 1; border: none; padding: 0; background: transparent; }
    }
    LocalsPane.-results > #results { display: block; }
    """

    def __init__(
        self, desk: Desk, glyphs: Glyphs, is_breakpoint: Callable[[Place], bool], keys: Keys, *, dark: bool
    ) -> None:
        super().__init__(id="locals")
        self._desk = desk
        self._glyphs = glyphs
        self._keys = keys
        self._failures: Sequence[FrozenFailure] = ()
        self._stood: dict[str, FrameRow] = {}
        """Where the person stood, by the failure's id."""
        self._rows: Sequence[FrameRow] = ()
        self._at: FrameRow | None = None
        self._answered = Document()
        self._whole: list[str] = []
        """What was answered, uncut."""
        self.frames = Frames(glyphs, is_breakpoint)
        self.variables = Variables(glyphs)
        self.line = EvaluateLine(self._evaluate, self._complete, self.variables)
        self._head = WordsLine(self._head_parts, id="locals-head")
        self._results = DocumentPane(dark=dark, id="results")

    def compose(self) -> ComposeResult:
        """Frames, variables, what was evaluated, the line."""
        with Container(id="locals-lists"):
            yield self.frames
            with Container(id="locals-values"):
                yield self._head
                yield self.variables
        yield self._results
        with Container(id="locals-line"):
            yield Static(" >>> ", markup=False, id="locals-prompt")
            yield self.line

    @property
    def keyed(self) -> Widget:
        """The frames."""
        return self.frames

    def show(self, failures: Sequence[FrozenFailure], root: str) -> None:
        """Show the failures of an item, the newest first; costs nothing if it does so already."""
        if [each.id for each in failures] == [each.id for each in self._failures]:
            self.frames.refresh()
            return
        self._failures = failures
        self._rows = frame_rows(failures)
        self.frames.root = root
        before = self._stood.get(failures[0].id) if failures else None
        at = next((at for at, row in enumerate(self._rows) if row == before), first_frame(self._rows))
        self._answered, self._whole = Document(), []
        self._show_results()
        self.frames.show(self._rows, at)
        self._stand(self._rows[at] if self._rows else None)

    @property
    def spot(self) -> Spot | None:
        """Where the person stands."""
        row = self._at
        if row is None:
            return None
        return Spot(row.failure, row.exception, self._frame_of(row))

    @property
    def place(self) -> Place | None:
        """The line of the frame."""
        row = self._at
        return (row.shown.path, row.shown.line) if row is not None and row.shown is not None else None

    @staticmethod
    def _frame_of(row: FrameRow) -> int:
        """The frame of a row; of an exception's own its last, or where the failure has its place."""
        if row.frame is not None:
            return row.frame
        exception, frame = row.failure.default
        return frame if exception == row.exception else max(0, len(row.of.frames) - 1)

    @property
    def text(self) -> str:
        """All that is known here, for the pager."""
        values = "\n".join(text_of(row) for row in self.variables.rows)
        failure = self._at.failure if self._at is not None else None
        more = []
        if failure is not None and failure.descriptors:
            more += ["", "What was open:", *failure.descriptors]
        if failure is not None and failure.threads:
            more += ["", "Other threads:", *failure.threads]
        return "\n".join([self._heading(), values, "", *self._whole, *more, ""])

    # Variables

    def on_listing_moved(self, message: Frames.Moved) -> None:
        """Another frame: its variables."""
        if message.listing is self.frames and (row := self.frames.chosen) is not None:
            message.stop()
            self._stand(row)

    def on_listing_chosen(self, message: Frames.Chosen) -> None:
        """Enter on a frame: into its variables."""
        if message.listing is self.frames:
            message.stop()
            self.variables.focus()

    def _stand(self, row: FrameRow | None) -> None:
        if row == self._at:
            return
        self._at = row
        if row is None:
            self.variables.show([])
            return
        self._stood[row.failure.id] = row
        self._head.refresh()
        spot = self.spot
        if spot is not None:
            self.run_worker(self._load(spot), exclusive=True, group="locals")

    def _head_parts(self, width: int) -> list[Part]:
        """The line above the variables: whose they are."""
        words, taken = fit(f"─ {self._heading()} ", width, self._glyphs.of(CUT))
        return [Part(words + "─" * (width - taken), Tone.FAINT)]

    def _heading(self) -> str:
        row = self._at
        frames = row.of.frames if row is not None else ()
        if row is None or not frames:
            return ""
        frame = frames[self._frame_of(row)]
        return f"{frame.function}  {place_of(frame, self.frames.root)}"

    async def _load(self, spot: Spot) -> None:
        if not spot.failure.exceptions[spot.exception].frames:
            self.variables.show([NoteRow("this exception was raised nowhere: it has no frames")])
            return
        answer = await self._desk.locals(spot.failure, spot.exception, spot.frame)
        if spot == self.spot:
            self.variables.show(value_rows(answer))

    def on_variables_opened(self, message: Variables.Opened) -> None:
        """What is in a value."""
        message.stop()
        if (spot := self.spot) is not None:
            self.run_worker(self._expand(spot, message.row), group="locals-expand")

    async def _expand(self, spot: Spot, row: ValueRow) -> None:
        answer = await self._desk.expand(spot.failure, spot.exception, spot.frame, row.path)
        row.below = value_rows(answer, row)
        if spot == self.spot:
            self.variables.update()

    # Evaluating

    def _evaluate(self, code: str) -> None:
        if (spot := self.spot) is not None:
            self.run_worker(self._answer(spot, code), group="locals-evaluate")

    async def _answer(self, spot: Spot, code: str) -> None:
        answered, whole = self._answered, self._whole
        answer = await self._desk.evaluate(spot.failure, spot.exception, spot.frame, code)
        whole += [f">>> {code}", *filter(None, (answer.words, answer.printed, answer.text, answer.error))]
        _add_result(answered, code, answer, self._keys)
        if answered is self._answered:
            self._show_results()

    def _complete(self, begun: str) -> None:
        if (spot := self.spot) is not None:
            self.run_worker(self._offer(spot, begun), exclusive=True, group="locals-complete")

    async def _offer(self, spot: Spot, begun: str) -> None:
        answer = await self._desk.complete(spot.failure, spot.exception, spot.frame, begun)
        if spot == self.spot and not self.line.offer(begun, answer.names) and len(answer.names) != 1:
            more = f"  and {len(answer.names) - _NAMES:,} more" if len(answer.names) > _NAMES else ""
            names = "  ".join(name.rpartition(".")[2] for name in answer.names[:_NAMES])
            self._answered.add(Look.DIM, answer.words or f"{names}{more}" or "no name begins like that", " ")
            self._show_results()

    def _show_results(self) -> None:
        del self._answered.lines[:-_RESULTS]
        self.set_class(bool(self._answered.lines), "-results")
        self._results.show(Document(lines=[*self._answered.lines], follow=True))
        self._results.refresh(layout=True)


def _add_result(document: Document, code: str, answer: Answer, keys: Keys) -> None:
    document.add(Look.DIM, f">>> {code}", " ")
    looks = (Look.WARN, Look.ANSI, Look.PLAIN, Look.BAD)
    for look, text in zip(looks, (answer.words, answer.printed, answer.text, answer.error), strict=True):
        if text:
            document.add(look, text[:_SHOWN].rstrip("\n"), " ")
        if len(text) > _SHOWN:
            how = keys.words("{back}, then {page} shows the whole")
            document.add(Look.DIM, f"… {len(text) - _SHOWN:,} more characters: {how}", " ")
