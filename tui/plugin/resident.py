"""A process that stays and forks: one thread, one socket to the engine, a table of children.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import sys
import time
import warnings
from typing import TYPE_CHECKING, Any

from . import wire
from .processes import become_subreaper, descendants, kill, kill_group

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

Message = dict[str, Any]

_WATCH_SECONDS = 1.0
"""Between two looks at how much a run has printed."""
_ROUNDS = 200
"""At the end: how often to look for processes below, a pause (seconds) between two of these."""
_PAUSE = 0.005


class Resident:
    """Obeys the engine until that is gone, and takes everything below it along.

    ``serve`` returns in forks only, with the command that the fork is there for.
    """

    def __init__(self, path: str, hello: Mapping[str, object]) -> None:
        """Connect and say hello. Raises OSError."""
        self.path = path
        self._children: dict[int, tuple[Message, Callable[[int], None]]] = {}
        self._outputs: dict[int, str] = {}
        self._frames = wire.Frames()
        self._pending: list[Message] = []
        self._kept: frozenset[int] = frozenset()
        """Once it was told to leave: what it must not take along."""
        self._wake, self._wake_end = os.pipe()
        for end in (self._wake, self._wake_end):
            os.set_blocking(end, False)
        self._handler = signal.signal(signal.SIGCHLD, lambda *_: None)
        self._wakeup = signal.set_wakeup_fd(self._wake_end, warn_on_full_buffer=False)
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(path)
        self.send({"protocol": wire.PROTOCOL, "pid": os.getpid(), **hello})

    def serve(self, first: tuple[str, ...] = ()) -> Message:
        """Fork a run for each folder in ``first``, then for every command that says so."""
        for folder in first:
            forked = self.obey({"do": "run", "folder": folder})
            if forked is not None:
                return forked
        become_subreaper()
        while True:
            busy = self.is_busy()
            seconds = 0 if busy or self._pending else self.patience()
            select.select([self._socket.fileno(), self._wake], [], [], seconds)
            try:
                os.read(self._wake, 4096)
            except BlockingIOError:
                pass
            self._reap()
            self._cap_outputs()
            if not self._receive():
                self.leave()
            forked = self._obey_all() or (self.work() if busy else None)
            if forked is not None:
                return forked
            if self._kept:
                self._retreat()

    def _obey_all(self) -> Message | None:
        while self._pending:
            forked = self.obey(self._pending.pop(0))
            if forked is not None:
                return forked
        return None

    def patience(self) -> float | None:
        """Seconds after which to look even if nothing comes in; None if there is nothing to look at."""
        return _WATCH_SECONDS if self._outputs else None

    def is_busy(self) -> bool:
        """Whether there is something to be done between two looks at the socket."""
        return False

    def work(self) -> Message | None:
        """Do a small part of it. In a fork that this makes, the command that it is there for; else None."""

    def obey(self, message: Message) -> Message | None:
        """Do what the engine says. In a fork that this makes, the command; else None."""
        command = message.get("do")
        if command == "run":
            return self._begin(message)
        if command == "signal":
            self._signal(message["run"], message["number"])
        elif command == "leave":
            self._kept = frozenset(message.get("keep", ()))
            if not self._kept:
                self.leave()
        return None

    def _receive(self) -> bool:
        """Take what has come in; False when the engine is gone."""
        try:
            data = self._socket.recv(65536, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return True
        except OSError:  # it died with unread data of ours: not an EOF, but means the same
            return False
        if not data:
            return False
        self._pending += [message for message in self._frames.feed(data) if message is not None]
        return True

    def _begin(self, message: Message) -> Message | None:
        """Fork a run. One that cannot even begin ends at once; this process goes on."""
        folder = message["folder"]
        run: int | None = None
        try:
            with open(os.path.join(folder, wire.REQUEST_FILE), "rb") as file:
                number = run = json.loads(file.read())["run"]
            pid = self.waiting(message) or self.fork({}, lambda _: None)
        except (OSError, ValueError, KeyError) as error:
            self.send({"exited": run, "status": wire.GONE, "folder": folder, "error": repr(error)})
            return None
        if pid == 0:
            return message
        self._children[pid] = {"run": run}, lambda status: self.send({"exited": number, "status": status})
        self._outputs[pid] = os.path.join(folder, wire.OUTPUT_FILE)
        self.send({"forked": run, "pid": pid})
        return None

    def waiting(self, _command: Message) -> int:
        """The pid of a fork that was made before and takes this command; 0 if there is none."""
        return 0

    def fork(self, what: Message, ended: Callable[[int], None]) -> int:
        """Fork; ``ended`` gets the exit code of the child, or minus the signal. 0 in the child. Raises OSError."""
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except Exception:  # a plugin closed it
                pass
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # from 3.12 on, where a library keeps native threads
            pid = os.fork()
        if pid:
            self._children[pid] = (what, ended)
        else:
            self._let_go()
        return pid

    def _let_go(self) -> None:
        """In a fork: nothing of this process any more."""
        signal.set_wakeup_fd(self._wakeup)
        signal.signal(signal.SIGCHLD, self._handler or signal.SIG_DFL)
        os.close(self._wake)
        os.close(self._wake_end)
        self._socket.close()
        self._children = {}
        self._outputs = {}

    def _cap_outputs(self) -> None:
        """End a run that fills the disk with what it prints."""
        for pid, path in self._outputs.items():
            try:
                size = os.stat(path).st_size
            except OSError:
                continue
            if size > wire.OUTPUT_LIMIT:
                self.send({**self._children[pid][0], "output": size})
                kill_group(pid, signal.SIGKILL)

    def _signal(self, run: int, number: int) -> None:
        for pid, (what, _) in self._children.items():
            if what.get("run") == run:
                kill_group(pid, number)

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            self._outputs.pop(pid, None)
            if pid in self._children:
                _, ended = self._children.pop(pid)
                ended(-os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status))

    def send(self, message: Mapping[str, object]) -> None:
        """Tell the engine; without one this process ends."""
        try:
            self._socket.sendall(wire.frame(message))
        except OSError:
            self.leave()

    def _retreat(self) -> None:
        """End what lies below, but for what is kept and all below that; then this process, if nothing needs it."""
        for _ in range(_ROUNDS):
            below = descendants(os.getpid(), self._kept)
            for pid in [pid for pid in self._children if pid not in self._kept]:
                kill_group(pid, signal.SIGKILL)
            for pid in below:
                kill(pid, signal.SIGKILL)
            self._reap()
            if not below:
                break
            time.sleep(_PAUSE)
        if not self.holds(self._kept):
            os._exit(0)

    def holds(self, kept: Collection[int]) -> bool:
        """Whether this process has to stay because of some that it was told to spare.

        Its own children tell it alone how they ended; all others fall to the process above.
        """
        return any(pid in kept for pid in self._children)

    def leave(self) -> None:
        """End, and leave nothing behind that lies below."""
        for _ in range(_ROUNDS):
            # Before their parents die: without a subreaper the orphans would be out of sight.
            below = descendants(os.getpid())
            for pid in self._children:
                kill_group(pid, signal.SIGKILL)
            for pid in below:
                kill(pid, signal.SIGKILL)
            if not self._bury():
                break
        os._exit(0)

    def _bury(self) -> bool:
        """Wait for what was killed; whether there may be more, of processes that were being born meanwhile."""
        while True:
            try:
                pid, _ = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return False
            if pid:
                self._children.pop(pid, None)
            else:
                time.sleep(_PAUSE)
                return True
