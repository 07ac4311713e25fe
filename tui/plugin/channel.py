"""The control socket as a process of the user's side sees it.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import array
import os
import select
import socket
from typing import TYPE_CHECKING, Any

from . import wire
from .held import Held
from .posix import calls

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


class Channel(Held):
    """One connection to the engine. It never waits and never raises: what the engine must not miss is in the journal.

    Kept as a bare descriptor: a socket object would close its number when it is collected, and by then a test may
    have closed it and opened something of its own under the same number.
    """

    def __init__(self, path: str, hello: Mapping[str, object]) -> None:
        """Connect and say hello. Without an engine that listens, every later call tries again."""
        super().__init__()
        self._path = path
        self._hello = hello
        self._frames = wire.Frames()
        self._aside: list[dict[str, Any]] = []
        self._connected()

    def _connect(self) -> None:
        end = calls.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            # A suspended engine does not accept: once its queue is full, connecting would wait for it.
            end.setblocking(False)  # noqa: FBT003 - the method takes it by position only
            end.connect(self._path)
            end.send(wire.frame(self._hello))
        except BaseException:
            end.close()
            raise
        self._hold(end.detach())
        self._frames = wire.Frames()

    def _connected(self) -> bool:
        """Connect again if a test closed the descriptor, or if it is another file now; whether there is an engine."""
        if not self._is_ours():
            return False
        if not self._is_open():
            try:
                self._connect()
            except OSError:
                return False  # it is gone, or suspended; the run ends when the host says so, never by us
        return True

    def poke(self) -> None:
        """Say that new lines lie in the journal. An engine that does not read loses nothing by it."""
        if self._connected():
            try:
                calls.write(self._descriptor, wire.POKE)
            except OSError:
                pass  # its buffer is full, or it is gone: it reads the journal when it comes back

    def send(self, message: Mapping[str, object], descriptors: Sequence[int] = ()) -> None:
        """Send one message; ``descriptors`` travel with its first byte. Dropped if the engine does not read."""
        if not self._connected():
            return
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))] if descriptors else []
        try:
            end = calls.socket(fileno=self._descriptor)
        except OSError:
            return
        try:
            end.setblocking(False)  # noqa: FBT003 - the same; the default may be a test's own
            end.sendmsg([wire.frame(message)], rights)
        except OSError:
            pass
        finally:
            end.detach()

    def ask(
        self, message: Mapping[str, object], answers: Callable[[dict[str, Any]], bool]
    ) -> tuple[dict[str, Any], list[int]] | None:
        """Send, and wait for the message that ``answers`` it; that, with the descriptors that came along.

        The one call that waits, for as long as it takes; signal handlers run meanwhile and may raise. None without an
        engine, or when it goes.
        """
        if not self.tell(message):
            return None
        end = calls.socket(fileno=self._descriptor)
        try:
            while True:
                self._wait(select.POLLIN)
                data, rights, _, _ = end.recvmsg(65536, socket.CMSG_SPACE(64), socket.MSG_DONTWAIT)
                descriptors = _descriptors(rights)
                if not data:
                    return None
                messages = [each for each in self._frames.feed(data) if each is not None]
                answer = next((each for each in messages if answers(each)), None)
                self._aside += [each for each in messages if each is not answer]
                if answer is not None:
                    return answer, descriptors
                for descriptor in descriptors:
                    calls.close(descriptor)
        except (OSError, ValueError):
            return None
        finally:
            end.detach()

    def tell(self, message: Mapping[str, object]) -> bool:
        """Send, waiting until the engine has room for it; whether there is one."""
        if not self._connected():
            return False
        data = wire.frame(message)
        try:
            while data:
                self._wait(select.POLLOUT)
                data = data[calls.write(self._descriptor, data) :]
        except OSError:
            return False
        return True

    def _wait(self, event: int) -> None:
        poll = calls.poll()
        poll.register(self._descriptor, event)
        poll.poll()

    def received(self) -> list[dict[str, Any]]:
        """Messages that have come in, without waiting."""
        if not (self._is_ours() and self._is_open()):
            return []
        aside, self._aside = self._aside, []
        try:
            data = calls.read(self._descriptor, 65536)
            return aside + [message for message in self._frames.feed(data) if message is not None]
        except OSError:
            return aside
        except ValueError:
            self._frames = wire.Frames()
            return aside


class NoChannel(Channel):
    """Of a session without a run: nobody is there."""

    def __init__(self) -> None:
        pass

    def poke(self) -> None:
        """Tell nobody."""

    def send(self, message: Mapping[str, object], descriptors: Sequence[int] = ()) -> None:
        """Tell nobody."""

    def ask(
        self,
        message: Mapping[str, object],  # noqa: ARG002 - as in every channel
        answers: Callable[[dict[str, Any]], bool],  # noqa: ARG002 - the same
    ) -> tuple[dict[str, Any], list[int]] | None:
        """Nobody answers."""
        return None

    def tell(self, message: Mapping[str, object]) -> bool:  # noqa: ARG002 - the same
        """Nobody listens."""
        return False

    def received(self) -> list[dict[str, Any]]:
        """Nothing."""
        return []

    def close_in_child(self) -> None:
        """There is nothing to close."""


def _descriptors(rights: list[tuple[int, int, bytes]]) -> list[int]:
    """Those that came with a message."""
    numbers = array.array("i")
    for level, kind, data in rights:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            numbers.frombytes(data[: len(data) - len(data) % numbers.itemsize])
    return list(numbers)


def guard_forks(*closing: Any) -> None:
    """In every process forked from this one, let go of ``closing`` (objects with ``close_in_child``)."""

    def after_fork() -> None:
        for each in closing:
            try:
                each.close_in_child()
            except Exception:
                pass

    os.register_at_fork(after_in_child=after_fork)
