"""A run that has begun before the engine knows which tests it runs: it waits for that where it would collect them.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from .. import wire

if TYPE_CHECKING:
    from ..outer import Outer

_LOOK = 0.05
"""Seconds between two looks when nobody can be asked."""


def settle(run: Outer, *, broken: bool) -> None:
    """Wait until the request is whole. ``broken``: the edited file could not be imported.

    The host ends this process when the engine is gone, or wants other tests of another process.
    """
    run.channel.ask({"run": run.request["run"], "waits": True, "broken": broken}, lambda message: "select" in message)
    path = os.path.join(run.folder, wire.SELECTED_FILE)
    while not os.path.exists(path):  # the connection was lost
        time.sleep(_LOOK)
    with open(path, "rb") as file:
        run.request = wire.decode(file.read())
    run.late = False
