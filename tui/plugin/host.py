"""The resident process of the user's interpreter: every run is its fork.

It loads nothing but the standard library's smallest parts, has one thread, polls its socket and its children, and
ends with the explorer: an EOF on the socket takes everything below it along.

PYTEST_DONT_REWRITE
"""

import json
import os
import select
import signal
import socket
import sys
from typing import Dict, List, Optional

from . import wire

_GONE = 250
"""Exit status of a fork that could not become a run at all."""


def main(arguments: List[str]) -> None:
    """Serve the engine at the socket ``arguments[0]``; fork a run for each folder in the rest at once."""
    _Host(arguments[0]).serve(arguments[1:])


class _Host:
    def __init__(self, path: str) -> None:
        self._path = path
        self._runs: Dict[int, int] = {}
        self._frames = wire.Frames()
        self._wake, wake = os.pipe()
        os.set_blocking(wake, False)
        os.set_blocking(self._wake, False)
        self._wake_end = wake
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(path)

    def serve(self, folders: List[str]) -> None:
        hello: Dict[str, object] = {
            "role": "host",
            "protocol": wire.PROTOCOL,
            "pid": os.getpid(),
            "python": "%d.%d.%d" % sys.version_info[:3],
            "executable": sys.executable,
        }
        self._send(hello)
        for folder in folders:
            self._fork(folder)
        _become_subreaper()
        while True:
            select.select([self._socket, self._wake], [], [])
            try:
                os.read(self._wake, 4096)
            except BlockingIOError:
                pass
            self._reap()
            if not self._listen():
                self._leave()

    def _listen(self) -> bool:
        """Obey what has come in; False when the engine is gone."""
        try:
            data = self._socket.recv(65536, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return True
        except OSError:  # it died with unread data of ours: not an EOF, but means the same
            return False
        if not data:
            return False
        for message in self._frames.feed(data):
            if message is None:
                continue
            if message["do"] == "run":
                self._fork(message["folder"])
            elif message["do"] == "signal" and message["run"] in self._runs.values():
                self._signal(message["run"], message["number"])
        return True

    def _signal(self, run: int, number: int) -> None:
        for pid, each in self._runs.items():
            if each == run:
                _kill_group(pid, number)

    def _fork(self, folder: str) -> None:
        with open(os.path.join(folder, wire.REQUEST_FILE), "rb") as file:
            run = json.loads(file.read())["run"]
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        pid = os.fork()
        if pid == 0:
            status = _GONE
            try:
                status = self._become_run(folder)
            finally:
                os._exit(status)
        self._runs[pid] = run
        self._send({"forked": run, "pid": pid})

    def _become_run(self, folder: str) -> int:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.close(self._wake)
        os.close(self._wake_end)
        self._socket.close()
        from . import run

        return run.main(folder, self._path)

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            number = self._runs.pop(pid, None)
            if number is not None:
                code = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
                self._send({"exited": number, "status": code})

    def _send(self, message: Dict[str, object]) -> None:
        try:
            self._socket.sendall(wire.frame(message))
        except OSError:
            self._leave()

    def _leave(self) -> None:
        """The explorer is gone: nothing may outlive it."""
        for pid in self._runs:
            _kill_group(pid, signal.SIGKILL)
        for pid in _descendants():
            try:
                os.kill(pid, signal.SIGKILL)
            except OSError:
                pass
        os._exit(0)


def _kill_group(pid: int, number: int) -> None:
    try:
        os.killpg(pid, number)
    except OSError:
        try:
            os.kill(pid, number)  # between its fork and its setsid
        except OSError:
            pass


def _become_subreaper() -> None:
    """On Linux, inherit what runs leave behind, so that it can be ended with the explorer."""
    if not sys.platform.startswith("linux"):
        return
    try:
        import ctypes

        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER, prctl(2)
    except Exception:  # noqa: BLE001,S110 - no ctypes in this interpreter: daemons of tests then stay
        pass


def _descendants() -> List[int]:
    """Every process below this one, by /proc; empty where there is none."""
    parents: Dict[int, List[int]] = {}
    try:
        names = os.listdir("/proc")
    except OSError:
        return []
    for name in names:
        if name.isdigit():
            parent = _parent_of(name)
            if parent is not None:
                parents.setdefault(parent, []).append(int(name))
    found: List[int] = []
    pending = [os.getpid()]
    while pending:
        children = parents.get(pending.pop(), [])
        found += children
        pending += children
    return found


def _parent_of(name: str) -> Optional[int]:
    try:
        with open("/proc/%s/stat" % name, "rb") as file:
            return int(file.read().rpartition(b")")[2].split()[1])
    except (OSError, ValueError, IndexError):
        return None
