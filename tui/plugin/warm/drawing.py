"""pytest-randomly and pytest-random-order in a session that waits: every fork draws a seed of its own.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import random
import sys
from typing import Any

_DEFAULT = "default:"
"""Before a seed that pytest-random-order has drawn, and not the person."""
_GENERATORS = ("random", "faker.generator", "factory.random")
"""Modules that hold a generator which is seeded: themselves, or under a name."""


class Drawing:
    """One a session."""

    def obstacle(self, config: Any, session: Any) -> str:
        """Why no fork can draw for itself, in words; empty if each can. ``session`` is None until it has started."""
        randomly, order = _plugin(config, "randomly"), _plugin(config, "random_order")
        if order is not None and session is None and _orders(config.known_args_namespace):
            return "pytest-random-order draws at the start"
        if randomly is None or not _is_seeded(randomly, config, session):
            return ""
        if not hasattr(randomly, "_reseed"):
            return "pytest-randomly draws at the start"
        before = _states()
        randomly._reseed(config)  # noqa: SLF001 - there is nothing public
        return "" if before == _states() else "modules draw random numbers when they are imported"

    def draw(self, config: Any) -> dict[str, str]:
        """In a fork: new seeds where the person gave none. What the header of the session says, and is to say now."""
        changed: dict[str, str] = {}
        for name, option, seed in (
            ("randomly", "randomly_seed", _of_randomly),
            ("random_order", "random_order_seed", _of_order),
        ):
            plugin = _plugin(config, name)
            if plugin is not None:
                old = getattr(config.option, option, None)
                new = seed(plugin, config, old)
                if new != old:
                    setattr(config.option, option, new)
                    words = "Using --" + option.replace("_", "-") + "={}\n"
                    changed[words.format(_bare(old))] = words.format(_bare(new))
        return changed

    def take_over(self, config: Any, session: Any) -> None:
        """Seed the generators, which a fork has seeded otherwise."""
        plugin = _plugin(config, "randomly")
        if plugin is not None and _is_seeded(plugin, config, session):
            plugin._reseed(config)  # noqa: SLF001 - there is nothing public


def _plugin(config: Any, name: str) -> Any:
    """A plugin that is found by its entry point, or named by ``-p``."""
    manager = config.pluginmanager
    module = "random_order.plugin" if name == "random_order" else "pytest_randomly"
    for each in (name, name.replace("_", "-"), module):
        if manager.hasplugin(each):
            return manager.get_plugin(each)
    return None


def _is_seeded(plugin: Any, config: Any, session: Any) -> bool:
    """Whether pytest-randomly has seeded the generators: older ones do so for the header."""
    return session is not None and (hasattr(plugin, "pytest_sessionstart") or config.option.verbose >= 0)


def _of_randomly(plugin: Any, config: Any, old: Any) -> Any:
    given = getattr(config.known_args_namespace, "randomly_seed", old)
    drawn = getattr(plugin, "default_seed", None)
    """What versions before 4 draw when they are imported."""
    new = random.Random().getrandbits(32)  # noqa: S311 - as they draw
    if drawn is not None:
        plugin.default_seed = new
    if given == "last" and isinstance(old, int):
        return config.cache.get("randomly_seed", new)
    return new if isinstance(old, int) and given in ("default", drawn) else old


def _of_order(_plugin: Any, _config: Any, old: Any) -> Any:
    drawn = isinstance(old, str) and old.startswith(_DEFAULT)
    return f"{_DEFAULT}{random.Random().randint(1, 1_000_000)}" if drawn else old  # noqa: S311 - the same


def _orders(known: Any) -> bool:
    """Whether pytest-random-order was told to do anything."""
    values = (getattr(known, name, _DEFAULT) for name in ("random_order_bucket", "random_order_seed"))
    return bool(getattr(known, "random_order_enabled", False)) or not all(
        str(value).startswith(_DEFAULT) for value in values
    )


def _bare(seed: Any) -> str:
    return str(seed).replace(_DEFAULT, "", 1)


def _states() -> list[Any]:
    """The states of the generators that pytest-randomly seeds."""
    found: list[Any] = []
    for name in _GENERATORS:
        module: Any = sys.modules.get(name)
        generator: Any = getattr(module, "randgen", getattr(module, "random", None)) if name != "random" else module
        if hasattr(generator, "getstate"):
            found.append(generator.getstate())
    numpy: Any = sys.modules.get("numpy.random")
    if numpy is not None:
        state = numpy.get_state()
        found.append((state[1].tobytes(), *state[2:]))
    return found
