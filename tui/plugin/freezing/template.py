"""The frozen failure: polls its socket, forks what is asked for, and runs nothing of the user's itself.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import _socket
import os
import signal
import struct
from typing import TYPE_CHECKING, Any

from .. import wire
from ..failure.view import View
from ..processes import descendants, kill, kill_group
from . import limits, preloading, session
from .asking import Asking
from .calls import calls

if TYPE_CHECKING:
    from .state import State

Message = dict[str, Any]

_VIEW_SECONDS = 1.0
"""For what of the project's code says which frames are hidden, and for the texts of exceptions."""
_VIEW_PROCESSOR = 5.0
"""Seconds of a processor after which the same is hopeless: the process is ended."""
_WORDS = 4000
"""Characters of why a session could not start."""
_RIGHTS = struct.Struct("i")
_MANY_RIGHTS = 8
_QUESTIONS = ("locals", "expand", "evaluate", "complete")


class Template:
    """Serves one failure until the engine says ``leave`` or goes."""

    def __init__(self, state: State) -> None:
        """Connect and say hello. Raises OSError without an engine."""
        self._state = state
        self._view = self._look()
        self._frames = wire.Frames()
        self._lent: list[int] = []
        """Descriptors that have come in and that no message has taken."""
        self._sessions: dict[int, tuple[int, int]] = {}
        """By pid: number, and where the session writes why it could not start."""
        self._socket = calls.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
        self._socket.settimeout(None)
        self._socket.connect(state.socket_path)
        self._asking = Asking(self._view, self._say, self._let_go)
        self._wake, self._waking = calls.pipe()
        for end in (self._wake, self._waking):
            calls.set_blocking(end, False)
        calls.signal(signal.SIGCHLD, _nothing)
        calls.set_wakeup_fd(self._waking, warn_on_full_buffer=False)
        self._say({**state.hello, "pid": calls.getpid(), **self._view.describe()})

    def serve(self) -> None:
        """Until the end."""
        while True:
            watched = [self._socket.fileno(), self._wake]
            if self._asking.descriptor >= 0:
                watched.append(self._asking.descriptor)
            ready = calls.ready(watched, self._asking.seconds())
            if self._wake in ready:
                calls.read(self._wake, 4096)
            self._reap()
            self._asking.look()
            if watched[0] in ready and not self._receive():
                break
        self._end()

    def _look(self) -> View:
        state = self._state
        limits.listen()
        try:
            return limits.within(_VIEW_SECONDS, self._view_or_die)
        except limits.TooLongError:
            return self._view_of(bare=True)
        finally:
            calls.signal(signal.SIGALRM, signal.SIG_DFL)
            state.globals_of_doctest = None

    def _view_or_die(self) -> View:
        return limits.or_die(_VIEW_PROCESSOR, self._view_of, False)  # noqa: FBT003 - bare

    def _view_of(self, bare: bool) -> View:  # noqa: FBT001 - called through a timer
        state = self._state
        state.fill_doctest()
        return View(state.exception, state.territory, sections=state.sections, bare=bare)

    # Messages

    def _say(self, message: Message) -> None:
        try:
            self._socket.sendall(wire.frame(message))
        except OSError:
            self._end()

    def _receive(self) -> bool:
        """Take what has come in; False when this is over."""
        room = _socket.CMSG_SPACE(_RIGHTS.size * _MANY_RIGHTS)
        try:
            data, rights, _, _ = self._socket.recvmsg(65536, room)
        except OSError:
            return False
        for level, kind, payload in rights:
            if level == _socket.SOL_SOCKET and kind == _socket.SCM_RIGHTS:
                whole = len(payload) - len(payload) % _RIGHTS.size
                self._lent += [number for (number,) in _RIGHTS.iter_unpack(payload[:whole])]
        if not data:
            return False
        return all(self._obey(message) for message in self._frames.feed(data) if message is not None)

    def _obey(self, message: Message) -> bool:
        """Do what the engine says; False when this is over."""
        command = message.get("do")
        if command in _QUESTIONS:
            self._asking.ask(message)
        elif command == "debug":
            self._debug(message)
        elif command == "preload":
            preloading.preload(message)
        elif command == "kill":
            for pid, (number, _) in list(self._sessions.items()):
                if number == message["session"]:
                    self._kill(pid)
        return command != "leave"

    # Sessions

    def _debug(self, message: Message) -> None:
        number = message["session"]
        if not self._lent:
            self._say({"ended": number, "status": wire.CANNOT_START, "words": "no terminal came with the message"})
            return
        terminal = self._lent.pop(0)
        try:
            words, others = calls.pipe()
            pid = calls.fork()
        except OSError as error:
            calls.close(terminal)
            self._say({"ended": number, "status": wire.CANNOT_START, "words": f"no process: {error.strerror}"})
            return
        if pid == 0:
            self._be_session(message, terminal, others)
        calls.close(others)
        calls.close(terminal)
        calls.set_blocking(words, False)
        self._sessions[pid] = (number, words)
        self._say({"began": number, "pid": pid})

    def _be_session(self, message: Message, terminal: int, words: int) -> None:
        """In a fork; does not return."""
        status = wire.CANNOT_START
        try:
            self._let_go()
            if self._asking.descriptor >= 0:
                calls.close(self._asking.descriptor)
            if message.get("pristine"):
                self._state.snapshot.restore(self._state.node)
            status = session.run(self._view, message, terminal, self._state.environ)
        except SystemExit:
            status = 0
        except BaseException as error:
            calls.write_all(words, session.words_of(error)[-_WORDS:].encode("utf-8", "backslashreplace"))
        finally:
            calls.exit(status & 0xFF)

    def _let_go(self) -> None:
        """In a fork: nothing of this process any more."""
        calls.set_wakeup_fd(-1)
        calls.signal(signal.SIGCHLD, signal.SIG_DFL)
        for descriptor in (self._socket.detach(), self._wake, self._waking):
            calls.close(descriptor)

    def _reap(self) -> None:
        for pid, (number, words) in list(self._sessions.items()):
            try:
                ended, status = calls.waitpid(pid, os.WNOHANG)
            except OSError:
                ended, status = pid, 0
            if ended:
                del self._sessions[pid]
                code = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
                self._say({"ended": number, "status": code, "words": _rest(words)})

    def _kill(self, pid: int) -> None:
        for below in descendants(pid):
            kill(below, signal.SIGKILL)
        kill_group(pid, signal.SIGKILL)

    def _end(self) -> None:
        """Take everything below along."""
        for pid in self._sessions:
            self._kill(pid)
        self._asking.stop()
        calls.exit(0)


def _nothing(*_: object) -> None:
    """A handler: only with one is the wakeup descriptor written to."""


def _rest(descriptor: int) -> str:
    """What was written there by a process that has ended."""
    try:
        return calls.read(descriptor, 4 * _WORDS).decode("utf-8", "replace")
    except OSError:
        return ""
    finally:
        calls.close(descriptor)
