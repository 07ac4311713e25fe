"""A process that gives the terminal back when we are killed while a debugger has it."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from typing import Any

RESET = (
    b"\x1b[?2026l"  # synchronised output
    b"\x1b[?2004l\x1b[?1004l\x1b[?2048l"  # bracketed paste, reports of focus and size
    b"\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1005l\x1b[?1006l\x1b[?1015l\x1b[?1016l"  # mouse
    b"\x1b[<99u\x1b[=0;1u\x1b[>4;0m"  # keyboards: kitty's, and modifyOtherKeys
    b"\x1b[?1049l"
    b"\x1b[<99u\x1b[=0;1u"  # each screen has a stack of its own
    b"\x1b[r\x1b[4l\x1b[?7h\x1b[?1l\x1b>\x1b[0m\x1b(B\x0f\x1b[0 q\x1b[?25h"
)
"""Undoes every mode that a debugger may have left on."""

_STALLED = 60
"""Seconds in which a terminal that takes nothing may take something again."""

_CODE = """\
import os, signal, sys, termios
source, target, attributes, reset, seconds = eval(sys.argv[1])
os.read(0, 1)
signal.alarm(seconds)
for step in (
    lambda: termios.tcflush(source, termios.TCIFLUSH),
    lambda: termios.tcsetattr(source, termios.TCSANOW, attributes),
    lambda: os.set_blocking(target, True),
    lambda: os.write(target, reset),
):
    try:
        step()
    except Exception:
        pass
"""


class Guard:
    """Waits beside us; an end of ours without ``dismiss`` makes it restore ``attributes`` and reset the screen."""

    def __init__(self, source: int, target: int, attributes: list[Any]) -> None:
        argument = repr((source, target, attributes, RESET, _STALLED))
        self._process: subprocess.Popen[bytes] | None = None
        with suppress(OSError):  # then nobody does it
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", _CODE, argument],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=(source, target),
                start_new_session=True,  # what kills our group does not kill it
            )

    def dismiss(self) -> None:
        """We have given it back ourselves."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
