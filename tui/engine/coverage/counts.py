"""What coverage.py counted of each file, kept as long as content, executed lines and configuration are the same."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from tui.model.coverage import FileCoverage
from tui.model.impact.source import line_set, members
from tui.model.values import Value, value

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tui.model.executed import Executed

_FORMAT = 1
_KEPT = 4
"""Results of one file that are kept, the latest ones."""


@value
class FileCount(Value):
    """One file as coverage.py sees it; ``numbers`` are those of ``wire.Counted``. Lines are sets as in ``Source``.

    ``error`` says why there are none; ``left_out`` why the project does not measure the file.
    """

    content: str
    numbers: tuple[int, ...] = (0, 0, 0, 0, 0, 0)
    statements: int = 0
    missing: int = 0
    excluded: int = 0
    half: tuple[int, ...] = ()
    never: bool = False
    error: str = ""
    left_out: str = ""

    def coverage(self, path: str) -> FileCoverage:
        """The numbers under the name of the file."""
        statements, missing, excluded, branches, not_taken, half = self.numbers
        lines = tuple(members(self.missing))
        return FileCoverage(path, statements, missing, excluded, branches, not_taken, lines, half)


@value
class RegionCount(Value):
    """A function or class of a file, or what is outside of functions: ``kind`` is function, class or module.

    ``numbers`` are as in ``FileCount``, and so is the set ``lines``.
    """

    kind: str
    name: str
    first: int
    lines: int
    numbers: tuple[int, ...]


def region_of(told: dict[str, Any]) -> RegionCount:
    """The answer for one of them. Raises KeyError, TypeError, ValueError for something else."""
    numbers = tuple(map(int, told["numbers"]))
    return RegionCount(str(told["kind"]), str(told["name"]), int(told["first"]), line_set(told["lines"]), numbers)


def count_of(told: dict[str, Any]) -> FileCount:
    """The answer for one file. Raises KeyError, TypeError, ValueError for something else."""
    if "left_out" in told or "error" in told:
        return FileCount(
            str(told.get("hash", "")), error=str(told.get("error", "")), left_out=str(told.get("left_out", ""))
        )
    return FileCount(
        str(told["hash"]),
        tuple(map(int, told["numbers"])),
        line_set(told["statements"]),
        line_set(told["missing"]),
        line_set(told["excluded"]),
        tuple(told.get("half", ())),
        bool(told.get("never")),
    )


def digest_of(executed: Executed, *, branches: bool) -> str:
    """Tells what was executed of one content apart from all else that may be."""
    bits = executed.lines
    digest = hashlib.blake2b(bits.to_bytes((bits.bit_length() + 7) // 8, "little"), digest_size=12)
    if branches and executed.arcs is not None:
        digest.update(repr(sorted(executed.arcs)).encode())
    return digest.hexdigest()


def never_key(content: str, *, branches: bool) -> str:
    """What a result is kept by, of a file of that content that nothing executed."""
    return f"{content} never{' with branches' if branches else ''}"


class Counts:
    """Results by path, content and what was executed; in memory, and in a file that may be thrown away."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._config = ""
        self._version = ""
        self._known: dict[str, dict[str, dict[str, Any]]] = {}
        self._loaded = False
        self._dirty = False

    def use(self, config: str) -> None:
        """Results of another configuration, coverage.py or Python are none."""
        if not self._loaded:
            self._loaded = True
            self._load()
        if config != self._config:
            self._config = config
            self._known = {}
            self._dirty = True

    def is_of_another(self, version: str) -> bool:
        """Whether what is kept was counted by another version of coverage.py; then nothing is kept any more."""
        known, self._version = self._version, version
        if known in ("", version):
            return False
        self._known = {}
        return True

    def get(self, path: str, key: str) -> FileCount | None:
        """The result for a file in a state, if it is known."""
        told = self._known.get(path, {}).get(key)
        try:
            return count_of(told) if told is not None else None
        except (KeyError, TypeError, ValueError):
            return None

    def latest(self, path: str, content: str) -> FileCount | None:
        """The result that a file of that content had last, whatever was executed of it."""
        keys = [key for key in self._known.get(path, ()) if key.startswith(f"{content} ")]
        return self.get(path, keys[-1]) if keys else None

    def never(self, *, branches: bool) -> dict[str, str]:
        """The content hashes of the files that nothing executed when they were counted last."""
        found = {}
        for path, kept in self._known.items():
            content, _, rest = next(reversed(kept), "").partition(" ")
            if f"{content} {rest}" == never_key(content, branches=branches):
                found[path] = content
        return found

    def put(self, path: str, key: str, told: dict[str, Any]) -> None:
        """Keep a result."""
        kept = self._known.setdefault(path, {})
        kept.pop(key, None)
        kept[key] = told
        while len(kept) > _KEPT:
            del kept[next(iter(kept))]
        self._dirty = True

    def _load(self) -> None:
        try:
            content = json.loads(self._file.read_bytes())
            if content["format"] == _FORMAT:
                self._config = str(content["config"])
                self._version = str(content["version"])
                self._known = {str(path): dict(kept) for path, kept in content["files"].items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            self._known = {}

    def save(self) -> None:
        """Write what is new; a file that cannot be written is counted again next time."""
        if not self._dirty:
            return
        self._dirty = False
        unfinished = self._file.with_name(f"{self._file.name}.part")
        content = {"format": _FORMAT, "config": self._config, "version": self._version, "files": self._known}
        try:
            unfinished.write_text(json.dumps(content, separators=(",", ":")))
            unfinished.replace(self._file)
        except (OSError, ValueError):
            return


def config_of(folder: Path, others: Sequence[str]) -> str:
    """A digest of all files in which coverage.py may be configured, and of ``others``."""
    digest = hashlib.blake2b(digest_size=12)
    for name in (".coveragerc", "setup.cfg", "tox.ini", "pyproject.toml", ".coveragerc.toml"):
        try:
            content = (folder / name).read_bytes()
        except OSError:
            content = b""
        digest.update(b"%d:" % len(content) + content)
    digest.update("\0".join(others).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
