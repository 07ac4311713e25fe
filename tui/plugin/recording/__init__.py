"""Records what every test executes, reads and imports, so that an edit can be traced to the tests that it touches.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Callable

from .. import outer, wire
from ..measured import Measured, told_to_pytest_cov
from ..posix import calls
from ..territory import Territory
from .children import Children
from .effects import Effects
from .hooks import RecordingHooks
from .imports import ImportFinder
from .lengthy import look_away
from .lines import line_source
from .recorder import Recorder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..warm.stock import Stock

_recorder: Recorder | None = None
_finder: ImportFinder | None = None


def start(run: outer.Outer) -> bool:
    """Begin, before anything of the project has been imported; whether that went well.

    Never raises: a run that cannot be recorded still runs.
    """
    global _recorder, _finder
    try:
        territory = Territory()
        measured = Measured(calls.getcwd())
        full = run.request["record"] == "full"
        recorder = Recorder(run, territory, line_source(territory, arcs=full))
        finder = ImportFinder(recorder)
        recorder.parts = [Effects(recorder), finder]
        recorder.children = Children(recorder, arcs=full) if full else None
        _measure(finder, territory, measured)
        recorder.begin()
        look_away(recorder)
        _complain_of_early_imports(recorder)
    except Exception as error:
        outer.report_fault("recording.start", error)
        return False
    _recorder, _finder = recorder, finder
    return True


def _complain_of_early_imports(recorder: Recorder) -> None:
    """Say which modules of the project were there before: the interpreter's own start may import some."""
    others = [module for name, module in list(sys.modules.items()) if not name.startswith(wire.PACKAGE)]
    files = [str(getattr(module, "__file__", None) or "") for module in others]
    likely = [file for file in files if file.endswith(".py") and file.startswith(recorder.territory.roots)]
    early = [file for file in likely if recorder.territory.path(file) is not None]
    if early:
        more = f" and {len(early) - 1:,} more" if len(early) > 1 else ""
        recorder.say({"fault": f"{early[-1]}{more} had been imported before anything could be recorded"})


def _measure(finder: ImportFinder, territory: Territory, measured: Measured) -> None:
    """Record what the project's coverage settings name, wherever it lies."""
    finder.packages = set(measured.packages)
    territory.alias(measured.aliases)
    for folder in measured.folders:
        if not territory.contains(os.path.realpath(folder)):
            territory.add(folder)


@outer.quiet
def in_front() -> None:
    """See every import from now on: pytest's own finder, which is put in after ours, asks no other."""
    if _finder is not None and _recorder is not None and _recorder.live:
        _finder.end()
        _finder.begin()


@outer.quiet
def widen(rootdir: str, options: Any) -> None:
    """Files below ``rootdir`` belong to the project as those below the working folder do.

    ``options`` are pytest's, as far as they are known.
    """
    if _recorder is None or _finder is None:
        return
    _recorder.territory.add(rootdir)
    told = told_to_pytest_cov(options)
    if told:
        _measure(_finder, _recorder.territory, Measured(calls.getcwd(), told["config"], told["source"]))


def suspend() -> None:
    """Record nothing while a session waits; what forks it makes is not the session's doing."""
    if _recorder is not None:
        _recorder.live = False


def pause() -> bool:
    """Let code that is nobody's run at full speed, until ``go_on`` in the same function; whether that can be."""
    return _recorder is not None and _recorder.lines.pause()


def go_on() -> None:
    """Look again, after a ``pause`` that said yes."""
    if _recorder is not None:
        _recorder.lines.resume()


def lend(stock: Stock) -> None:
    """Let imports find code and hashes in the stock, as far as they hold."""
    if _recorder is not None and _finder is not None:
        _recorder.stock = _finder.stock = stock


@contextmanager
def aside() -> Iterator[None]:
    """Do something that is none of the tests' doing."""
    recorder = _recorder
    if recorder is None:
        yield
        return
    live, recorder.live = recorder.live, False
    try:
        yield
    finally:
        recorder.live = live


def resume(run: outer.Outer) -> None:
    """Go on in a fork of a waiting session that has become ``run``; what the session recorded is written for it."""
    if _recorder is not None and _recorder.folder != run.folder:
        _recorder.move(run)


def listener(run: outer.Outer, number: Callable[[], int]) -> RecordingHooks:
    """What listens to the session of ``run``; ``number`` tells items of one nodeid apart.

    Where a fork of a waiting session has become that run, what the session recorded is written again for it.
    """
    if _recorder is None:
        raise RuntimeError("nothing is recorded")
    resume(run)
    _recorder.number = number
    _recorder.say({"cov": _of_pytest_cov(run.config)})
    return RecordingHooks(_recorder, number)


def _of_pytest_cov(config: Any) -> dict[str, Any]:
    """What pytest-cov was told, if it is at work: by that, and not by files alone, the project measures."""
    return told_to_pytest_cov(config.option) if config.pluginmanager.hasplugin("pytest_cov") else {}
