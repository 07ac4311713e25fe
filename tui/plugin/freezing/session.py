"""A fork in which a person debugs a frozen failure, on a terminal of its own.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import fcntl
import gc
import importlib
import os
import signal
import sys
import termios
import traceback
from typing import TYPE_CHECKING, Any

from .. import wire
from .calls import calls

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

    from .view import View

_OF_THE_PERSON = ("TERM", "TERMINFO", "TERMINFO_DIRS", "COLORTERM", "HOME", "LANG", "LANGUAGE", "TMUX", "PATH", "SHELL")
_OF_THE_PERSON_STARTS = ("LC_", "XDG_", "PUDB_", "TERM_")
_NEVER = ("LINES", "COLUMNS")
"""They would say another size than the terminal has."""
_interruptible = signal.default_int_handler
_format = traceback.format_exception
_environ = os.environ
_load = importlib.import_module


def run(view: View, message: Mapping[str, Any], terminal: int, environ: Mapping[str, str]) -> int:
    """Debug on ``terminal`` until the person leaves; the exit status. Raises what kept it from starting.

    ``environ`` is what the environment was at the start of the run, over which ``message`` has that of the terminal.
    """
    _take_terminal(terminal)
    _take_environment({**environ, **message.get("environ", {})})
    calls.signal(signal.SIGINT, _interruptible)
    gc.enable()
    exception, frame = message.get("exception"), message.get("frame")
    if exception is None:
        exception, frame = view.default
    elif frame is None:
        frame = view.exceptions[exception].begin()
    try:
        return _debug(view, exception, frame, message)
    finally:
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except Exception:  # the terminal is gone
                pass


def words_of(error: BaseException) -> str:
    """What kept a session from starting, for a log."""
    try:
        return "".join(_format(type(error), error, error.__traceback__))
    except Exception:
        return repr(type(error))


def _debug(view: View, exception: int, frame: int, message: Mapping[str, Any]) -> int:
    session = _load(wire.PACKAGE + ".debugging.session")
    found: int = session.post_mortem(
        view, exception, frame, debugger=message.get("debugger", "pudb"), lend=message.get("lend") or {}
    )
    return found


def _take_terminal(terminal: int) -> None:
    """Be the leader of a session that the terminal controls, with it as the three streams. Raises OSError."""
    calls.setsid()
    fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
    for stream in range(3):
        calls.dup2(terminal, stream)
    if terminal > 2:  # noqa: PLR2004 - the streams
        calls.close(terminal)
    sys.stdin = sys.__stdin__ = _stream(0, "r")  # type: ignore[misc]
    sys.stdout = sys.__stdout__ = _stream(1, "w")  # type: ignore[misc]
    sys.stderr = sys.__stderr__ = _stream(2, "w")  # type: ignore[misc]


def _stream(descriptor: int, mode: str) -> Any:
    return calls.open_file(
        descriptor,
        mode,
        buffering=1,
        encoding="utf-8",
        errors="backslashreplace" if mode == "w" else None,
        closefd=False,
    )


def _take_environment(wanted: Mapping[str, str]) -> None:
    """Of the test's environment, replace what a debugger and the terminal go by."""
    present: MutableMapping[str, str]
    for present in {id(each): each for each in (_environ, os.environ)}.values():
        for name in [*present]:
            if _is_the_persons(name) or name in _NEVER:
                del present[name]
        for name, value in wanted.items():
            if _is_the_persons(name):
                present[name] = value


def _is_the_persons(name: str) -> bool:
    return name in _OF_THE_PERSON or name.startswith(_OF_THE_PERSON_STARTS)
