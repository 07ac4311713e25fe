"""Generators of random numbers that the project has seeded: every fork goes on from there, as a new process would.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import sys
from typing import Any

_GENERATORS = ("random", "numpy.random", "faker.generator")
"""Modules that are one, or hold one under the name ``random``."""


class Generators:
    """Those that whole modules share. Made before anything of the project is imported."""

    def __init__(self) -> None:
        for name in _GENERATORS:
            _draw(name)
        self._before = _states()
        self._seeded: dict[str, Any] = {}

    def note(self) -> None:
        """Remember those that have been seeded since. Drawing alone changes no more than a place in their state."""
        for name, state in _states().items():
            if name in self._before:
                seeded = _key(self._before[name]) != _key(state)
            else:
                seeded = name == "numpy.random" and _numpy_is_seeded()
            if seeded:
                self._seeded[name] = state

    def restore(self) -> None:
        """In a fork, where all have been seeded by chance: give those back their state."""
        for name, state in self._seeded.items():
            try:
                _of(name)[1](state)
            except Exception:  # noqa: S112 - of another version
                continue


def _of(name: str) -> tuple[Any, Any]:
    """What gives the state of a generator, and what sets it. Raises AttributeError."""
    module: Any = sys.modules.get(name)
    if name == "numpy.random":
        return module.get_state, module.set_state
    generator = module if name == "random" else module.random
    return generator.getstate, generator.setstate


def _draw(name: str) -> None:
    """Draw a number: the first one after seeding makes the next 624, and with them another state."""
    module: Any = sys.modules.get(name)
    try:
        (module.random if name == "faker.generator" else module).random()
    except Exception:  # not there, or of another version
        pass


def _states() -> dict[str, Any]:
    found = {}
    for name in _GENERATORS:
        try:
            found[name] = _of(name)[0]()
        except Exception:  # noqa: S112 - not there, or of another version
            continue
    return found


def _key(state: Any) -> bytes:
    """What of a state of the Mersenne Twister drawing leaves as it is, for as long as its 624 numbers last."""
    numbers = state[1]
    return bytes(numbers) if hasattr(numbers, "dtype") else repr(numbers[:-1]).encode()


def _numpy_is_seeded() -> bool:
    """Whether it was seeded since it was imported: until then it remembers where its first seed came from."""
    try:
        generator: Any = sys.modules["numpy.random"].mtrand._rand._bit_generator  # noqa: SLF001 - nothing public
        return generator._seed_seq is None  # noqa: SLF001 - the same
    except (AttributeError, KeyError):
        return False
