"""Holds tests of a project at a place of their own until they may go on."""

import os
from pathlib import Path


class Gate:
    """Holds tests: they wait in ``open("gate", "rb", 0).readline()`` until the gate is opened, once for each."""

    def __init__(self, folder: Path) -> None:
        os.mkfifo(folder / "gate")
        self._descriptor = os.open(folder / "gate", os.O_RDWR)

    def open(self, times: int = 1) -> None:
        """Let so many through."""
        os.write(self._descriptor, b"\n" * times)

    def close(self) -> None:
        """No more use."""
        os.close(self._descriptor)
