"""Which items most likely show what an edit did, told from its text alone: nobody has taken the file apart yet.

A guess is only good to begin with. What it leaves out, the selection proper finds.
"""

from __future__ import annotations

import heapq
import zlib
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from tui.model.impact.index import FIXTURE, TEST
from tui.model.impact.source import DIFF_LIMIT, changed_lines, ends_equal, span

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tui.model.events import ItemKey
    from tui.model.impact.index import Context, File, Index, Version
    from tui.model.impact.source import Source

_MANY = 200
"""Lines that came or went, with which nothing is guessed: finding out which would take longer than it saves."""
_WEIGHED = 200
"""Candidates of which it is found out how much they execute."""


def likely(
    index: Index, path: str, text: bytes, known: Callable[[ItemKey], tuple[bool, float] | None]
) -> list[ItemKey]:
    """The items that executed a line which is another one now, the most likely to fail, then the cheapest first.

    ``known`` says of an item whether it failed last time and how many seconds it took; None if it is not there.
    Whether ``text`` can be compiled at all is not looked at.
    """
    file = index.files.get(path)
    contexts = _executing(index, file, text) if file is not None else {}
    ranks: dict[ItemKey, tuple[bool, float]] = {}
    for key in heapq.nsmallest(_WEIGHED, contexts, key=lambda key: len(contexts[key].lines)):
        said = known(key)
        if said is not None:
            failed, seconds = said
            ranks[key] = (not failed, (1 + contexts[key].weight) * (seconds + 0.001))
    return sorted(ranks, key=ranks.__getitem__)


def _executing(index: Index, file: File, text: bytes) -> dict[ItemKey, Context]:
    """The items that executed a changed line of the file, themselves or in a shared fixture, with their contexts."""
    now = _Text(text)
    before = file.versions[file.current].source if file.current in file.versions else None
    changed: dict[Version, int] = {}
    found: dict[ItemKey, Context] = {}
    for lines in file.lines.values():
        version = lines.version
        if version not in changed:
            changed[version] = _changed(version.source, before, now)
        if lines.bits & changed[version]:
            for context in lines.contexts:
                kind, name, _ = context.name
                if kind == TEST:
                    found[context.key] = context
                elif kind == FIXTURE:
                    found.update((key, index.tests[key]) for key in index.users.get(name, ()) if key in index.tests)
    return found


def _changed(recorded: Source | None, before: Source | None, now: _Text) -> int:
    """The lines of a recorded version that this edit changed, and none before it."""
    if recorded is None:
        return 0
    lines = now.against(recorded.line_hashes)
    if before is not None and before is not recorded:
        lines &= ~changed_lines(recorded.line_hashes, before.line_hashes)
    return lines


class _Text:
    """A source as it is now, as hashes of its stripped lines."""

    def __init__(self, text: bytes) -> None:
        stripped = [line.strip() for line in text.splitlines()]
        self._hashes = [zlib.crc32(line) for line in stripped]
        self._does = [bool(line) and not line.startswith(b"#") for line in stripped]
        """Whether a line may do anything."""

    def against(self, old: Sequence[int]) -> int:
        """The lines of ``old`` that are another thing now, or beside which something stands that does anything."""
        new = self._hashes
        first, tail = ends_equal(old, new)
        before, after = old[first : len(old) - tail], new[first : len(new) - tail]
        if max(len(before), len(after)) > DIFF_LIMIT or len(set(after).symmetric_difference(before)) > _MANY:
            return 0
        lines = 0
        codes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
        for code, start, stop, start_now, stop_now in codes:
            if code == "equal" or (code == "insert" and not any(self._does[first + start_now : first + stop_now])):
                continue
            lines |= span(first, start, stop)
        return lines
