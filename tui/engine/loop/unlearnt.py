"""What edits touched, as long as nothing is learnt from the runs that answered them.

A file that is saved once more meanwhile, or is again what it was, is compared with what was recorded before the edit in
between. Tests may have run with that, and the tests that a run found or lost may be those of that edit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from tui.model.events import ItemKey
    from tui.model.impact import Choice, Chosen


@dataclass(slots=True)
class _Answer:
    """``run`` is the last one before the edits; ``touched`` are those of which no later run has told anything."""

    run: int
    touched: dict[ItemKey, Chosen]
    same_items: bool


class Unlearnt:
    """The answers to the last edits of files."""

    def __init__(self) -> None:
        self._answers: dict[str, _Answer] = {}

    def joined(self, choice: Choice, paths: Collection[str], run: int) -> Choice:
        """The choice with what earlier edits of the same files touched; ``run`` is the last one before these edits."""
        before = {id(answer): answer for path in paths if (answer := self._answers.get(path)) is not None}
        answer = _Answer(run, {chosen.key: chosen for chosen in choice.items}, choice.same_items)
        for each in before.values():
            answer.same_items &= each.same_items
            answer.touched = {**each.touched, **answer.touched}
        self._answers.update(dict.fromkeys(paths, answer))
        if not before:
            return choice
        more = tuple(chosen for key, chosen in answer.touched.items() if key in choice.unaffected)
        return replace(
            choice,
            items=(*choice.items, *more),
            same_items=answer.same_items,
            skipped=choice.skipped - len(more),
            unaffected={key: path for key, path in choice.unaffected.items() if key not in answer.touched},
        )

    def learnt(self, run: int, finished: Iterable[ItemKey]) -> None:
        """It is recorded what these ran with in ``run``."""
        answers = {id(answer): answer for answer in self._answers.values() if answer.run < run}
        done = frozenset(finished)
        for answer in answers.values():
            answer.touched = {key: chosen for key, chosen in answer.touched.items() if key not in done}
        over = [path for path, answer in self._answers.items() if answer.run < run and not answer.touched]
        for path in over:
            del self._answers[path]
