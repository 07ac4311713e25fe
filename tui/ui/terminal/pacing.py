"""Flow control over the terminal: a frame is sent when the terminal has taken those before it.

After a frame the terminal is asked where its cursor is (`ESC[6n`; every terminal answers, the Linux
console too). The answer proves that all before it has arrived. While more than a window of bytes
is unanswered nothing is painted; changes pile up in the widgets and go out as one newer frame, so
that a slow line shows fewer frames instead of old ones. A local terminal answers within a
millisecond and notices nothing.
"""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

REQUEST: Final = "\x1b[6n"
"""Asks for the cursor position; the answer acknowledges all that was sent before."""


class Pacer:
    """Counts what is under way to the terminal.

    Args:
        window: Bytes that may be unacknowledged before painting stops.
        ask_after: Bytes after which an acknowledgement is asked for. Frames of a few bytes share
            one, or the questions would be a tenth of the traffic.
        patience: Seconds without an answer after which what is under way counts as lost: answers
            can get lost, when tmux is attached anew for example.
        clock: Gives the time in seconds.
    """

    QUEUED: Final = 1
    """Writes that may wait for the writer thread. More means that the terminal takes nothing."""

    GIVE_UP: Final = 4
    """After this many losses without any answer ever, the terminal is taken for one that never answers."""

    def __init__(
        self,
        *,
        window: int = 2048,
        ask_after: int = 256,
        patience: float = 2.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._window = window
        self._ask_after = ask_after
        self._patience = patience
        self._clock = clock
        self._requests: deque[int] = deque()
        self._under_way = 0
        self._unasked = 0
        self._heard_at = 0.0
        self._losses = 0
        self._answered = False
        self._active = True

    @property
    def awaits_answers(self) -> bool:
        """Whether the terminal has still to answer."""
        return bool(self._requests)

    def sent(self, size: int) -> bool:
        """Note a frame of `size` bytes; True when `REQUEST` has to follow it."""
        if not self._active:
            return False
        self._unasked += size
        if self._unasked < self._ask_after:
            return False
        if not self._requests:
            self._heard_at = self._clock()
        self._requests.append(self._unasked)
        self._under_way += self._unasked
        self._unasked = 0
        return True

    def acknowledged(self) -> None:
        """Note an answer of the terminal."""
        self._answered = True
        self._heard_at = self._clock()
        if self._requests:
            self._under_way -= self._requests.popleft()

    def may_send(self, queued: int) -> bool:
        """Whether a frame may be sent now.

        Args:
            queued: Writes that wait for the writer thread. It stands still while the terminal is
                frozen (ctrl+s, a dead line), even where nothing was ever acknowledged.
        """
        if queued > self.QUEUED:
            return False
        if self._under_way < self._window:
            return True
        if self._clock() - self._heard_at <= self._patience:
            return False
        self._lose()
        return True

    def reset(self) -> None:
        """Expect no answer any more: somebody else had the terminal."""
        self._requests.clear()
        self._under_way = self._unasked = 0

    def _lose(self) -> None:
        self._losses += 1
        self._active = self._answered or self._losses < self.GIVE_UP
        self._heard_at = self._clock()
        self.reset()
