"""A parked session: pytest has started and stopped before a file that is being edited; every fork of it goes on.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import gc
import importlib
import os
import sys
import threading
import time
from typing import Any

import pytest

from .. import outer, wire
from . import adopt, effects, fresh, late, output, shortcuts, stock
from .generators import Generators
from .others import Others
from .pause import PauseFinder
from .places import Places
from .reads import Reads
from .spare import Keeper

_UNSURE = 0.05
"""Seconds before its start from which a file counts as edited while the session read it."""
_COLLECTION = "collection"
_DANGEROUS = ("gevent", "eventlet", "grpc", "torch", "tensorflow", "jax")


def main(folder: str, socket_path: str) -> int:
    """Start the session that ``park.json`` in ``folder`` asks for; returns in a fork, when its run is over."""
    from .. import run

    with open(os.path.join(folder, wire.PARK_FILE), "rb") as file:
        wanted: wire.ParkRequest = wire.decode(file.read())
    run.become(folder)
    request: wire.Request = {
        "run": 0,
        "args": wanted["args"],
        "columns": 0,
        "everything": True,
        "scopes": [],
        "items": [],
        "cwd_on_path": wanted["cwd_on_path"],
        "sequential": wanted["sequential"],
        "record": wanted["record"],
        "changed": [],
        "saved": [],
        "modules": False,
        "lead": 0,
        "stage": 0,
        "fresh": [],
        "freeze": 0,
        "debug": None,
        "debugger": "pudb",
        "breakpoints": [],
        "lend": {},
    }
    waiting = outer.wait(request, socket_path)
    fresh.begin(wanted["changed"])
    park = Park(wanted, folder, socket_path, waiting)
    waiting.on_options = lambda manager: manager.register(park, "redbar-park")
    return run.session(waiting)


class Park:
    """A plugin of the session. Whatever happens after ``_pause`` happens in a fork."""

    def __init__(self, wanted: wire.ParkRequest, folder: str, socket_path: str, run: outer.Outer) -> None:
        self._wanted = wanted
        self._folder = folder
        self._output = os.path.join(folder, wire.OUTPUT_FILE)
        """Where what is printed goes."""
        self._captured = "", ""
        """What was captured before the pause."""
        self._socket_path = socket_path
        self._run = run
        self._began = time.time()
        self._config: Any = None
        self._resumed = False
        self._broken = False
        """Whether the edited file cannot be imported."""
        self._imported: frozenset[str] = frozenset()
        """What was edited and is imported before tests are collected."""
        self._unfit = ""
        self._passing = False
        """Whether that is because of what was being edited."""
        self._remembered: dict[str, bytes | None] = {}
        self._others = Others()
        self._finder = PauseFinder(wanted["hot"], self._pause)
        self._reads = Reads((os.getcwd() + os.sep,), folder)
        self._effects = effects.Effects()
        self._generators = Generators()

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_load_initial_conftests(self, early_config: Any) -> Any:
        """Put the finder in: after plugins that are installed, before the first conftest."""
        self._config = early_config
        self._others.prepare(early_config)
        self._finder.in_front()
        yield

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session: Any) -> None:
        """Load modules of the project ahead, and stop at the latest here."""
        self._config = session.config
        if not self._resumed:
            self._finder.in_front()  # of what conftests have added
            if not self._others.measures(self._config):
                self._load_ahead()
        if not self._resumed:
            self._pause(_COLLECTION)
        if self._run.late:
            self._settle()
        self._others.begin(self._config)
        self._finder.withdraw()

    def _settle(self) -> None:
        """Learn which tests run, if that was not known when the run began."""
        from .. import entry
        from . import trim

        saved = [path for path in self._run.request["saved"] if path.endswith(".py") and path not in self._imported]
        late.settle(self._run, broken=self._broken or any(trim.is_broken(path) for path in saved))
        entry.select(self._run, self._config)

    def _load_ahead(self) -> None:
        manager = self._config.pluginmanager.get_plugin("capturemanager")
        if manager is not None:
            manager.resume_global_capture()
        try:
            for name, file in self._wanted["ahead"]:
                self._load(name, file)
                if self._resumed or self._unfit:
                    break
        finally:
            if manager is not None:
                manager.suspend_global_capture(in_=False)

    def _load(self, name: str, file: str) -> None:
        try:
            module = importlib.import_module(name)
        except KeyboardInterrupt:
            if self._resumed:
                raise
            self._unfit, self._passing = f"the import of {name} was interrupted", True
        except BaseException as error:
            # What was paused raises again when a test imports it. What is not on the path yet comes later as well.
            missing = isinstance(error, ModuleNotFoundError) and error.name == name
            self._broken = self._resumed
            if not self._resumed and not missing:
                self._unfit, self._passing = f"{name} cannot be imported: {type(error).__name__}", True
        else:
            if not self._resumed and os.path.abspath(getattr(module, "__file__", None) or file) != file:
                self._unfit = f"{name} was imported from another place"

    def _pause(self, where: str) -> None:
        """Wait for the engine. Returns in forks only."""
        from .. import entry

        self._finder.on = False
        self._reads.on = False
        self._effects.on = False
        self._generators.note()
        self._imported = frozenset() if where == _COLLECTION else frozenset(self._wanted["hot"])
        entry.suspend_recording()
        watched = entry.look_away()
        parked = self._describe(where)
        path = os.path.join(self._folder, wire.PARKED_FILE)
        with open(path, "wb") as file:
            file.write(wire.encode(parked))
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        self._captured = output.captured(self._config)
        self._load_own()
        gc.collect()
        gc.freeze()
        gc.disable()
        hello = {"role": "park", "park": self._wanted["park"]}
        kept = stock.begin(self._config, parked["modules"].values())
        kept.want(self._wanted["later"], self._wanted["changed"])
        entry.lend_code(kept)
        command = Keeper(self._socket_path, hello, self._prepare, self._wanted["spare"], kept).serve()
        if "prepared" not in command:
            self._prepare()
        self._run.late = bool(command.get("late"))
        self._go_on(command["folder"])
        if watched:
            entry.look_again()

    def _load_own(self) -> None:
        """What every fork needs, it has already."""
        from .. import entry

        for name in (".warm.trim", ".warm.listing", ".freezing.hooks"):
            importlib.import_module(wire.PACKAGE + name)
        try:
            if self._run.configured:
                entry.prepare(self._run, self._config)
            else:
                shortcuts.take(self._config)
            self._remembered = adopt.remembered(self._config)
            adopt.cache(self._config, dict.fromkeys(self._remembered, b"\0"))  # a run may have ended meanwhile
        except Exception as error:
            outer.report_fault("park", error)

    def _describe(self, where: str) -> wire.Parked:
        places = Places(os.getcwd())
        modules: dict[str, str] = {}
        for name, module in list(sys.modules.items()):
            file = getattr(module, "__file__", None)
            if isinstance(file, str) and name.partition(".")[0] not in ("__main__", wire.PACKAGE):
                file = os.path.abspath(file)
                if not places.foreign(file):
                    modules[name] = file
        files = {path: wire.state_of(path) for path in {*modules.values(), *self._reads.files, *self._reads.folders}}
        return {
            "where": where,
            "unfit": self._unfit or self._run.unfit or self._obstacle(files),
            "files": files,
            "modules": modules,
            "passing": self._passing,
            "dropped": self._run.dropped,
        }

    def _obstacle(self, files: dict[str, list[int] | None]) -> str:
        if threading.active_count() > 1:
            return "threads are running"
        for name in _DANGEROUS:
            if name in sys.modules:
                return f"{name} does not bear a fork"
        held = self._finder.loaded()
        if held is not None:
            return f"{os.path.basename(held)} is imported before conftests are"
        since = int((self._began - _UNSURE) * 1e9)
        for path, identity in files.items():
            if identity is not None and identity[0] >= since:
                self._passing = True
                return f"{os.path.basename(path)} was edited meanwhile"
        found = adopt.obstacle(self._config) or self._others.obstacle(self._config, self._run.session)
        return found or effects.obstacle(self._effects)

    def _prepare(self) -> None:
        """In a fork: do what is the same whatever run it becomes."""
        self._resumed = True
        os.setsid()
        own = os.path.join(self._folder, f"output-{os.getpid()}")
        output.lead(self._output, own, {})
        self._output = own
        output.capture_anew(self._config, self._captured)

    def _go_on(self, folder: str) -> None:
        """In a prepared fork: become the run of that folder."""
        from .. import entry

        output.lead(self._output, os.path.join(folder, wire.OUTPUT_FILE), self._others.draw(self._config))
        os.unlink(self._output)
        self._run.begin(folder)
        fresh.begin(self._run.request["changed"])
        if stock.stock is not None:
            stock.stock.doubt(self._run.request["changed"])
        self._generators.restore()
        entry.resume_recording(self._run)
        config = self._config
        for step, more in ((adopt.cache, (self._remembered,)), (adopt.clock, ())):
            try:
                step(config, *more)
            except Exception as error:
                outer.report_fault(f"adopt.{step.__name__}", error)
        registered = entry.listen(self._run, config) if self._run.configured else []
        session = self._run.session
        self._others.take_over(config, session)
        if session is not None:
            for plugin in registered:
                start = getattr(plugin, "pytest_sessionstart", None)
                if start is not None:
                    start(session)
            entry.greet(self._run, session)
