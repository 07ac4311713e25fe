"""Keeps a fork of a parked session that has done already what needs no run: the next save does not wait for that.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import TYPE_CHECKING

from .. import wire
from ..resident import Message, Resident

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .stock import Stock


class Keeper(Resident):
    """The process of a parked session. Its forks are runs, and the spare that becomes the next one."""

    def __init__(
        self, path: str, hello: Mapping[str, object], prepare: Callable[[], None], seconds: float, stock: Stock
    ) -> None:
        """``prepare`` is called in the spare, with nothing known of its run. Raises OSError.

        There is one for so many ``seconds`` after a run, or after the session was parked. What the ``stock`` lacks is
        made first.
        """
        super().__init__(path, hello)
        self._prepare = prepare
        self._stock = stock
        self._spare = 0
        """Its pid; 0 while there is none."""
        self._orders = -1
        """Where the spare reads the command that makes it a run."""
        self._seconds = seconds
        self._until = time.monotonic() + seconds
        self._has_failed = False

    def patience(self) -> float | None:
        """Seconds after which to look whether somebody is still at work."""
        seconds = super().patience()
        return max(0.0, self._until - time.monotonic()) if seconds is None and self._spare else seconds

    def is_busy(self) -> bool:
        """Whether a spare is lacking. One that has not been wanted for long goes."""
        if self._outputs:  # a run needs the processor now
            self._until = time.monotonic() + self._seconds
            return False
        if self._stock.is_lacking and not self._kept:
            return True
        wanted = time.monotonic() < self._until and not self._kept
        if self._spare and not wanted:
            self._let_go_of_spare()
        return wanted and not self._spare and not self._has_failed

    def work(self) -> Message | None:
        """Make what is lacking, then the spare. Returns in it, when it becomes a run: the command."""
        if self._stock.is_lacking:
            self._stock.make()
            return None
        here, orders = os.pipe()
        spare = 0

        def ended(_status: int) -> None:
            if spare == self._spare:  # it was not told to
                self._has_failed = True
                self._let_go_of_spare()

        try:
            spare = self.fork({}, ended)
        except OSError:
            self._has_failed = True
            os.close(here)
            os.close(orders)
            return None
        if spare == 0:
            os.close(orders)
            return self._stand_by(here)
        os.close(here)
        self._spare, self._orders = spare, orders
        return None

    def obey(self, message: Message) -> Message | None:
        """Look for what the engine expects to be imported next, too."""
        if message.get("do") != "stock":
            return super().obey(message)
        self._stock.want(message["files"], message["paths"])
        if self._stock.is_lacking and self._spare:
            self._let_go_of_spare()
        return None

    def _stand_by(self, here: int) -> Message:
        """In the spare: prepare, and wait for the command. Ends if there is none."""
        try:
            self._prepare()
        except BaseException:
            sys.excepthook(*sys.exc_info())
            os._exit(wire.GONE)
        with os.fdopen(here, "rb") as file:
            line = file.readline()
        if not line.endswith(b"\n"):
            os._exit(0)
        command: Message = json.loads(line)
        return {**command, "prepared": True}

    def waiting(self, command: Message) -> int:
        """The spare, told what to do; 0 if there is none."""
        spare = self._spare
        if spare:
            try:
                os.write(self._orders, json.dumps(command).encode() + b"\n")
            except OSError:  # it has just died
                spare = 0
            self._let_go_of_spare()
        return spare

    def _let_go_of_spare(self) -> None:
        """Without a command it ends."""
        os.close(self._orders)
        self._spare, self._orders = 0, -1
