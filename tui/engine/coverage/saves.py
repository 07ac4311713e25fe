"""Which lines the last save has brought into its files."""

from __future__ import annotations

import zlib
from difflib import SequenceMatcher
from pathlib import Path
from typing import TYPE_CHECKING

from tui.model.impact.source import DIFF_LIMIT, ends_equal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tui.model.impact.index import Index


class Saves:
    """The last save: new lines by absolute path. Lines are told apart by their text, without the space around it."""

    def __init__(self) -> None:
        self._lines: dict[str, frozenset[int]] = {}
        self._held: dict[str, Sequence[int]] = {}
        """Checksums of the lines that files held after their last save."""

    def known(self, index: Index, paths: Iterable[str]) -> dict[str, Sequence[int]]:
        """The lines of files as they were before this save, as far as that is known."""
        found: dict[str, Sequence[int]] = {}
        for path in paths:
            file = index.files.get(path)
            source = file.source if file is not None else None
            if path in self._held:
                found[path] = self._held[path]
            elif source is not None:
                found[path] = source.line_hashes
        return found

    def take(self, paths: Iterable[str], before: Mapping[str, Sequence[int]]) -> None:
        """These files have been saved; of a file that nobody knew all lines are new."""
        self._lines = {}
        for path in paths:
            try:
                now = [zlib.crc32(line.strip()) for line in Path(path).read_bytes().splitlines()]
            except OSError:
                self._held.pop(path, None)
                continue
            self._held[path] = now
            self._lines[path] = frozenset(new_lines(before.get(path, ()), now))

    def lines(self, path: str) -> frozenset[int]:
        """The lines that the last save has brought into a file; none if it was not saved then."""
        return self._lines.get(path, frozenset())


def new_lines(before: Sequence[int], now: Sequence[int]) -> set[int]:
    """The lines (1-based) of ``now`` that are new or changed."""
    first, last = ends_equal(before, now)
    old, new = before[first : len(before) - last], now[first : len(now) - last]
    if max(len(old), len(new)) > DIFF_LIMIT:
        return set(range(first + 1, first + len(new) + 1))
    found: set[int] = set()
    for tag, _, _, start, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag in ("replace", "insert"):
            found.update(range(first + start + 1, first + end + 1))
    return found
