"""Turns what pytest set up in a parked session into that of the run which its fork becomes.

Reaches into pytest where it has nothing public; what a version of it does not have is passed over.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .others import is_active

if TYPE_CHECKING:
    from collections.abc import Mapping


_REMEMBERING = {"lfplugin": "cache/lastfailed", "nfplugin": "cache/nodeids"}
"""Plugins that read what earlier runs have written, with the key of what they read."""


def remembered(config: Any) -> dict[str, bytes | None]:
    """What earlier runs have written, by the plugin that has read it: which tests failed, and which there are."""
    found: dict[str, bytes | None] = {}
    for name, key in _REMEMBERING.items():
        if config is None or not config.pluginmanager.hasplugin(name) or not hasattr(config, "cache"):
            continue
        if is_active(config.pluginmanager.get_plugin(name)):  # it is made anew
            continue
        try:
            with open(config.cache._getvaluepath(key), "rb") as file:  # noqa: SLF001 - there is nothing public
                found[name] = file.read()
        except OSError:
            found[name] = None
    return found


def cache(config: Any, before: Mapping[str, bytes | None]) -> None:
    """Let the plugins whose ``remembered`` was ``before`` read again what is another thing now."""
    now = remembered(config)
    for name, text in before.items():
        if now.get(name) != text:
            plugin = config.pluginmanager.get_plugin(name)
            plugin.__dict__.update(type(plugin)(config).__dict__)


def clock(config: Any) -> None:
    """Let the duration of the session begin now."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    from _pytest import junitxml, timing

    if hasattr(reporter, "_session_start"):
        reporter._session_start = timing.Instant()  # noqa: SLF001 - not in all versions
    elif hasattr(reporter, "_sessionstarttime"):
        reporter._sessionstarttime = timing.time()  # noqa: SLF001 - the same
    report = config.stash.get(junitxml.xml_key, None)
    if report is not None:
        report.pytest_sessionstart()


_LINGERING = {
    "celery": "celery is at work",
    "dsession": "xdist distributes",
}
"""Plugins, by the names under which they are registered, that cannot be stopped in the middle."""
_OPTIONS: Mapping[str, Any] = {
    "log_file": None,
    "pastebin": None,
    "usepdb": False,
    "trace": False,
    "setupplan": False,
    "report_log": None,
    "htmlpath": None,
}
"""Options that open or decide something once for a session, with the values under which they do not."""


def obstacle(config: Any) -> str:
    """Why this session cannot be parked, in words; empty if it can."""
    for name, words in _LINGERING.items():
        if config.pluginmanager.hasplugin(name):
            return words
    option = config.option
    for name, harmless in _OPTIONS.items():
        if (getattr(option, name, None) or None) != (harmless or None):
            return f"the option {name} is decided at the start"
    if getattr(option, "numprocesses", None) or getattr(option, "tx", None):
        return "xdist distributes"
    return "log_file is opened at the start" if _setting(config, "log_file") else ""


def _setting(config: Any, name: str) -> Any:
    """A line of the configuration file; None before it has been read, or where there is no such line."""
    try:
        return config.getini(name)
    except (AttributeError, KeyError, ValueError):
        return None
