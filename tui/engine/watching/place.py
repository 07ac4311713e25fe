"""The folder that is watched, as against another one that has come to lie in its place."""

from __future__ import annotations

import os
from contextlib import suppress


class Place:
    """Holds a folder: as long as it is held, no other one gets its number."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._descriptor = -1

    def hold(self) -> None:
        """Hold what lies there now."""
        self.close()
        with suppress(OSError):
            self._descriptor = os.open(self._path, os.O_RDONLY | os.O_DIRECTORY)

    def is_lost(self) -> bool:
        """Whether what was held is gone, or another folder lies there."""
        if self._descriptor < 0:
            return False
        try:
            return not os.path.samestat(os.fstat(self._descriptor), os.stat(self._path))
        except OSError:
            return True

    def close(self) -> None:
        """Hold nothing."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
