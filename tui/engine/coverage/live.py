"""What the present run has executed so far, read from the journals of its record as they grow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.engine.record.ingest import JournalReader
from tui.model.executed import Executed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tui.engine.record.ingest import Flat, Recorded, Where


class Live:
    """One run. What its contexts executed is taken together."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._journals = JournalReader(folder)
        self._lines: dict[Where, int] = {}
        self._arcs: dict[Where, set[Flat]] = {}

    @property
    def files(self) -> list[str]:
        """The paths of all files that have been executed."""
        return [path for path, _ in self._lines]

    def read(self) -> bool:
        """Read on; whether there was anything new. A journal that cannot be read says nothing."""
        new, more = False, True
        while more:
            more = self._journals.read()
            new = self._take(self._journals.contexts().values()) or new
        return new

    def _take(self, contexts: Iterable[Recorded]) -> bool:
        new = False
        for recorded in contexts:
            for where, lines in recorded.lines.items():
                before = self._lines.get(where, 0)
                self._lines[where] = before | lines
                new = new or self._lines[where] != before
            for where, parts in recorded.arcs.items():
                known = self._arcs.setdefault(where, set())
                new = new or not parts <= known
                known |= parts
        return new

    def add_to(self, files: dict[str, tuple[str, Executed]], there: dict[str, str]) -> None:
        """Add what was executed of the contents that the files have now."""
        for where, lines in self._lines.items():
            path, content = where
            if there.get(path) != content:
                continue
            _, done = files.setdefault(path, (content, Executed()))
            done.lines |= lines
            done.stale &= ~lines
            if where not in self._arcs:
                done.arcs = None
            elif done.arcs is not None:
                for flat in self._arcs[where]:
                    done.arcs.update(zip(flat[::2], flat[1::2], strict=False))
