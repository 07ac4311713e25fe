"""The child side in the workers of pytest-xdist.

PYTEST_DONT_REWRITE
"""

import os
from typing import Any

from . import wire
from .outer import Outer

_START = """\
import sys as _sys
_outer = __import__("_redbar_plugin.outer", fromlist=["start"])
_outer.current is None and _outer.start({folder!r}, {socket!r}, {worker!r}, first={first!r})
"""

_STAND_IN = """\
import sys, types
for _name in ({package!r}, {package!r} + ".entry"):
    sys.modules.setdefault(_name, types.ModuleType(_name, "PYTEST_DONT_REWRITE"))
"""
"""A worker elsewhere gets the arguments of the run, our ``-p`` among them."""


def is_local(node: Any) -> bool:
    """Whether ``node`` (xdist's WorkerController) runs on this machine, as a child of this process."""
    return bool(getattr(node.gateway.spec, "popen", False))


def prepare(node: Any, run: Outer) -> None:
    """Load this package into the worker before its pytest imports the plugins that the arguments name.

    Raises whatever execnet raises when the worker is gone.
    """
    if not is_local(node):
        node.gateway.remote_exec(_STAND_IN.format(package=wire.PACKAGE)).waitclose()
        return
    package = os.path.dirname(os.path.abspath(__file__))
    source = wire.BOOT_WORKER.format(folder=package) + _START.format(
        folder=run.folder, socket=run.socket_path, worker=node.gateway.id, first=run.workers == 0
    )
    run.workers += 1
    node.gateway.remote_exec(source).waitclose()
