"""Processes that tests start: forks go on with this recorder, other Pythons measure themselves by coverage.py.

A Python that is started looks into its environment, by a file that coverage.py has installed, and writes what it
executed into a file of its own at its end. Processes that are killed write nothing.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import importlib
import json
import os
import site
import sys
from typing import TYPE_CHECKING, Any

from .. import wire
from ..journal import Journal
from ..posix import calls
from .contexts import Context

if TYPE_CHECKING:
    from .recorder import Recorder

_START = "COVERAGE_PROCESS_START"
_OTHERS = (_START, "COVERAGE_PROCESS_CONFIG", "COV_CORE_SOURCE")
"""Variables by which somebody else measures child processes."""
_CONTEXT = "REDBAR_CONTEXT"
_FOLDER = "children"
_WARNINGS = ["no-data-collected", "module-not-imported", "module-not-measured", "couldnt-parse"]


class Children:
    """Begins with the first test: workers that pytest-xdist starts are children, too, and record for themselves."""

    def __init__(self, recorder: Recorder, *, arcs: bool) -> None:
        self.problem = ""
        self._recorder = recorder
        self._arcs = arcs
        self._begun = False
        self._folder = ""
        self._contexts: dict[str, tuple[str, dict[str, object]]] = {}
        """Kind and keys, by the number that child processes are told."""
        self._environ = os.environ

    def _begin(self) -> None:
        """Measure what is started from now on, if it can be done."""
        self._begun = True
        run_folder = self._recorder.folder
        if any(name in self._environ for name in _OTHERS):
            self.problem = "child processes are measured by somebody else, and not recorded here"
            return
        if not _starts_by_itself():
            self.problem = "child processes are not recorded: the coverage.py here does not start in them"
            return
        folder = f"{run_folder}/{_FOLDER}-{self._recorder.name}"
        try:
            os.mkdir(folder, 0o700)
            config = self._write_config(folder)
        except (OSError, ValueError) as error:
            self.problem = f"child processes are not recorded: {error}"
            return
        self._folder = folder
        self._environ[_START] = config

    def _write_config(self, folder: str) -> str:
        """The configuration of the children; its path. Raises OSError, ValueError for paths that it cannot hold."""
        data_file = f"{_literal(folder)}/${{{_CONTEXT}-0}}"
        roots = [_literal(root) for root in self._recorder.territory.roots]
        # A list with commas in it can be written as TOML only, and before Python 3.11 nobody need be able to read that.
        toml = any("," in root for root in roots)
        if any("\n" in each for each in [data_file, *roots]) or (toml and sys.version_info < (3, 11)):
            raise ValueError("the configuration of coverage.py cannot hold the path of this project")
        config = f"{folder}.toml" if toml else f"{folder}.rc"
        with open(config, "w", encoding="utf-8", errors="surrogateescape") as file:
            if toml:
                file.write("[tool.coverage.run]\nparallel = true\n")
                file.write(f"branch = {str(self._arcs).lower()}\nsource = {json.dumps(roots)}\n")
                file.write(f"data_file = {json.dumps(data_file)}\ndisable_warnings = {json.dumps(_WARNINGS)}\n")
            else:
                file.write(f"[run]\nparallel = true\nbranch = {self._arcs}\nsource = {', '.join(roots)}\n")
                file.write(f"data_file = {data_file}\ndisable_warnings = {', '.join(_WARNINGS)}\n")
        return config

    def switch(self, context: Context) -> None:
        """What is started now belongs to that context."""
        if not self._begun and context.kind in ("t", "f"):
            self._begin()
            if self.problem:
                self._recorder.say({"fault": self.problem})
        if self._folder:
            number = str(len(self._contexts))
            self._contexts[number] = (context.kind, context.keys)
            self._environ[_CONTEXT] = number

    def end(self) -> None:
        """Take what has been written; the environment is as it was."""
        folder, self._folder = self._folder, ""
        if not folder:
            return
        for name in (_START, _CONTEXT):
            self._environ.pop(name, None)
        names = os.listdir(folder)
        if names:
            data_of = importlib.import_module("coverage").CoverageData
            for name in names:
                self._take(data_of(f"{folder}/{name}"), name.partition(".")[0])

    def _take(self, data: Any, number: str) -> None:
        kind, keys = self._contexts.get(number, ("s", {}))
        if kind == "t" and "number" not in keys:
            return  # it was interrupted
        context = Context(kind, **keys)
        context.spawns = True
        try:
            data.read()
            for path in data.measured_files():
                if path.endswith(".py") and data.has_arcs():
                    context.arcs[path] = set(data.arcs(path) or ())
                elif path.endswith(".py"):
                    context.lines[path] = set(data.lines(path) or ())
        except Exception:  # of a process that died while it wrote
            return
        self._recorder.write(context)


class Fork:
    """A process that a test has forked: it writes what it executes when it leaves by ``os._exit``."""

    def __init__(self, recorder: Recorder, name: str, number: int) -> None:
        """``name`` is that of the journal of the process that it is a fork of; ``number`` that of the item."""
        self._recorder = recorder
        self._leave = os._exit
        self._pid = calls.getpid()
        current = recorder.current
        self.context = Context(current.kind, **current.keys)
        if self.context.kind == "t":
            self.context.keys.setdefault("number", number)
        self._journal = f"{name}-{self._pid}"
        os._exit = self._exit  # type: ignore[assignment] # in this process alone; multiprocessing leaves by it too

    def _exit(self, status: int) -> None:
        if calls.getpid() == self._pid:
            try:
                self._recorder.write_fork(self.context, self._open)
            except BaseException:  # nothing may keep it from its end
                pass
        self._leave(status)

    def _open(self, folder: str) -> Journal:
        return Journal(folder, self._journal, lambda: None, file=wire.RECORD_FILE)


def _literal(path: str) -> str:
    """A path as it is written where variables are put in."""
    return path.replace("$", "$$")


def _starts_by_itself() -> bool:
    """Whether a Python of this environment looks for coverage.py's variables when it starts."""
    folders = [*site.getsitepackages(), site.getusersitepackages(), *sys.path]
    for folder in dict.fromkeys(folders):
        try:
            names = os.listdir(folder)
        except OSError:
            continue
        for name in names:
            if name.endswith(".pth") and "cov" in name:
                try:
                    with open(f"{folder}/{name}", encoding="utf-8", errors="replace") as file:
                        if "process_startup" in file.read():
                            return True
                except OSError:
                    continue
    return False
