"""Leaves out of a run what the person's options ask for and what would be in the way.

Only of plugins that are registered: an option that nobody has defined is an error of usage.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from .. import outer

if TYPE_CHECKING:
    from ..outer import Outer

_IN_PIECES: dict[str, Any] = {"numprocesses": 0, "dist": "no", "tx": [], "distload": False, "looponfail": False}
_OPTIONS: dict[str, tuple[str, Any]] = {
    "capture": ("capture", "no"),
    "maxfail": ("maxfail", 0),
    "stepwise": ("stepwise", False),
    "forked": ("forked", False),
    "usepdb": ("pdb", False),
    "trace": ("trace", False),
    "timeout": ("timeout", None),
    "session_timeout": ("timeout", None),
    "faulthandler_timeout": ("timeout", None),
    "reruns": ("reruns", None),
    "only_rerun": ("reruns", None),
    "max_suite_reruns": ("reruns", None),
    "force_flaky": ("reruns", False),
    "retries": ("reruns", None),
}
"""Options that must be as they are without having been given: what the person calls them, and that value."""
_SETTINGS = {"timeout": "timeout", "session_timeout": "timeout", "reruns": "reruns", "retries": "reruns"}
"""Lines of the configuration file that ask for the same."""
_PLUGINS = ("timeout", "rerunfailures", "flaky", "pytest-retry", "pytest_retry")
"""Names of plugins that go by marks and settings as well: they are taken out once all have been configured."""


def early(run: Outer, early_config: Any) -> None:
    """Before pytest begins to capture, and coverage to measure."""
    if run.request["debug"] is None:
        return
    known = early_config.known_args_namespace
    known.capture = "no"
    if getattr(known, "cov_source", None):
        known.cov_source = []
        run.dropped.append("cov")


def options(run: Outer, config: Any) -> None:
    """Before plugins act on the options that they were given."""
    debugging = run.request["debug"] is not None
    if run.worker or not (debugging or run.request["sequential"]):
        return
    _in_one_piece(run, config)
    if debugging:
        _undisturbed(run, config)


def _in_one_piece(run: Outer, config: Any) -> None:
    """Without xdist: starting workers costs more than it gains, and they have no debugger's terminal."""
    option = config.option
    asked = getattr(option, "numprocesses", None) or getattr(option, "tx", None)
    if (asked or getattr(option, "looponfail", False)) and config.pluginmanager.hasplugin("xdist"):
        for name, value in _IN_PIECES.items():
            if hasattr(option, name):
                setattr(option, name, value)
        run.dropped.append("xdist")


def _undisturbed(run: Outer, config: Any) -> None:
    option = config.option
    for name, (words, value) in _OPTIONS.items():
        if hasattr(option, name) and getattr(option, name) != value:
            if getattr(option, name) and words not in ("capture", *run.dropped):
                run.dropped.append(words)
            setattr(option, name, value)
    for name, words in _SETTINGS.items():
        if words not in run.dropped and (_setting(config, name) or (name == "timeout" and _timeout_set())):
            run.dropped.append(words)


def plugins(run: Outer, config: Any) -> None:
    """Take out what goes by marks: when all plugins have been configured, and have declared their marks."""
    if run.request["debug"] is None:
        return
    for name in _PLUGINS:
        plugin = config.pluginmanager.get_plugin(name)
        if plugin is not None:
            try:
                config.pluginmanager.unregister(plugin)
            except Exception as error:
                outer.report_fault("debugging.clean", error)


def _setting(config: Any, name: str) -> bool:
    """Whether the configuration file gives it a value."""
    try:
        return bool(config.getini(name)) and str(config.getini(name)) not in ("0", "0.0")
    except (KeyError, ValueError):
        return False


def _timeout_set() -> bool:
    return bool(os.environ.get("PYTEST_TIMEOUT"))
