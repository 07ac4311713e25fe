"""What the present run has executed so far, read from the journals of its record as they grow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.engine.journal import GrowingJournal
from tui.engine.record.ingest import Journals, Reading
from tui.model.executed import Executed
from tui.plugin import wire

if TYPE_CHECKING:
    from pathlib import Path

    from tui.engine.record.ingest import Flat, Where


class Live:
    """One run. What its contexts executed is taken together."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._growing: dict[str, tuple[GrowingJournal, Reading, Journals]] = {}
        self._lines: dict[Where, int] = {}
        self._arcs: dict[Where, set[Flat]] = {}

    @property
    def files(self) -> list[str]:
        """The paths of all files that have been executed."""
        return [path for path, _ in self._lines]

    def read(self) -> bool:
        """Read on; whether there was anything new. A journal that cannot be read says nothing."""
        new = False
        for path in sorted(self.folder.glob(wire.RECORD_FILE.format("*"))):
            if path.name not in self._growing:
                journals = Journals()
                self._growing[path.name] = (GrowingJournal(path, 0), Reading(journals), journals)
            growing, reading, journals = self._growing[path.name]
            while True:
                values, _ = growing.read()
                for _, value in values:
                    reading.accept(value)
                new = self._take(journals) or new
                if not growing.has_more:
                    break
        return new

    def _take(self, journals: Journals) -> bool:
        new = False
        for recorded in journals.contexts.values():
            for where, lines in recorded.lines.items():
                before = self._lines.get(where, 0)
                self._lines[where] = before | lines
                new = new or self._lines[where] != before
            for where, parts in recorded.arcs.items():
                known = self._arcs.setdefault(where, set())
                new = new or not parts <= known
                known |= parts
        journals.contexts.clear()
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

    def close(self) -> None:
        """The run is over."""
        for growing, _, _ in self._growing.values():
            growing.close()
