"""The coverage.py that counts: the project's own, else the one that Redbar lends.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import importlib
import os
import re
import sys
from importlib.util import module_from_spec, spec_from_file_location
from typing import TYPE_CHECKING, Any

from ..wanting import COVERAGE, command

if TYPE_CHECKING:
    from .. import wire

_OLDEST = (5, 5)
"""Of coverage.py: the one that came first with all that is asked of it here."""


class UnfitError(Exception):
    """There is no coverage.py that can be used; the message says what to do."""


def library(lend: wire.Lend) -> tuple[Any, bool]:
    """The module ``coverage``, and whether it is a lent one. Raises UnfitError."""
    try:
        module = importlib.import_module("coverage")
    except ModuleNotFoundError as error:
        if error.name != "coverage":
            raise
        return _lent(lend), True
    version = str(getattr(module, "__version__", ""))
    numbers = tuple(int(number) for number in re.findall(r"\d+", version)[:2])
    if not hasattr(module, "Coverage"):
        raise UnfitError(f"{getattr(module, '__file__', 'a module')} is called coverage, and is not coverage.py")
    if numbers < _OLDEST:
        oldest = ".".join(map(str, _OLDEST))
        words = f"coverage.py {version} in {sys.prefix} is too old, {oldest} is the oldest that can count"
        raise UnfitError(f"{words}: {command(COVERAGE)}")
    return module, False


def _lent(lend: wire.Lend) -> Any:
    """Ours, loaded by its path. Nothing is added to ``sys.path``."""
    version = ".".join(map(str, sys.version_info[:2]))
    init = lend.get("modules", {}).get("coverage")
    if init is None or sys.version_info[:2] < tuple(lend["python"]):
        words = f"coverage.py, which counts statements, is not installed in {sys.prefix} (Python {version}); install it"
        raise UnfitError(f"{words}: {command(COVERAGE)}")
    spec = spec_from_file_location("coverage", init, submodule_search_locations=[os.path.dirname(init)])
    if spec is None or spec.loader is None:
        raise UnfitError(f"coverage.py cannot be loaded from {init}")
    module = sys.modules["coverage"] = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
