"""The frozen failure's side of its inspector: one question after the other, never waiting for it.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import _socket
import signal
from collections import deque
from typing import TYPE_CHECKING, Any, Callable

from .. import wire
from . import inspector, limits
from .calls import calls

if TYPE_CHECKING:
    from ..failure.view import View

_SECONDS = 2.0
"""For an answer; whoever needs longer hangs."""
_GRACE = 1.0
"""Seconds beyond those that an evaluation may take."""
_LOOKS = ("locals", "expand")
_HANGS = "it did not answer in time and was ended"
_DIED = "answering ended the process"


class Asking:
    """Forks an inspector for the first question, and another one when that hangs or dies.

    What was evaluated is lost with an inspector. Where looking at values made it hang, they are looked at once more
    without asking any object for its text.
    """

    def __init__(self, view: View, say: Callable[[dict[str, Any]], None], let_go: Callable[[], None]) -> None:
        """``let_go`` closes, in the fork, what is the frozen failure's own."""
        self._view = view
        self._say = say
        self._let_go = let_go
        self._waiting: deque[dict[str, Any]] = deque()
        self._present: dict[str, Any] | None = None
        self._until = 0.0
        self._waited = 0.0
        """Seconds for which the inspector had waited for a processor when its time began."""
        self._pid = 0
        self._safe = False
        self._frames = wire.Frames()
        self._unsafe: set[tuple[int, int]] = set()
        """Frames with values that cannot be asked for their text."""
        self.descriptor = -1
        """To be watched; -1 without an inspector."""

    def ask(self, question: dict[str, Any]) -> None:
        """Take a question; ``say`` gets its answer."""
        self._waiting.append(question)
        self._next()

    def seconds(self) -> float | None:
        """After which ``look`` is to be called at the latest; None while no answer is due."""
        return None if self._present is None else max(0.0, self._until - calls.monotonic())

    def look(self) -> None:
        """Take an answer that has come in, or see that none will come."""
        if self.descriptor < 0 or self._present is None:
            self._look_idle()
            return
        if calls.ready([self.descriptor], 0):
            try:
                data = calls.read(self.descriptor, 65536)
            except OSError:
                data = b""
            if not data:
                self._failed(_DIED)
                return
            try:
                answers = self._frames.feed(data)
            except ValueError:  # code that writes to whatever descriptor it finds
                self._failed(_DIED)
                return
            for answer in answers:
                self._answered(answer or {})
        elif calls.monotonic() >= self._until and not self._has_waited():
            self._failed(_HANGS)

    def _has_waited(self) -> bool:
        """Whether others had the processor for part of the inspector's time; then it has that now."""
        left = limits.kept_waiting(self._pid) - self._waited
        if left <= 0:
            return False
        self._waited += left
        self._until = calls.monotonic() + left
        return True

    def stop(self) -> None:
        """End the inspector."""
        if self._pid:
            for end in (calls.killpg, calls.kill):
                try:
                    end(self._pid, signal.SIGKILL)
                except OSError:
                    continue
            try:
                calls.waitpid(self._pid, 0)
            except OSError:
                pass
            calls.close(self.descriptor)
        self._pid, self.descriptor = 0, -1

    def _look_idle(self) -> None:
        """An inspector that says something unasked has been ended by something that it evaluated before."""
        if self.descriptor >= 0 and calls.ready([self.descriptor], 0):
            self.stop()

    def _next(self) -> None:
        if self._present is not None or not self._waiting:
            return
        self._begin(self._waiting.popleft())

    def _begin(self, question: dict[str, Any], *, again: bool = False) -> None:
        self._present = question
        looks = question["do"] in _LOOKS
        safe = again or (looks and self._place(question) in self._unsafe)
        seconds = _SECONDS if question["do"] != "evaluate" else float(question.get("seconds") or 5) + _GRACE
        self._until = calls.monotonic() + seconds
        try:
            if safe != self._safe or not self._pid:
                self.stop()
                self._fork(safe=safe)
            self._waited = limits.kept_waiting(self._pid)
            calls.write_all(self.descriptor, wire.frame(question))
        except OSError as error:
            self._failed(f"no process can be had that answers: {error.strerror}")

    def _place(self, question: dict[str, Any]) -> tuple[int, int]:
        return (question["exception"], question["frame"])

    def _fork(self, *, safe: bool) -> None:
        mine, others = (end.detach() for end in calls.socketpair(_socket.AF_UNIX, _socket.SOCK_STREAM))
        try:
            pid = calls.fork()
        except OSError:
            calls.close(mine)
            calls.close(others)
            raise
        if pid == 0:
            try:
                calls.close(mine)
                calls.setpgid(0, 0)
                self._let_go()
                inspector.serve(self._view, others, safe=safe)
            except BaseException:  # nothing of this process goes on here
                pass
            finally:
                calls.exit(0)
        calls.close(others)
        self._pid, self.descriptor, self._safe = pid, mine, safe
        self._frames = wire.Frames()

    def _answered(self, answer: dict[str, Any]) -> None:
        question, self._present = self._present, None
        if question is not None:
            self._say({"answer": question["id"], **answer})
        self._next()

    def _failed(self, why: str) -> None:
        question = self._present
        was_safe = self._safe
        self.stop()
        if question is None:
            return
        if question["do"] in _LOOKS and not was_safe and "no process" not in why:
            self._unsafe.add(self._place(question))
            self._begin(question, again=True)
        else:
            self._answered({"text": "", "printed": "", "error": why} if question["do"] == "evaluate" else {"why": why})
