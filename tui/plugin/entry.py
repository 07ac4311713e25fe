"""The pytest plugin that ``-p`` names, in the run and in every xdist worker.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import os
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, Callable

import pytest

from . import outer, wire, workers
from .apart import stand_apart
from .collection import Collection
from .debugging import clean
from .debugging.live import Live
from .reporter import ControllerReporter, ItemReporter, SessionReporter
from .selection import Selection
from .warm.nodes import Nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .warm.stock import Stock


def _start_recording() -> Any:
    """The package that records this run, if it is to be recorded: from before the project's first import."""
    if outer.current is None or outer.current.request["record"] == "off" or outer.current.request["debug"]:
        return None
    from . import recording

    return recording if recording.start(outer.current) else None


_recording = _start_recording()


def suspend_recording() -> None:
    """Record nothing until it is known for which run."""
    if _recording is not None:
        _recording.suspend()


def look_away() -> bool:
    """Let code that is nobody's run at full speed, until ``look_again`` in the same function; whether that can be."""
    return _recording is not None and _recording.pause()


def look_again() -> None:
    """Look again, after a ``look_away`` that said yes."""
    if _recording is not None:
        _recording.go_on()


def lend_code(stock: Stock) -> None:
    """Let imports that are recorded find code in the stock."""
    if _recording is not None:
        _recording.lend(stock)


def resume_recording(run: outer.Outer) -> None:
    """Record for this run what a session without a run has begun to record."""
    if _recording is not None:
        _recording.resume(run)


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: Any) -> Iterator[None]:
    """Say where the project lies as soon as pytest knows it, and meet debuggers before a conftest is imported."""
    if _recording is not None:
        _recording.widen(str(early_config.rootpath), early_config.known_args_namespace)
    _prepare_debugging(early_config)
    yield


_live: list[Live] = []
"""What debuggers of this process have in common, once its config has been seen."""


@outer.quiet
def _prepare_debugging(config: Any) -> None:
    run = outer.claim(config)
    if run is not None:
        clean.early(run, config)
        _live.append(Live(run))
        _live[0].install(config)


def pytest_addoption(pluginmanager: Any) -> None:
    """Let a session that is to be parked put its finder in before anything of the project is imported."""
    if _recording is not None:
        _recording.in_front()
    run = outer.current
    if run is not None and run.on_options is not None:
        call, run.on_options = run.on_options, None
        call(pluginmanager)


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: Any) -> None:
    """Leave out what would be in the way: xdist where a few tests run, more where somebody debugs."""
    _clean(config)


@outer.quiet
def _clean(config: Any) -> None:
    run = outer.claim(config)
    if run is not None:
        clean.options(run, config)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: Any) -> None:
    """Register what listens to this session, by its part in the run."""
    run = outer.claim(config)
    if run is None:
        return
    if run.waiting:
        run.configured = True
    else:
        listen(run, config)


_prepared: list[Any] = []
"""The listeners that this process has registered before it was known for which run."""


def prepare(run: outer.Outer, config: Any) -> None:
    """Register the listeners that are the same whatever a run asks for: forks of a waiting session then have them."""
    _prepared.extend(_register(run, config))


def _register(run: outer.Outer, config: Any) -> list[Any]:
    manager = config.pluginmanager
    plugins: dict[str, Any] = {}
    items = None
    if run.worker or not manager.hasplugin("xdist") or not _distributes(config):
        collection = plugins["collection"] = Collection(run)
        items = plugins["items"] = ItemReporter(run, collection)
    else:
        plugins["controller"] = ControllerReporter(run)
    if not run.worker:
        plugins["session"] = SessionReporter(run)
    if _recording is not None:
        plugins["recording"] = _recording.listener(run, (lambda: items.number) if items else int)
    for name, plugin in plugins.items():
        manager.register(plugin, f"redbar-{name}")
    return list(plugins.values())


def listen(run: outer.Outer, config: Any) -> list[Any]:
    """Register our listeners for this run; all that there are then."""
    registered = _prepared or _register(run, config)

    def register(plugin: Any, name: str) -> None:
        config.pluginmanager.register(plugin, name)
        registered.append(plugin)

    if run.dropped:
        run.journal.write({"event": "OptionsDropped", "options": run.dropped})
    items: ItemReporter | None = config.pluginmanager.get_plugin("redbar-items")
    if items is not None and not run.late:
        select(run, config)
    if run.request["modules"] and not run.worker:
        from .warm.listing import Listing

        run.listing = Listing()
        register(run.listing, "redbar-listing")
    if items is not None:
        _stand_by(run, register, items)
    return registered


def _stand_by(run: outer.Outer, register: Callable[[Any, str], None], items: ItemReporter) -> None:
    """Be there when a test fails, or when somebody debugs it."""
    run.place = lambda: (items.nodeid, items.number)
    if run.request["debug"] is not None:
        _debug(run, register, run.request["debug"])
    elif run.request["freeze"] > 0 and hasattr(os, "fork"):
        _freeze(run, register, items)


@outer.quiet
def _debug(run: outer.Outer, register: Callable[[Any, str], None], debug: wire.Debug) -> None:
    from .debugging.run import DebugRun

    register(DebugRun(run, _live[0], debug), "redbar-debugging")


@outer.quiet
def _freeze(run: outer.Outer, register: Callable[[Any, str], None], items: ItemReporter) -> None:
    from .freezing.hooks import Freezer

    register(Freezer(run, lambda: items.number, _recording.aside if _recording else nullcontext), "redbar-freezing")


def select(run: outer.Outer, config: Any) -> None:
    """Register what sees to it that just what was asked for is loaded and runs."""
    if run.request["changed"] and not run.worker:
        _trim(run, config)
    if not run.request["everything"]:
        collection = config.pluginmanager.get_plugin("redbar-collection")
        selection = Selection(run, collection)
        config.pluginmanager.register(selection, "redbar-selection")
        outer.quiet(selection.narrow)(config)
        if run.request["lead"] and not (run.request["scopes"] or run.request["fresh"]):
            config.pluginmanager.register(Nodes(run.request, collection), "redbar-nodes")


@outer.quiet
def _trim(run: outer.Outer, config: Any) -> None:
    from .warm.trim import Trim

    Trim(run.request).install(config)


def _distributes(config: Any) -> bool:
    option = config.option
    return getattr(option, "dist", "no") != "no" and bool(getattr(option, "tx", None)) and not option.collectonly


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Give a worker on this machine the package and its place in the run; others have no child side."""
    run = outer.claim(node.config)
    if run is not None:
        try:
            workers.prepare(node, run)
        except Exception as error:  # the run goes on, with fewer workers or without
            outer.report_fault("pytest_configure_node", error)


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session: Any) -> None:
    """Pass pytest's capture files to the engine, and give the terminal text the width of the screen."""
    run = outer.current
    if run is None or run.config is not session.config:
        return
    run.session = session
    outer.quiet(stand_apart)(session.config)
    clean.plugins(run, session.config)
    if not run.waiting:
        greet(run, session)


def greet(run: outer.Outer, session: Any) -> None:
    """What is to be done when the session of a run starts, beside the listeners."""
    try:
        terminal = session.config.pluginmanager.get_plugin("terminalreporter")
        if terminal is not None and run.request["columns"]:
            terminal._tw.fullwidth = run.request["columns"]  # noqa: SLF001 - COLUMNS would reach the tests
        lend_capture(session.config, run)
    except Exception as error:
        outer.report_fault("pytest_sessionstart", error)


def lend_capture(config: Any, run: outer.Outer) -> None:
    """Send descriptors of pytest's capture files, so that what a test printed survives the death of the process.

    They are unlinked temporary files: without another descriptor their content dies with the process.
    """
    manager = config.pluginmanager.get_plugin("capturemanager")
    capturing: Any | None = getattr(manager, "_global_capturing", None)
    names: list[str] = []
    descriptors: list[int] = []
    for name, label in (("out", "stdout"), ("err", "stderr")):
        file = getattr(getattr(capturing, name, None), "tmpfile", None)
        try:
            descriptors.append(file.fileno())  # type: ignore[union-attr]
            names.append(label)
        except Exception:  # noqa: S112 - capture is off, or in memory only
            continue
    if names:
        message: dict[str, object] = {"capture": names, "worker": run.worker, "run": run.request["run"]}
        run.channel.send(message, descriptors)
