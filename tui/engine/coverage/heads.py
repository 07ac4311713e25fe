"""The numbers that files had with the content of git HEAD, as far as they were counted then."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

from tui.model.coverage import FileCoverage

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

_FORMAT = 1


class Heads:
    """Kept in a file of the project's cache, which may be thrown away at any time. Paths are absolute."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._commit = ""
        self._numbers: dict[str, list[Any]] | None = None
        self._lock = threading.Lock()

    def update(
        self, commit: str, contents: Mapping[str, str], files: Mapping[str, FileCoverage], changed: Collection[str]
    ) -> dict[str, FileCoverage]:
        """Take present numbers, and give those of HEAD where they are others.

        ``contents`` are hashes; ``changed`` are the files that differ from the commit. As long as nothing differs, the
        present numbers are those of HEAD. It reads and writes a file: not for the event loop; calls may overlap.
        """
        with self._lock:
            return self._updated(commit, contents, files, changed)

    def _updated(
        self, commit: str, contents: Mapping[str, str], files: Mapping[str, FileCoverage], changed: Collection[str]
    ) -> dict[str, FileCoverage]:
        numbers = self._load()
        before = json.dumps([self._commit, numbers])
        clean = not any(path in changed for path in files)
        if commit != self._commit:
            self._commit = commit
            for path in [path for path in numbers if path in changed or numbers[path][0] != contents.get(path)]:
                del numbers[path]
        for path, file in files.items():
            if path not in changed and (clean or path not in numbers):
                numbers[path] = [contents.get(path, ""), *_row(file)]
        if json.dumps([self._commit, numbers]) != before:
            self._save(numbers)
        found = {}
        for path, row in numbers.items():
            known = _file(path, row)
            if known is not None and path in files and _row(known) != _row(files[path]):
                found[path] = known
        return found

    def _load(self) -> dict[str, list[Any]]:
        if self._numbers is None:
            self._numbers = {}
            try:
                content = json.loads(self._file.read_bytes())
                if content["format"] == _FORMAT:
                    self._commit = str(content["commit"])
                    self._numbers = {str(path): list(row) for path, row in content["files"].items()}
            except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
                self._numbers = {}
        return self._numbers

    def _save(self, numbers: dict[str, list[Any]]) -> None:
        unfinished = self._file.with_name(f"{self._file.name}.part")
        try:
            unfinished.write_text(json.dumps({"format": _FORMAT, "commit": self._commit, "files": numbers}))
            unfinished.replace(self._file)
        except (OSError, ValueError):
            return


def _row(file: FileCoverage) -> list[int]:
    return [file.statements, file.missing, file.excluded, file.branches, file.partial, file.half]


def _file(path: str, row: list[Any]) -> FileCoverage | None:
    try:
        statements, missing, excluded, branches, partial, half = map(int, row[1:])
    except (TypeError, ValueError):
        return None
    return FileCoverage(path, statements, missing, excluded, branches, partial, (), half)
