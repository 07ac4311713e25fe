"""What a process of the user's interpreter is made of: when this changes, nothing that was loaded counts any more."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.engine.interpreter import Interpreter

Identity = list[int] | None
"""Time of modification in ns, size in bytes, inode; None for nothing."""


def identity(path: str) -> Identity:
    """What tells one state of a file or folder from another."""
    try:
        status = os.stat(path)  # noqa: PTH116 - hundreds of them stand between a save and its run
    except OSError:
        return None
    return [status.st_mtime_ns, status.st_size, status.st_ino]


class Surroundings:
    """The interpreter, its virtual environment and the folders of what is installed in it, at one moment."""

    def __init__(self, interpreter: Interpreter, installed: Iterable[str]) -> None:
        """``installed``: absolute paths of the folders in which the interpreter finds installed packages."""
        environment = Path(interpreter.path).parent.parent
        paths = {interpreter.path, str(environment / "pyvenv.cfg"), *installed}
        for folder in installed:
            paths.update(str(file) for file in Path(folder).glob("*.pth"))
        self._paths = {path: identity(path) for path in sorted(paths)}

    @property
    def states(self) -> dict[str, Identity]:
        """Each path with what tells its state."""
        return self._paths

    def changed(self) -> str | None:
        """The name of something that is not what it was, if there is any."""
        for path, known in self._paths.items():
            if identity(path) != known:
                return Path(path).name
        return None
