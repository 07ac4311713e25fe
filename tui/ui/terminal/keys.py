"""Reads keys in a thread, and stops at once when it is told to.

Textual's own loop looks every tenth of a second whether it is to stop, and then waits for another one: so long would
everybody wait to whom the terminal is given.
"""

from __future__ import annotations

import os
import select
from codecs import getincrementaldecoder
from contextlib import suppress
from typing import TYPE_CHECKING

from textual._parser import ParseError
from textual._xterm_parser import XTermParser

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.message import Message

_TICK = 0.1
"""Seconds after which an escape that nothing follows is a key of its own."""
_PIECE = 4096


class Waker:
    """Wakes a thread that waits for keys, and keeps it awake."""

    def __init__(self) -> None:
        self.woken, self._wake = os.pipe()

    def wake(self) -> None:
        """Wake it."""
        os.write(self._wake, b"\0")

    def close(self) -> None:
        """Nobody waits any more."""
        os.close(self.woken)
        os.close(self._wake)


def read_keys(terminal: int, waker: Waker, stopped: Callable[[], bool], emit: Callable[[Message], None]) -> None:
    """Emit what comes from the terminal until ``stopped``; ``waker`` says when to look. Raises OSError."""
    parser = XTermParser()
    decode = getincrementaldecoder("utf-8")().decode

    def take(seconds: float, *descriptors: int) -> None:
        ready = select.select([terminal, *descriptors], [], [], seconds)[0]
        # Nothing comes where the input is a pipe at its end.
        if terminal in ready and (text := decode(os.read(terminal, _PIECE))):
            for message in parser.feed(text):
                emit(message)
        for message in parser.tick():
            emit(message)

    try:
        while not stopped():
            take(_TICK, waker.woken)
        take(0)
    finally:
        with suppress(EOFError, ParseError):
            list(parser.feed(""))  # the end: half a sequence is nobody's key
