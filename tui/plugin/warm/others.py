"""Plugins of others that act once for a session: what of it is put off until a fork is a run, or done again there.

Reaches into them and into pytest where they have nothing public.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

from typing import Any

from _pytest import cacheprovider

from .. import outer
from .covering import Covering
from .drawing import Drawing

_REMEMBERING = ("lfplugin", "nfplugin")
"""Plugins of pytest that go by what earlier runs have written, in the order in which they are registered."""
_WRAPPER = "lfplugin-collwrapper"
_STEPWISE = "stepwiseplugin"
_SEED = "randomly_seed"


class Others:
    """One a session that waits. ``draw`` and what follows happens in forks of it."""

    def __init__(self) -> None:
        self._covering = Covering()
        self._drawing = Drawing()
        self._set: Any = None
        self._withheld: list[tuple[Any, str, Any]] = []
        """What plugins wrote into pytest's cache: of a session that may never be a run."""

    @outer.quiet
    def prepare(self, config: Any) -> None:
        """Before conftests are imported."""
        self._covering.prepare(config)
        kind: Any = cacheprovider.Cache
        self._set = kind.set
        kind.set = lambda cache, key, value: self._withheld.append((cache, key, value))

    def measures(self, config: Any) -> bool:
        """Whether every import counts, so that none may be made ahead."""
        return self._covering.measures(config)

    def obstacle(self, config: Any, session: Any) -> str:
        """Why no fork can go on with them, in words; empty if one can. ``session`` is None until it has started."""
        factory = getattr(config, "_tmp_path_factory", None)
        if getattr(factory, "_basetemp", None) is not None:
            return "temporary files are made before any test runs"
        return self._covering.obstacle(config) or self._drawing.obstacle(config, session)

    def draw(self, config: Any) -> dict[str, str]:
        """What the header of the session says, and is to say now."""
        try:
            return self._drawing.draw(config)
        except Exception as error:
            outer.report_fault("others.draw", error)
            return {}

    @outer.quiet
    def take_over(self, config: Any, session: Any) -> None:
        """Be the process in which they work."""
        if self._set is not None:
            kind: Any = cacheprovider.Cache
            kind.set = self._set
        self._covering.take_over(config)
        self._drawing.take_over(config, session)

    @outer.quiet
    def begin(self, config: Any) -> None:
        """The run is wanted: from here on it may leave traces, and it goes by those that others have left by now."""
        self._covering.begin()
        for cache, key, value in self._withheld:
            cache.set(key, config.option.randomly_seed if key == _SEED else value)
        self._withheld = []
        _remember(config)


def is_active(plugin: Any) -> bool:
    """Whether one of pytest's plugins that remember earlier runs selects or orders tests in this one."""
    return bool(getattr(plugin, "active", False))


def _remember(config: Any) -> None:
    manager = config.pluginmanager
    plugins = {name: manager.get_plugin(name) for name in _REMEMBERING if manager.hasplugin(name)}
    if any(is_active(plugin) for plugin in plugins.values()):
        if manager.hasplugin(_WRAPPER):
            manager.unregister(name=_WRAPPER)
        for name in plugins:
            manager.unregister(name=name)
        # Behind our own, as in any session: they have the last word about the order.
        for name, plugin in plugins.items():
            manager.register(type(plugin)(config), name)
    stepwise = manager.get_plugin(_STEPWISE)
    if stepwise is not None:
        fresh = {**type(stepwise)(config).__dict__, "session": stepwise.session}
        stepwise.__dict__.update(fresh)
