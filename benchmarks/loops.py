"""Programs that answer a save: Redbar, pytest from nothing, and others that watch files."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks import measuring, trees
from benchmarks.answers import Answer, Lines, NoAnswerError, PytestLines, Reader, RecordLines, RedbarLines

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

_RECORD_SECONDS = 3600.0
_ANSWER_SECONDS = 900.0
_VERSIONS = """
import importlib.metadata, json
found = {each.metadata["Name"].lower(): each.version for each in importlib.metadata.distributions()}
print(json.dumps(found))
"""


@dataclass(frozen=True, slots=True)
class Setting:
    """What all programs get: the interpreter of the suite, the test that the edits are about, arguments for pytest.

    ``scope`` are paths for those that choose tests by themselves; nothing means the whole suite. ``path`` are folders
    of the suite that are put on ``PYTHONPATH``. With ``hurried`` the next save comes after Redbar's first verdict,
    while it still runs what the edit only might have touched.
    """

    python: str
    nodeid: str
    arguments: tuple[str, ...] = ()
    scope: tuple[str, ...] = ()
    path: tuple[str, ...] = (".",)
    hurried: bool = False

    def environment(self, folder: Path) -> dict[str, str]:
        """Environment of a program that works in a copy of the suite and has to import that copy's sources."""
        places = [str((folder / place).resolve()) for place in self.path]
        return {**measuring.environment(), "PYTHONPATH": os.pathsep.join(places)}

    @property
    def pytest(self) -> list[str]:
        """The command line of a pytest that names every test it has run."""
        return [self.python, "-m", "pytest", "-v", "--color=no", *self.arguments]


class Cold:
    """``python -m pytest NODEID``, started when the file is saved."""

    def __init__(self, setting: Setting, folder: Path) -> None:
        self._setting = setting
        self._folder = folder

    def start(self) -> None:
        """There is nothing that stays."""

    def answer(self, save: Callable[[], float]) -> Answer:
        """Save, start pytest and read its outcome; the clock begins with the start. Raises NoAnswerError."""
        save()
        argv = [*self._setting.pytest, self._setting.nodeid]
        lines = Lines(argv, self._folder, self._setting.environment(self._folder))
        reader = PytestLines(self._setting.nodeid)
        until = lines.started + _ANSWER_SECONDS
        while (line := lines.next(until)) is not None:
            reader.take(line[0] - lines.started, line[1])
        _, status, usage = os.wait4(lines.process.pid, 0)
        lines.process.returncode = os.waitstatus_to_exitcode(status)
        answer = reader.answer()
        answer.cpu = usage.ru_utime + usage.ru_stime
        return answer

    def close(self) -> None:
        """Nothing is there to be ended."""


class Watching:
    """A program that watches the files of a folder."""

    def __init__(self, setting: Setting, folder: Path, argv: list[str]) -> None:
        self._folder = folder
        self._environment = setting.environment(folder)
        self._nodeid = setting.nodeid
        self._argv = argv
        self._lines: Lines | None = None

    def _reader(self) -> Reader:
        return PytestLines(self._nodeid)

    def start(self) -> None:
        """Start it and wait until its first run is over. Raises NoAnswerError."""
        self._lines = Lines(self._argv, self._folder, self._environment)
        self._read(self._lines, self._reader(), self._lines.started, _RECORD_SECONDS)
        trees.settle(self._lines.process.pid)

    def answer(self, save: Callable[[], float]) -> Answer:
        """Save, and read until all that follows from it has run. Raises NoAnswerError."""
        lines = self._lines
        assert lines is not None
        pid = lines.process.pid
        lines.skip()
        before = trees.cpu_seconds(pid)
        reader = self._reader()
        self._read(lines, reader, save(), _ANSWER_SECONDS)
        self._rest(pid)
        answer = reader.answer()
        answer.cpu = trees.cpu_seconds(pid) - before
        return answer

    def _rest(self, pid: int) -> None:
        trees.settle(pid)

    @staticmethod
    def _read(lines: Lines, reader: Reader, since: float, seconds: float) -> None:
        while (line := lines.next(since + seconds)) is not None:
            if reader.take(line[0] - since, line[1]):
                return
        raise NoAnswerError(f"it ended:\n{lines.tail}")

    def close(self) -> None:
        """End it."""
        if self._lines is not None:
            trees.end(self._lines.process)
            self._lines = None


class Redbar(Watching):
    """``redbar watch --json``; everything runs once before, so that there is a record."""

    def __init__(self, setting: Setting, folder: Path, *options: str) -> None:
        command = measuring.redbar("watch", "--json", "--python", setting.python, "--after-green", "nothing")
        # Our own process must not see the project's path.
        command.insert(1, "-E")
        rest = [*setting.scope, *(["--", *setting.arguments] if setting.arguments else [])]
        super().__init__(setting, folder, [*command, "--no-initial-run", *options, *rest])
        self._first = [*command, *options, *rest]
        self._hurried = setting.hurried
        self._recorded = folder / ".redbar_cache" / "benchmark"

    def _reader(self) -> Reader:
        return RedbarLines(self._nodeid, first_verdict=self._hurried)

    def _rest(self, pid: int) -> None:
        if not self._hurried:
            trees.settle(pid)

    def start(self) -> None:
        """Record the suite if that was not done yet; then start anew, and wait for the collection."""
        if not self._recorded.exists():
            recording = Lines(self._first, self._folder, self._environment)
            try:
                self._read(recording, RecordLines(), recording.started, _RECORD_SECONDS)
            finally:
                trees.end(recording.process)
            self._recorded.touch()
        self._lines = lines = Lines(self._argv, self._folder, self._environment)
        missing = {"WatchReady", "SessionFinished"}
        while missing:
            line = lines.next(lines.started + _ANSWER_SECONDS)
            if line is None:
                raise NoAnswerError(f"it ended:\n{lines.tail}")
            if line[1].startswith("{"):
                missing.discard(json.loads(line[1])["event"])
        trees.settle(lines.process.pid)


def _redbar(setting: Setting, folder: Path) -> Watching:
    return Redbar(setting, folder)


def _redbar_cold(setting: Setting, folder: Path) -> Watching:
    return Redbar(setting, folder, "--cold")


def _watcher(setting: Setting, folder: Path) -> Watching:
    return Watching(setting, folder, [*_under_watcher(setting), setting.nodeid])


def _testmon(setting: Setting, folder: Path) -> Watching:
    return Watching(setting, folder, [*_under_watcher(setting), "--testmon", *setting.scope])


def _under_watcher(setting: Setting) -> list[str]:
    watcher = [setting.python, "-m", "pytest_watcher", ".", "--now", "--runner"]
    return [*watcher, *setting.pytest]


def _loop_on_fail(setting: Setting, folder: Path) -> Watching:
    return Watching(setting, folder, [*setting.pytest, "-f", setting.nodeid])


SIDES: Mapping[str, Callable[[Setting, Path], Cold | Watching]] = {
    "redbar": _redbar,
    "redbar --cold": _redbar_cold,
    "pytest": Cold,
    "pytest-watcher": _watcher,
    "testmon": _testmon,
    "xdist -f": _loop_on_fail,
}
"""All programs by their names in the tables; ``testmon`` runs under pytest-watcher."""


def lacking(python: str) -> dict[str, str]:
    """Which of `SIDES` cannot be measured in that interpreter, with the reasons in words."""
    done = subprocess.run([python, "-c", _VERSIONS], stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, str] = json.loads(done.stdout)
    reasons = {}
    watcher = "" if "pytest-watcher" in found else "pytest-watcher is not installed"
    if not watcher and int(found.get("watchdog", "0").partition(".")[0]) >= 7:  # noqa: PLR2004 - its major version
        watcher = f"pytest-watcher sees no event of watchdog {found['watchdog']}: install 'watchdog<7'"
    if watcher:
        reasons["pytest-watcher"] = reasons["testmon"] = watcher
    elif "pytest-testmon" not in found:
        reasons["testmon"] = "pytest-testmon is not installed"
    if "pytest-xdist" not in found:
        reasons["xdist -f"] = "pytest-xdist is not installed"
    return reasons
