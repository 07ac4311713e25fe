"""What the inspector lists, as rows: frames by exception, values with what was opened below them. No Textual."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tui.model.values import Value, state, value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.engine.debugging.values import Answer, FrozenException, FrozenFailure, FrozenFrame, LocalValue, Step

_RELATIONS = {"raised": "", "cause": "caused by", "context": "while handling"}


@value
class FrameRow(Value):
    """A frame, or (``frame`` is None) the exception that the frames after it belong to."""

    failure: FrozenFailure
    exception: int
    frame: int | None

    @property
    def of(self) -> FrozenException:
        """The exception."""
        return self.failure.exceptions[self.exception]

    @property
    def shown(self) -> FrozenFrame | None:
        """The frame."""
        return None if self.frame is None else self.of.frames[self.frame]


def frame_rows(failures: Sequence[FrozenFailure]) -> list[FrameRow]:
    """All frames of some failures: the deepest first, but the person's own before those of libraries."""
    rows = []
    for failure in failures:
        for number, exception in enumerate(failure.exceptions):
            rows.append(FrameRow(failure, number, None))
            deepest_first = range(len(exception.frames) - 1, -1, -1)
            own = [at for at in deepest_first if _is_own(exception.frames[at])]
            rows += [FrameRow(failure, number, at) for at in own]
            rows += [FrameRow(failure, number, at) for at in deepest_first if at not in own]
    return rows


def _is_own(frame: FrozenFrame) -> bool:
    return frame.own and not frame.hidden


def first_frame(rows: Sequence[FrameRow]) -> int:
    """The row at which to begin: where the newest failure has its own place."""
    if not rows:
        return 0
    exception, frame = rows[0].failure.default
    wanted = FrameRow(rows[0].failure, exception, frame)
    return next((at for at, row in enumerate(rows) if row == wanted), min(1, len(rows) - 1))


def heading_of(row: FrameRow) -> str:
    """An exception in words: how it came, in which phase if that is not the call, and what it says."""
    label = row.of.label
    relation = _RELATIONS.get(label, f"{label}:")
    phase = "" if row.exception or row.failure.when == "call" else f"{row.failure.when}:"
    message = f": {row.of.message}" if row.of.message else ""
    return " ".join(word for word in (phase, relation, f"{row.of.type}{message}") if word)


def place_of(frame: FrozenFrame, root: str) -> str:
    """Path and line of a frame: short below ``root`` or for code that is not the person's."""
    path = frame.path.removeprefix(f"{root}{os.sep}")
    if not frame.own or path == frame.path:
        folder, _, name = path.rpartition("/")
        path = f"{folder.rpartition('/')[2]}/{name}".lstrip("/")
    return f"{path}:{frame.line}"


@state
class ValueRow:
    """A value; ``path`` leads to it from its frame. ``below`` is what was found in it, once it has been opened."""

    value: LocalValue
    path: tuple[Step, ...]
    depth: int = 0
    opened: bool = False
    below: list[ValueRow | NoteRow] | None = None


@state
class NoteRow:
    """Words among the values: how many more there are, or why nothing is known."""

    text: str
    depth: int = 0
    is_bad: bool = False


def value_rows(answer: Answer, parent: ValueRow | None = None) -> list[ValueRow | NoteRow]:
    """What an answer found below a value, or in a frame; always something."""
    depth = parent.depth + 1 if parent is not None else 0
    before = parent.path if parent is not None else ()
    if answer.words:
        return [NoteRow(answer.words, depth, is_bad=True)]
    rows: list[ValueRow | NoteRow] = [ValueRow(each, (*before, each.step), depth) for each in answer.values]
    if answer.cut:
        rows.append(NoteRow(f"{answer.cut:,} more", depth))
    return rows or [NoteRow("nothing in it" if parent is not None else "no variables", depth)]


def text_of(row: ValueRow | NoteRow) -> str:
    """A row as plain text."""
    indent = "  " * row.depth
    if isinstance(row, NoteRow):
        return f"{indent}{row.text}"
    return f"{indent}{row.value.name} = {row.value.why or row.value.text}"
