"""What a run has imported, in the order of the imports: from it the next processes know what to load ahead.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import pytest

from .. import wire
from ..measured import Measured, told_to_pytest_cov
from .places import Places

if TYPE_CHECKING:
    from ..outer import Outer

_REWRITER = "AssertionRewritingHook"


class Listing:
    """A plugin that notes where collection ended; ``write`` says the rest when the session is over."""

    def __init__(self) -> None:
        self._environ = dict(os.environ)
        self._collected: int | None = None

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self) -> None:
        """From here on modules are imported by tests, not by their files."""
        self._collected = len(sys.modules)

    def write(self, run: Outer) -> None:
        """Write ``modules.json`` into the folder of the run. Raises OSError."""
        places = Places(os.getcwd())
        rows: list[list[object]] = []
        told = told_to_pytest_cov(run.config.option) if run.config is not None else {}
        measured = Measured(os.getcwd(), told.get("config"), told.get("source"))
        collected = len(sys.modules) if self._collected is None else self._collected
        for at, (name, module) in enumerate(list(sys.modules.items())):
            file = _file(module)
            if file is None or name.partition(".")[0] in ("__main__", "__mp_main__", wire.PACKAGE):
                continue
            foreign = places.foreign(file) and not measured.names(name)
            rows.append([name, file, _is_rewritten(module), foreign, at >= collected])
        before, now = self._environ, dict(os.environ)
        changed = [name for name in before.keys() | now.keys() if before.get(name) != now.get(name)]
        path = os.path.join(run.folder, wire.MODULES_FILE)
        with open(path + ".new", "wb") as target:
            found = {"modules": rows, "environ": sorted(changed), "installed": places.installed}
            target.write(wire.encode(found))
        os.replace(path + ".new", path)


def _file(module: Any) -> str | None:
    """The file of a module that can be imported again by its name."""
    try:
        file = module.__file__
        return os.path.abspath(file) if isinstance(file, str) and module.__spec__ is not None else None
    except Exception:  # anything may stand in sys.modules
        return None


def _is_rewritten(module: Any) -> bool:
    return any(kind.__name__ == _REWRITER for kind in type(module.__spec__.loader).__mro__)
