"""A debugger in a process of its own: a fork of a frozen failure, whose descriptors 0, 1 and 2 are a terminal.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import bdb
import signal
import sys
from typing import TYPE_CHECKING, Any

from . import choice, postmortem, pudbs, surroundings
from .lending import lending
from .streams import Streams

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..failure.view import View


def post_mortem(failure: View, exception: int, frame: int, *, debugger: str, lend: Mapping[str, Any]) -> int:
    """Debug that frame of that exception of the failure, until the person leaves; 0.

    What a debugger raises instead is passed on: with it the session ends, as one that could not start.
    """
    streams = Streams()
    streams.install()
    for name, stream in (("stdin", streams.reading), ("stdout", streams.writing), ("stderr", streams.writing)):
        setattr(sys, f"__{name}__", stream)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.settrace(None)
    try:
        with lending(debugger, lend), pudbs.Alone():
            made, words = choice.made(debugger, lend)
            if pudbs.is_pudb(type(made)):
                pudbs.handle_interrupts(made, live=False)
            else:
                streams.writing.write(postmortem.greeting(words))
            postmortem.stay(made, failure, exception, frame)
    except (bdb.BdbQuit, KeyboardInterrupt, SystemExit):
        pass
    finally:
        streams.flush()
    return 0


def preload(debugger: str, lend: Mapping[str, Any]) -> None:
    """Import what that will need, in the process that sessions are forked from. Never raises."""
    try:
        with surroundings.of_the_person(), lending(debugger, lend):
            choice.preload(debugger)
    except Exception:  # the session will meet the same, and say so
        pass
