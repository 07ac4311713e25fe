"""Loads a debugger into a frozen failure before anybody asks for it.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Any

from ..debugging import session
from . import limits
from .calls import calls

if TYPE_CHECKING:
    from collections.abc import Mapping

_SECONDS = 5.0


def preload(message: Mapping[str, Any]) -> None:
    """Import the debugger that ``message`` names. What a test has patched may keep it from that: then sessions try."""
    limits.listen()
    try:
        limits.within(_SECONDS, _preload, message)
    except BaseException:
        pass
    finally:
        calls.signal(signal.SIGALRM, signal.SIG_DFL)


def _preload(message: Mapping[str, Any]) -> None:
    session.preload(message.get("debugger", "pudb"), message.get("lend") or {})
