"""What runs of earlier sessions have imported, so that this one is warm before its first run is over."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import tui
from tui.engine.warmth.surroundings import Surroundings
from tui.plugin import wire

if TYPE_CHECKING:
    from pathlib import Path

    from tui.engine.interpreter import Interpreter
    from tui.engine.warmth.modules import Modules

_FILE = "modules.json"


class Kept:
    """A file in the project's cache. It holds as long as interpreter and installed packages are what they were."""

    def __init__(self, folder: Path, interpreter: Interpreter) -> None:
        self._path = folder / _FILE
        self._interpreter = interpreter
        self._written = 0
        """How many modules the file tells of, as far as this session knows."""

    def read(self, modules: Modules) -> Surroundings | None:
        """Let ``modules`` know what the last session did, and give what that depends on; None if it does not hold."""
        try:
            said: dict[str, Any] = wire.decode(self._path.read_bytes())
            now = Surroundings(self._interpreter, said["modules"]["installed"])
            if said["version"] != self._version or said["surroundings"] != now.states:
                return None
            self._written = modules.restore(said["modules"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return now

    def write(self, modules: Modules, surroundings: Surroundings) -> None:
        """Keep them, if there are more than before."""
        if len(modules) <= self._written:
            return
        self._written = len(modules)
        said = {"version": self._version, "surroundings": surroundings.states, "modules": modules.in_short()}
        unfinished = self._path.with_name(f"{_FILE}.{os.getpid()}")
        with suppress(OSError):
            unfinished.write_bytes(wire.encode(said))
            unfinished.replace(self._path)

    @property
    def _version(self) -> str:
        return f"{tui.__version__} {wire.PROTOCOL}"
