"""What makes a fork of a process that has loaded a lot as good as one that has just been started.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import gc
import importlib
import os
import sys
import threading
from importlib.util import cache_from_source
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def begin(changed: Iterable[str]) -> None:
    """Forget what may be out of date. ``changed`` are absolute paths of files that were edited."""
    for path in changed:
        _forget_compiled(path)
    importlib.invalidate_caches()  # finders trust the times of folders
    _draw_again()
    gc.enable()
    try:
        threading.main_thread()._set_native_id()  # type: ignore[attr-defined] # noqa: SLF001 - that of the parent
    except AttributeError:
        pass


def _forget_compiled(path: str) -> None:
    """Remove the cached bytecode of a source: it counts as fresh if second and size are the same."""
    if not path.endswith(".py"):
        return
    try:
        folder = os.path.dirname(cache_from_source(path))
        stem = os.path.basename(path)[:-2]
        for name in os.listdir(folder):
            if name.startswith(stem) and name.endswith(".pyc"):
                os.unlink(os.path.join(folder, name))
    except (OSError, NotImplementedError):
        pass


def _draw_again() -> None:
    """New seeds for generators that were made before the fork. ``random`` does so by itself."""
    for name in ("numpy.random", "faker.generator"):
        module = sys.modules.get(name)
        try:
            if module is not None:
                getattr(module, "random", module).seed() if name.startswith("faker") else module.seed()
        except Exception:
            pass
