"""Reads what a run recorded, and says lines by their text."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.plugin.driver import HERE, Driver
from tests.plugin.outcome import Line, Outcome
from tui.plugin import wire

LIB = """
    def f(): return 1
    def called():
        return 2
    def other():
        return 3
"""
"""A module for tests to call."""

WITHOUT = ("-pno:cacheprovider", "-pno:asyncio", "-pno:syrupy")
"""The last two bring fixtures for every test, and are there if the interpreter is the one of these tests."""


@dataclass
class Seen:
    """One context, as the union of its lines in the record."""

    keys: Line
    code: dict[str, set[str]] = field(default_factory=dict)
    """Executed lines, stripped, by file relative to the project."""
    numbers: dict[str, set[int]] = field(default_factory=dict)
    data: set[str] = field(default_factory=set)
    listed: set[str] = field(default_factory=set)
    spawns: bool = False
    partial: bool = False


class Record:
    """One journal of a record."""

    def __init__(self, folder: Path, project: Path, name: str = wire.MAIN_JOURNAL) -> None:
        self._project = project.resolve()
        path = folder / f"record-{name}.jsonl"
        self.lines: list[Line] = [json.loads(line) for line in path.read_bytes().splitlines() if line]
        self.hashes: dict[str, str] = {}
        self.contexts: dict[tuple[str, str], Seen] = {}
        files: dict[str, str] = {}
        for line in self.lines:
            if "file" in line:
                assert str(line["file"]) not in files
                files[str(line["file"])] = self._relative(line["path"])
                self.hashes[self._relative(line["path"])] = line["hash"]
            elif "context" in line:
                self._take(line, files)

    def _relative(self, path: str) -> str:
        return str(Path(path).relative_to(self._project))

    def _take(self, line: Line, files: dict[str, str]) -> None:
        kind = line["context"]
        name = {"t": "nodeid", "c": "nodeid", "f": "name", "i": "path", "s": "context"}[kind]
        text = self._relative(line[name]) if kind == "i" else line[name]
        seen = self.contexts.setdefault((kind, text), Seen(line))
        seen.keys = {**seen.keys, **line}
        for number, flat in line.get("lines", {}).items():
            path = files[number]
            numbers = {n for first, last in zip(flat[::2], flat[1::2], strict=True) for n in range(first, last + 1)}
            source = (self._project / path).read_text("utf-8").split("\n")
            seen.numbers.setdefault(path, set()).update(numbers)
            seen.code.setdefault(path, set()).update(source[n - 1].strip() for n in numbers)
        seen.data.update(map(self._relative, line.get("data", ())))
        seen.listed.update(map(self._relative, line.get("listed", ())))
        seen.spawns |= line.get("spawns", False)
        seen.partial |= line.get("partial", False)

    def test(self, nodeid: str) -> Seen:
        return self.contexts["t", nodeid]

    def fixture(self, name: str) -> Seen:
        return self.contexts["f", name]

    def module(self, path: str) -> Seen:
        return self.contexts["i", path]

    @property
    def tests(self) -> list[str]:
        return [line["nodeid"] for line in self.lines if line.get("context") == "t"]

    @property
    def imports(self) -> list[str]:
        return [self._relative(line["path"]) for line in self.lines if line.get("context") == "i"]

    def pairs(self, kind: str) -> set[tuple[str, str]]:
        """The edges, or what was wanted."""
        return {
            (self._relative(first), self._relative(second))
            for line in self.lines
            for first, second in line.get(kind, ())
        }

    @property
    def wrote(self) -> set[str]:
        return {self._relative(path) for line in self.lines for path in line.get("wrote", ())}

    @property
    def faults(self) -> list[str]:
        return [line["fault"] for line in self.lines if "fault" in line]

    @property
    def ended(self) -> bool:
        return bool(self.lines) and self.lines[-1].get("end") is True


def recorded(driver: Driver, *args: str, **options: Any) -> tuple[Outcome, Record]:
    """A run that is recorded, from its start to its end."""
    outcome = driver.run(*WITHOUT, *args, record="selection", **options)
    return outcome, Record(outcome.folder, driver.cwd)


def is_traced(python: str) -> bool:
    """Whether lines come from a trace function there, for want of ``sys.monitoring``."""
    version = re.search(r"/py3\.(\d+)-", python)
    return (int(version[1]) if version else sys.version_info.minor) < 12


TRACED = pytest.mark.skipif(not is_traced(HERE), reason="has sys.monitoring")


def hides_coverage(folder: Path) -> Path:
    """A folder that makes the interpreter forget its coverage.py as it starts."""
    hiding = folder / "hiding"
    hiding.mkdir()
    (hiding / "sitecustomize.py").write_text(
        "from importlib.machinery import PathFinder\n"
        "class Hiding:\n"  # no function: pytest makes a method of what it finds here
        "    find = PathFinder.find_spec\n"
        "    def __call__(self, name, *args):\n"
        "        return None if name == 'coverage' else self.find(name, *args)\n"
        "PathFinder.find_spec = Hiding()\n"
    )
    return hiding
