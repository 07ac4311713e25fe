"""Which frames are the person's, and which belong to what calls the person's code.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from .. import wire

if TYPE_CHECKING:
    from types import FrameType

_RUNNERS = (
    *(wire.PACKAGE, "_pytest", "pytest", "pluggy", "xdist", "pytest_asyncio", "anyio.pytest_plugin"),
    *("asyncio", "bdb", "doctest", "unittest.async_case", "unittest.case", "unittest.mock"),
)
"""Packages and modules that run tests: what they do before the person's code is no part of a failure."""
_PREFIXES = tuple(f"{name}." for name in _RUNNERS)

_MACHINERY = {
    *(name.partition(".")[0] for name in _RUNNERS),
    *("__channelexec__", "_hypothesis_pytestplugin", "execnet", "hypothesis", "subtests", "trio"),
    *("IPython", "ipdb", "pdb", "pudb"),
    *("concurrent", "contextlib", "functools", "importlib", "runpy", "sched", "selectors", "threading"),
}
"""Top-level names of all that can stand between the start of a process and the person's code."""


def is_runner(frame: FrameType) -> bool:
    """Whether it runs tests."""
    names = frame.f_globals
    module = names.get("__name__")
    return isinstance(module, str) and ("__unittest" in names or f"{module}.".startswith(_PREFIXES))


def is_machinery(frame: FrameType) -> bool:
    """Whether it runs tests, or calls on behalf of what does: not a part of the project."""
    names = frame.f_globals
    if "__unittest" in names:
        return True
    module = names.get("__name__")
    if module == "__main__" and frame.f_code.co_filename in ("<string>", "<stdin>"):
        return True  # what has loaded us
    return isinstance(module, str) and module.partition(".")[0] in _MACHINERY


def know_plugins(manager: Any) -> None:
    """Take the installed plugins of this session for machinery, too; one that is being developed is not installed."""
    for plugin, _ in manager.list_plugin_distinfo():
        name = getattr(plugin, "__name__", None) or type(plugin).__module__
        file = getattr(sys.modules.get(name), "__file__", None) or ""
        if "site-packages" in file or "dist-packages" in file:
            _MACHINERY.add(name.partition(".")[0])
