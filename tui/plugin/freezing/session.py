"""A fork in which a person debugs a frozen failure, on a terminal of its own.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import fcntl
import gc
import termios
import traceback
from typing import TYPE_CHECKING, Any

from ..debugging import surroundings
from ..debugging.session import post_mortem
from .calls import calls

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..failure.view import View

_STREAMS = 3
_format = traceback.format_exception


def run(view: View, message: Mapping[str, Any], terminal: int, environ: Mapping[str, str]) -> int:
    """Debug on ``terminal`` until the person leaves; the exit status. Raises what kept it from starting.

    ``environ`` is what the environment was at the start of the run, over which ``message`` has that of the terminal.
    """
    _take_terminal(terminal)
    surroundings.become({**environ, **message.get("environ", {})})
    gc.enable()
    exception, frame = message.get("exception"), message.get("frame")
    if exception is None:
        exception, frame = view.default
    elif frame is None:
        frame = view.exceptions[exception].begin()
    return post_mortem(view, exception, frame, debugger=message.get("debugger", "pudb"), lend=message.get("lend") or {})


def words_of(error: BaseException) -> str:
    """What kept a session from starting, for a log."""
    try:
        return "".join(_format(type(error), error, error.__traceback__))
    except Exception:
        return repr(type(error))


def _take_terminal(terminal: int) -> None:
    """Be the leader of a session that the terminal controls, with it as descriptors 0, 1 and 2. Raises OSError."""
    calls.setsid()
    fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
    for descriptor in range(_STREAMS):
        calls.dup2(terminal, descriptor)
    if terminal >= _STREAMS:
        calls.close(terminal)
